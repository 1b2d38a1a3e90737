#include "ranked.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/kernels.hpp"

namespace zoopt {
namespace {

constexpr double invalid_cost = std::numeric_limits<double>::infinity();
constexpr double beyond_all = std::numeric_limits<double>::infinity();

}  // namespace

// Where no two costs are equal, a weight is the entry of how many costs are less. False where some are equal, or so
// many that sorting is quicker; weights then hold nothing of use.
bool Ranked::shape_distinct(const Costs& costs, std::span<double> weights) const {
    constexpr std::size_t most = 256, multiple = 32;
    const std::size_t count = costs.rows.size(), padded = (count + multiple - 1) / multiple * multiple;
    if (count > most) return false;
    alignas(64) double numbers[most];
    alignas(64) std::int64_t below[most];
    std::fill(std::copy(costs.rows.begin(), costs.rows.end(), numbers), numbers + padded, beyond_all);
    for (std::size_t r = 0; r < count; ++r) numbers[r] = std::isnan(numbers[r]) ? invalid_cost : numbers[r];
    ZOOPT_PICK_TABLE(engine_kernels).count_below(numbers, padded, below);
    bool taken[most] = {};
    bool distinct = true;
    for (std::size_t r = 0; r < count; ++r) {
        const auto rank = static_cast<std::size_t>(below[r]);
        distinct = distinct && !taken[rank];
        taken[rank] = true;
        weights[r] = table_[rank];
    }
    return distinct;
}

void Ranked::shape(const Costs& costs, std::span<double> weights) const {
    if (shape_distinct(costs, weights)) return;
    const std::size_t count = costs.rows.size();
    std::vector<std::pair<double, std::size_t>> order(count);  // cost and row, the best first, then by position
    for (std::size_t r = 0; r < count; ++r) {
        const bool invalid = std::isnan(costs.rows[r]);
        order[r] = {invalid ? invalid_cost : costs.rows[r], r};
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
