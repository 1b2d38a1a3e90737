// Sums over coordinates in the order that the number contract fixes: coordinate i goes to lane i mod 16,
// every lane adds its terms in ascending order, and lanes l and l + 8, then l + 4, l + 2, l + 1 are added.
// Tiers differ only in how many of the 16 lanes one register holds. Included by *.tier.cpp files only.
#pragma once
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

using Doubles = Native<double>::Vector;
using DoubleMask = Native<double>::Mask;

constexpr int sum_lanes = 16;
constexpr int step = native_lanes<double>;
constexpr int sum_vectors = sum_lanes / step;

ZOOPT_INLINE Doubles load(const double* x) {
    return *reinterpret_cast<const Native<double>::Loose*>(x);
}

struct LaneSums {
    Doubles sum[sum_vectors] = {};
};

// Term::at(x, w) is the term of the coordinates x[0 ...], one a lane, with their weights w[0 ...]. It may
// read as far as Term::reach coordinates ahead.
template <class Term>
ZOOPT_INLINE void add_sixteen(LaneSums& lanes, const double* x, const double* w) {
#pragma GCC unroll 8
    for (int v = 0; v < sum_vectors; ++v) lanes.sum[v] += Term::at(x + v * step, w + v * step);
}

// Copies `count` numbers and zeros after them, a whole register at a time: what is loaded again at once must have been
// stored in one piece.
ZOOPT_INLINE void pad(const double* x, std::size_t count, std::size_t padded, double* out) {
    for (std::size_t i = 0; i < padded; i += step) {
        *reinterpret_cast<Doubles*>(out + i) =
            load_first(x + (i < count ? i : 0), static_cast<std::ptrdiff_t>(count) - static_cast<std::ptrdiff_t>(i));
    }
}

// The last, incomplete sixteen: terms beyond `left` become 0.
template <class Term>
ZOOPT_INLINE void add_rest(LaneSums& lanes, const double* x, const double* w, std::size_t left) {
    alignas(64) double last_x[sum_lanes + step];
    alignas(64) double last_w[sum_lanes];
    pad(x, left + Term::reach, sum_lanes + (Term::reach > 0 ? step : 0), last_x);
    if constexpr (Term::weighted) pad(w, left, sum_lanes, last_w);
#pragma GCC unroll 8
    for (int v = 0; v < sum_vectors; ++v) {
        DoubleMask number = {};
        for (int l = 0; l < step; ++l) number[l] = v * step + l;
        const Doubles term = Term::at(last_x + v * step, Term::weighted ? last_w + v * step : last_x);
        lanes.sum[v] += number < static_cast<std::int64_t>(left) ? term : Doubles{};
    }
}

ZOOPT_INLINE double tree(const double* lanes) {
    alignas(64) double sum[sum_lanes];
    __builtin_memcpy(sum, lanes, sizeof(sum));
    for (int l = 0; l < 8; ++l) sum[l] += sum[l + 8];
    for (int l = 0; l < 4; ++l) sum[l] += sum[l + 4];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

template <class Term>
ZOOPT_INLINE void add_terms(LaneSums& lanes, const double* x, const double* w, std::size_t terms) {
    std::size_t i = 0;
    for (; i + sum_lanes <= terms; i += sum_lanes) add_sixteen<Term>(lanes, x + i, Term::weighted ? w + i : x);
    if (i < terms) add_rest<Term>(lanes, x + i, Term::weighted ? w + i : x, terms - i);
}

template <class Term>
ZOOPT_INLINE double lane_sum(const double* x, const double* w, std::size_t terms) {
    LaneSums lanes;
    add_terms<Term>(lanes, x, w, terms);
    return tree(reinterpret_cast<const double*>(lanes.sum));
}

// The same for terms that come in pieces: `kept` are the 16 lanes so far.
template <class Term>
ZOOPT_INLINE void add_row(const double* x, const double* w, std::size_t terms, double* kept) {
    LaneSums lanes;
    __builtin_memcpy(lanes.sum, kept, sizeof(lanes.sum));
    add_terms<Term>(lanes, x, w, terms);
    __builtin_memcpy(kept, lanes.sum, sizeof(lanes.sum));
}

struct Product {
    static constexpr std::size_t reach = 0;
    static constexpr bool weighted = true;
    ZOOPT_INLINE Doubles at(const double* x, const double* w) { return load(x) * load(w); }
};

}  // namespace
}  // namespace zoopt::objectives
