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
        return {-power * truth.logarithm, power - exponent * truth.probability * slope * truth.logarithm};
    }
};

template <class T>
struct SmoothAccuracy {
    ZOOPT_INLINE Weighed<T> of(const OfTruth<T>& truth, T) { return {truth.others, truth.probability}; }
};

template <class T, class Shape, bool with_slopes>
struct OfProbability {
    ZOOPT_INLINE Vec<T> at(const LossBlock<T>& block, std::size_t s) {
        return block.outputs == 1 ? single(block, s) : several(block, s);
    }

    ZOOPT_INLINE Vec<T> single(const LossBlock<T>& block, std::size_t s) {
        const Vec<T> one = broadcast<T>(T{1});
        const auto positive = read(block.truth + s) > Vec<T>{};
        const Vec<T> score = score_at(block, 0, s);
        const Vec<T> margin = positive ? score : -score;
        const Vec<T> e = decaying<T>(-absolute<T>(margin));
        const Vec<T> sum = one + e;
        const Vec<T> more = one / sum;
        const Vec<T> less = e / sum;
        const auto right = margin > Vec<T>{};
        const Vec<T> rest = right ? less : more;
        const Vec<T> lost = right ? Vec<T>{} : margin;
        const Weighed<T> made =
            Shape::of({right ? more : less, rest, lost - logarithm_of_sum<T>(one, e, sum)}, block.focusing);
        if constexpr (with_slopes) {
            const Vec<T> size = read(block.weights + s) * made.weight * rest;
            write<T>(block.slopes + s, positive ? -size : size);
        }
        return made.value;
    }

    ZOOPT_INLINE Vec<T> several(const LossBlock<T>& block, std::size_t s) {
        const Vec<T> truth = read(block.truth + s);
        const Vec<T> top = highest_score(block, s);
        Vec<T> others = {};
        Vec<T> of_truth = {};
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const Vec<T> score = score_at(block, o, s) - top;
            const Vec<T> power = decaying<T>(score);
            const auto hit = truth == broadcast<T>(static_cast<T>(o));
            others += hit ? Vec<T>{} : power;
            of_truth = hit ? score : of_truth;
            if constexpr (with_slopes) write<T>(block.slopes + o * block.stride + s, power);
        }
        const Vec<T> own = decaying<T>(of_truth);
        const Vec<T> sum = own + others;
        const Weighed<T> made =
            Shape::of({own / sum, others / sum, of_truth - logarithm_of_sum<T>(own, others, sum)}, block.focusing);
        if constexpr (with_slopes) {
            const Vec<T> share = read(block.weights + s) * made.weight / sum;
            for (std::size_t o = 0; o < block.outputs; ++o) {
                T* slope = block.slopes + o * block.stride + s;
                const auto hit = truth == broadcast<T>(static_cast<T>(o));
                write<T>(slope, share * (hit ? -others : read(slope)));
            }
        }
        return made.value;
    }
};

template <class T, bool with_slopes>
using FocalLoss = OfProbability<T, Focal<T>, with_slopes>;
template <class T, bool with_slopes>
using SmoothAccuracyLoss = OfProbability<T, SmoothAccuracy<T>, with_slopes>;

}  // namespace
}  // namespace zoopt::objectives
