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
    const T* offsets;  // added to the scores of each output, where there are classes
    T focusing;        // the exponent of the focal loss
    T* slopes;         // d loss / d score, times the weight, where the score stands; null where they are not wanted
};

// Each returns the sum of weights times losses. With p the softmax of the scores, or the logistic function of a single
// one, and t the true class:
template <class T>
struct LossKernels {
    double (*cross_entropy)(const LossBlock<T>&);    // -log p_t, of several outputs
    double (*logistic)(const LossBlock<T>&);         // the same of a single output
    double (*squared)(const LossBlock<T>&);          // sum_o (score_o - truth_o)^2
    double (*focal)(const LossBlock<T>&);            // -(1 - p_t)^focusing log p_t
    double (*smooth_accuracy)(const LossBlock<T>&);  // 1 - p_t
};

// The sums over samples that overlaps of classes are made of. The class of a single output is 1, else that of output o
// is o.
template <class T>
struct OverlapKernels {
    // Writes the probability of every class where the slopes are to stand.
    void (*probabilities)(const LossBlock<T>&);

    // Given these: hits[o] = sum of the weights of samples of the class times its probability; sizes[o] = sum of
    // weights times (1 in the class + probability), or its square.
    void (*sums)(const LossBlock<T>&, double* hits, double* sizes);
    void (*squared_sums)(const LossBlock<T>&, double* hits, double* sizes);

    // Makes of the probabilities the slopes of sum_o sum over samples of weight (cost[o] p_o - gain[o] [in class o]
    // p_o), or of cost[o] p_o^2 / 2.
    void (*slopes)(const LossBlock<T>&, const T* gain, const T* cost);
    void (*squared_slopes)(const LossBlock<T>&, const T* gain, const T* cost);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::LossKernels<float>, loss_float32)
ZOOPT_DECLARE_TABLE(objectives::LossKernels<double>, loss_float64)
ZOOPT_DECLARE_TABLE(objectives::OverlapKernels<float>, overlap_float32)
ZOOPT_DECLARE_TABLE(objectives::OverlapKernels<double>, overlap_float64)
