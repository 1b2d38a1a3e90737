// The widest vector of the tier being compiled, as GNU vector types. Included by *.tier.cpp files only.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__)
#define ZOOPT_VECTOR_BYTES 64
#elif defined(__AVX__)
#define ZOOPT_VECTOR_BYTES 32
#else
#define ZOOPT_VECTOR_BYTES 16
#endif

#define ZOOPT_INLINE static inline __attribute__((always_inline))

namespace zoopt::objectives {
namespace {

template <class T>
struct Native;

template <>
struct Native<float> {
    typedef float Vector __attribute__((vector_size(ZOOPT_VECTOR_BYTES), aligned(ZOOPT_VECTOR_BYTES), may_alias));
    typedef float Loose __attribute__((vector_size(ZOOPT_VECTOR_BYTES), aligned(4), may_alias));
    typedef std::int32_t Mask __attribute__((vector_size(ZOOPT_VECTOR_BYTES)));
};

template <>
struct Native<double> {
    typedef double Vector __attribute__((vector_size(ZOOPT_VECTOR_BYTES), aligned(ZOOPT_VECTOR_BYTES), may_alias));
    typedef double Loose __attribute__((vector_size(ZOOPT_VECTOR_BYTES), aligned(8), may_alias));
    typedef std::int64_t Mask __attribute__((vector_size(ZOOPT_VECTOR_BYTES)));
};

template <class T>
constexpr int native_lanes = ZOOPT_VECTOR_BYTES / static_cast<int>(sizeof(T));

// Every lane holds `value`. Subtracting zero keeps the sign of a zero, so the compiler may drop it.
template <class T>
ZOOPT_INLINE typename Native<T>::Vector broadcast(T value) {
    return value - typename Native<T>::Vector{};
}

}  // namespace
}  // namespace zoopt::objectives
