#include "metric.hpp"
#include "pairwise_sum.hpp"

namespace zoopt::objectives {
namespace {

// A class without samples, or whose samples weigh nothing, is no part of the mean.
double balanced_accuracy(const Confusion& counts) {
    std::vector<double> recalls;
    for (std::size_t c = 0; c < counts.classes(); ++c) {
        const double samples = counts.of_class(c);
        if (samples > 0.0) recalls.push_back(counts.at(c, c) / samples);
    }
    return pairwise_sum(recalls) / static_cast<double>(recalls.size());
}

const RegisterMetric entry{{"balanced_accuracy",
                            "mean over the classes that are present of the share of their samples predicted right",
                            Sense::maximise,
                            {Target::binary, Target::multiclass},
                            {},
                            [](const MetricOptions&, Target) -> Rule { return balanced_accuracy; }}};

}  // namespace
}  // namespace zoopt::objectives
