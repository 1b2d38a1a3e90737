#include "policy_kernels.hpp"
#include "zoopt/math.hpp"

namespace zoopt::objectives {
namespace {

template <class T>
static inline void copy_row(const T* __restrict from, std::size_t count, double* __restrict to) {
    for (std::size_t s = 0; s < count; ++s) to[s] = static_cast<double>(from[s]);
}

static inline void raise_to(const double* __restrict row, std::size_t count, double* __restrict top) {
    for (std::size_t s = 0; s < count; ++s) top[s] = row[s] > top[s] ? row[s] : top[s];
}

static inline void powers(const double* __restrict top, const double* __restrict temperatures, std::size_t count,
                          double* __restrict row, double* __restrict total) {
    for (std::size_t s = 0; s < count; ++s) {
        row[s] = portable::exp((row[s] - top[s]) / temperatures[s]);
        total[s] += row[s];
    }
}

static inline void divide(const double* __restrict total, std::size_t count, double* __restrict row) {
    for (std::size_t s = 0; s < count; ++s) row[s] /= total[s];
}

template <class T>
static inline void softmax(const PolicyScores<T>& scores, const double* temperatures, double* work, double* p) {
    const std::size_t count = scores.count;
    const std::size_t implied = scores.outputs == 1 ? 1 : 0;
    const std::size_t labels = scores.outputs + implied;
    double* top = work;
    double* total = work + count;
    for (std::size_t s = 0; s < implied * count; ++s) p[s] = 0.0;
    for (std::size_t o = 0; o < scores.outputs; ++o) {
        copy_row(scores.data + o * scores.stride, count, p + (o + implied) * count);
    }
    for (std::size_t s = 0; s < count; ++s) top[s] = p[s];
    for (std::size_t s = 0; s < count; ++s) total[s] = 0.0;
    for (std::size_t y = 1; y < labels; ++y) raise_to(p + y * count, count, top);
    for (std::size_t y = 0; y < labels; ++y) powers(top, temperatures, count, p + y * count, total);
    for (std::size_t y = 0; y < labels; ++y) divide(total, count, p + y * count);
}

static void softmax_float32(const PolicyScores<float>& scores, const double* temperatures, double* work, double* p) {
    softmax(scores, temperatures, work, p);
}

static void softmax_float64(const PolicyScores<double>& scores, const double* temperatures, double* work, double* p) {
    softmax(scores, temperatures, work, p);
}

static inline void add_products(const double* __restrict a, const double* __restrict b, std::size_t count,
                                double* __restrict sums) {
    for (std::size_t s = 0; s < count; ++s) sums[s] += a[s] * b[s];
}

static void expect(const double* p, const double* rewards, std::size_t labels, std::size_t count, double* means) {
    for (std::size_t s = 0; s < count; ++s) means[s] = 0.0;
    for (std::size_t y = 0; y < labels; ++y) add_products(p + y * count, rewards + y * count, count, means);
}

static void slope(const double* __restrict p, const double* __restrict rewards, const double* __restrict means,
                  const double* __restrict factors, std::size_t count, double* __restrict slopes) {
    for (std::size_t s = 0; s < count; ++s) slopes[s] = factors[s] * (p[s] * (rewards[s] - means[s]));
}

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::PolicyKernels policy_kernels;
const objectives::PolicyKernels policy_kernels = {objectives::softmax_float32, objectives::softmax_float64,
                                                  objectives::expect, objectives::slope};
}  // namespace zoopt::ZOOPT_TIER
