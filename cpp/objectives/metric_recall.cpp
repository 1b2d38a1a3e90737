#include "averages.hpp"

namespace zoopt::objectives {
namespace {

double recall(const Counted& of) {
    return quotient(of.hits, of.truths);
}

const RegisterMetric entry{
    {"recall",
     "share of what is positive that is predicted so: TP / (TP + FN)",
     Sense::maximise,
     {Target::binary, Target::multiclass, Target::multilabel},
     {average_option()},
     [](const MetricOptions& options, Target target) { return averaged(options, target, recall); },
     average_unfit}};

}  // namespace
}  // namespace zoopt::objectives
