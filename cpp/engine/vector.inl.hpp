// The widest vector of doubles of the tier being compiled. Elements never mix, so the width changes no bit. For
// *.tier.cpp files only.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__)
#define ZOOPT_ENGINE_VECTOR_BYTES 64
#elif defined(__AVX__)
#define ZOOPT_ENGINE_VECTOR_BYTES 32
#else
#define ZOOPT_ENGINE_VECTOR_BYTES 16
#endif

#define ZOOPT_LOCAL static inline __attribute__((always_inline))
#define ZOOPT_MEMBER inline __attribute__((always_inline))

// Calls kernel<n>(...) with n vectors at a time for the columns [from, to), a whole number of them; `j` is where it is.
#define ZOOPT_IN_BLOCKS(from, to, kernel, ...)                                              \
    do {                                                                                    \
        std::size_t j = (from);                                                             \
        for (; j + 4 * vector_lanes <= (to); j += 4 * vector_lanes) kernel<4>(__VA_ARGS__); \
        for (; j + 2 * vector_lanes <= (to); j += 2 * vector_lanes) kernel<2>(__VA_ARGS__); \
        for (; j + vector_lanes <= (to); j += vector_lanes) kernel<1>(__VA_ARGS__);         \
    } while (false)

namespace zoopt::engine {
namespace {

typedef double Vector __attribute__((vector_size(ZOOPT_ENGINE_VECTOR_BYTES)));
typedef double LooseVector __attribute__((vector_size(ZOOPT_ENGINE_VECTOR_BYTES), aligned(8), may_alias));

constexpr int vector_lanes = ZOOPT_ENGINE_VECTOR_BYTES / 8;
constexpr std::size_t line_lanes = 8;  // doubles a cache line

template <int value>
struct Number {
    constexpr operator int() const { return value; }
};

ZOOPT_LOCAL Vector load(const double* from) {
    return *reinterpret_cast<const LooseVector*>(from);
}

ZOOPT_LOCAL void store(double* to, Vector value) {
    *reinterpret_cast<LooseVector*>(to) = value;
}

// Every lane holds `value`. Subtracting zero keeps the sign of a zero, so the compiler may drop it.
ZOOPT_LOCAL Vector broadcast(double value) {
    return value - Vector{};
}

// The first cache line of `work` that is whole.
ZOOPT_LOCAL double* first_line(double* work) {
    const std::size_t past = reinterpret_cast<std::uintptr_t>(work) % (8 * line_lanes) / 8;
    return past == 0 ? work : work + (line_lanes - past);
}

}  // namespace
}  // namespace zoopt::engine
