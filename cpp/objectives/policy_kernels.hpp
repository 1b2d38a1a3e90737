#pragma once
#include <cstddef>

#include "zoopt/tier.hpp"

// Softmax policies over a block of samples: number y of sample s stands at [y * count + s]. Element by element and by
// correctly rounded operations only, so that all tiers and all ways to split samples have the same bits.
namespace zoopt::objectives {

template <class T>
struct PolicyScores {
    const T* data;  // of output o and sample s at data[o * stride + s]
    std::size_t stride, outputs, count;
};

struct PolicyKernels {
    // p[y * count + s] = exp(f_y / t_s) / sum over labels of the same, where f_y are the scores. A single output is the
    // score of label 1, beside the score 0 of label 0. A score of minus infinity is a label that cannot be chosen.
    // `work` holds 2 count numbers.
    void (*softmax_float32)(const PolicyScores<float>& scores, const double* temperatures, double* work, double* p);
    void (*softmax_float64)(const PolicyScores<double>& scores, const double* temperatures, double* work, double* p);
    // means[s] = sum over labels y, ascending, of p[y, s] rewards[y, s].
    void (*expect)(const double* p, const double* rewards, std::size_t labels, std::size_t count, double* means);
    // slopes[s] = factors[s] p[s] (rewards[s] - means[s]): the derivative of the mean by the score of one label.
    void (*slope)(const double* p, const double* rewards, const double* means, const double* factors, std::size_t count,
                  double* slopes);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::PolicyKernels, policy_kernels)
