// What kernels of losses share. Included by *.tier.cpp files only.
#pragma once
#include "elementary.inl.hpp"
#include "lane_fold.inl.hpp"
#include "loss_kernels.hpp"

namespace zoopt::objectives {
namespace {

template <class T>
constexpr std::size_t lanes = static_cast<std::size_t>(native_lanes<T>);

template <class T>
ZOOPT_INLINE Vec<T> read(const T* place) {
    return *reinterpret_cast<const Vec<T>*>(place);
}

template <class T>
ZOOPT_INLINE void write(T* place, Vec<T> value) {
    *reinterpret_cast<Vec<T>*>(place) = value;
}

// The scores of output o of the vector of samples at s, with what is added to them.
template <class T>
ZOOPT_INLINE Vec<T> score_at(const LossBlock<T>& block, std::size_t o, std::size_t s) {
    return read(block.scores + o * block.stride + s) + broadcast<T>(block.offsets[o]);
}

template <class T>
ZOOPT_INLINE Vec<T> highest_score(const LossBlock<T>& block, std::size_t s) {
    Vec<T> top = score_at(block, 0, s);
    for (std::size_t o = 1; o < block.outputs; ++o) {
        const Vec<T> score = score_at(block, o, s);
        top = score > top ? score : top;
    }
    return top;
}

// exp(x) for x <= 0; below the least normal number it is that.
template <class T>
ZOOPT_INLINE Vec<T> decaying(Vec<T> x) {
    const Vec<T> least = broadcast<T>(sizeof(T) == 4 ? T{-87} : T{-708});
    return exponential<T>(x > least ? x : least);
}

// log(whole + part), where `sum` is whole + part as rounded and whole is the larger: what rounding took is given back.
template <class T>
ZOOPT_INLINE Vec<T> logarithm_of_sum(Vec<T> whole, Vec<T> part, Vec<T> sum) {
    return logarithm<T>(sum) + (part - (sum - whole)) / sum;
}

// Adds up what `Loss` says of every vector of samples.
template <class T, class Loss>
ZOOPT_INLINE double sum_over_samples(const LossBlock<T>& block) {
    Vec<T> total = {};
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        total += read(block.weights + s) * Loss::at(block, s);
    }
    return static_cast<double>(fold<T>(total));
}

}  // namespace
}  // namespace zoopt::objectives
