#include "metric.hpp"
#include "operating_point.hpp"

namespace zoopt::objectives {
namespace {

std::string undefined(const MetricOptions&, const Targets& targets) {
    return targets.occurrences()[1] == 0 ? "there is no recall without a sample of the positive class" : "";
}

// 0 where no threshold keeps the bound, which is no precision or recall that can be had.
const RegisterMetric precision{
    {"precision_at_recall",
     "best precision of the thresholds whose recall is at least `recall`; 0 where there is none",
     Sense::maximise,
     {Target::binary},
     {{"recall", MetricOption::Kind::real, 0.9, 0.0, 1.0, "the least recall"}},
     [](const MetricOptions& options, Target) -> Rule {
         return [least = options.at("recall")](const Scores& scores, const Targets& targets, Workspace& work) {
             const OperatingPoint point = best_precision(scores.of(0), targets, least, work);
             return point.feasible ? point.precision : 0.0;
         };
     },
     undefined}};

const RegisterMetric recall{
    {"recall_at_precision",
     "best recall of the thresholds whose precision is at least `precision`; 0 where there is none",
     Sense::maximise,
     {Target::binary},
     {{"precision", MetricOption::Kind::real, 0.9, 0.0, 1.0, "the least precision"}},
     [](const MetricOptions& options, Target) -> Rule {
         return [least = options.at("precision")](const Scores& scores, const Targets& targets, Workspace& work) {
             const OperatingPoint point = best_recall(scores.of(0), targets, least, work);
             return point.feasible ? point.recall : 0.0;
         };
     },
     undefined}};

}  // namespace
}  // namespace zoopt::objectives
