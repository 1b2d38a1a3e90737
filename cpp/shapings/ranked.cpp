#include "ranked.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace zoopt {

void Ranked::shape(const Costs& costs, std::span<double> weights) const {
    const std::size_t count = costs.rows.size();
    std::vector<double> key(costs.rows.begin(), costs.rows.end());
    for (double& k : key) {
        if (std::isnan(k)) k = std::numeric_limits<double>::infinity();
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return key[a] < key[b] || (key[a] == key[b] && a < b); });
    for (std::size_t first = 0; first < count;) {
        std::size_t last = first + 1;
        double sum = table_[first];
        while (ties_ == Ties::share && last < count && key[order[last]] == key[order[first]]) sum += table_[last++];
        for (std::size_t k = first; k < last; ++k) weights[order[k]] = sum / static_cast<double>(last - first);
        first = last;
    }
}

}  // namespace zoopt
