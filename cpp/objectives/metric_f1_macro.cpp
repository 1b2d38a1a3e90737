#include "metric.hpp"
#include "pairwise_sum.hpp"

namespace zoopt::objectives {
namespace {

// As scikit-learn: a class that is neither present nor predicted is no part of the mean.
double f1_macro(const Confusion& counts) {
    std::vector<double> scores;
    scores.reserve(counts.classes());
    for (std::size_t c = 0; c < counts.classes(); ++c) {
        if (counts.of_class(c) + counts.predicted_as(c) > 0) scores.push_back(f1_of_class(counts, c));
    }
    return pairwise_sum(scores) / static_cast<double>(scores.size());
}

constexpr Metric description = {"f1_macro", "mean of the F1 of every class that is present or predicted", false,
                                f1_macro};
const RegisterMetric registrar(description);

}  // namespace
}  // namespace zoopt::objectives
