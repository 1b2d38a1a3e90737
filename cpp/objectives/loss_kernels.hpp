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

// Each returns the sum of weights times losses; each `_change` writes the changes of the slopes for changes of the
// scores, both where the scores stand, and has no use for the slopes themselves. With p the softmax of the scores, or
// the logistic function of a single one, and t the true class:
template <class T>
struct LossKernels {
    double (*cross_entropy)(const LossBlock<T>&);    // -log p_t, of several outputs
    double (*logistic)(const LossBlock<T>&);         // the same of a single output
    double (*squared)(const LossBlock<T>&);          // sum_o (score_o - truth_o)^2
    double (*focal)(const LossBlock<T>&);            // -(1 - p_t)^focusing log p_t
    double (*smooth_accuracy)(const LossBlock<T>&);  // 1 - p_t
    void (*cross_entropy_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*logistic_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*squared_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*focal_change)(const LossBlock<T>&, const T* scores, T* slopes);
    void (*smooth_accuracy_change)(const LossBlock<T>&, const T* scores, T* slopes);
};

template <class T>
struct ClassFactors {  // of each output
    const T* gain;
    const T* cost;
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

    // Makes of the probabilities the slopes of sum_o sum over samples of weight (cost_o p_o - gain_o [in class o] p_o),
    // or of cost_o p_o^2 / 2.
    void (*slopes)(const LossBlock<T>&, const ClassFactors<T>&);
    void (*squared_slopes)(const LossBlock<T>&, const ClassFactors<T>&);

    // Given the probabilities still: the changes of them for changes of the scores, of the sums for changes of the
    // probabilities, and of the slopes for both and for changes of the factors, in place of the changes of the
    // probabilities.
    void (*probability_changes)(const LossBlock<T>&, const T* scores, T* changes);
    void (*sum_changes)(const LossBlock<T>&, const T* changes, double* hits, double* sizes);
    void (*squared_sum_changes)(const LossBlock<T>&, const T* changes, double* hits, double* sizes);
    void (*slope_changes)(const LossBlock<T>&, const ClassFactors<T>&, const ClassFactors<T>& factors, T* changes);
    void (*squared_slope_changes)(const LossBlock<T>&, const ClassFactors<T>&, const ClassFactors<T>& factors,
                                  T* changes);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::LossKernels<float>, loss_float32)
ZOOPT_DECLARE_TABLE(objectives::LossKernels<double>, loss_float64)
ZOOPT_DECLARE_TABLE(objectives::OverlapKernels<float>, overlap_float32)
ZOOPT_DECLARE_TABLE(objectives::OverlapKernels<double>, overlap_float64)
