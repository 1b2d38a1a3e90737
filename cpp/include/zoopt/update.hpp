#pragma once
#include <span>
#include <string>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/distribution.hpp"
#include "zoopt/registry.hpp"

namespace zoopt {

enum class Metric { vanilla, natural };

// What one generation told: weights and the local moments they make, each computed when first asked for. It is made
// once and told again every generation, so that nothing is allocated in between.
class Moments {
   public:
    Moments(Distribution& distribution, unsigned threads) : distribution_(distribution), threads_(threads) {}

    // New weights, one a row; antithetic rows stand in pairs where `paired`.
    void tell(std::span<const double> weights, bool paired);
    // What direction() adds to the gradient: a control variate's known part. Empty: nothing.
    void offset(std::span<const double> gradient) { offset_ = gradient; }

    // sum w z, with antithetic pairs combined first.
    std::span<const double> first();
    // sum w (z^2 - 1), coordinate by coordinate.
    std::span<const double> second();
    // Computes both in one pass over the noise, for updates that need both.
    void prepare_both();
    // The first moment in the metric: the direction that gradient updates move the mean against.
    std::span<const double> direction(Metric metric, const Theta& theta);

    // Weight of each sample in even moments, w+ + w- for a pair, and in odd ones, w+ - w-.
    std::span<const double> even_weights() const { return even_; }
    std::span<const double> odd_weights() const { return odd_; }
    // Whether first() has been asked for in this generation.
    bool has_first() const { return has_first_; }

    Distribution& distribution() const { return distribution_; }
    unsigned threads() const { return threads_; }
    std::size_t dim() const { return dim_; }
    void resize(std::size_t dim) { dim_ = dim; }

   private:
    Distribution& distribution_;
    unsigned threads_;
    std::size_t dim_ = 0;
    std::vector<double> odd_, even_, first_, second_, direction_;
    std::span<const double> offset_;
    bool has_first_ = false, has_second_ = false;
};

// Moves theta by what the generation told. `metric` says in which metric the mean's direction is taken.
class Update {
   public:
    virtual ~Update() = default;
    // Throws Error(invalid_input) where this update cannot move that distribution or metric.
    virtual void check(const Distribution&, Metric) const {}
    // Whether it has a learning rate, which a schedule may change.
    virtual bool has_rate() const { return false; }
    // Whether it moves the scale or shape of the distribution, or the mean at all.
    virtual bool adapts_scale() const { return false; }
    // `rate` is the schedule's factor of the learning rate.
    virtual void step(Moments& moments, double rate, Metric metric, Theta& theta) = 0;
    virtual void visit(Archive&) {}
};

}  // namespace zoopt
