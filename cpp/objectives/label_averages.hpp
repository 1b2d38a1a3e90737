#pragma once
#include "metric.hpp"
#include "ranking.hpp"

namespace zoopt::objectives {

// A ranking metric of what is true and what is not, from its curve, such as the area under the ROC curve.
using CurveValue = double (*)(const Curve&);

// The option `average` of a ranking metric over several classes or labels.
MetricOption ranking_average_option();

// The metric of the scores of two classes, or its average over several classes (each against all others) or labels.
// `tempered`: several classes are ranked by their probabilities instead of their scores.
RankingRule averaged_curves(const MetricOptions& options, Target target, CurveValue value, bool tempered);

// Writes the scores of all samples (or, for several classes, the probabilities) as the metric ranks them: of output o
// and sample s at out[o * samples + s].
void ranked_numbers(const Scores& scores, Target target, bool tempered, std::vector<double>& out);

std::string ranking_average_unfit(const MetricOptions& options, const Targets& targets);

}  // namespace zoopt::objectives
