#include <cmath>

#include "metric.hpp"

namespace zoopt::objectives {
namespace {

// R_K of Gorodkin (2004); 0 where y or the predictions are all of one class.
double matthews(const Confusion& counts) {
    double total = 0.0;
    double both = 0.0;
    double truths = 0.0;
    double predictions = 0.0;
    for (std::size_t c = 0; c < counts.classes(); ++c) {
        const double truth = counts.of_class(c);
        const double predicted = counts.predicted_as(c);
        total += predicted;
        both += truth * predicted;
        truths += truth * truth;
        predictions += predicted * predicted;
    }
    const double spread = (total * total - predictions) * (total * total - truths);
    return spread == 0.0 ? 0.0 : (counts.hits() * total - both) / std::sqrt(spread);
}

const RegisterMetric entry{{"matthews_corrcoef",
                            "correlation of y and the predictions, in [-1, 1]",
                            Sense::maximise,
                            {Target::binary, Target::multiclass},
                            {},
                            [](const MetricOptions&, Target) -> Rule { return matthews; }}};

}  // namespace
}  // namespace zoopt::objectives
