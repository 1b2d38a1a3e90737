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

// x0..x3 of each chain are the counter on entry and the random words on return. Independent chains advance side by
// side, round by round, because one chain alone waits for its own results.
template <int Rounds, int Chains>
ZOOPT_INLINE void threefry(std::uint32_t (&x)[Chains][4], const ThreefryKey& key) {
    constexpr int first[8] = {10, 11, 13, 23, 6, 17, 25, 18};
    constexpr int second[8] = {26, 21, 27, 5, 20, 11, 10, 20};
#pragma GCC unroll 4
    for (int c = 0; c < Chains; ++c) {
        for (int w = 0; w < 4; ++w) x[c][w] += key.words[w];
    }
#pragma GCC unroll 32
    for (int round = 0; round < Rounds; ++round) {
        const int odd = 1 + 2 * (round % 2);
        const int other = 4 - odd;
#pragma GCC unroll 4
        for (int c = 0; c < Chains; ++c) {
            x[c][0] += x[c][odd];
            x[c][2] += x[c][other];
            x[c][odd] = rotate_left(x[c][odd], first[round % 8]) ^ x[c][0];
            x[c][other] = rotate_left(x[c][other], second[round % 8]) ^ x[c][2];
        }
        if (round % 4 == 3) {
            const int injection = round / 4 + 1;
#pragma GCC unroll 4
            for (int c = 0; c < Chains; ++c) {
                x[c][0] += key.words[injection % 5];
                x[c][1] += key.words[(injection + 1) % 5];
                x[c][2] += key.words[(injection + 2) % 5];
                x[c][3] += key.words[(injection + 3) % 5] + static_cast<std::uint32_t>(injection);
            }
        }
    }
}

template <int Rounds>
ZOOPT_INLINE void threefry(std::uint32_t& x0, std::uint32_t& x1, std::uint32_t& x2, std::uint32_t& x3,
                           const ThreefryKey& key) {
    std::uint32_t x[1][4] = {{x0, x1, x2, x3}};
    threefry<Rounds>(x, key);
    x0 = x[0][0];
    x1 = x[0][1];
    x2 = x[0][2];
    x3 = x[0][3];
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

// sqrt(-2 log(v / 2^31)) for v in [1/2, 2^31]. v = 2^e m with m in [sqrt(1/2), sqrt 2), and with s = (m-1)/(m+1)
// log m = 2 artanh(s), whose minimax polynomial errs by 8e-10; the rounding of the whole stays below 1.5 ulp.
ZOOPT_INLINE float radius_of(float v) {
    const std::uint32_t sqrt_half = 0x3F3504F3u;
    const std::uint32_t shifted = as_bits(v) - sqrt_half;
    const float exponent = static_cast<float>((static_cast<std::int32_t>(shifted) >> 23) - 31);
    const float m = as_float((shifted & 0x007FFFFFu) + sqrt_half);
    const float s = (m - 1.0f) / (m + 1.0f);
    const float z = s * s;
    const float p = -4.0f + z * (-1.3333355f + z * (-0.7995517f + z * -0.5974139f));
    return __builtin_sqrtf(s * p + exponent * -1.38629436f);
}

// One Box-Muller pair. The radius takes the low 31 bits of its word (so |z| <= sqrt(64 ln 2) = 6.66). The angle lies in
// the quarter turn round one of the four half-axes: 30 bits within the quarter, one bit for the axis and one for its
// direction. Sine and cosine of t quarter turns, t in [-1/2, 1/2), are minimax, 4e-8.
ZOOPT_INLINE void box_muller(std::uint32_t radius_word, std::uint32_t angle_word, float& z0, float& z1) {
    const float radius = radius_of(static_cast<float>(static_cast<std::int32_t>(radius_word & 0x7FFFFFFFu)) + 0.5f);
    const float t = static_cast<float>(static_cast<std::int32_t>(angle_word << 2)) * 0x1p-32f;
    const float s = t * t;
    const float sine = t * (1.5707964f + s * (-0.64596665f + s * (0.079712525f + s * -0.0046859714f)));
    const float cosine = 1.0f + s * (-1.2336977f + s * (0.2536024f + s * -0.02041453f));
    const std::uint32_t along = as_bits(cosine) ^ (angle_word & 0x80000000u);
    const std::uint32_t across = as_bits(sine);
    const std::uint32_t swap = static_cast<std::uint32_t>(static_cast<std::int32_t>(angle_word << 1) >> 31);
    const std::uint32_t difference = (along ^ across) & swap;
    z0 = radius * as_float(along ^ difference);
    z1 = radius * as_float(across ^ difference);
}

// Four normals a lane, from a lane's counter (block, sample).
template <int Lanes, int Rounds = 20>
ZOOPT_INLINE void normal_lanes(const std::uint32_t* block, const std::uint32_t* sample, const Address& address,
                               const ThreefryKey& key, float* __restrict out) {
    const std::uint32_t low = static_cast<std::uint32_t>(address.generation);
    const std::uint32_t high = static_cast<std::uint32_t>(address.generation >> 32);
    alignas(64) std::uint32_t words[4][Lanes];
    constexpr int half = Lanes / 2;
    for (int j = 0; j < half; ++j) {
        std::uint32_t x[2][4] = {{block[j], sample[j], low, high}, {block[j + half], sample[j + half], low, high}};
        threefry<Rounds>(x, key);
        for (int w = 0; w < 4; ++w) {
            words[w][j] = x[0][w];
            words[w][j + half] = x[1][w];
        }
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
