// Threefry4x32 and Box-Muller in float32 resolution: plain `static inline` code that the compiler vectorises
// when a *.tier.cpp file calls it in a loop, and no operation whose rounding could differ between tiers.
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

ZOOPT_INLINE std::uint32_t rotate_left(std::uint32_t x, int bits) {
    return (x << bits) | (x >> (32 - bits));
}

// A loop over chains: independent work, side by side, because one chain alone waits for its own results.
#define ZOOPT_EACH(c, chains) _Pragma("GCC unroll 8") for (int c = 0; c < chains; ++c)

// x[c] is chain c's counter on entry and its random words on return.
template <int Rounds, int Chains>
ZOOPT_INLINE void threefry(std::uint32_t (&x)[Chains][4], const ThreefryKey& key) {
    constexpr int first[8] = {10, 11, 13, 23, 6, 17, 25, 18};
    constexpr int second[8] = {26, 21, 27, 5, 20, 11, 10, 20};
    ZOOPT_EACH(c, Chains) {
        ZOOPT_EACH(w, 4) x[c][w] += key.words[w];
    }
#pragma GCC unroll 32
    for (int round = 0; round < Rounds; ++round) {
        const int one = 1 + 2 * (round % 2);
        const int other = 4 - one;
        ZOOPT_EACH(c, Chains) {
            x[c][0] += x[c][one];
            x[c][2] += x[c][other];
            x[c][one] = rotate_left(x[c][one], first[round % 8]) ^ x[c][0];
            x[c][other] = rotate_left(x[c][other], second[round % 8]) ^ x[c][2];
        }
        if (round % 4 != 3) continue;
        const int injection = round / 4 + 1;
        ZOOPT_EACH(c, Chains) {
            ZOOPT_EACH(w, 4) x[c][w] += key.words[(injection + w) % 5];
            x[c][3] += static_cast<std::uint32_t>(injection);
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

// Box-Muller's radius sqrt(-2 log u), u = (the word's low 31 bits + 1/2) / 2^31, so at most sqrt(64 ln 2)
// = 6.66. With u = 2^e m, m in [sqrt(1/2), sqrt 2), and s = (m-1)/(m+1): log u = e log 2 + 2 artanh(s). The
// minimax polynomial errs by 8e-10, so rounding is all that counts.
template <int N>
ZOOPT_INLINE void radius(const std::uint32_t (&word)[N], float (&length)[N]) {
    const std::uint32_t sqrt_half = 0x3F3504F3u;
    const std::uint32_t unit_31 = 31u << 23;
    float exponent[N], s[N];
    ZOOPT_EACH(c, N) {
        const float v = static_cast<float>(static_cast<std::int32_t>(word[c] & 0x7FFFFFFFu)) + 0.5f;
        const std::uint32_t shifted = as_bits(v) - sqrt_half - unit_31;
        const float m = as_float((shifted & 0x007FFFFFu) + sqrt_half);
        exponent[c] = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
        s[c] = (m - 1.0f) / (m + 1.0f);
    }
    ZOOPT_EACH(c, N) {
        const float z = s[c] * s[c];
        const float p = (-4.0f + z * -1.3333355f) + z * z * (-0.7995517f + z * -0.5974139f);
        length[c] = __builtin_sqrtf(s[c] * p + exponent[c] * -1.38629436f);
    }
}

// length * (cosine, sine) of the word's angle, which lies in the quarter turn round one of the four
// half-axes: 30 bits within the quarter, one for the axis, one for its direction. The polynomials in t
// quarter turns, t in [-1/2, 1/2), are minimax and err by 4e-8.
template <int N>
ZOOPT_INLINE void around(const float (&length)[N], const std::uint32_t (&word)[N], float (&z)[2 * N]) {
    float t[N], s[N], sine[N], cosine[N];
    ZOOPT_EACH(c, N) {
        t[c] = static_cast<float>(static_cast<std::int32_t>(word[c] << 2)) * 0x1p-32f;
        s[c] = t[c] * t[c];
    }
    ZOOPT_EACH(c, N) {
        const float s2 = s[c] * s[c];
        sine[c] = t[c] * ((1.5707964f + s[c] * -0.64596665f) + s2 * (0.079712525f + s[c] * -0.0046859714f));
        cosine[c] = (1.0f + s[c] * -1.2336977f) + s2 * (0.2536024f + s[c] * -0.02041453f);
    }
    ZOOPT_EACH(c, N) {
        const std::uint32_t along = as_bits(cosine[c]) ^ (word[c] & 0x80000000u);
        const std::uint32_t across = as_bits(sine[c]);
        const std::uint32_t swap = static_cast<std::uint32_t>(static_cast<std::int32_t>(word[c] << 1) >> 31);
        const std::uint32_t difference = (along ^ across) & swap;
        z[2 * c] = length[c] * as_float(along ^ difference);
        z[2 * c + 1] = length[c] * as_float(across ^ difference);
    }
}

// Two normals from two words: what the kernels do, one pair at a time.
ZOOPT_INLINE void box_muller(std::uint32_t radius_word, std::uint32_t angle_word, float (&z)[2]) {
    const std::uint32_t words[2][1] = {{radius_word}, {angle_word}};
    float length[1];
    radius(words[0], length);
    around(length, words[1], z);
}

}  // namespace
}  // namespace zoopt::noise
