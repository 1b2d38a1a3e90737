#include <algorithm>
#include <cmath>
#include <limits>

#include "metric.hpp"
#include "probabilities.hpp"

namespace zoopt::objectives {
namespace {

class LogLoss final : public SumRule {
   public:
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        constexpr double least = std::numeric_limits<double>::epsilon();
        std::vector<double> chances(targets.classes());
        for (std::size_t s = 0; s < block.count; ++s) {
            probabilities(block, s, targets.kind(), chances);
            const double chance = chances[static_cast<std::size_t>(targets.of(block.first + s))];
            sums[0] -= targets.weight(block.first + s) * std::log(std::clamp(chance, least, 1.0 - least));
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        return sums[0] / targets.total_weight();
    }
};

const RegisterMetric entry{
    {"log_loss",
     "mean of -log of the probability of the true class, which is kept 2.2e-16 away from 0 and 1",
     Sense::minimise,
     {Target::binary, Target::multiclass},
     {},
     [](const MetricOptions&, Target) -> Rule { return std::make_shared<const LogLoss>(); }}};

}  // namespace
}  // namespace zoopt::objectives
