#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "valued.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

// One direction: its better cost, and its first row.
using Direction = std::pair<double, std::size_t>;

// Augmented random search (Mania et al. 2018): of the directions, an antithetic pair each, only the top ones count,
// those whose better candidate is best. Their weights are the costs over b standard deviations of the 2 b costs that
// count, so that the step knows no unit of the objective. Less the mean cost as well, which pairs do not see.
class Ars final : public Shaping {
   public:
    explicit Ars(double top) : top_(top) {}

    void shape(const Costs& costs, std::span<double> weights) const override {
        std::fill(weights.begin(), weights.end(), 0.0);
        const std::size_t width = costs.paired ? 2 : 1;
        const std::vector<Direction> best = top_directions(costs, width);
        const double count = static_cast<double>(width * best.size());
        double sum = 0.0, squares = 0.0, low = unbounded, high = -unbounded;
        for (const auto& [better, first] : best) {
            for (std::size_t r = first; r < first + width; ++r) {
                sum += costs.rows[r];
                low = std::min(low, costs.rows[r]);
                high = std::max(high, costs.rows[r]);
            }
        }
        if (!(low < high)) return;  // a plateau, where the deviation would be a rounding error
        const double mean = sum / count;
        for (const auto& [better, first] : best) {
            for (std::size_t r = first; r < first + width; ++r) {
                squares += (costs.rows[r] - mean) * (costs.rows[r] - mean);
            }
        }
        const double unit = std::sqrt(squares / count) * static_cast<double>(best.size());
        for (const auto& [better, first] : best) {
            for (std::size_t r = first; r < first + width; ++r) weights[r] = (costs.rows[r] - mean) / unit;
        }
    }

   private:
    // In the order of the rows, so that sums do not depend on the order of the costs.
    std::vector<Direction> top_directions(const Costs& costs, std::size_t width) const {
        std::vector<Direction> found;
        for (std::size_t r = 0; r < costs.rows.size(); r += width) {
            if (usable(costs, r)) found.emplace_back(std::min(costs.rows[r], costs.rows[r + width - 1]), r);
        }
        std::sort(found.begin(), found.end());
        const double share = std::floor(top_ * static_cast<double>(found.size()) + 0.5);
        found.resize(std::min(found.size(), static_cast<std::size_t>(std::max(1.0, share))));
        std::sort(found.begin(), found.end(),
                  [](const Direction& a, const Direction& b) { return a.second < b.second; });
        return found;
    }

    double top_;
};

std::unique_ptr<Shaping> make(const Options& options, const Setup& setup) {
    if (setup.samples == setup.rows) {
        throw Error(ErrorKind::invalid_input,
                    "the ars shaping compares pairs of candidates; compose it with antithetic=True");
    }
    return std::make_unique<Ars>(options.at("top"));
}

const Register<Shaping> entry{
    {"ars",
     "The top directions only, over the standard deviation of their costs (Mania et al. 2018).",
     {{"top", 1.0, 1e-9, 1.0,
       "share of the directions that count, those with the best better candidate; at least one"}},
     make}};

}  // namespace
}  // namespace zoopt
