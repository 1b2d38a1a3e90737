#pragma once
#include <cstddef>
#include <span>

#include "scores.hpp"
#include "targets.hpp"

namespace zoopt::objectives {

// Probabilities of a sample's classes (two of one score: the logistic function), or of each label by itself.
// out.size() is the number of classes or labels.
void probabilities(const Scores& scores, std::size_t sample, Target target, std::span<double> out);

}  // namespace zoopt::objectives
