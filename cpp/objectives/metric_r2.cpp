#include <limits>

#include "metric.hpp"
#include "pairwise_sum.hpp"

namespace zoopt::objectives {
namespace {

// What y varies about its mean: a constant of the data. Counted from the first value that has a weight, so that it is
// exactly 0 where those that have one are all the same.
double variation(const Targets& targets) {
    std::vector<double> terms(targets.samples());
    std::size_t first = 0;
    while (first + 1 < terms.size() && targets.weight(first) == 0.0) ++first;
    const auto apart = [&](std::size_t s) { return targets.quantity(s) - targets.quantity(first); };
    for (std::size_t s = 0; s < terms.size(); ++s) terms[s] = targets.weight(s) * apart(s);
    const double mean = pairwise_sum(terms) / targets.total_weight();
    for (std::size_t s = 0; s < terms.size(); ++s) {
        const double rest = apart(s) - mean;
        terms[s] = targets.weight(s) * (rest * rest);
    }
    return pairwise_sum(terms);
}

// As scikit-learn: of a constant y, 1 where all predictions are right and else 0; NaN of a single sample.
class R2 final : public SumRule {
   public:
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        for (std::size_t s = 0; s < block.count; ++s) {
            const double apart = targets.quantity(block.first + s) - block.at(0, s);
            sums[0] += targets.weight(block.first + s) * (apart * apart);
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        if (targets.samples() < 2) return std::numeric_limits<double>::quiet_NaN();
        const double all = variation(targets);
        if (all == 0.0) return sums[0] == 0.0 ? 1.0 : 0.0;
        return 1.0 - sums[0] / all;
    }
};

std::string undefined(const MetricOptions&, const Targets& targets) {
    return targets.samples() < 2 ? "it needs two samples at least" : "";
}

const RegisterMetric entry{{"r2",
                            "share of the variance of y that the predictions explain",
                            Sense::maximise,
                            {Target::quantity},
                            {},
                            [](const MetricOptions&, Target) -> Rule { return std::make_shared<const R2>(); },
                            undefined}};

}  // namespace
}  // namespace zoopt::objectives
