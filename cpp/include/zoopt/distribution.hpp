#pragma once
#include <span>

#include "zoopt/batch.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/registry.hpp"
#include "zoopt/theta.hpp"

namespace zoopt {

// How a covariance is moved: C <- decay * C + rank_one * p p^T + sum_s weights[s] y_s y_s^T, with y_s = A z_s. Negative
// weights stand for weights[s] * dim / |z_s|^2, which keeps C positive definite (Hansen 2016, equation 46).
struct Adaptation {
    double decay;
    double rank_one;
    std::span<const double> path;
    std::span<const double> weights;
    bool refresh;  // whether A is to be brought up to date with C now
};

// Draws x = mean + scale * A z and knows A. Everything is O(dim) a sample unless the class says otherwise.
class Distribution {
   public:
    virtual ~Distribution() = default;

    virtual noise::Kind noise() const { return noise::Kind::normal; }

    // Gives theta the fields that this distribution uses.
    virtual void prepare(Theta& theta) const = 0;

    // Called once a generation before candidates().
    virtual void begin(const Theta& theta, const Batch& batch, unsigned threads) = 0;

    // Rows of the samples [first, first + count); with `antithetic` two a sample.
    virtual void candidates(const Theta& theta, const Batch& batch, std::size_t first, std::size_t count,
                            bool antithetic, unsigned threads, double* rows) const = 0;

    // z of rows that were not drawn here: A^-1 (x - mean) / scale.
    virtual std::vector<double> locate(const Theta& theta, const Rows& rows) const = 0;

    // g <- (scale A)^-T g, the vanilla gradient with respect to the mean.
    virtual void vanilla(const Theta& theta, std::span<double> g) const = 0;

    // g <- scale A g, the natural step of the mean.
    virtual void natural(const Theta& theta, std::span<double> g) const = 0;

    // g <- V^T g: from local coordinates to those in which A is symmetric, so that |C^-1/2 A g| = |g| keeps direction.
    virtual void align(const Theta& theta, std::span<double> g) const = 0;

    // Whether adapt() moves A; the exponential and CMA updates need that.
    virtual bool adapts() const { return false; }
    virtual void adapt(Theta& theta, const Batch& batch, const Adaptation& step);

    // The largest and smallest standard deviation along a principal axis, without the scale.
    virtual double largest_axis(const Theta&) const { return 1.0; }
    virtual double smallest_axis(const Theta&) const { return 1.0; }
};

}  // namespace zoopt
