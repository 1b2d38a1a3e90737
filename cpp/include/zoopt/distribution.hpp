#pragma once
#include <span>
#include <string>
#include <vector>

#include "zoopt/noise.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/registry.hpp"
#include "zoopt/theta.hpp"

namespace zoopt {

struct Piece;

// How a covariance is moved: C <- decay * C + rank_one * p p^T + sum_s weights[s] y_s y_s^T, with y_s = A z_s. Negative
// weights stand for weights[s] * dim / ((|z_s| + length_floor)^2 + square_floor), which keeps C positive definite
// (Hansen 2016, equation 46; the floors are for steps of length 0).
struct Adaptation {
    double decay;
    double rank_one;
    std::span<const double> path;
    std::span<const double> weights;
    double length_floor;
    double square_floor;
    bool refresh;  // whether A is to be brought up to date with C now
    unsigned threads;
    std::span<const double> second;  // sum_s weights[s] (z_s^2 - 1) where it is known already, else empty
};

// How an exponential step moves scale and A: with M = sum_s weights[s] (z_s z_s^T - I) and g = tr M / dim,
// scale <- scale exp(-scale_rate / 2 g) and A <- A exp(-shape_rate / 2 (M - g I)).
struct Stretch {
    double scale_rate;
    double shape_rate;
    std::span<const double> weights;
};

// A sample that is drawn again, and the number of the sample whose noise it gets.
struct Replacement {
    std::size_t sample;
    std::uint32_t number;
};

// Draws the candidates of a generation from the noise, and knows their local coordinates z: x = mean + scale * A z for
// continuous distributions, the score for discrete ones. Everything is O(dim) a sample unless the class says otherwise.
class Distribution {
   public:
    virtual ~Distribution() = default;

    // Gives theta the fields that this distribution uses.
    virtual void prepare(Theta& theta) const = 0;

    // Gives theta this covariance (dim x dim, or its diagonal; scale^2 apart) to start from.
    virtual void start_from(Theta& theta, std::span<const double> covariance);

    // Bytes that theta and the distribution will hold for `dim` parameters, before any of it is allocated.
    virtual double bytes(std::size_t dim) const { return 8.0 * static_cast<double>(dim); }

    // Coordinates of one candidate; theta may have more parameters than that.
    virtual std::size_t width(std::size_t dim) const { return dim; }

    // Whether candidates are real vectors round the mean, so that bounds and candidates of the caller's make sense.
    virtual bool continuous() const { return true; }

    // Whether what is told is the gradient at the mean.
    virtual bool exact() const { return false; }

    // Draws the samples of the generation that `address` names.
    virtual void begin(const Theta& theta, const noise::Address& address, unsigned threads) = 0;

    // Draws samples again, each from the noise of its number at `address`; they stay in force until the next begin().
    virtual void redraw(const Theta& theta, std::span<const Replacement> samples, const noise::Address& address);

    // Takes those out of `samples`, in ascending order, that could only be drawn as what they are already.
    virtual void keep_replaceable(std::vector<std::size_t>&) const {}

    // Whether the samples of a generation are drawn independently of each other.
    virtual bool independent() const { return true; }

    // Takes these rows, which were not drawn here, in place of its own until the next begin().
    virtual void adopt(const Theta& theta, const Rows& rows) = 0;

    // Takes the gradient at the mean as the one sample; exact() distributions only.
    virtual void adopt_gradient(std::span<const double> gradient);

    // Samples in force: those drawn, or the foreign rows.
    virtual std::size_t samples() const = 0;

    // Rows of the samples [first, first + count); with `antithetic` two a sample.
    virtual void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned threads,
                            double* rows) const = 0;

    // Whether piece() is there: every coordinate of a candidate depends on its own noise alone.
    virtual bool comes_in_pieces() const { return false; }

    // The same coordinates of some rows, as Batch::perturb_piece says; safe from several threads for different samples,
    // or for different shares of the coordinates.
    virtual void piece(const Theta&, bool antithetic, const Piece& piece) const;

    // Shares of the coordinates, one a thread where there is more than one, and where share k begins.
    virtual std::size_t shares() const { return 1; }
    virtual std::size_t share_begin(std::size_t) const { return 0; }
    virtual void draw_share(std::size_t, std::size_t, std::size_t) const {}

    // The candidate that stands for the middle of the distribution.
    virtual void centre(const Theta& theta, double* row) const;

    // out[i] = sum over samples of w[s] z[s, i], ascending s.
    virtual void first_moment(std::span<const double> w, unsigned threads, std::span<double> out) const = 0;

    // out[i] = sum over samples of w[s] (z[s, i]^2 - 1), ascending s.
    virtual void second_moment(std::span<const double> w, unsigned threads, std::span<double> out) const = 0;

    // Both: the first moment with the weights w, the second with v.
    virtual void moments(std::span<const double> w, std::span<const double> v, unsigned threads,
                         std::span<double> first, std::span<double> second) const;

    // out[s] = |z_s|^2.
    virtual void squared_norms(unsigned threads, std::span<double> out) const = 0;

    // g <- (scale A)^-T g, the vanilla gradient with respect to the mean.
    virtual void vanilla(const Theta& theta, std::span<double> g) const = 0;

    // g <- scale A g, the natural step of the mean.
    virtual void natural(const Theta& theta, std::span<double> g) const = 0;

    // g <- V^T g: from local coordinates to those in which A is symmetric, so that |C^-1/2 A g| = |g| keeps direction.
    virtual void align(const Theta&, std::span<double>) const {}

    // Whether theta has a standard deviation a coordinate; updates that move those need that.
    virtual bool has_deviations() const { return false; }

    // Whether adapt() moves A; the CMA update needs that.
    virtual bool adapts() const { return false; }
    virtual void adapt(Theta& theta, const Adaptation& step);

    // Whether stretch() moves A; the xnes update needs that.
    virtual bool stretches() const { return false; }
    virtual void stretch(Theta& theta, const Stretch& step);

    // The largest and smallest standard deviation along a principal axis, without the scale.
    virtual double largest_axis(const Theta&) const { return 1.0; }
    virtual double smallest_axis(const Theta&) const { return 1.0; }
};

}  // namespace zoopt
