#include "valued.hpp"

namespace zoopt {

bool Valued::usable(const Costs& costs, std::size_t row) {
    if (std::isnan(costs.rows[row])) return false;
    return !costs.paired || !std::isnan(costs.rows[row ^ 1u]);
}

void Valued::shape(const Costs& costs, std::span<double> weights) const {
    Sum sum;
    for (std::size_t r = 0; r < weights.size(); ++r) {
        if (!usable(costs, r)) continue;
        sum.costs += costs.rows[r];
        ++sum.count;
    }
    measure(costs, sum);
    for (std::size_t r = 0; r < weights.size(); ++r) {
        const double gap = usable(costs, r) ? shaped(costs.rows[r] - baseline(costs, r, sum)) : 0.0;
        weights[r] = sum.count > 0 ? gap / static_cast<double>(sum.count) : 0.0;
    }
}

}  // namespace zoopt
