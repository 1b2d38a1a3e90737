#include "loss_block.inl.hpp"

namespace zoopt::objectives {
namespace {

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

// Whether the samples at s are of the class of output o times `gain`.
template <class T>
ZOOPT_INLINE Vec<T> gained(const LossBlock<T>& block, T gain, std::size_t o, std::size_t s) {
    return read(block.truth + s) == class_of(block, o) ? broadcast<T>(gain) : Vec<T>{};
}

// d / d p_o of what the slopes are of.
template <class T, bool squared>
ZOOPT_INLINE Vec<T> by_probability(const LossBlock<T>& block, const ClassFactors<T>& of, std::size_t o, std::size_t s) {
    const Vec<T> cost = broadcast<T>(of.cost[o]);
    const Vec<T> owed = squared ? cost * read(block.slopes + o * block.stride + s) : cost;
    return owed - gained(block, of.gain[o], o, s);
}

// How that changes.
template <class T, bool squared>
ZOOPT_INLINE Vec<T> change_by_probability(const LossBlock<T>& block, const ClassFactors<T>& of,
                                          const ClassFactors<T>& factors, const T* changes, std::size_t o,
                                          std::size_t s) {
    const Vec<T> moved = by_probability<T, squared>(block, factors, o, s);
    return squared ? moved + broadcast<T>(of.cost[o]) * read(changes + o * block.stride + s) : moved;
}

template <class T, bool squared>
ZOOPT_INLINE void single_slope_at(const LossBlock<T>& block, const ClassFactors<T>& of, std::size_t s) {
    const Vec<T> p = read(block.slopes + s);
    const Vec<T> steepness = p * (broadcast<T>(T{1}) - p);
    write<T>(block.slopes + s, read(block.weights + s) * by_probability<T, squared>(block, of, 0, s) * steepness);
}

// The Jacobian of the softmax takes g to p_o (g_o - sum_k p_k g_k).
template <class T, bool squared>
ZOOPT_INLINE void slopes_at(const LossBlock<T>& block, const ClassFactors<T>& of, std::size_t s) {
    const Vec<T> weight = read(block.weights + s);
    Vec<T> mean = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        mean += read(block.slopes + o * block.stride + s) * by_probability<T, squared>(block, of, o, s);
    }
    for (std::size_t o = 0; o < block.outputs; ++o) {
        T* place = block.slopes + o * block.stride + s;
        const Vec<T> slope = by_probability<T, squared>(block, of, o, s);
        write<T>(place, weight * read(place) * (slope - mean));
    }
}

template <class T, bool squared>
void slopes(const LossBlock<T>& block, const ClassFactors<T>& of) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        if (block.outputs == 1) {
            single_slope_at<T, squared>(block, of, s);
        } else {
            slopes_at<T, squared>(block, of, s);
        }
    }
}

// p_o (change_o - sum_k p_k change_k); of a single output p (1 - p) change.
template <class T>
void probability_changes(const LossBlock<T>& block, const T* scores, T* changes) {
    const Vec<T> one = broadcast<T>(T{1});
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        Vec<T> mean = {};
        for (std::size_t o = 0; o < block.outputs; ++o) {
            mean += read(block.slopes + o * block.stride + s) * read(scores + o * block.stride + s);
        }
        for (std::size_t o = 0; o < block.outputs; ++o) {
            const std::size_t place = o * block.stride + s;
            const Vec<T> p = read(block.slopes + place);
            const Vec<T> change = read(scores + place);
            write<T>(changes + place, p * (block.outputs == 1 ? (one - p) * change : change - mean));
        }
    }
}

template <class T, bool squared>
void sum_changes(const LossBlock<T>& block, const T* changes, double* hits, double* sizes) {
    for (std::size_t o = 0; o < block.outputs; ++o) {
        Vec<T> hit = {};
        Vec<T> size = {};
        for (std::size_t s = 0; s < block.count; s += lanes<T>) {
            const Vec<T> p = read(block.slopes + o * block.stride + s);
            const Vec<T> change = read(block.weights + s) * read(changes + o * block.stride + s);
            hit += read(block.truth + s) == class_of(block, o) ? change : Vec<T>{};
            size += squared ? (p + p) * change : change;
        }
        hits[o] = static_cast<double>(fold<T>(hit));
        sizes[o] = static_cast<double>(fold<T>(size));
    }
}

template <class T, bool squared>
ZOOPT_INLINE void single_slope_change_at(const LossBlock<T>& block, const ClassFactors<T>& of,
                                         const ClassFactors<T>& factors, T* changes, std::size_t s) {
    const Vec<T> one = broadcast<T>(T{1});
    const Vec<T> p = read(block.slopes + s);
    const Vec<T> slope = by_probability<T, squared>(block, of, 0, s);
    const Vec<T> moved = change_by_probability<T, squared>(block, of, factors, changes, 0, s);
    const Vec<T> bent = slope * (one - p - p) * read(changes + s);
    write<T>(changes + s, read(block.weights + s) * (moved * p * (one - p) + bent));
}

template <class T, bool squared>
ZOOPT_INLINE void slope_changes_at(const LossBlock<T>& block, const ClassFactors<T>& of, const ClassFactors<T>& factors,
                                   T* changes, std::size_t s) {
    const Vec<T> weight = read(block.weights + s);
    Vec<T> mean = {};
    Vec<T> mean_change = {};
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const Vec<T> p = read(block.slopes + o * block.stride + s);
        const Vec<T> slope = by_probability<T, squared>(block, of, o, s);
        mean += p * slope;
        mean_change += read(changes + o * block.stride + s) * slope +
                       p * change_by_probability<T, squared>(block, of, factors, changes, o, s);
    }
    for (std::size_t o = 0; o < block.outputs; ++o) {
        const std::size_t place = o * block.stride + s;
        const Vec<T> slope = by_probability<T, squared>(block, of, o, s);
        const Vec<T> moved = change_by_probability<T, squared>(block, of, factors, changes, o, s);
        write<T>(changes + place, weight * (read(changes + place) * (slope - mean) +
                                            read(block.slopes + place) * (moved - mean_change)));
    }
}

template <class T, bool squared>
void slope_changes(const LossBlock<T>& block, const ClassFactors<T>& of, const ClassFactors<T>& factors, T* changes) {
    for (std::size_t s = 0; s < block.count; s += lanes<T>) {
        if (block.outputs == 1) {
            single_slope_change_at<T, squared>(block, of, factors, changes, s);
        } else {
            slope_changes_at<T, squared>(block, of, factors, changes, s);
        }
    }
}

template <class T>
constexpr OverlapKernels<T> table = {probabilities<T>,      sums<T, false>,       sums<T, true>,
                                     slopes<T, false>,      slopes<T, true>,      probability_changes<T>,
                                     sum_changes<T, false>, sum_changes<T, true>, slope_changes<T, false>,
                                     slope_changes<T, true>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::OverlapKernels<float> overlap_float32 = objectives::table<float>;
extern const objectives::OverlapKernels<double> overlap_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
