#include "ranked.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace zoopt {

void Ranked::shape(const Costs& costs, std::span<double> weights) const {
    const std::size_t count = costs.rows.size();
    std::vector<std::pair<double, std::size_t>> order(count);  // cost and row, the best first, then by position
    for (std::size_t r = 0; r < count; ++r) {
        const bool invalid = std::isnan(costs.rows[r]);
        order[r] = {invalid ? std::numeric_limits<double>::infinity() : costs.rows[r], r};
    }
    std::sort(order.begin(), order.end());
    for (std::size_t first = 0; first < count;) {
        std::size_t last = first + 1;
        double sum = table_[first];
        while (ties_ == Ties::share && last < count && order[last].first == order[first].first) sum += table_[last++];
        for (std::size_t k = first; k < last; ++k) weights[order[k].second] = sum / static_cast<double>(last - first);
        first = last;
    }
}

}  // namespace zoopt
