#include "elementary.inl.hpp"
#include "mlp_kernels.hpp"

namespace zoopt::objectives {
namespace {

struct Relu {
    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z) {
        return larger<T>(z, Vec<T>{});
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope) {
        slope = z > Vec<T>{} ? broadcast<T>(T{1}) : Vec<T>{};
        return value<T>(z);
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope, Vec<T>& curvature) {
        curvature = Vec<T>{};
        return value<T>(z, slope);
    }
};

struct Tanh {
    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z) {
        return hyperbolic_tangent<T>(z);
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope) {
        const Vec<T> tangent = hyperbolic_tangent<T>(z);
        slope = broadcast<T>(T{1}) - tangent * tangent;
        return tangent;
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope, Vec<T>& curvature) {
        const Vec<T> tangent = value<T>(z, slope);
        curvature = broadcast<T>(T{-2}) * tangent * slope;
        return tangent;
    }
};

struct Gelu {
    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z) {
        return z * normal<T>(z).below;
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope) {
        Vec<T> unused;
        return value<T>(z, slope, unused);
    }

    template <class T>
    __attribute__((always_inline)) static Vec<T> value(Vec<T> z, Vec<T>& slope, Vec<T>& curvature) {
        const Normal<T> at = normal<T>(z);
        slope = at.below + z * at.density;
        curvature = (broadcast<T>(T{2}) - z * z) * at.density;
        return z * at.below;
    }
};

template <class T>
constexpr std::size_t lanes = static_cast<std::size_t>(native_lanes<T>);

template <class T>
ZOOPT_INLINE Vec<T>& at(T* place) {
    return *reinterpret_cast<Vec<T>*>(place);
}

// Two vectors at a time, which hide each other's latency.
template <class T, class Kind>
void activate(T* values, std::size_t count) {
#pragma GCC unroll 2
    for (std::size_t i = 0; i < count; i += lanes<T>) at(values + i) = Kind::template value<T>(at(values + i));
}

template <class T, class Kind>
void activate_with_slopes(T* values, T* slopes, std::size_t count) {
#pragma GCC unroll 2
    for (std::size_t i = 0; i < count; i += lanes<T>) {
        at(values + i) = Kind::template value<T>(at(values + i), at(slopes + i));
    }
}

template <class T, class Kind>
void activate_with_curvatures(T* values, T* slopes, T* curvatures, std::size_t count) {
    for (std::size_t i = 0; i < count; i += lanes<T>) {
        at(values + i) = Kind::template value<T>(at(values + i), at(slopes + i), at(curvatures + i));
    }
}

template <class T>
void multiply(T* values, const T* factors, std::size_t count) {
    for (std::size_t i = 0; i < count; i += lanes<T>) {
        at(values + i) *= *reinterpret_cast<const Vec<T>*>(factors + i);
    }
}

template <class T>
constexpr MlpKernels<T> table = {
    {activate<T, Relu>, activate<T, Tanh>, activate<T, Gelu>},
    {activate_with_slopes<T, Relu>, activate_with_slopes<T, Tanh>, activate_with_slopes<T, Gelu>},
    {activate_with_curvatures<T, Relu>, activate_with_curvatures<T, Tanh>, activate_with_curvatures<T, Gelu>},
    multiply<T>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::MlpKernels<float> mlp_float32 = objectives::table<float>;
extern const objectives::MlpKernels<double> mlp_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
