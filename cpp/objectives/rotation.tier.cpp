#include "lane_sum.inl.hpp"
#include "rotation_kernels.hpp"

namespace zoopt::objectives {
namespace {

void rotate(const double* rotation, std::size_t dim, const double* points, std::size_t count, double* out) {
    for (std::size_t i = 0; i < dim; ++i) {
        for (std::size_t k = 0; k < count; ++k) {
            out[k * dim + i] = lane_sum<Product>(points + k * dim, rotation + i * dim, dim);
        }
    }
}

// row -= (row . unit) unit
ZOOPT_INLINE void remove(double* __restrict row, const double* __restrict unit, std::size_t dim) {
    const double along = lane_sum<Product>(row, unit, dim);
    for (std::size_t j = 0; j < dim; ++j) row[j] -= along * unit[j];
}

ZOOPT_INLINE void normalise(double* row, std::size_t dim) {
    const double length = __builtin_sqrt(lane_sum<Product>(row, row, dim));
    for (std::size_t j = 0; j < dim; ++j) row[j] /= length;
}

void orthonormalise(double* rows, std::size_t dim) {
    for (std::size_t i = 0; i < dim; ++i) {
        double* row = rows + i * dim;
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t earlier = 0; earlier < i; ++earlier) remove(row, rows + earlier * dim, dim);
        }
        normalise(row, dim);
    }
}

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::RotationKernels rotation_kernels = {objectives::rotate, objectives::orthonormalise};
}
