#include "probabilities.hpp"

#include <algorithm>
#include <cmath>

namespace zoopt::objectives {
namespace {

double logistic(double score) {
    const double small = std::exp(-std::abs(score));
    return (score < 0.0 ? small : 1.0) / (1.0 + small);
}

}  // namespace

void probabilities(const Scores& scores, std::size_t sample, Target target, std::span<double> out) {
    if (target == Target::binary) {
        out[0] = logistic(-scores.at(0, sample));
        out[1] = logistic(scores.at(0, sample));
        return;
    }
    if (target == Target::multilabel) {
        for (std::size_t l = 0; l < out.size(); ++l) out[l] = logistic(scores.at(l, sample));
        return;
    }
    double top = scores.at(0, sample);
    for (std::size_t c = 1; c < out.size(); ++c) top = std::max(top, scores.at(c, sample));
    double total = 0.0;
    for (std::size_t c = 0; c < out.size(); ++c) total += out[c] = std::exp(scores.at(c, sample) - top);
    for (double& probability : out) probability /= total;
}

}  // namespace zoopt::objectives
