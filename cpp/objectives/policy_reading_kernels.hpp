#pragma once
#include <cstddef>

#include "zoopt/tier.hpp"

// Rows of `width` doubles, a multiple of 8. Sums go in ascending rows, so that all tiers have the same bits.
namespace zoopt::objectives {

struct ReadingKernels {
    // sums += sum over r < count of x[r] rows[r]
    void (*add_rows)(const double* x, const double* rows, std::size_t count, std::size_t width, double* sums);
    // rows[r] += x[r] slopes
    void (*add_outer)(const double* x, const double* slopes, std::size_t count, std::size_t width, double* rows);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::ReadingKernels, reading_kernels)
