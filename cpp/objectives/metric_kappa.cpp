#include <limits>

#include "metric.hpp"

namespace zoopt::objectives {
namespace {

enum Weights : std::size_t { none, linear, quadratic };

double disagreement(std::size_t weights, std::size_t truth, std::size_t predicted) {
    const double apart = static_cast<double>(truth) - static_cast<double>(predicted);
    if (weights == none) return apart == 0.0 ? 0.0 : 1.0;
    return weights == linear ? std::abs(apart) : apart * apart;
}

// 1 - disagreement / what chance would make of it; NaN where chance would make none.
double kappa(const Confusion& counts, std::size_t weights) {
    const std::size_t classes = counts.classes();
    std::vector<double> predicted(classes);
    for (std::size_t c = 0; c < classes; ++c) predicted[c] = counts.predicted_as(c);
    const double total = counts.samples();
    double seen = 0.0;
    double expected = 0.0;
    for (std::size_t t = 0; t < classes; ++t) {
        const double truths = counts.of_class(t);
        for (std::size_t p = 0; p < classes; ++p) {
            const double weight = disagreement(weights, t, p);
            seen += weight * counts.at(t, p);
            expected += weight * (truths * predicted[p] / total);
        }
    }
    return expected > 0.0 ? 1.0 - seen / expected : std::numeric_limits<double>::quiet_NaN();
}

const RegisterMetric entry{
    {"cohen_kappa",
     "agreement beyond chance; with quadratic weights the QWK of ordinal classes",
     Sense::maximise,
     {Target::binary, Target::multiclass},
     {{"weights",
       MetricOption::Kind::choice,
       none,
       none,
       quadratic,
       "what a disagreement counts: all the same, or by the distance of the two classes in their "
       "order, or by its square",
       {"none", "linear", "quadratic"}}},
     [](const MetricOptions& options, Target) -> Rule {
         return [weights = options.choice("weights")](const Confusion& counts) { return kappa(counts, weights); };
     }}};

}  // namespace
}  // namespace zoopt::objectives
