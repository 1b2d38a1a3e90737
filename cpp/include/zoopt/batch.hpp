#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "zoopt/noise.hpp"

namespace zoopt {

// The coordinates [from, from + width) of the rows of the samples [first, first + count): where they go, and how far
// the rows are apart there.
struct Piece {
    std::size_t first, count;
    std::size_t from, width;
    double* rows;
    std::size_t stride;
};

// The noise of one generation: `samples` rows z of `dim` coordinates. Small batches keep it as float32, large ones make
// it again where it is needed, and foreign candidates bring their own; which of these it is never changes a bit,
// because every coordinate is added up in ascending order of the samples in one float64.
//
// Noise that is kept is drawn when it is first asked for, so that who asks for it has it in cache: begin() only names
// it. Several threads may ask for it at once where they ask for different samples, or for different shares of the
// coordinates.
class Batch {
   public:
    Batch(noise::Kind kind, std::size_t samples, std::size_t dim);

    // Turns to the noise of (seed, stream, generation). Where rows are long enough for that many threads and are kept,
    // each of them gets a share of the coordinates, whose noise the same thread then draws and adds up: noise that one
    // processor has in cache is slow to reach from another.
    void begin(const noise::Address& address, unsigned threads = 1);

    // Shares of the coordinates, one at least; share k are those in [share_begin(k), share_begin(k + 1)).
    std::size_t shares() const { return shares_; }
    std::size_t share_begin(std::size_t k) const;

    // Draws the noise of share k of the samples [first, first + count), where it is not there yet.
    void draw_share(std::size_t k, std::size_t first, std::size_t count) const {
        draw(first, count, share_begin(k), share_begin(k + 1));
    }

    // Draws now all that is kept and not there yet: quicker than row by row where rows are short.
    void draw_all(unsigned threads) const;

    // Gives one sample the noise of sample `number` at `address` in place of its own, until the next begin().
    void redraw(std::size_t sample, const noise::Address& address, std::uint32_t number);

    // Uses these rows of z (row-major, samples x dim) in place of the generator's, until the next begin().
    void adopt(std::vector<double> z);

    std::size_t samples() const { return samples_; }
    std::size_t dim() const { return dim_; }
    bool foreign() const { return !foreign_.empty(); }

    // Rows for the samples [first, first + count): mean + step * z, and, where `antithetic`, mean - step * z after it.
    // Where there are `factors`, one a sample, z is multiplied by them. `step` has one entry a coordinate, or one for
    // all.
    void perturb(std::span<const double> mean, std::span<const double> step, std::span<const double> factors,
                 std::size_t first, std::size_t count, bool antithetic, unsigned threads, double* rows) const;

    // The same for a piece of the rows. Pieces begin at whole blocks of noise and come in ascending order within a
    // share.
    void perturb_piece(std::span<const double> mean, std::span<const double> step, std::span<const double> factors,
                       bool antithetic, const Piece& piece) const;

    // out[i] = sum over samples of w[s] z[s, i], ascending s.
    void first_moment(std::span<const double> w, unsigned threads, std::span<double> out) const;

    // out[i] = sum over samples of w[s] (z[s, i]^2 - 1), ascending s.
    void second_moment(std::span<const double> w, unsigned threads, std::span<double> out) const;

    // Both at once, odd with weights w and even with weights v: one pass over the noise.
    void moments(std::span<const double> w, std::span<const double> v, unsigned threads, std::span<double> odd,
                 std::span<double> even) const;

    // out[s] = sum over i of z[s, i]^2, in 16 lanes and a fixed tree.
    void squared_norms(unsigned threads, std::span<double> out) const;

    // One sample's z, widened; `out` has dim entries.
    void row(std::size_t sample, std::span<double> out) const;

   private:
    template <class Use>
    void each_column(unsigned threads, Use&& use) const;

    template <class Use>
    void tiles(std::size_t first, std::size_t count, std::size_t from, std::size_t to, Use&& use) const;

    std::size_t stride() const { return blocks_ * noise::block_width(kind_); }
    void draw(std::size_t first, std::size_t count, std::size_t from, std::size_t to) const;
    void draw_rows(std::size_t first, std::size_t count) const;
    void fill_tile(std::size_t first, std::size_t count, std::size_t from, std::size_t width, float* out) const;

    struct Source {
        noise::Address address;
        std::uint32_t number;
    };
    Source source(std::size_t sample) const;

    noise::Kind kind_;
    std::size_t drawn_;    // samples of the generator
    std::size_t samples_;  // samples in use: drawn_, or those of the foreign rows
    std::size_t dim_;
    std::size_t blocks_;
    noise::Address address_{};
    std::map<std::size_t, Source> redrawn_;  // where nothing is kept
    bool keeps_;
    mutable std::vector<float> kept_;
    std::size_t shares_ = 1;
    mutable std::vector<std::size_t> done_;  // where the coordinates end that kept_ has of each share of each sample
    std::vector<double> foreign_;
};

}  // namespace zoopt
