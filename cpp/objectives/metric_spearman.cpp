#include <cmath>
#include <limits>

#include "metric.hpp"
#include "ranking.hpp"

namespace zoopt::objectives {
namespace {

// Twice the rank of every number, from the largest on, less the mean: whole numbers, so that sums of their products are
// exact as long as they fit 2^53. Equal numbers share the mean of their ranks.
void centred_ranks(std::span<const double> numbers, Workspace& work, std::vector<double>& out) {
    const Order& order = rank(numbers, work);
    out.resize(numbers.size());
    const double mean = static_cast<double>(numbers.size()) + 1.0;
    std::size_t first = 0;
    for (const std::uint32_t end : order.ends) {
        const double twice = static_cast<double>(first + 1 + end);
        for (; first < end; ++first) out[order.samples[first]] = twice - mean;
    }
}

double product(const std::vector<double>& one, const std::vector<double>& other) {
    double total = 0.0;
    for (std::size_t i = 0; i < one.size(); ++i) total += one[i] * other[i];
    return total;
}

// NaN where all predictions are equal, or all of y.
double spearman(const Scores& scores, const Targets& targets, Workspace& work) {
    std::vector<double> truths(targets.samples());
    for (std::size_t s = 0; s < truths.size(); ++s) truths[s] = targets.quantity(s);
    centred_ranks(truths, work, work.numbers);
    centred_ranks(scores.of(0), work, work.more);
    const double spread = std::sqrt(product(work.numbers, work.numbers)) * std::sqrt(product(work.more, work.more));
    if (!(spread > 0.0)) return std::numeric_limits<double>::quiet_NaN();
    return product(work.numbers, work.more) / spread;
}

std::string undefined(const MetricOptions&, const Targets& targets) {
    if (targets.weighted()) return "it has no sample_weight; leave the weights out";
    for (std::size_t s = 1; s < targets.samples(); ++s) {
        if (targets.quantity(s) != targets.quantity(0)) return "";
    }
    return "it has no value where all of y is equal";
}

const RegisterMetric entry{{"spearman",
                            "correlation of the ranks of y and of the predictions",
                            Sense::maximise,
                            {Target::quantity},
                            {},
                            [](const MetricOptions&, Target) -> Rule { return spearman; },
                            undefined}};

}  // namespace
}  // namespace zoopt::objectives
