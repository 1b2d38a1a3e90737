// Threefry4x32 over lanes of counters, and Box-Muller in float32 resolution. Included by *.tier.cpp files only: plain
// `static inline` code that the compiler vectorises, and no operation whose rounding could differ between tiers.
#pragma once
#include <cstddef>
#include <cstdint>

#include "zoopt/noise.hpp"

namespace zoopt::noise {
namespace {

#define ZOOPT_INLINE static inline __attribute__((always_inline))

struct ThreefryKey {
    std::uint32_t words[5];
};

ZOOPT_INLINE ThreefryKey threefry_key(const Address& address) {
    const std::uint32_t parity = 0x1BD11BDAu;
    ThreefryKey key = {{static_cast<std::uint32_t>(address.seed), static_cast<std::uint32_t>(address.seed >> 32),
                        address.stream, version, 0}};
    key.words[4] = parity ^ key.words[0] ^ key.words[1] ^ key.words[2] ^ key.words[3];
    return key;
}

ZOOPT_INLINE std::uint32_t rotate_left(std::uint32_t x, int bits) { return (x << bits) | (x >> (32 - bits)); }

// x[0..3] are the counter on entry and the random words on return.
template <int Rounds>
ZOOPT_INLINE void threefry(std::uint32_t& x0, std::uint32_t& x1, std::uint32_t& x2, std::uint32_t& x3,
                           const ThreefryKey& key) {
    constexpr int first[8] = {10, 11, 13, 23, 6, 17, 25, 18};
    constexpr int second[8] = {26, 21, 27, 5, 20, 11, 10, 20};
    x0 += key.words[0];
    x1 += key.words[1];
    x2 += key.words[2];
    x3 += key.words[3];
#pragma GCC unroll 32
    for (int round = 0; round < Rounds; ++round) {
        if (round % 2 == 0) {
            x0 += x1;
            x1 = rotate_left(x1, first[round % 8]) ^ x0;
            x2 += x3;
            x3 = rotate_left(x3, second[round % 8]) ^ x2;
        } else {
            x0 += x3;
            x3 = rotate_left(x3, first[round % 8]) ^ x0;
            x2 += x1;
            x1 = rotate_left(x1, second[round % 8]) ^ x2;
        }
        if (round % 4 == 3) {
            const int injection = round / 4 + 1;
            x0 += key.words[injection % 5];
            x1 += key.words[(injection + 1) % 5];
            x2 += key.words[(injection + 2) % 5];
            x3 += key.words[(injection + 3) % 5] + static_cast<std::uint32_t>(injection);
        }
    }
}

ZOOPT_INLINE float as_float(std::uint32_t bits) {
    float value;
    __builtin_memcpy(&value, &bits, 4);
    return value;
}

ZOOPT_INLINE std::uint32_t as_bits(float value) {
    std::uint32_t bits;
    __builtin_memcpy(&bits, &value, 4);
    return bits;
}

// Natural logarithm on (0, 1], relative error below 1.2e-7: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt 2), and a
// weighted minimax polynomial of degree 7 for (log(1+f) - f + f^2/2) / f^3 (its own error 6e-9).
ZOOPT_INLINE float log_unit(float x) {
    const std::uint32_t sqrt_half = 0x3F3504F3u;
    const std::uint32_t shifted = as_bits(x) + (0x3F800000u - sqrt_half);
    const float k = static_cast<float>(static_cast<std::int32_t>(shifted >> 23) - 127);
    const float f = as_float((shifted & 0x007FFFFFu) + sqrt_half) - 1.0f;
    float p = -0.07634344f;
    p = p * f + 0.12761515f;
    p = p * f - 0.13160211f;
    p = p * f + 0.14201768f;
    p = p * f - 0.16623355f;
    p = p * f + 0.20001227f;
    p = p * f - 0.25000823f;
    p = p * f + 0.3333333f;
    const float square = f * f;
    const float ln2_high = 0.693359375f;
    const float ln2_low = -2.12194440e-4f;
    const float tail = (p * f * square + k * ln2_low) - 0.5f * square;
    return (f + tail) + k * ln2_high;
}

// One Box-Muller pair. The radius takes 31 bits of `radius_word` (so |z| <= sqrt(64 ln 2) = 6.66), the angle 2 bits of
// quadrant and 30 within it; sine and cosine are minimax on [-pi/4, pi/4).
ZOOPT_INLINE void box_muller(std::uint32_t radius_word, std::uint32_t angle_word, float& z0, float& z1) {
    const float uniform = (static_cast<float>(static_cast<std::int32_t>(radius_word >> 1)) + 0.5f) * 0x1p-31f;
    const float radius = __builtin_sqrtf(-2.0f * log_unit(uniform));
    const float quarter_turn = 1.57079632679f * 0x1p-32f;
    const float angle = static_cast<float>(static_cast<std::int32_t>(angle_word << 2)) * quarter_turn;
    const float s = angle * angle;
    const float sine = angle + angle * s * (-0.16666655f + s * (0.008332178f + s * -0.00019517296f));
    const float cosine = (1.0f - 0.5f * s) + s * s * (0.041666646f + s * (-0.0013887368f + s * 2.4438448e-05f));
    const std::uint32_t quadrant = angle_word >> 30;
    const std::uint32_t swap = 0u - (quadrant & 1u);
    const std::uint32_t sine_bits = as_bits(sine);
    const std::uint32_t cosine_bits = as_bits(cosine);
    const std::uint32_t x = ((cosine_bits & ~swap) | (sine_bits & swap)) ^ (((quadrant + 1u) & 2u) << 30);
    const std::uint32_t y = ((sine_bits & ~swap) | (cosine_bits & swap)) ^ ((quadrant & 2u) << 30);
    z0 = radius * as_float(x);
    z1 = radius * as_float(y);
}

// Four normals a lane, from a lane's counter (block, sample).
template <int Lanes, int Rounds = 20>
ZOOPT_INLINE void normal_lanes(const std::uint32_t* block, const std::uint32_t* sample, const Address& address,
                               const ThreefryKey& key, float* __restrict out) {
    const std::uint32_t low = static_cast<std::uint32_t>(address.generation);
    const std::uint32_t high = static_cast<std::uint32_t>(address.generation >> 32);
    alignas(64) std::uint32_t words[4][Lanes];
    for (int j = 0; j < Lanes; ++j) {
        std::uint32_t x0 = block[j], x1 = sample[j], x2 = low, x3 = high;
        threefry<Rounds>(x0, x1, x2, x3, key);
        words[0][j] = x0;
        words[1][j] = x1;
        words[2][j] = x2;
        words[3][j] = x3;
    }
    for (int j = 0; j < Lanes; ++j) {
        float a, b, c, d;
        box_muller(words[0][j], words[1][j], a, b);
        box_muller(words[2][j], words[3][j], c, d);
        out[4 * j] = a;
        out[4 * j + 1] = b;
        out[4 * j + 2] = c;
        out[4 * j + 3] = d;
    }
}

}  // namespace
}  // namespace zoopt::noise
