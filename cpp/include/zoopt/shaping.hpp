#pragma once
#include <cmath>
#include <span>

#include "zoopt/registry.hpp"

namespace zoopt {

// The costs of one generation, lower is better, NaN where a row is invalid. Antithetic rows stand in pairs (2s, 2s+1).
struct Costs {
    std::span<const double> rows;
    double mean;  // cost of the mean of the distribution, where the shaping asked for it
    bool paired;
    std::span<const double> norms = {};  // |z|^2 of each sample, where the shaping asked for them
};

// Turns costs into weights: theta moves against sum w z. 1/lambda belongs to the weights.
class Shaping {
   public:
    virtual ~Shaping() = default;
    virtual bool needs_mean() const { return false; }
    virtual bool needs_norms() const { return false; }
    // At least one row is valid. weights.size() == costs.rows.size().
    virtual void shape(const Costs& costs, std::span<double> weights) const = 0;
};

}  // namespace zoopt
