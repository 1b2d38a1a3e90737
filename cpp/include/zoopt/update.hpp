#pragma once
#include <span>
#include <string>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/distribution.hpp"
#include "zoopt/registry.hpp"

namespace zoopt {

enum class Metric { vanilla, natural };

// What one generation told: weights and the local moments they make, each computed when first asked for.
class Moments {
   public:
    Moments(Distribution& distribution, const Batch& batch, std::span<const double> weights, bool paired,
            unsigned threads);

    // sum w z, with antithetic pairs combined first.
    std::span<const double> first();
    // sum w (z^2 - 1), coordinate by coordinate.
    std::span<const double> second();
    // Weight of each sample in even moments: w+ + w- for a pair.
    std::span<const double> even_weights() const { return even_; }

    Distribution& distribution() const { return distribution_; }
    const Batch& batch() const { return batch_; }

   private:
    Distribution& distribution_;
    const Batch& batch_;
    unsigned threads_;
    std::vector<double> odd_, even_, first_, second_;
};

// Moves theta by what the generation told. `metric` says in which metric the mean's direction is taken.
class Update {
   public:
    virtual ~Update() = default;
    // Throws Error(invalid_input) where this update cannot move that distribution or metric.
    virtual void check(const Distribution&, Metric) const {}
    virtual void step(Moments& moments, Metric metric, Theta& theta) = 0;
    virtual void visit(Archive&) {}
};

// The first moment in the metric: the direction that gradient updates move the mean against.
std::vector<double> direction(Moments& moments, Metric metric, const Theta& theta);

}  // namespace zoopt
