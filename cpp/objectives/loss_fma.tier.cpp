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

// weight p_o (change_o - sum_k p_k change_k), with the softmax p.
template <class T>
void cross_entropy_change(const LossBlock<T>& block, const T* changes, T* out) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        const Vec<T> top = highest_score(block, s);
        Vec<T> sum = {};
        Vec<T> mean = {};
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const std::size_t place = o * block.stride + s;
            const Vec<T> power = decaying<T>(score_at(block, o, s) - top);
            sum += power;
            mean += power * read(changes + place);
            write<T>(out + place, power);
        }
        mean = mean / sum;
        const Vec<T> share = read(block.weights + s) / sum;
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const std::size_t place = o * block.stride + s;
            write<T>(out + place, share * read(out + place) * (read(changes + place) - mean));
        }
    }
}

// weight p (1 - p) change, with p (1 - p) = e / (1 + e)^2 for e = exp(-|score|).
template <class T>
void logistic_change(const LossBlock<T>& block, const T* changes, T* out) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        const Vec<T> e = decaying<T>(-absolute<T>(score_at(block, 0, s)));
        const Vec<T> sum = broadcast<T>(T{1}) + e;
        write<T>(out + s, read(block.weights + s) * (e / (sum * sum)) * read(changes + s));
    }
}

// 2 weight change
template <class T>
void squared_change(const LossBlock<T>& block, const T* changes, T* out) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        const Vec<T> weight = read(block.weights + s);
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const std::size_t place = o * block.stride + s;
            write<T>(out + place, (weight + weight) * read(changes + place));
        }
    }
}

template <class T>
constexpr LossKernels<T> table = {loss<T, CrossEntropy>,
                                  loss<T, Logistic>,
                                  loss<T, Squared>,
                                  loss<T, FocalLoss>,
                                  loss<T, SmoothAccuracyLoss>,
                                  cross_entropy_change<T>,
                                  logistic_change<T>,
                                  squared_change<T>,
                                  change_of_probability<T, Focal<T>>,
                                  change_of_probability<T, SmoothAccuracy<T>>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::LossKernels<float> loss_float32 = objectives::table<float>;
extern const objectives::LossKernels<double> loss_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
