#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace zoopt {

enum class Sense { minimise, maximise };

// Candidates, one a row, row-major and contiguous.
struct Rows {
    const double* data;
    std::size_t count;
    std::size_t dim;
};

// The generation in which an objective that has mini-batches is to use all it has.
inline constexpr std::uint64_t whole_set = ~std::uint64_t{0};

// An objective whose values are sums over coordinates, in 16 lanes (coordinate i in lane i mod 16) and a fixed tree:
// candidates may then come to it in pieces of few coordinates, which stay in cache and are never put together.
class Piecewise {
   public:
    virtual ~Piecewise() = default;

    // Coordinates behind a piece that its terms read.
    virtual std::size_t reach() const = 0;

    // Adds the terms of the coordinates [from, from + width), a multiple of 16 but at the end, to lanes[16 r] ... of
    // every row r. The rows hold the coordinates from `from` on, `stride` apart, as far as the reach, and may be
    // changed.
    virtual void add_terms(double* rows, std::size_t stride, std::size_t count, std::size_t from, std::size_t width,
                           double* lanes) const = 0;

    // The values, of the lanes that all pieces were added to; the lanes may be changed.
    virtual void fold(double* lanes, std::size_t count, double* values) const = 0;
};

// A compiled objective. Values are natural (an accuracy is an accuracy, whatever the sense); the engine flips once.
class Objective {
   public:
    virtual ~Objective() = default;
    virtual std::size_t dim() const = 0;
    virtual Sense sense() const = 0;

    // values[r] becomes the value of row r, bit for bit the same whatever rows stand beside it, however the rows are
    // blocked and however many threads work. `generation` chooses the mini-batch where there is one, so that all rows
    // of a generation see the same batch. Called without the GIL.
    virtual void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                          std::span<double> values) const = 0;

    // The objective itself where it is a sum over coordinates.
    virtual const Piecewise* piecewise() const { return nullptr; }
};

}  // namespace zoopt
