#pragma once
#include <span>

#include "ranking.hpp"
#include "targets.hpp"

namespace zoopt::objectives {

// A threshold, and what comes of predicting as positive what has a score of at least that.
struct OperatingPoint {
    bool feasible;  // whether any threshold keeps the bound; the rest means nothing where none does
    double threshold;
    double precision;
    double recall;
};

// Of the thresholds with a recall of at least `least`, the one with the best precision; of equal ones the highest
// recall.
OperatingPoint best_precision(std::span<const double> scores, const Targets& targets, double least, Workspace& work);

// Of the thresholds with a precision of at least `least`, the one with the best recall; of equal ones the best
// precision.
OperatingPoint best_recall(std::span<const double> scores, const Targets& targets, double least, Workspace& work);

}  // namespace zoopt::objectives
