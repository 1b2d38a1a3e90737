#include <algorithm>

#include "label_averages.hpp"

namespace zoopt::objectives {
namespace {

// Sum over the thresholds of precision times the recall gained. 0 where nothing is positive, as in scikit-learn.
double average_precision(const Curve& curve) {
    const double positives = curve.hits.back();
    if (positives == 0.0) return 0.0;
    double area = 0.0;
    double recall = 0.0;
    for (std::size_t g = 0; g < curve.hits.size(); ++g) {
        const double next = curve.hits[g] / positives;
        const double predicted = curve.hits[g] + curve.alarms[g];
        if (predicted > 0.0) area += (next - recall) * (curve.hits[g] / predicted);
        recall = next;
    }
    return std::max(0.0, area);
}

const RegisterMetric entry{{"average_precision",
                            "area under the steps of precision over recall",
                            Sense::maximise,
                            {Target::binary, Target::multiclass, Target::multilabel},
                            {ranking_average_option()},
                            [](const MetricOptions& options, Target target) -> Rule {
                                return averaged_curves(options, target, average_precision, false);
                            },
                            ranking_average_unfit}};

}  // namespace
}  // namespace zoopt::objectives
