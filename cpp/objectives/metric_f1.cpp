#include "metric.hpp"

namespace zoopt::objectives {

double f1_of_class(const Confusion& counts, std::size_t of) {
    const std::int64_t both = counts.of_class(of) + counts.predicted_as(of);
    if (both == 0) return 0.0;
    return static_cast<double>(2 * counts.at(of, of)) / static_cast<double>(both);
}

namespace {

double f1(const Confusion& counts) {
    return f1_of_class(counts, 1);
}

constexpr Metric description = {
    "f1", "harmonic mean of precision and recall of the positive class: 2 TP / (2 TP + FP + FN)", true, f1};
const RegisterMetric registrar(description);

}  // namespace
}  // namespace zoopt::objectives
