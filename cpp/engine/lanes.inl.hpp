// Sums over coordinates in 16 lanes and a fixed tree: part of the number contract. For *.tier.cpp files only.
#pragma once
#include <cstddef>

namespace zoopt::engine {
namespace {

constexpr std::size_t lanes = 16;

// Lane l holds the sum over i = l (mod 16); halves are added until one is left.
static inline __attribute__((always_inline)) double fold(double* lane) {
    for (std::size_t l = 0; l < 8; ++l) lane[l] += lane[l + 8];
    for (std::size_t l = 0; l < 4; ++l) lane[l] += lane[l + 4];
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

static inline __attribute__((always_inline)) double dot_lanes(const double* __restrict a, const double* __restrict b,
                                                              std::size_t count) {
    double lane[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) lane[l] += a[i + l] * b[i + l];
    }
    for (std::size_t l = 0; i + l < count; ++l) lane[l] += a[i + l] * b[i + l];
    return fold(lane);
}

}  // namespace
}  // namespace zoopt::engine
