// exp, tanh, log and the normal distribution for whole vectors. Polynomials are minimax fits of ours, by Remez exchange
// in 60 digits; each says its own relative error, rounding comes on top. Lanes never mix, so that the value of a number
// does not depend on its neighbours. Included by *.tier.cpp files only.
#pragma once
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

template <class T>
using Vec = typename Native<T>::Vector;
template <class T>
using Bits = typename Native<T>::Mask;

template <class T>
struct Numbers;

template <>
struct Numbers<float> {
    static constexpr int fraction_bits = 23;
    static constexpr float shift =
        0x1.8p23f;  // added to a number below 2^22, it leaves the nearest whole one in the last bits
    static constexpr std::int32_t shift_bits = 0x4B400000;
    static constexpr std::int32_t one_bits = 0x3F800000;
    static constexpr std::int32_t size_bits = 0x7FFFFFFF;  // all but the sign
    static constexpr std::int32_t sqrt_half_bits = 0x3F3504F3;
    static constexpr float log2_e = 1.44269504f;
    static constexpr float ln2_high = 0.693359375f;  // few bits: k ln2_high is exact
    static constexpr float ln2_low = -2.12194440e-4f;
    static constexpr float tanh_limit = 20.0f;  // tanh is 1 from 9.02 on; its argument is doubled
    static constexpr float tail_limit = 9.0f;   // exp(-81) is normal
    static constexpr float tail_middle = 3.0f;
    // (exp(r) - 1 - r) / r^2 on |r| <= ln(2) / 2: 1.3e-7, which is 2.2e-8 of exp(r) - 1
    static constexpr float exponential[] = {1.39012968e-03f, 8.36314633e-03f, 4.16668542e-02f, 1.66665778e-01f,
                                            5.00000000e-01f};
    // (2 atanh(s) / s - 2) / s^2 in s^2, |s| <= (sqrt(2) - 1) / (sqrt(2) + 1): 2.8e-7, which is 2.7e-9 of the logarithm
    static constexpr float logarithm[] = {2.95815557e-01f, 3.99887413e-01f, 6.66666865e-01f};
    // exp(x^2) erfc(x) in (x - 3) / (x + 3), 0 <= x <= 10: 3.2e-8
    static constexpr float tail[] = {-6.89955414e-05f, -5.89450239e-04f, 7.90366437e-04f,  4.28087823e-03f,
                                     -2.44149119e-02f, 7.16627985e-02f,  -1.50113449e-01f, 2.45603964e-01f,
                                     -3.26233625e-01f, 1.79001153e-01f};
};

template <>
struct Numbers<double> {
    static constexpr int fraction_bits = 52;
    static constexpr double shift = 0x1.8p52;
    static constexpr std::int64_t shift_bits = 0x4338000000000000;
    static constexpr std::int64_t one_bits = 0x3FF0000000000000;
    static constexpr std::int64_t size_bits = 0x7FFFFFFFFFFFFFFF;
    static constexpr std::int64_t sqrt_half_bits = 0x3FE6A09E667F3BCD;
    static constexpr double log2_e = 1.44269504088896338700;
    static constexpr double ln2_high = 6.93147180369123816490e-01;
    static constexpr double ln2_low = 1.90821492927058770002e-10;
    static constexpr double tanh_limit = 40.0;
    static constexpr double tail_limit = 26.5;
    static constexpr double tail_middle = 4.0;
    // As above: 2.1e-16, which is 3.6e-17 of exp(r) - 1
    static constexpr double exponential[] = {2.5068169714156312e-08, 2.7620046127599179e-07, 2.7557355502295156e-06,
                                             2.4801521397549341e-05, 1.9841269784673130e-04, 1.3888888917137593e-03,
                                             8.3333333333561969e-03, 4.1666666666624309e-02, 1.6666666666666644e-01,
                                             5.0000000000000011e-01};
    // As above: 4.6e-16, which is 4.5e-18 of the logarithm
    static constexpr double logarithm[] = {1.4618236213218419e-01, 1.5331573831054079e-01, 1.8182893686717946e-01,
                                           2.2222211070271231e-01, 2.8571428626384965e-01, 3.9999999999898567e-01,
                                           6.6666666666666696e-01};
    // exp(x^2) erfc(x) in (x - 4) / (x + 4), 0 <= x <= 27: 6.2e-18
    static constexpr double tail[] = {
        4.4820667263820271e-10,  1.6056369613553743e-09,  -3.1294850377393439e-09, -1.5017856745132514e-08,
        2.6478941959366579e-08,  9.6103341162466838e-08,  -2.8501663931656896e-07, -4.0870841095075236e-07,
        2.9450296585488019e-06,  -1.9032222410578747e-06, -2.2556203071455500e-05, 7.8983187251185138e-05,
        -2.1761683239726061e-05, -7.9912681510003981e-04, 4.0602636185217873e-03,  -1.2843946031149864e-02,
        3.1299056519130695e-02,  -6.3107815639753248e-02, 1.0896317739888657e-01,  -1.6425781669730849e-01,
        2.1871967891826519e-01,  -2.5906804876017164e-01, 1.3699945762506138e-01};
};

// Horner's scheme, highest power first.
template <class T, std::size_t terms>
ZOOPT_INLINE Vec<T> polynomial(const T (&coefficients)[terms], Vec<T> x) {
    Vec<T> value = broadcast<T>(coefficients[0]);
#pragma GCC unroll 32
    for (std::size_t i = 1; i < terms; ++i) value = value * x + broadcast<T>(coefficients[i]);
    return value;
}

// The same from even and odd powers, which half the chain of operations is needed for. At least two coefficients.
template <class T, std::size_t terms>
ZOOPT_INLINE Vec<T> polynomial_by_halves(const T (&coefficients)[terms], Vec<T> x, Vec<T> square) {
    Vec<T> first = broadcast<T>(coefficients[0]);
    Vec<T> second = broadcast<T>(coefficients[1]);
#pragma GCC unroll 32
    for (std::size_t i = 2; i < terms; ++i) {
        Vec<T>& half = i % 2 == 0 ? first : second;
        half = half * square + broadcast<T>(coefficients[i]);
    }
    return terms % 2 == 0 ? first * x + second : second * x + first;
}

template <class T>
ZOOPT_INLINE Bits<T> as_bits(Vec<T> x) {
    return __builtin_bit_cast(Bits<T>, x);
}

template <class T>
ZOOPT_INLINE Vec<T> as_number(Bits<T> bits) {
    return __builtin_bit_cast(Vec<T>, bits);
}

template <class T>
ZOOPT_INLINE Vec<T> absolute(Vec<T> x) {
    return as_number<T>(as_bits<T>(x) & Numbers<T>::size_bits);
}

// `size`, which is not negative, with the sign of x.
template <class T>
ZOOPT_INLINE Vec<T> with_sign_of(Vec<T> x, Vec<T> size) {
    return as_number<T>((as_bits<T>(x) & ~Numbers<T>::size_bits) | as_bits<T>(size));
}

template <class T>
ZOOPT_INLINE Vec<T> at_most(Vec<T> x, T limit) {
    return lesser<T>(x, broadcast<T>(limit));
}

// x = k ln 2 + r with |r| <= ln(2) / 2. `exponent` holds k where the exponent of a number stands.
template <class T>
struct Reduced {
    Bits<T> exponent;
    Vec<T> less_one;  // exp(r) - 1
};

template <class T>
ZOOPT_INLINE Reduced<T> reduced(Vec<T> x) {
    using N = Numbers<T>;
    const Vec<T> shifted = x * broadcast<T>(N::log2_e) + broadcast<T>(N::shift);
    const Vec<T> k = shifted - broadcast<T>(N::shift);
    const Vec<T> r = (x - k * broadcast<T>(N::ln2_high)) - k * broadcast<T>(N::ln2_low);
    const Vec<T> square = r * r;
    return {as_bits<T>(shifted) << N::fraction_bits, r + square * polynomial_by_halves<T>(N::exponential, r, square)};
}

// exp(x) for x whose exponential is a normal number (|x| <= 87 or 708). Within 2 ulp.
template <class T>
ZOOPT_INLINE Vec<T> exponential(Vec<T> x) {
    const Reduced<T> of = reduced<T>(x);
    return as_number<T>(as_bits<T>(of.less_one + broadcast<T>(T{1})) + of.exponent);
}

// log(x) for x >= 1: x = 2^k m with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh((m - 1) / (m + 1)). Within 2 ulp.
template <class T>
ZOOPT_INLINE Vec<T> logarithm(Vec<T> x) {
    using N = Numbers<T>;
    const Bits<T> above = as_bits<T>(x) - N::sqrt_half_bits;
    const Bits<T> whole = above >> N::fraction_bits;
    const Vec<T> k = as_number<T>(whole + N::shift_bits) - broadcast<T>(N::shift);
    const Vec<T> m = as_number<T>(as_bits<T>(x) - (whole << N::fraction_bits));
    const Vec<T> f = m - broadcast<T>(T{1});
    const Vec<T> s = f / (f + broadcast<T>(T{2}));
    const Vec<T> square = s * s;
    // 2 s = f - s f: the first term is exact
    const Vec<T> rest = s * (square * polynomial<T>(N::logarithm, square) - f) + k * broadcast<T>(N::ln2_low);
    return (rest + f) + k * broadcast<T>(N::ln2_high);
}

// tanh(x) = e / (e + 2) with e = exp(2 |x|) - 1, and the sign of x. Within 3 ulp.
template <class T>
ZOOPT_INLINE Vec<T> hyperbolic_tangent(Vec<T> x) {
    using N = Numbers<T>;
    const Vec<T> size = absolute<T>(x);
    const Reduced<T> of = reduced<T>(at_most<T>(size + size, N::tanh_limit));
    const Vec<T> power = as_number<T>(of.exponent + N::one_bits);
    const Vec<T> e = power * of.less_one + (power - broadcast<T>(T{1}));
    return with_sign_of<T>(x, e / (e + broadcast<T>(T{2})));
}

// The normal distribution at z.
template <class T>
struct Normal {
    Vec<T> below;    // the probability below z, within 2 epsilon
    Vec<T> density;  // exp(-z^2 / 2) / sqrt(2 pi)
};

template <class T>
ZOOPT_INLINE Normal<T> normal(Vec<T> z) {
    using N = Numbers<T>;
    const Vec<T> x = at_most<T>(absolute<T>(z) * broadcast<T>(static_cast<T>(0.70710678118654752440)), N::tail_limit);
    const Vec<T> middle = broadcast<T>(N::tail_middle);
    const Vec<T> scaled = polynomial<T>(N::tail, (x - middle) / (x + middle));
    const Vec<T> e = exponential<T>(-x * x);
    const Vec<T> tail = broadcast<T>(static_cast<T>(0.5)) * e * scaled;
    return {z > Vec<T>{} ? broadcast<T>(T{1}) - tail : tail, e * broadcast<T>(static_cast<T>(0.39894228040143267794))};
}

}  // namespace
}  // namespace zoopt::objectives
