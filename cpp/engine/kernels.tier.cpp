#include "kernels.hpp"

#include "eigen.inl.hpp"
#include "lanes.inl.hpp"
#include "zoopt/math.hpp"

namespace zoopt::engine {
namespace {

template <bool uniform>
static inline __attribute__((always_inline)) void perturb_rows(const double* mean, const double* step,
                                                               const double* factors, const float* z,
                                                               std::size_t z_stride, std::size_t samples,
                                                               std::size_t dim, bool antithetic, std::size_t row_stride,
                                                               double* rows) {
    for (std::size_t s = 0; s < samples; ++s, z += z_stride) {
        const double factor = factors == nullptr ? 1.0 : factors[s];
        double* __restrict plus = rows;
        if (antithetic) {
            double* __restrict minus = rows + row_stride;
            for (std::size_t i = 0; i < dim; ++i) {
                const double move = step[uniform ? 0 : i] * (factor * static_cast<double>(z[i]));
                plus[i] = mean[i] + move;
                minus[i] = mean[i] - move;
            }
            rows += 2 * row_stride;
        } else {
            for (std::size_t i = 0; i < dim; ++i) {
                plus[i] = mean[i] + step[uniform ? 0 : i] * (factor * static_cast<double>(z[i]));
            }
            rows += row_stride;
        }
    }
}

void perturb(const double* mean, const double* step, bool uniform, const double* factors, const float* z,
             std::size_t z_stride, std::size_t samples, std::size_t dim, bool antithetic, std::size_t row_stride,
             double* rows) {
    if (uniform) {
        const double one_step = *step;
        perturb_rows<true>(mean, &one_step, factors, z, z_stride, samples, dim, antithetic, row_stride, rows);
    } else {
        perturb_rows<false>(mean, step, factors, z, z_stride, samples, dim, antithetic, row_stride, rows);
    }
}

void accumulate(const double* w, const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim,
                double* __restrict sum) {
    for (std::size_t s = 0; s < samples; ++s, z += z_stride) {
        const double weight = w[s];
        for (std::size_t i = 0; i < dim; ++i) sum[i] += weight * static_cast<double>(z[i]);
    }
}

void accumulate_squares(const double* w, const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim,
                        double* __restrict sum) {
    for (std::size_t s = 0; s < samples; ++s, z += z_stride) {
        const double weight = w[s];
        for (std::size_t i = 0; i < dim; ++i) {
            const double zi = static_cast<double>(z[i]);
            sum[i] += weight * (zi * zi - 1.0);
        }
    }
}

void accumulate_both(const double* w, const double* v, const float* z, std::size_t z_stride, std::size_t samples,
                     std::size_t dim, double* __restrict odd, double* __restrict even) {
    for (std::size_t s = 0; s < samples; ++s, z += z_stride) {
        const double weight = w[s], square_weight = v[s];
        for (std::size_t i = 0; i < dim; ++i) {
            const double zi = static_cast<double>(z[i]);
            odd[i] += weight * zi;
            even[i] += square_weight * (zi * zi - 1.0);
        }
    }
}

void scale_by_exp(double* __restrict x, const double* __restrict y, double factor, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) x[i] *= portable::exp(factor * y[i]);
}

Extent extent(const double* x, std::size_t count) {
    double sum[lanes] = {}, largest[lanes] = {}, least[lanes];
    for (std::size_t l = 0; l < lanes; ++l) least[l] = __builtin_inf();
    for (std::size_t i = 0; i < count; i += lanes) {
        const std::size_t here = count - i < lanes ? count - i : lanes;
        for (std::size_t l = 0; l < here; ++l) {
            const double size = __builtin_fabs(x[i + l]);
            sum[l] += size;
            least[l] = size < least[l] ? size : least[l];
            largest[l] = size > largest[l] ? size : largest[l];
        }
    }
    for (std::size_t l = 1; l < lanes; ++l) {
        least[0] = least[l] < least[0] ? least[l] : least[0];
        largest[0] = largest[l] > largest[0] ? largest[l] : largest[0];
    }
    return {fold(sum), least[0], largest[0]};
}

void add_squares(const float* z, std::size_t count, double* __restrict lane) {
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const double x = static_cast<double>(z[i + l]);
            lane[l] += x * x;
        }
    }
    for (std::size_t l = 0; i + l < count; ++l) {
        const double x = static_cast<double>(z[i + l]);
        lane[l] += x * x;
    }
}

double dot(const double* a, const double* b, std::size_t count) {
    return dot_lanes(a, b, count);
}

void multiply(const double* rows, std::size_t count, std::size_t inner, const double* matrix, std::size_t width,
              double* out) {
    for (std::size_t r = 0; r < count; ++r) {
        double* __restrict row = out + r * width;
        for (std::size_t i = 0; i < width; ++i) row[i] = 0.0;
        for (std::size_t j = 0; j < inner; ++j) {
            const double factor = rows[r * inner + j];
            const double* m = matrix + j * width;
            for (std::size_t i = 0; i < width; ++i) row[i] += factor * m[i];
        }
    }
}

void rank_update(double* c, std::size_t dim, double decay, const double* w, const double* y, std::size_t count) {
    for (std::size_t i = 0; i < dim; ++i) {
        double* __restrict row = c + i * dim;
        for (std::size_t j = 0; j <= i; ++j) row[j] *= decay;
        for (std::size_t s = 0; s < count; ++s) {
            const double* ys = y + s * dim;
            const double factor = w[s] * ys[i];
            for (std::size_t j = 0; j <= i; ++j) row[j] += factor * ys[j];
        }
    }
    for (std::size_t i = 0; i < dim; ++i) {
        for (std::size_t j = i + 1; j < dim; ++j) c[i * dim + j] = c[j * dim + i];
    }
}

bool symmetric_eigen(double* a, std::size_t dim, double* vectors, double* values, double* work) {
    double* off = work;
    double* beta = work + dim;
    double* p = work + 2 * dim;
    const double unit = unit_of(a, dim * dim);
    if (unit == 0.0) return false;
    for (std::size_t i = 0; i < dim * dim; ++i) a[i] /= unit;
    tridiagonalise(a, dim, values, off, beta, p);
    accumulate_reflectors(a, beta, dim, vectors);
    const bool converged = implicit_ql(values, off, vectors, dim);
    for (std::size_t i = 0; i < dim; ++i) values[i] *= unit;
    return converged;
}

}  // namespace
}  // namespace zoopt::engine

namespace zoopt::ZOOPT_TIER {
extern const engine::Kernels engine_kernels = {
    engine::perturb,      engine::accumulate, engine::accumulate_squares, engine::accumulate_both,
    engine::scale_by_exp, engine::extent,     engine::add_squares,        engine::fold,
    engine::dot,          engine::multiply,   engine::rank_update,        engine::symmetric_eigen,
};
}
