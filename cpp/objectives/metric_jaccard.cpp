#include "averages.hpp"

namespace zoopt::objectives {
namespace {

double jaccard(const Counted& of) {
    return quotient(of.hits, of.predicted + of.truths - of.hits);
}

const RegisterMetric entry{
    {"jaccard",
     "what is positive and predicted so, of all that is either: TP / (TP + FP + FN)",
     Sense::maximise,
     {Target::binary, Target::multiclass, Target::multilabel},
     {average_option()},
     [](const MetricOptions& options, Target target) { return averaged(options, target, jaccard); },
     average_unfit}};

}  // namespace
}  // namespace zoopt::objectives
