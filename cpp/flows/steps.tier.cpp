#include "kernels.hpp"
#include "objectives/lane_sum.inl.hpp"

namespace zoopt::flows {
namespace {

using objectives::Doubles;
using objectives::load;
using objectives::sum_lanes;
constexpr std::size_t lanes = static_cast<std::size_t>(objectives::step);

ZOOPT_INLINE void store(double* to, Doubles value) {
    *reinterpret_cast<Doubles*>(to) = value;
}

// The sum of `terms` rows at i.
template <int terms>
ZOOPT_INLINE Doubles sum_at(const double* const* rows, const double* factors, std::size_t i) {
    Doubles sum = factors[0] * load(rows[0] + i);
#pragma GCC unroll 16
    for (int k = 1; k < terms; ++k) sum += factors[k] * load(rows[k] + i);
    return sum;
}

template <int terms>
static void add_rows(const double* const* rows, const double* factors, const Stand& stand, double* out) {
    for (std::size_t i = 0; i < stand.padded; i += lanes) {
        store(out + i, load(stand.x + i) + sum_at<terms>(rows, factors, i));
    }
}

template <int terms>
static double squares(const double* const* rows, const double* factors, const Stand& stand, const double* atol,
                      double rtol) {
    objectives::LaneSums sums;
    for (std::size_t i = 0; i < stand.padded; i += sum_lanes) {
#pragma GCC unroll 8
        for (int v = 0; v < objectives::sum_vectors; ++v) {
            const std::size_t at = i + static_cast<std::size_t>(v) * lanes;
            const Doubles x = load(stand.x + at);
            const Doubles end = load(stand.end + at);
            const Doubles from = x < 0.0 ? -x : x;
            const Doubles to = end < 0.0 ? -end : end;
            const Doubles scale = load(atol + at) + rtol * (from > to ? from : to);
            const Doubles error = sum_at<terms>(rows, factors, at) / scale;
            sums.sum[v] += error * error;
        }
    }
    return objectives::tree(reinterpret_cast<const double*>(sums.sum));
}

// The rows of a combination, side by side.
struct Chosen {
    const double* rows[most_rows];

    ZOOPT_INLINE Chosen of(const Combination& combination, const Stand& stand) {
        Chosen chosen;
        for (std::size_t k = 0; k < combination.terms; ++k) chosen.rows[k] = stand.rows[combination.rows[k]];
        return chosen;
    }
};

#define ZOOPT_BY_TERMS(kernel, ...)         \
    switch (of.terms) {                     \
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

static void combine(const Combination& of, const Stand& stand, double* out) {
    const Chosen chosen = Chosen::of(of, stand);
    ZOOPT_BY_TERMS(add_rows, chosen.rows, of.factors.data(), stand, out)
}

static double error(const Combination& of, const Stand& stand, const double* atol, double rtol) {
    const Chosen chosen = Chosen::of(of, stand);
    ZOOPT_BY_TERMS(squares, chosen.rows, of.factors.data(), stand, atol, rtol)
}

ZOOPT_INLINE bool slope(Stand& stand, const double* at, std::size_t row) {
    if (stand.call.function(at, stand.call.context, stand.rows[row]) == 0) return true;
    stand.failed = at;
    return false;
}

// x - x is 0, or NaN where x is not finite.
ZOOPT_INLINE bool finite(const double* x, std::size_t padded) {
    Doubles sum = {};
    for (std::size_t i = 0; i < padded; i += lanes) sum += load(x + i) - load(x + i);
    double all = 0.0;
    for (std::size_t l = 0; l < lanes; ++l) all += sum[l];
    return all == 0.0;
}

ZOOPT_INLINE bool one_step(const Stages& stages, Stand& stand) {
    if (!stand.known && !slope(stand, stand.x, 0)) return false;
    stand.known = true;
    for (std::size_t i = 1; i < stages.count; ++i) {
        combine(stages.points[i], stand, stand.point);
        if (!slope(stand, stand.point, i)) return false;
    }
    combine(stages.end, stand, stand.end);
    if (!finite(stand.end, stand.padded)) return false;
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

static std::size_t steps(const Stages& stages, std::size_t count, Stand& stand) {
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
extern const flows::StepKernels step_kernels = {flows::step, flows::steps, flows::combine, flows::error};
}  // namespace zoopt::ZOOPT_TIER
