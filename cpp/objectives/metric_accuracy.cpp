#include "metric.hpp"

namespace zoopt::objectives {
namespace {

double accuracy(const Confusion& counts) {
    return counts.hits() / counts.samples();
}

// The weight of the samples all of whose labels are predicted right.
class AllLabelsRight final : public SumRule {
   public:
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        for (std::size_t s = 0; s < block.count; ++s) {
            bool right = true;
            for (std::size_t l = 0; l < block.outputs; ++l) {
                right = right && (block.at(l, s) > 0.0) == targets.has(block.first + s, l);
            }
            if (right) sums[0] += targets.weight(block.first + s);
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        return sums[0] / targets.total_weight();
    }
};

const RegisterMetric entry{{"accuracy",
                            "share of samples predicted as their own class, or with all labels right",
                            Sense::maximise,
                            {Target::binary, Target::multiclass, Target::multilabel},
                            {},
                            [](const MetricOptions&, Target target) -> Rule {
                                if (target == Target::multilabel) return std::make_shared<const AllLabelsRight>();
                                return accuracy;
                            }}};

}  // namespace
}  // namespace zoopt::objectives
