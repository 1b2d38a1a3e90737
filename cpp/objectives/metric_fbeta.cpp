#include "averages.hpp"

namespace zoopt::objectives {
namespace {

Ratio fbeta(double beta) {
    const double square = beta * beta;
    return
        [square](const Counted& of) { return quotient((1.0 + square) * of.hits, square * of.truths + of.predicted); };
}

const RegisterMetric entry{
    {"fbeta",
     "harmonic mean of precision and recall, recall beta times as important: (1 + b²) TP / ((1 + b²) TP + b² FN + FP)",
     Sense::maximise,
     {Target::binary, Target::multiclass, Target::multilabel},
     {{"beta", MetricOption::Kind::real, 1.0, 0.0, 1e6, "weight of recall"}, average_option()},
     [](const MetricOptions& options, Target target) { return averaged(options, target, fbeta(options.at("beta"))); },
     average_unfit}};

}  // namespace
}  // namespace zoopt::objectives
