#pragma once
#include <array>
#include <cstddef>

#include "zoopt/field.hpp"
#include "zoopt/tier.hpp"

namespace zoopt::flows {

inline constexpr std::size_t most_rows = 16;
inline constexpr std::size_t padding = 16;

// A sum of rows: what stands before each, and which it is; rows with 0 before them are left out.
struct Combination {
    std::size_t terms = 0;
    std::array<double, most_rows> factors{};
    std::array<std::size_t, most_rows> rows{};
};

// The stages of a tableau for one length of step, with it and the sign of the flow in the factors: the rows hold
// gradients, and the point moves against them.
struct Stages {
    std::size_t count = 0;                        // the first of them is at x itself
    std::array<Combination, most_rows> points{};  // of stage i > 0
    Combination end{};
    bool closed = false;  // whether row `count` is to be the gradient at the end
};

// Estimates of the error of a step, all of the same rows.
struct Estimates {
    std::size_t count = 1;
    std::array<Combination, 2> sums{};
};

// Where a step stands. All arrays have `padded` entries, a multiple of the padding: what is behind the `dim` first ones
// stays what it is, whatever is added up.
struct Stand {
    GradientCall call;
    std::size_t dim;
    std::size_t padded;
    double* x;                            // where it starts
    double* end;                          // where it ends
    double* point;                        // of a stage
    std::array<double*, most_rows> rows;  // gradients; row 0 at x
    bool known;                           // whether row 0 is
    const double* failed;                 // the point at which the gradient failed, or null
};

struct StepKernels {
    // One step from x to `end`. False where the gradient failed or the end is not finite.
    bool (*step)(const Stages& stages, Stand& stand);

    // `count` steps of equal length, or fewer; returns how many. Where it is fewer, x is the last point that was well.
    std::size_t (*steps)(const Stages& stages, std::size_t count, Stand& stand);

    // out = x + the combination.
    void (*combine)(const Combination& of, const Stand& stand, double* out);

    // out = times each of the combinations, which have the same rows.
    void (*scale)(const Combination* units, std::size_t count, double times, Combination* out);

    // For each estimate the sum over coordinates of (its combination / (atol + rtol max(|x|, |end|)))^2, in 16 lanes
    // and a fixed tree, squares below 1e-300 left out.
    void (*errors)(const Estimates& of, const Stand& stand, const double* atol, double rtol, double* sums);
};

// The slopes of a test function, one coordinate a term; weights as its kernel of values prepares them.
struct SlopeKernel {
    const char* name;
    void (*gradient)(const double* x, const double* weights, std::size_t dim, double* out);
    void (*hessian_vector)(const double* x, const double* v, const double* weights, std::size_t dim, double* out);
    void (*third)(const double* x, const double* v, const double* weights, std::size_t dim, double* out);
};

inline constexpr std::size_t slope_kernels = 4;

struct FieldKernels {
    double (*dot)(const double* a, const double* b, std::size_t dim);
    // out = curvature (x - centre), coordinate by coordinate.
    void (*diagonal)(const double* x, const double* centre, const double* curvature, std::size_t dim, double* out);
    std::array<SlopeKernel, slope_kernels> slopes;
};

}  // namespace zoopt::flows

ZOOPT_DECLARE_TABLE(flows::StepKernels, step_kernels)
ZOOPT_DECLARE_TABLE(flows::FieldKernels, field_kernels)
