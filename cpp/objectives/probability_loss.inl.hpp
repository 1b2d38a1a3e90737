// Losses that are functions of the probability of the true class. Included by *.tier.cpp files only.
#pragma once
#include "loss_block.inl.hpp"

namespace zoopt::objectives {
namespace {

// The true class of a vector of samples.
template <class T>
struct OfTruth {
    Vec<T> probability;
    Vec<T> others;     // 1 - probability, without cancellation
    Vec<T> logarithm;  // of the probability
};

// Losses that are functions of the probability of the true class: by the chain rule their slopes are those of the
// cross-entropy times a weight.
template <class T>
struct Weighed {
    Vec<T> value;
    Vec<T> weight;
    Vec<T> bend;  // d weight / d logarithm of the probability
};

template <class T>
struct Focal {
    ZOOPT_INLINE Weighed<T> of(const OfTruth<T>& truth, T focusing) {
        const Vec<T> one = broadcast<T>(T{1});
        const Vec<T> exponent = broadcast<T>(focusing);
        const Vec<T> below = (one - exponent) * logarithm<T>(one / truth.others);  // of others^(focusing - 1)
        const Vec<T> most = broadcast<T>(sizeof(T) == 4 ? T{87} : T{708});
        const Vec<T> slope = exponential<T>(below > -most ? (below < most ? below : most) : -most);
        const Vec<T> power = slope * truth.others;
        const Vec<T> pull = exponent * truth.probability * slope;
        const Vec<T> steeper = (exponent - one) * truth.probability * truth.logarithm / truth.others;
        return {-power * truth.logarithm, power - pull * truth.logarithm,
                -pull * (one + one + truth.logarithm - steeper)};
    }
};

template <class T>
struct SmoothAccuracy {
    ZOOPT_INLINE Weighed<T> of(const OfTruth<T>& truth, T) {
        return {truth.others, truth.probability, truth.probability};
    }
};

template <class T>
ZOOPT_INLINE OfTruth<T> single_truth(Vec<T> margin) {
    const Vec<T> one = broadcast<T>(T{1});
    const Vec<T> e = decaying<T>(-absolute<T>(margin));
    const Vec<T> sum = one + e;
    const auto right = margin > Vec<T>{};
    const Vec<T> lost = right ? Vec<T>{} : margin;
    return {(right ? one : e) / sum, (right ? e : one) / sum, lost - logarithm_of_sum<T>(one, e, sum)};
}

// Of several outputs: the exponentials, of all scores less the highest, are written to `powers`, if there is such.
template <class T>
struct Several {
    OfTruth<T> truth;
    Vec<T> sum;
};

template <class T, bool with_powers>
ZOOPT_INLINE Several<T> several_truth(const LossBlock<T>& block, std::size_t s, T* powers) {
    const Vec<T> label = read(block.truth + s);
    const Vec<T> top = highest_score(block, s);
    Vec<T> others = {};
    Vec<T> of_truth = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const Vec<T> score = score_at(block, o, s) - top;
        const Vec<T> power = decaying<T>(score);
        const auto hit = label == broadcast<T>(static_cast<T>(o));
        others += hit ? Vec<T>{} : power;
        of_truth = hit ? score : of_truth;
        if constexpr (with_powers) write<T>(powers + o * block.stride + s, power);
    }
    const Vec<T> own = decaying<T>(of_truth);
    const Vec<T> sum = own + others;
    return {{own / sum, others / sum, of_truth - logarithm_of_sum<T>(own, others, sum)}, sum};
}

template <class T, class Shape, bool with_slopes>
struct OfProbability {
    ZOOPT_INLINE Vec<T> at(const LossBlock<T>& block, std::size_t s) {
        return block.outputs == 1 ? single(block, s) : several(block, s);
    }

    ZOOPT_INLINE Vec<T> single(const LossBlock<T>& block, std::size_t s) {
        const auto positive = read(block.truth + s) > Vec<T>{};
        const Vec<T> score = score_at(block, 0, s);
        const OfTruth<T> truth = single_truth<T>(positive ? score : -score);
        const Weighed<T> made = Shape::of(truth, block.focusing);
        if constexpr (with_slopes) {
            const Vec<T> size = read(block.weights + s) * made.weight * truth.others;
            write<T>(block.slopes + s, positive ? -size : size);
        }
        return made.value;
    }

    ZOOPT_INLINE Vec<T> several(const LossBlock<T>& block, std::size_t s) {
        const Several<T> all = several_truth<T, with_slopes>(block, s, block.slopes);
        const Weighed<T> made = Shape::of(all.truth, block.focusing);
        if constexpr (with_slopes) {
            const Vec<T> share = read(block.weights + s) * made.weight;
            for (std::size_t o = 0; o < block.outputs; ++o) {
                T* slope = block.slopes + o * block.stride + s;
                const auto hit = read(block.truth + s) == broadcast<T>(static_cast<T>(o));
                write<T>(slope, share * (hit ? -all.truth.others : read(slope) / all.sum));
            }
        }
        return made.value;
    }
};

// The slope of a margin is -weight others, and the derivative of log p_t by it is others.
template <class T, class Shape>
ZOOPT_INLINE void single_change(const LossBlock<T>& block, const T* changes, T* out, std::size_t s) {
    const Vec<T> score = score_at(block, 0, s);
    const OfTruth<T> truth = single_truth<T>(read(block.truth + s) > Vec<T>{} ? score : -score);
    const Weighed<T> made = Shape::of(truth, block.focusing);
    const Vec<T> bend = made.weight * truth.probability - made.bend * truth.others;
    write<T>(out + s, read(block.weights + s) * truth.others * bend * read(changes + s));
}

// The slopes are weight (p_o - [o = t]); log p_t changes by the change of its score less the mean change.
template <class T, class Shape>
ZOOPT_INLINE void several_change(const LossBlock<T>& block, const T* changes, T* out, std::size_t s) {
    const Vec<T> label = read(block.truth + s);
    const Several<T> all = several_truth<T, true>(block, s, out);
    const Weighed<T> made = Shape::of(all.truth, block.focusing);
    Vec<T> mean = {};
    Vec<T> own = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const std::size_t place = o * block.stride + s;
        mean += read(out + place) * read(changes + place);
        own = label == broadcast<T>(static_cast<T>(o)) ? read(changes + place) : own;
    }
    mean = mean / all.sum;
    const Vec<T> share = read(block.weights + s);
    const Vec<T> bend = share * made.bend * (own - mean);
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const std::size_t place = o * block.stride + s;
        const Vec<T> p = read(out + place) / all.sum;
        const Vec<T> left = label == broadcast<T>(static_cast<T>(o)) ? -all.truth.others : p;
        write<T>(out + place, bend * left + share * made.weight * p * (read(changes + place) - mean));
    }
}

template <class T, class Shape>
void change_of_probability(const LossBlock<T>& block, const T* changes, T* out) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        if (block.outputs == 1) {
            single_change<T, Shape>(block, changes, out, s);
        } else {
            several_change<T, Shape>(block, changes, out, s);
        }
    }
}

template <class T, bool with_slopes>
using FocalLoss = OfProbability<T, Focal<T>, with_slopes>;
template <class T, bool with_slopes>
using SmoothAccuracyLoss = OfProbability<T, SmoothAccuracy<T>, with_slopes>;

}  // namespace
}  // namespace zoopt::objectives
