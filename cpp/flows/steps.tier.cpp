#include "kernels.hpp"
#include "objectives/lane_sum.inl.hpp"

namespace zoopt::flows {
namespace {

using objectives::Doubles;
using objectives::load;
using objectives::sum_lanes;
constexpr std::size_t lanes = static_cast<std::size_t>(objectives::step);

ZOOPT_INLINE void store(double* to, Doubles value) {
    *reinterpret_cast<objectives::Native<double>::Loose*>(to) = value;
}

// The sum of `terms` rows at i.
template <int terms>
ZOOPT_INLINE Doubles sum_at(const double* const* rows, const double* factors, std::size_t i) {
    Doubles sum = factors[0] * load(rows[0] + i);
#pragma GCC unroll 16
    for (int k = 1; k < terms; ++k) sum += factors[k] * load(rows[k] + i);
    return sum;
}

// Up to this dimension the latest rows go number by number: a vector cannot be loaded before the narrower stores of a
// gradient that make it up have left the core, which takes longer than such a sum. What is before them is long stored,
// and added up in vectors.
constexpr std::size_t narrow = 24;
constexpr std::size_t narrow_padded = 32;
constexpr int latest = 2;

// The sum of the last `terms` rows at i, on what those before them come to.
template <int terms>
ZOOPT_INLINE double number_at(const double* const* rows, const double* factors, std::size_t i, const double* before) {
    double sum = before != nullptr ? before[i] + factors[0] * rows[0][i] : factors[0] * rows[0][i];
#pragma GCC unroll 16
    for (int k = 1; k < terms; ++k) sum += factors[k] * rows[k][i];
    return sum;
}

// Whether what was written is finite, where that is `checked`.
template <int terms, bool checked>
ZOOPT_INLINE bool add_numbers(const double* const* rows, const double* factors, const Stand& stand, double* out,
                              const double* before = nullptr) {
    double bad = 0.0;
    for (std::size_t i = 0; i < stand.dim; ++i) {
        __asm__("" : "+r"(i));  // else the compiler makes vectors of it
        const double to = stand.x[i] + number_at<terms>(rows, factors, i, before);
        out[i] = to;
        if constexpr (checked) bad += to - to;
    }
    return bad == 0.0;
}

template <int terms, bool checked>
ZOOPT_INLINE bool add_narrow(const double* const* rows, const double* factors, const Stand& stand, double* out) {
    if constexpr (terms <= latest) {
        return add_numbers<terms, checked>(rows, factors, stand, out);
    } else {
        constexpr int early = terms - latest;
        alignas(64) double before[narrow_padded];
        for (std::size_t i = 0; i < stand.padded; i += lanes) store(before + i, sum_at<early>(rows, factors, i));
        return add_numbers<latest, checked>(rows + early, factors + early, stand, out, before);
    }
}

// x - x is 0, or NaN where x is not finite.
ZOOPT_INLINE bool zero(Doubles sum) {
    double all = 0.0;
    for (std::size_t l = 0; l < lanes; ++l) all += sum[l];
    return all == 0.0;
}

// The rows of a combination, side by side.
template <int terms>
struct Chosen {
    const double* rows[terms];

    ZOOPT_INLINE Chosen of(const Combination& combination, const Stand& stand) {
        Chosen chosen;
#pragma GCC unroll 16
        for (int k = 0; k < terms; ++k) chosen.rows[k] = stand.rows[combination.rows[static_cast<std::size_t>(k)]];
        return chosen;
    }
};

template <int terms, bool checked>
ZOOPT_INLINE bool add_rows(const Combination& of, const Stand& stand, double* out) {
    const Chosen<terms> chosen = Chosen<terms>::of(of, stand);
    const double* const* rows = chosen.rows;
    const double* factors = of.factors.data();
    if (stand.dim <= narrow) return add_narrow<terms, checked>(rows, factors, stand, out);
    Doubles bad = {};
    for (std::size_t i = 0; i < stand.padded; i += lanes) {
        const Doubles to = load(stand.x + i) + sum_at<terms>(rows, factors, i);
        store(out + i, to);
        if constexpr (checked) bad += to - to;
    }
    return zero(bad);
}

template <int terms>
static bool add_end(const Combination& of, const Stand& stand, double* out) {
    return add_rows<terms, true>(of, stand, out);
}

// A point at which the gradient is asked; whether the step was well is seen at its end.
template <int terms>
static void add_point(const Combination& of, const Stand& stand, double* out) {
    add_rows<terms, false>(of, stand, out);
}

// Below this an error adds nothing to the sum of squares that a step could depend on; its own square would be
// subnormal, which takes the CPU a hundred times as long.
constexpr double least_error = 1e-150;

ZOOPT_INLINE void add_square(Doubles error, Doubles& sum) {
    const Doubles size = error < 0.0 ? -error : error;
    const Doubles counted = size < least_error ? Doubles{} : error;
    sum += counted * counted;
}

// Both estimates have the same rows and the same scale.
template <int terms, int estimates>
ZOOPT_INLINE void add_squares(const Estimates& of, const Stand& stand, const double* atol, double rtol,
                              objectives::LaneSums (&sums)[estimates]) {
    const Chosen<terms> chosen = Chosen<terms>::of(of.sums[0], stand);
    for (std::size_t i = 0; i < stand.padded; i += sum_lanes) {
#pragma GCC unroll 8
        for (int v = 0; v < objectives::sum_vectors; ++v) {
            const std::size_t at = i + static_cast<std::size_t>(v) * lanes;
            const Doubles x = load(stand.x + at);
            const Doubles end = load(stand.end + at);
            const Doubles from = x < 0.0 ? -x : x;
            const Doubles to = end < 0.0 ? -end : end;
            const Doubles scale = load(atol + at) + rtol * (from > to ? from : to);
#pragma GCC unroll 2
            for (int e = 0; e < estimates; ++e) {
                const double* factors = of.sums[static_cast<std::size_t>(e)].factors.data();
                add_square(sum_at<terms>(chosen.rows, factors, at) / scale, sums[e].sum[v]);
            }
        }
    }
}

template <int terms, int estimates>
ZOOPT_INLINE void sum_squares(const Estimates& of, const Stand& stand, const double* atol, double rtol, double* out) {
    objectives::LaneSums sums[estimates];
    add_squares<terms, estimates>(of, stand, atol, rtol, sums);
    for (int e = 0; e < estimates; ++e) out[e] = objectives::tree(reinterpret_cast<const double*>(sums[e].sum));
}

template <int terms>
static void squares(const Estimates& of, const Stand& stand, const double* atol, double rtol, double* out) {
    of.count == 2 ? sum_squares<terms, 2>(of, stand, atol, rtol, out)
                  : sum_squares<terms, 1>(of, stand, atol, rtol, out);
}

#define ZOOPT_BY_TERMS(kernel, ...)         \
    switch (terms) {                        \
        case 1:                             \
            return kernel<1>(__VA_ARGS__);  \
        case 2:                             \
            return kernel<2>(__VA_ARGS__);  \
        case 3:                             \
            return kernel<3>(__VA_ARGS__);  \
        case 4:                             \
            return kernel<4>(__VA_ARGS__);  \
        case 5:                             \
            return kernel<5>(__VA_ARGS__);  \
        case 6:                             \
            return kernel<6>(__VA_ARGS__);  \
        case 7:                             \
            return kernel<7>(__VA_ARGS__);  \
        case 8:                             \
            return kernel<8>(__VA_ARGS__);  \
        case 9:                             \
            return kernel<9>(__VA_ARGS__);  \
        case 10:                            \
            return kernel<10>(__VA_ARGS__); \
        case 11:                            \
            return kernel<11>(__VA_ARGS__); \
        case 12:                            \
            return kernel<12>(__VA_ARGS__); \
        case 13:                            \
            return kernel<13>(__VA_ARGS__); \
        case 14:                            \
            return kernel<14>(__VA_ARGS__); \
        case 15:                            \
            return kernel<15>(__VA_ARGS__); \
        default:                            \
            return kernel<16>(__VA_ARGS__); \
    }

static bool arrive(const Combination& of, const Stand& stand, double* out) {
    const std::size_t terms = of.terms;
    ZOOPT_BY_TERMS(add_end, of, stand, out)
}

static void combine(const Combination& of, const Stand& stand, double* out) {
    const std::size_t terms = of.terms;
    ZOOPT_BY_TERMS(add_point, of, stand, out)
}

static void errors(const Estimates& of, const Stand& stand, const double* atol, double rtol, double* out) {
    const std::size_t terms = of.sums[0].terms;
    ZOOPT_BY_TERMS(squares, of, stand, atol, rtol, out)
}

// Factors behind the terms are 0, so that whole vectors may be taken.
ZOOPT_INLINE void scale_one(const Combination& unit, double times, Combination& out) {
    for (std::size_t k = 0; k < unit.terms; k += lanes) {
        store(out.factors.data() + k, times * load(unit.factors.data() + k));
    }
}

static void scale(const Combination* units, std::size_t count, double times, Combination* out) {
    for (std::size_t c = 0; c < count; ++c) scale_one(units[c], times, out[c]);
}

ZOOPT_INLINE bool slope(Stand& stand, const double* at, std::size_t row) {
    if (stand.call.function(at, stand.call.context, stand.rows[row]) == 0) return true;
    stand.failed = at;
    return false;
}

ZOOPT_INLINE bool one_step(const Stages& stages, Stand& stand) {
    if (!stand.known && !slope(stand, stand.x, 0)) return false;
    stand.known = true;
    for (std::size_t i = 1; i < stages.count; ++i) {
        combine(stages.points[i], stand, stand.point);
        if (!slope(stand, stand.point, i)) return false;
    }
    if (!arrive(stages.end, stand, stand.end)) return false;
    return !stages.closed || slope(stand, stand.end, stages.count);
}

static bool step(const Stages& stages, Stand& stand) {
    return one_step(stages, stand);
}

template <class T>
ZOOPT_INLINE void exchange(T& a, T& b) {
    const T kept = a;
    a = b;
    b = kept;
}

// Whether every stage rests on the one before alone, as those of Euler's method to the classical one do.
ZOOPT_INLINE bool chained(const Stages& stages) {
    for (std::size_t i = 1; i < stages.count; ++i) {
        if (stages.points[i].terms != 1 || stages.points[i].rows[0] != i - 1) return false;
    }
    return stages.count > 1 && !stages.closed;
}

// sum += weight k, and point = x + factor k.
ZOOPT_INLINE void go_on(const Stand& stand, const double* k, double weight, double factor, bool first, double* sum) {
    if (first) {
        for (std::size_t i = 0; i < stand.padded; i += lanes) {
            store(sum + i, weight * load(k + i));
            store(stand.point + i, load(stand.x + i) + factor * load(k + i));
        }
        return;
    }
    for (std::size_t i = 0; i < stand.padded; i += lanes) {
        store(sum + i, load(sum + i) + weight * load(k + i));
        store(stand.point + i, load(stand.x + i) + factor * load(k + i));
    }
}

ZOOPT_INLINE bool arrive_chained(const Stand& stand, const double* k, double weight, const double* sum) {
    Doubles bad = {};
    for (std::size_t i = 0; i < stand.padded; i += lanes) {
        const Doubles to = load(stand.x + i) + (load(sum + i) + weight * load(k + i));
        store(stand.end + i, to);
        bad += to - to;
    }
    return zero(bad);
}

// A step of chained stages with one row of gradients and the sum so far, which leaves more of the cache to the field.
ZOOPT_INLINE bool chained_step(const Stages& stages, const double* weights, Stand& stand) {
    const std::size_t last = stages.count - 1;
    for (std::size_t i = 0; i < last; ++i) {
        if (!(i == 0 && stand.known) && !slope(stand, i == 0 ? stand.x : stand.point, 0)) return false;
        go_on(stand, stand.rows[0], weights[i], stages.points[i + 1].factors[0], i == 0, stand.rows[1]);
    }
    return slope(stand, stand.point, 0) && arrive_chained(stand, stand.rows[0], weights[last], stand.rows[1]);
}

ZOOPT_INLINE void every_weight(const Combination& end, double* weights) {
    for (std::size_t i = 0; i < most_rows; ++i) weights[i] = 0.0;
    for (std::size_t k = 0; k < end.terms; ++k) weights[end.rows[k]] = end.factors[k];
}

// The same in few dimensions, where the gradients of all stages are kept.
template <int count>
ZOOPT_INLINE std::size_t narrow_steps(const Stages& stages, std::size_t steps, Stand& stand) {
    const double* rows[count];
    double factors[count];
    for (int i = 0; i < count; ++i) rows[i] = stand.rows[i];
    for (int i = 1; i < count; ++i) factors[i] = stages.points[static_cast<std::size_t>(i)].factors[0];
    double weights[most_rows];
    every_weight(stages.end, weights);
    for (std::size_t done = 0; done < steps; ++done) {
        if (!stand.known && !slope(stand, stand.x, 0)) return done;
#pragma GCC unroll 4
        for (int i = 1; i < count; ++i) {
            add_numbers<1, false>(rows + i - 1, factors + i, stand, stand.point);
            if (!slope(stand, stand.point, static_cast<std::size_t>(i))) return done;
        }
        if (!add_numbers<count, true>(rows, weights, stand, stand.end)) return done;
        exchange(stand.x, stand.end);
        stand.known = false;
    }
    return steps;
}

static std::size_t chained_steps(const Stages& stages, std::size_t count, Stand& stand) {
    double weights[most_rows];
    every_weight(stages.end, weights);
    for (std::size_t done = 0; done < count; ++done) {
        if (!chained_step(stages, weights, stand)) return done;
        exchange(stand.x, stand.end);
        stand.known = false;
    }
    return count;
}

static std::size_t steps(const Stages& stages, std::size_t count, Stand& stand) {
    if (chained(stages)) {
        if (stand.dim > narrow) return chained_steps(stages, count, stand);
        if (stages.count == 2) return narrow_steps<2>(stages, count, stand);
        if (stages.count == 4) return narrow_steps<4>(stages, count, stand);
    }
    for (std::size_t done = 0; done < count; ++done) {
        if (!one_step(stages, stand)) return done;
        exchange(stand.x, stand.end);
        if (stages.closed) exchange(stand.rows[0], stand.rows[stages.count]);
        stand.known = stages.closed;
    }
    return count;
}

}  // namespace
}  // namespace zoopt::flows

namespace zoopt::ZOOPT_TIER {
extern const flows::StepKernels step_kernels = {flows::step, flows::steps, flows::combine, flows::scale, flows::errors};
}  // namespace zoopt::ZOOPT_TIER
