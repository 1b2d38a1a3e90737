#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// Elementary functions with the same bits everywhere: only correctly rounded operations, never libm. They serve where
// the number contract promises bit-exactness (shapings, updates); |error| < 1 ulp on the ranges used there.
namespace zoopt::portable {

// exp(x): x = k ln 2 + r, Taylor series of degree 13 on |r| <= ln(2)/2. Infinite above 709, 0 below -708. Without
// branches, and always inlined, so that loops over it become vector code, in the kernels of each CPU tier too.
__attribute__((always_inline)) static inline double exp(double x) {
    const double shift = 0x1.8p52;
    const double low = x < -708.0 ? -708.0 : x;
    const double inside = low > 709.0 ? 709.0 : low;
    const double shifted = inside * 1.44269504088896338700 + shift;
    const double k = shifted - shift;
    const double r = (inside - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double tail = 1.0 / 6227020800.0;
    tail = tail * r + 1.0 / 479001600.0;
    tail = tail * r + 1.0 / 39916800.0;
    tail = tail * r + 1.0 / 3628800.0;
    tail = tail * r + 1.0 / 362880.0;
    tail = tail * r + 1.0 / 40320.0;
    tail = tail * r + 1.0 / 5040.0;
    tail = tail * r + 1.0 / 720.0;
    tail = tail * r + 1.0 / 120.0;
    tail = tail * r + 1.0 / 24.0;
    tail = tail * r + 1.0 / 6.0;
    tail = tail * r + 0.5;
    const double series = 1.0 + (r + r * r * tail);
    const std::uint64_t whole = __builtin_bit_cast(std::uint64_t, shifted) - 0x4338000000000000ull;
    const double power = __builtin_bit_cast(double, (whole + 1023) << 52);
    const double value = x > 709.0 ? std::numeric_limits<double>::infinity() : series * power;
    return x < -708.0 ? 0.0 : value;
}

// log(x) for normal x > 0: x = 2^k m with m in [sqrt(1/2), sqrt 2), log m = 2 atanh(s) with s = (m-1)/(m+1). Written as
// f - (f^2/2 - s (f^2/2 + 2 (s^2/3 + s^4/5 + ...))) with f = m - 1, whose first term is exact.
inline double log(double x) {
    const std::uint64_t sqrt_half = 0x3FE6A09E667F3BCDull;
    const std::uint64_t shifted = std::bit_cast<std::uint64_t>(x) + (0x3FF0000000000000ull - sqrt_half);
    const auto k = static_cast<double>(static_cast<std::int64_t>(shifted >> 52) - 1023);
    const double m = std::bit_cast<double>((shifted & 0x000FFFFFFFFFFFFFull) + sqrt_half);
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double square = s * s;
    const double half = 0.5 * f * f;
    double series = 1.0 / 23.0;
    for (int n = 21; n >= 3; n -= 2) series = 1.0 / n + series * square;
    const double rest = s * (half + 2.0 * square * series) + k * 1.90821492927058770002e-10;
    return k * 6.93147180369123816490e-01 - ((half - rest) - f);
}

// x^n by repeated squaring.
inline double power(double x, std::uint64_t n) {
    double result = 1.0;
    for (; n > 0; n >>= 1, x *= x) {
        if ((n & 1u) != 0) result *= x;
    }
    return result;
}

// x^y for x > 0.
inline double power(double x, double y) {
    return exp(y * log(x));
}

// cos(pi x) for x in [0, 1], as sin(pi (1/2 - x)) by its Taylor series of degree 23 on [-pi/2, pi/2].
inline double cos_half_turns(double x) {
    const double t = (0.5 - x) * 3.14159265358979323846;
    const double square = t * t;
    double series = 1.0;
    for (int n = 22; n >= 2; n -= 2) series = 1.0 - square / (n * (n + 1.0)) * series;
    return t * series;
}

}  // namespace zoopt::portable
