#include "averages.hpp"

namespace zoopt::objectives {
namespace {

double precision(const Counted& of) {
    return quotient(of.hits, of.predicted);
}

const RegisterMetric entry{
    {"precision",
     "share of what is predicted positive that is so: TP / (TP + FP)",
     Sense::maximise,
     {Target::binary, Target::multiclass, Target::multilabel},
     {average_option()},
     [](const MetricOptions& options, Target target) { return averaged(options, target, precision); },
     average_unfit}};

}  // namespace
}  // namespace zoopt::objectives
