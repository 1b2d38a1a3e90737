#include <algorithm>

#include "zoopt/shaping.hpp"

namespace zoopt {
namespace {

// The best row, the first of equals, has weight -1 where it is no worse than the parent, so that the mean moves onto
// it; all else has none.
class Success final : public Shaping {
   public:
    bool needs_mean() const override { return true; }

    void shape(const Costs& costs, std::span<double> weights) const override {
        std::fill(weights.begin(), weights.end(), 0.0);
        std::size_t best = weights.size();
        for (std::size_t r = 0; r < weights.size(); ++r) {
            if (std::isnan(costs.rows[r])) continue;
            if (best == weights.size() || costs.rows[r] < costs.rows[best]) best = r;
        }
        if (best == weights.size() || costs.rows[best] > costs.mean) return;
        weights[best] = -1.0;
    }
};

const Register<Shaping> entry{{"success",
                               "The best candidate alone, where it is no worse than the mean (Rechenberg 1973).",
                               {},
                               [](const Options&, const Setup&) { return std::make_unique<Success>(); }}};

}  // namespace
}  // namespace zoopt
