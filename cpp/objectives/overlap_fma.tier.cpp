#include "loss_block.inl.hpp"

namespace zoopt::objectives {
namespace {

template <class T>
constexpr auto lanes = static_cast<std::size_t>(native_lanes<T>);

template <class T>
ZOOPT_INLINE Vec<T> class_of(const LossBlock<T>& block, std::size_t output) {
    return broadcast<T>(block.outputs == 1 ? T{1} : static_cast<T>(output));
}

template <class T>
ZOOPT_INLINE void logistic_at(const LossBlock<T>& block, std::size_t s) {
    const Vec<T> one = broadcast<T>(T{1});
    const Vec<T> score = score_at(block, 0, s);
    const Vec<T> e = decaying<T>(-absolute<T>(score));
    write<T>(block.slopes + s, (score > Vec<T>{} ? one : e) / (one + e));
}

template <class T>
ZOOPT_INLINE void softmax_at(const LossBlock<T>& block, std::size_t s) {
    const Vec<T> top = highest_score(block, s);
    Vec<T> sum = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const Vec<T> power = decaying<T>(score_at(block, o, s) - top);
        sum += power;
        write<T>(block.slopes + o * block.stride + s, power);
    }
    for (std::size_t o = 0; o < block.outputs; ++o) {
        T* place = block.slopes + o * block.stride + s;
        write<T>(place, read(place) / sum);
    }
}

template <class T>
void probabilities(const LossBlock<T>& block) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        if (block.outputs == 1) {
            logistic_at(block, s);
        } else {
            softmax_at(block, s);
        }
    }
}

template <class T, bool squared>
void sums(const LossBlock<T>& block, double* hits, double* sizes) {
    const Vec<T> one = broadcast<T>(T{1});
    for (std::size_t o = 0; o < block.outputs; ++o) {
        Vec<T> hit = {};
        Vec<T> size = {};
        for (std::size_t s = 0; s < block.count; s += lanes<T>) {
            const Vec<T> p = read(block.slopes + o * block.stride + s);
            const Vec<T> weight = read(block.weights + s);
            const auto own = read(block.truth + s) == class_of(block, o);
            hit += own ? weight * p : Vec<T>{};
            size += weight * ((own ? one : Vec<T>{}) + (squared ? p * p : p));
        }
        hits[o] = static_cast<double>(fold<T>(hit));
        sizes[o] = static_cast<double>(fold<T>(size));
    }
}

// d / d p_o of what the slopes are of.
template <class T, bool squared>
ZOOPT_INLINE Vec<T> by_probability(const LossBlock<T>& block, const T* gain, const T* cost, std::size_t o,
                                   std::size_t s) {
    const Vec<T> whole = broadcast<T>(cost[o]);
    const Vec<T> owed = squared ? whole * read(block.slopes + o * block.stride + s) : whole;
    return read(block.truth + s) == class_of(block, o) ? owed - broadcast<T>(gain[o]) : owed;
}

template <class T, bool squared>
ZOOPT_INLINE void single_slope_at(const LossBlock<T>& block, const T* gain, const T* cost, std::size_t s) {
    const Vec<T> p = read(block.slopes + s);
    const Vec<T> steepness = p * (broadcast<T>(T{1}) - p);
    const Vec<T> slope = by_probability<T, squared>(block, gain, cost, 0, s);
    write<T>(block.slopes + s, read(block.weights + s) * slope * steepness);
}

// The Jacobian of the softmax takes g to p_o (g_o - sum_k p_k g_k).
template <class T, bool squared>
ZOOPT_INLINE void slopes_at(const LossBlock<T>& block, const T* gain, const T* cost, std::size_t s) {
    const Vec<T> weight = read(block.weights + s);
    Vec<T> mean = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        mean += read(block.slopes + o * block.stride + s) * by_probability<T, squared>(block, gain, cost, o, s);
    }
    for (std::size_t o = 0; o < block.outputs; ++o) {
        T* place = block.slopes + o * block.stride + s;
        const Vec<T> slope = by_probability<T, squared>(block, gain, cost, o, s);
        write<T>(place, weight * read(place) * (slope - mean));
    }
}

template <class T, bool squared>
void slopes(const LossBlock<T>& block, const T* gain, const T* cost) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        if (block.outputs == 1) {
            single_slope_at<T, squared>(block, gain, cost, s);
        } else {
            slopes_at<T, squared>(block, gain, cost, s);
        }
    }
}

template <class T>
constexpr OverlapKernels<T> table = {probabilities<T>, sums<T, false>, sums<T, true>, slopes<T, false>,
                                     slopes<T, true>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::OverlapKernels<float> overlap_float32 = objectives::table<float>;
extern const objectives::OverlapKernels<double> overlap_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
