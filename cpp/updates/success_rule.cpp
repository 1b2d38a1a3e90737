#include <algorithm>

#include "zoopt/math.hpp"
#include "zoopt/update.hpp"

namespace zoopt {
namespace {

constexpr double largest_scale = 1e100;

// The mean moves onto what the shaping selected; the scale grows by `increase` after a success and shrinks after a
// failure so that it stays the same at the target rate of successes.
class SuccessRule final : public Update {
   public:
    SuccessRule(double increase, double target) : increase_(increase), target_(target) {}

    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double, Metric metric, Theta& theta) override {
        const auto weights = moments.odd_weights();
        const bool success = std::any_of(weights.begin(), weights.end(), [](double w) { return w != 0.0; });
        if (success) {
            const std::span<const double> g = moments.direction(metric, theta);
            for (std::size_t i = 0; i < g.size(); ++i) theta.mean[i] -= g[i];
        }
        const double change =
            success ? portable::log(increase_) : -portable::log(increase_) * target_ / (1.0 - target_);
        theta.scale = std::min(theta.scale * portable::exp(change), largest_scale);
    }

   private:
    double increase_, target_;
};

const Register<Update> entry{
    {"success-rule",
     "The mean moves onto a better candidate; the scale follows the rate of successes (Rechenberg 1973).",
     {{"increase", 1.5, 1.0, 100.0, "factor of the scale after a success"},
      {"target_rate", 0.2, 1e-6, 0.999, "rate of successes at which the scale stays the same"}},
     [](const Options& options, const Setup&) {
         return std::make_unique<SuccessRule>(options.at("increase"), options.at("target_rate"));
     }}};

}  // namespace
}  // namespace zoopt
