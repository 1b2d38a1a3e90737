#include "metric.hpp"
#include "probabilities.hpp"

namespace zoopt::objectives {
namespace {

class Brier final : public SumRule {
   public:
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        std::vector<double> chances(targets.classes());
        for (std::size_t s = 0; s < block.count; ++s) {
            probabilities(block, s, targets.kind(), chances);
            chances[static_cast<std::size_t>(targets.of(block.first + s))] -= 1.0;
            double squares = 0.0;
            for (double apart : chances) squares += apart * apart;
            sums[0] += targets.weight(block.first + s) * squares;
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        const double share = targets.kind() == Target::binary ? 0.5 : 1.0;
        return share * (sums[0] / targets.total_weight());
    }
};

const RegisterMetric entry{
    {"brier_score",
     "mean squared distance of the probabilities from the true class; half of it for two classes",
     Sense::minimise,
     {Target::binary, Target::multiclass},
     {},
     [](const MetricOptions&, Target) -> Rule { return std::make_shared<const Brier>(); }}};

}  // namespace
}  // namespace zoopt::objectives
