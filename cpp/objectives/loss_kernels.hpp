#pragma once
#include <cstddef>

#include "zoopt/tier.hpp"

// Losses of the scores of a block of samples, and their slopes. `count` is a whole number of vectors; samples of weight
// 0 fill it up. Lanes are added in ascending order and folded by halves.
namespace zoopt::objectives {

template <class T>
struct LossBlock {
    const T* scores;  // of output o and sample s at [o * stride + s]
    std::size_t stride;
    std::size_t count;
    std::size_t outputs;
    const T* truth;  // the number of the class, or the wanted score of output o at [o * truth_stride + s]
    std::size_t truth_stride;
    const T* weights;
    T* slopes;  // d loss / d score, times the weight, where the score stands; null where they are not wanted
};

// Each returns the sum of weights times losses; each `_change` writes the changes of the slopes for changes of the
// scores, both where the scores stand, and has no use for the slopes themselves.
template <class T>
struct LossKernels {
    double (*cross_entropy)(const LossBlock<T>&);  // log(sum_o exp(score_o)) - score of the true class
    double (*logistic)(const LossBlock<T>&);       // log(1 + exp(score)) - truth score, for a single output
    double (*squared)(const LossBlock<T>&);        // sum_o (score_o - truth_o)^2
    void (*cross_entropy_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*logistic_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*squared_change)(const LossBlock<T>&, const T* scores, T* slopes);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::LossKernels<float>, loss_float32)
ZOOPT_DECLARE_TABLE(objectives::LossKernels<double>, loss_float64)
