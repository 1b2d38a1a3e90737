#pragma once
#include <span>

#include "zoopt/shaping.hpp"

namespace zoopt {

// Whether a row has a value, and its antithetic partner too.
inline bool usable(const Costs& costs, std::size_t row) {
    return !std::isnan(costs.rows[row]) && !(costs.paired && std::isnan(costs.rows[row ^ 1u]));
}

// Sum and number of the rows in use.
struct Sum {
    double costs = 0.0;
    std::size_t count = 0;
};

// A shaping that keeps the values: w = (cost - baseline) / rows. An invalid row drops its antithetic partner, and the
// rest is renormalised to the rows that are left. `Rule` is the derived class: it has `baseline`, and may hide
// `measure` and `shaped`; it is a parameter because a call a row would cost more than the rest.
template <class Rule>
class Valued : public Shaping {
   public:
    void shape(const Costs& costs, std::span<double> weights) const final {
        const Rule& rule = static_cast<const Rule&>(*this);
        Sum sum;
        for (std::size_t r = 0; r < weights.size(); ++r) {
            if (!usable(costs, r)) continue;
            sum.costs += costs.rows[r];
            ++sum.count;
        }
        rule.measure(costs, sum);
        const double count = static_cast<double>(sum.count);
        for (std::size_t r = 0; r < weights.size(); ++r) {
            weights[r] = usable(costs, r) ? rule.shaped(costs.rows[r] - rule.baseline(costs, r, sum)) / count : 0.0;
        }
    }

    // Called once a generation before baseline().
    void measure(const Costs&, const Sum&) const {}
    // What becomes of cost - baseline.
    double shaped(double gap) const { return gap; }
};

}  // namespace zoopt
