// The widest vector of the tier being compiled, as GNU vector types. Included by *.tier.cpp files only.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__AVX__)
#include <immintrin.h>
#endif

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

// In each lane a where it is the larger or the lesser, else b: one instruction, which the compiler does not make of a
// comparison. (Some compilers warn of what the forms without a mask leave undefined.)
template <class T>
ZOOPT_INLINE typename Native<T>::Vector larger(typename Native<T>::Vector a, typename Native<T>::Vector b) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == sizeof(float))
        return _mm512_mask_max_ps(a, 0xFFFF, a, b);
    else
        return _mm512_mask_max_pd(a, 0xFF, a, b);
#elif defined(__AVX__)
    if constexpr (sizeof(T) == sizeof(float))
        return _mm256_max_ps(a, b);
    else
        return _mm256_max_pd(a, b);
#else
    return a > b ? a : b;
#endif
}

template <class T>
ZOOPT_INLINE typename Native<T>::Vector lesser(typename Native<T>::Vector a, typename Native<T>::Vector b) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == sizeof(float))
        return _mm512_mask_min_ps(a, 0xFFFF, a, b);
    else
        return _mm512_mask_min_pd(a, 0xFF, a, b);
#elif defined(__AVX__)
    if constexpr (sizeof(T) == sizeof(float))
        return _mm256_min_ps(a, b);
    else
        return _mm256_min_pd(a, b);
#else
    return a < b ? a : b;
#endif
}

// The first `count` numbers at x, and zeros in the other lanes; nothing beyond is read.
ZOOPT_INLINE Native<double>::Vector load_first(const double* x, std::ptrdiff_t count) {
#if defined(__AVX512F__)
    const auto lanes = static_cast<__mmask8>(count >= 8 ? 0xFF : (1u << (count > 0 ? count : 0)) - 1u);
    return _mm512_maskz_loadu_pd(lanes, x);
#elif defined(__AVX__)
    const std::int64_t numbers[4] = {0, 1, 2, 3};
    alignas(32) std::int64_t lanes[4];
    for (int l = 0; l < 4; ++l) lanes[l] = numbers[l] < count ? -1 : 0;
    return _mm256_maskload_pd(x, *reinterpret_cast<const __m256i*>(lanes));
#else
    Native<double>::Vector first = {};
    for (int l = 0; l < native_lanes<double>; ++l) {
        if (l < count) first[l] = x[l];
    }
    return first;
#endif
}

}  // namespace
}  // namespace zoopt::objectives
