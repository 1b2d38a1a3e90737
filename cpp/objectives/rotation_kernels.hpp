#pragma once
#include <cstddef>

#include "zoopt/tier.hpp"

namespace zoopt::objectives {

struct RotationKernels {
    // out[k * dim + i] = sum over j of rotation[i * dim + j] points[k * dim + j].
    void (*rotate)(const double* rotation, std::size_t dim, const double* points, std::size_t count, double* out);
    // Turns the rows into an orthonormal basis, keeping their order and directions (Gram-Schmidt, twice).
    void (*orthonormalise)(double* rows, std::size_t dim);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::RotationKernels, rotation_kernels)
