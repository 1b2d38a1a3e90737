#include "kernels.hpp"

#include "eigen.inl.hpp"
#include "lanes.inl.hpp"
#include "product.inl.hpp"
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

// Four samples at a time, in their order: the sums are loaded and stored a quarter as often.
void accumulate(const double* w, const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim,
                double* __restrict sum) {
    std::size_t s = 0;
    for (; s + 4 <= samples; s += 4, z += 4 * z_stride) {
        const double weight[4] = {w[s], w[s + 1], w[s + 2], w[s + 3]};
        for (std::size_t i = 0; i < dim; ++i) {
            double total = sum[i] + weight[0] * static_cast<double>(z[i]);
            total += weight[1] * static_cast<double>(z[z_stride + i]);
            total += weight[2] * static_cast<double>(z[2 * z_stride + i]);
            sum[i] = total + weight[3] * static_cast<double>(z[3 * z_stride + i]);
        }
    }
    for (; s < samples; ++s, z += z_stride) {
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
    std::size_t s = 0;
    for (; s + 2 <= samples; s += 2, z += 2 * z_stride) {
        const double w0 = w[s], w1 = w[s + 1], v0 = v[s], v1 = v[s + 1];
        for (std::size_t i = 0; i < dim; ++i) {
            const double z0 = static_cast<double>(z[i]), z1 = static_cast<double>(z[z_stride + i]);
            odd[i] = (odd[i] + w0 * z0) + w1 * z1;
            even[i] = (even[i] + v0 * (z0 * z0 - 1.0)) + v1 * (z1 * z1 - 1.0);
        }
    }
    for (; s < samples; ++s, z += z_stride) {
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

void divide(double* __restrict x, const double* s, double scale, std::size_t count) {
    if (s == nullptr) {
        for (std::size_t i = 0; i < count; ++i) x[i] /= scale;
    } else {
        for (std::size_t i = 0; i < count; ++i) x[i] /= s[i] * scale;
    }
}

void scale(double* __restrict x, const double* s, double scale, std::size_t count) {
    if (s == nullptr) {
        for (std::size_t i = 0; i < count; ++i) x[i] *= scale;
    } else {
        for (std::size_t i = 0; i < count; ++i) x[i] *= s[i] * scale;
    }
}

// A mean of 0 moves nothing, even where the root is 0 too.
void adam(const AdamStep& step, const double* g, double* __restrict first, double* __restrict second,
          double* __restrict x, std::size_t count) {
    const AdamStep by = step;
    for (std::size_t i = 0; i < count; ++i) {
        first[i] = by.beta_1 * first[i] + (1.0 - by.beta_1) * g[i];
        second[i] = by.beta_2 * second[i] + (1.0 - by.beta_2) * (g[i] * g[i]);
        const double mean = first[i] / by.correction_1;
        const double square = second[i] / by.correction_2;
        const double move = by.length * mean / (__builtin_sqrt(square) + by.epsilon);
        x[i] -= mean != 0.0 ? move : 0.0;
    }
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

// The rest is read whole and masked: what a loop stores one by one cannot be loaded as a vector at once.
void squared_norms(const float* z, std::size_t z_stride, std::size_t samples, std::size_t dim, double* out) {
    const std::size_t whole = dim / lanes * lanes, rest = dim - whole;
    for (std::size_t s = 0; s < samples; ++s, z += z_stride) {
        double lane[lanes] = {};
        for (std::size_t i = 0; i < whole; i += lanes) {
            for (std::size_t l = 0; l < lanes; ++l) {
                const double x = static_cast<double>(z[i + l]);
                lane[l] += x * x;
            }
        }
        if (rest > 0) {
            for (std::size_t l = 0; l < lanes; ++l) {
                const double x = l < rest ? static_cast<double>(z[whole + l]) : 0.0;
                lane[l] += x * x;
            }
        }
        out[s] = fold(lane);
    }
}

// All pairs, without a branch that a processor could foretell wrongly: for some hundred numbers quicker than sorting.
void count_below(const double* x, std::size_t count, std::int64_t* __restrict below) {
    constexpr std::size_t at_once = 32;
    for (std::size_t i = 0; i < count; i += at_once) {
        std::int64_t less[at_once] = {};
        for (std::size_t j = 0; j < count; ++j) {
            const double other = x[j];
            for (std::size_t l = 0; l < at_once; ++l) less[l] += other < x[i + l] ? 1 : 0;
        }
        for (std::size_t l = 0; l < at_once; ++l) below[i + l] = less[l];
    }
}

double dot(const double* a, const double* b, std::size_t count) {
    return dot_lanes(a, b, count);
}

// All rows of a product for the columns [j, j + Count vectors), so that these columns stay in cache.
template <int Count>
ZOOPT_LOCAL void multiply_columns(const double* rows, std::size_t count, std::size_t row_stride, std::size_t inner,
                                  const double* matrix, std::size_t width, double* out, std::size_t out_stride) {
    std::size_t r = 0;
    for (; r + tile_rows <= count; r += tile_rows) {
        tile<tile_rows, Count, true>({rows + r * row_stride, row_stride, 1}, {matrix, width}, inner,
                                     out + r * out_stride, out_stride);
    }
    for (; r < count; ++r) {
        tile<1, Count, true>({rows + r * row_stride, row_stride, 1}, {matrix, width}, inner, out + r * out_stride,
                             out_stride);
    }
}

// The last columns that make no whole vector come in one that reaches back; where there is none, one by one.
void multiply(const double* rows, std::size_t count, std::size_t row_stride, std::size_t inner, const double* matrix,
              std::size_t width, double* out, std::size_t out_stride) {
    constexpr std::size_t one = vector_lanes, many = tile_vectors * one;
    std::size_t i = 0;
    for (; i + many <= width; i += many) {
        multiply_columns<tile_vectors>(rows, count, row_stride, inner, matrix + i, width, out + i, out_stride);
    }
    for (; i + one <= width; i += one) {
        multiply_columns<1>(rows, count, row_stride, inner, matrix + i, width, out + i, out_stride);
    }
    if (i == width) return;
    if (width >= one) {
        i = width - one;
        multiply_columns<1>(rows, count, row_stride, inner, matrix + i, width, out + i, out_stride);
        return;
    }
    for (std::size_t r = 0; r < count; ++r) {
        for (i = 0; i < width; ++i) {
            double sum = 0.0;
            for (std::size_t j = 0; j < inner; ++j) sum += rows[r * row_stride + j] * matrix[j * width + i];
            out[r * out_stride + i] = sum;
        }
    }
}

// The rows [i, i + Rows) of c; `rows` holds Rows padded rows.
template <int Rows>
ZOOPT_LOCAL void rank_update_rows(double* c, std::size_t dim, std::size_t i, double decay, const double* left,
                                  const double* right, std::size_t count, double* rows) {
    const std::size_t stride = padded(dim);
    for (std::size_t r = 0; r < Rows; ++r) {
        for (std::size_t j = 0; j < dim; ++j) rows[r * stride + j] = decay * c[(i + r) * dim + j];
    }
    panel<Rows, false>({left + i, 1, stride}, {right, stride}, count, stride, rows, stride);
    for (std::size_t r = 0; r < Rows; ++r) {
        for (std::size_t j = 0; j < dim; ++j) c[(i + r) * dim + j] = rows[r * stride + j];
    }
}

// w y y^T is +-(root y)(root y)^T with root^2 = |w|: products that commute, so that c stays symmetric to the last bit.
void rank_update(double* c, std::size_t dim, double decay, const double* w, const double* y, std::size_t count,
                 double* work) {
    const std::size_t stride = padded(dim);
    double* rows = first_line(work);
    double* left = rows + tile_rows * stride;
    double* right = left + count * stride;
    for (std::size_t j = 0; j < tile_rows * stride; ++j) rows[j] = 0.0;
    for (std::size_t s = 0; s < count; ++s) {
        const double root = __builtin_sqrt(__builtin_fabs(w[s])), signed_root = __builtin_copysign(root, w[s]);
        for (std::size_t j = 0; j < stride; ++j) {
            right[s * stride + j] = root * y[s * stride + j];
            left[s * stride + j] = signed_root * y[s * stride + j];
        }
    }
    std::size_t i = 0;
    for (; i + tile_rows <= dim; i += tile_rows)
        rank_update_rows<tile_rows>(c, dim, i, decay, left, right, count, rows);
    for (; i < dim; ++i) rank_update_rows<1>(c, dim, i, decay, left, right, count, rows);
}

bool symmetric_eigen(const double* a, std::size_t dim, double* vectors, double* values, double* work) {
    const std::size_t stride = padded(dim);
    double* matrix = first_line(work);
    double* reflectors = matrix + dim * stride;
    double* turned = reflectors + dim * stride;
    double* off = turned + dim * stride;
    double* beta = off + stride;
    double* nothing = beta + stride;
    double* scratch = nothing + stride;
    const double unit = unit_of(a, dim * dim);
    if (unit == 0.0) return false;
    for (std::size_t i = 0; i < dim * stride; ++i) matrix[i] = reflectors[i] = turned[i] = 0.0;
    for (std::size_t i = 0; i < dim; ++i) {
        for (std::size_t j = 0; j < dim; ++j) matrix[i * stride + j] = a[i * dim + j] / unit;
    }
    for (std::size_t j = 0; j < stride; ++j) nothing[j] = 0.0;
    tridiagonalise(matrix, dim, stride, values, off, beta, reflectors, nothing, scratch);
    accumulate_reflectors(reflectors, beta, dim, stride, matrix, nothing, scratch, turned);
    const bool converged = implicit_ql(values, off, turned, dim, stride, scratch, scratch + stride);
    for (std::size_t i = 0; i < dim; ++i) {
        values[i] *= unit;
        for (std::size_t j = 0; j < dim; ++j) vectors[i * dim + j] = turned[i * stride + j];
    }
    return converged;
}

}  // namespace
}  // namespace zoopt::engine

namespace zoopt::ZOOPT_TIER {
extern const engine::Kernels engine_kernels = {
    engine::perturb,
    engine::accumulate,
    engine::accumulate_squares,
    engine::accumulate_both,
    engine::scale_by_exp,
    engine::divide,
    engine::scale,
    engine::adam,
    engine::extent,
    engine::squared_norms,
    engine::add_squares,
    engine::fold,
    engine::count_below,
    engine::dot,
    engine::multiply,
    engine::rank_update,
    engine::symmetric_eigen,
};
}
