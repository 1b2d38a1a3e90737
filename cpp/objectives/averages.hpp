#pragma once
#include <string>

#include "metric.hpp"

namespace zoopt::objectives {

// A ratio of hits, predictions and truths, such as precision: 0 where its denominator is.
using Ratio = std::function<double(const Counted&)>;

inline double quotient(double numerator, double denominator) {
    return denominator == 0.0 ? 0.0 : numerator / denominator;
}

// The option `average`, whose choices are what makes one number of the ratios of several classes or labels.
MetricOption average_option();

// The rule that averages a ratio as the option says, for two classes, several or labels.
Rule averaged(const MetricOptions& options, Target target, Ratio ratio);

// Why a metric with this option cannot be had on such targets; empty where it can.
std::string average_unfit(const MetricOptions& options, const Targets& targets);

}  // namespace zoopt::objectives
