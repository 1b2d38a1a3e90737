#include "metric.hpp"

namespace zoopt::objectives {
namespace {

double mean_cost(const Confusion& counts, const std::vector<double>& costs) {
    const std::size_t classes = counts.classes();
    double total = 0.0;
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t p = 0; p < classes; ++p) {
            const double cost = costs.empty() ? (t == p ? 0.0 : 1.0) : costs[t * classes + p];
            total += cost * counts.at(t, p);
        }
    }
    return total / counts.samples();
}

const RegisterMetric entry{{"zero_one_loss",
                            "share of samples predicted wrong, or the mean cost of a prediction",
                            Sense::minimise,
                            {Target::binary, Target::multiclass},
                            {{"costs", MetricOption::Kind::table, 0.0, -1e300, 1e300,
                              "cost of predicting a class (column) for a sample of another (row), in the order of the "
                              "sorted classes; by default 1, and 0 on the diagonal"}},
                            [](const MetricOptions& options, Target) -> Rule {
                                return [costs = options.table](const Confusion& counts) {
                                    return mean_cost(counts, costs);
                                };
                            }}};

}  // namespace
}  // namespace zoopt::objectives
