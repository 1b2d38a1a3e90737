#pragma once
#include <cstddef>
#include <cstdint>

#include "zoopt/tier.hpp"

// The loops of the search, one table a CPU tier. Element-wise code and sums in a fixed order only, so all tiers agree.
namespace zoopt::engine {

// Rows of work space are padded to whole cache lines of 8 doubles, and begin at one.
constexpr std::size_t padded(std::size_t dim) {
    return (dim + 7) / 8 * 8;
}

constexpr std::size_t rank_update_work(std::size_t dim, std::size_t count) {
    return (2 * count + 4) * padded(dim) + 8;
}

constexpr std::size_t eigen_work(std::size_t dim) {
    return (3 * dim + 6) * padded(dim) + 8;
}

struct Extent {
    double sum, least, largest;
};

struct AdamStep {
    double beta_1, beta_2;
    double correction_1, correction_2;  // 1 - beta^t
    double length, epsilon;
};

struct Kernels {
    // rows[s] = mean + step * z[s]; where antithetic rows[2s] and rows[2s + 1] = mean - step * z[s]. With `factors`
    // (one a sample; may be null) z[s] is multiplied by its factor first. Where `uniform`, step[0] is that of all.
    void (*perturb)(const double* mean, const double* step, bool uniform, const double* factors, const float* z,
                    std::size_t z_stride, std::size_t samples, std::size_t dim, bool antithetic, std::size_t row_stride,
                    double* rows);
    // sum[i] += w[s] z[s, i], ascending s.
    void (*accumulate)(const double* w, const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim,
                       double* sum);
    // sum[i] += w[s] (z[s, i]^2 - 1), ascending s.
    void (*accumulate_squares)(const double* w, const float* z, std::size_t z_stride, std::size_t samples,
                               std::size_t dim, double* sum);
    // Both at once: odd[i] += w[s] z[s, i] and even[i] += v[s] (z[s, i]^2 - 1).
    void (*accumulate_both)(const double* w, const double* v, const float* z, std::size_t z_stride, std::size_t samples,
                            std::size_t dim, double* odd, double* even);
    // x[i] *= exp(factor * y[i]).
    void (*scale_by_exp)(double* x, const double* y, double factor, std::size_t count);
    // x[i] /= scale s[i] and x[i] *= scale s[i]; s may be null, which is 1.
    void (*divide)(double* x, const double* s, double scale, std::size_t count);
    void (*scale)(double* x, const double* s, double scale, std::size_t count);
    // Moves both moments by the gradient g and the point x by them, as cpp/updates/adam.cpp says.
    void (*adam)(const AdamStep& step, const double* g, double* first, double* second, double* x, std::size_t count);
    // The sum of |x[i]| over 16 lanes, not finite where an x[i] is not, and the least and the largest |x[i]|.
    Extent (*extent)(const double* x, std::size_t count);
    // out[s] = sum over i of z[s, i]^2, over 16 lanes and a fixed tree. Reads up to a multiple of 16 coordinates.
    void (*squared_norms)(const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim, double* out);
    // lane[i mod 16] += z[i]^2 for i < count, and the sum of 16 lanes by a fixed tree.
    void (*add_squares)(const float* z, std::size_t count, double* lane);
    double (*fold)(double* lane);
    // below[i] = how many of x[0] ... x[count - 1] are less than x[i]; `count` is a multiple of 32.
    void (*count_below)(const double* x, std::size_t count, std::int64_t* below);
    // Sum of a[i] b[i] over 16 lanes (i mod 16) and a fixed tree.
    double (*dot)(const double* a, const double* b, std::size_t count);
    // out[r, i] = sum over j of rows[r, j] matrix[j, i], ascending j; all row-major, `matrix` without padding.
    void (*multiply)(const double* rows, std::size_t count, std::size_t row_stride, std::size_t inner,
                     const double* matrix, std::size_t width, double* out, std::size_t out_stride);
    // c <- decay c + sum over s of w[s] y_s y_s^T, ascending s; c stays symmetric. Rows of y are padded with zeros to
    // padded(dim); `work` holds rank_update_work(dim, count) entries.
    void (*rank_update)(double* c, std::size_t dim, double decay, const double* w, const double* y, std::size_t count,
                        double* work);
    // Eigenvalues and eigenvectors (as rows) of the symmetric matrix a; `work` holds eigen_work(dim) entries. False
    // where the iteration did not converge.
    bool (*symmetric_eigen)(const double* a, std::size_t dim, double* vectors, double* values, double* work);
};

}  // namespace zoopt::engine

ZOOPT_DECLARE_TABLE(engine::Kernels, engine_kernels)
