#include "policy_reading_kernels.hpp"

namespace zoopt::objectives {
namespace {

// Eight numbers, of whatever vectors the tier has.
typedef double Eight __attribute__((vector_size(64), aligned(8), may_alias));

// A reference: how a vector this wide is returned depends on the tier.
static inline const Eight& load(const double* from) {
    return *reinterpret_cast<const Eight*>(from);
}

static void add_rows(const double* __restrict x, const double* __restrict rows, std::size_t count, std::size_t width,
                     double* __restrict sums) {
    for (std::size_t j = 0; j < width; j += 8) {
        Eight sum = load(sums + j);
        for (std::size_t r = 0; r < count; ++r) sum += x[r] * load(rows + r * width + j);
        *reinterpret_cast<Eight*>(sums + j) = sum;
    }
}

static void add_outer(const double* __restrict x, const double* __restrict slopes, std::size_t count, std::size_t width,
                      double* __restrict rows) {
    for (std::size_t j = 0; j < width; j += 8) {
        const Eight slope = load(slopes + j);
        for (std::size_t r = 0; r < count; ++r) {
            double* row = rows + r * width + j;
            *reinterpret_cast<Eight*>(row) = load(row) + x[r] * slope;
        }
    }
}

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::ReadingKernels reading_kernels;
const objectives::ReadingKernels reading_kernels = {objectives::add_rows, objectives::add_outer};
}  // namespace zoopt::ZOOPT_TIER
