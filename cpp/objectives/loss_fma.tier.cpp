#include "loss_block.inl.hpp"
#include "probability_loss.inl.hpp"

namespace zoopt::objectives {
namespace {

template <class T, bool with_slopes>
struct CrossEntropy {
    ZOOPT_INLINE Vec<T> at(const LossBlock<T>& block, std::size_t s) {
        const Vec<T> truth = read(block.truth + s);
        const Vec<T> top = highest_score(block, s);
        Vec<T> sum = {};
        Vec<T> of_truth = {};
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const Vec<T> score = score_at(block, o, s) - top;
            const Vec<T> power = decaying<T>(score);
            sum += power;
            of_truth = truth == broadcast<T>(static_cast<T>(o)) ? score : of_truth;
            if constexpr (with_slopes) write<T>(block.slopes + o * block.stride + s, power);
        }
        if constexpr (with_slopes) {
            const Vec<T> weight = read(block.weights + s);
            const Vec<T> share = weight / sum;
            for (std::size_t o = 0; o < block.outputs; ++o) {
                T* slope = block.slopes + o * block.stride + s;
                const Vec<T> hit = truth == broadcast<T>(static_cast<T>(o)) ? weight : Vec<T>{};
                write<T>(slope, read(slope) * share - hit);
            }
        }
        return logarithm<T>(sum) - of_truth;
    }
};

template <class T, bool with_slopes>
struct Logistic {
    // With e = exp(-|score|): log(1 + exp(score)) = max(score, 0) + log(1 + e), where what rounding takes from 1 + e is
    // given back.
    ZOOPT_INLINE Vec<T> at(const LossBlock<T>& block, std::size_t s) {
        const Vec<T> one = broadcast<T>(T{1});
        const Vec<T> score = score_at(block, 0, s);
        const Vec<T> truth = read(block.truth + s);
        const Vec<T> e = decaying<T>(-absolute<T>(score));
        const Vec<T> sum = one + e;
        const Vec<T> inverse = one / sum;
        if constexpr (with_slopes) {
            const Vec<T> above = score > Vec<T>{} ? inverse : e * inverse;
            write<T>(block.slopes + s, read(block.weights + s) * (above - truth));
        }
        // The score counts where the prediction is wrong: max(score, 0) - truth score, without cancellation.
        const Vec<T> wrong = score > Vec<T>{} ? score * (one - truth) : -(score * truth);
        return wrong + (logarithm<T>(sum) + (e - (sum - one)) * inverse);
    }
};

template <class T, bool with_slopes>
struct Squared {
    ZOOPT_INLINE Vec<T> at(const LossBlock<T>& block, std::size_t s) {
        Vec<T> sum = {};
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const Vec<T> error =
                read(block.scores + o * block.stride + s) - read(block.truth + o * block.truth_stride + s);
            sum += error * error;
            if constexpr (with_slopes) {
                write<T>(block.slopes + o * block.stride + s, read(block.weights + s) * (error + error));
            }
        }
        return sum;
    }
};

template <class T, template <class, bool> class Loss>
double loss(const LossBlock<T>& block) {
    return block.slopes == nullptr ? sum_over_samples<T, Loss<T, false>>(block)
                                   : sum_over_samples<T, Loss<T, true>>(block);
}

template <class T>
constexpr LossKernels<T> table = {loss<T, CrossEntropy>, loss<T, Logistic>, loss<T, Squared>, loss<T, FocalLoss>,
                                  loss<T, SmoothAccuracyLoss>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::LossKernels<float> loss_float32 = objectives::table<float>;
extern const objectives::LossKernels<double> loss_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
