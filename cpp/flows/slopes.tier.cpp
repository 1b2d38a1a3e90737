#include "kernels.hpp"
#include "objectives/lane_sum.inl.hpp"

namespace zoopt::flows {
namespace {

static double dot(const double* a, const double* b, std::size_t dim) {
    return objectives::lane_sum<objectives::Product>(a, b, dim);
}

static void diagonal(const double* __restrict x, const double* __restrict centre, const double* __restrict curvature,
                     std::size_t dim, double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = curvature[i] * (x[i] - centre[i]);
}

static void zero(const double*, const double*, const double*, std::size_t dim, double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 0.0;
}

static void sphere(const double* __restrict x, const double*, std::size_t dim, double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 2.0 * x[i];
}

static void sphere_along(const double*, const double* __restrict v, const double*, std::size_t dim,
                         double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 2.0 * v[i];
}

static void ellipsoid(const double* __restrict x, const double* __restrict weights, std::size_t dim,
                      double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 2.0 * (weights[i] * x[i]);
}

static void ellipsoid_along(const double*, const double* v, const double* weights, std::size_t dim, double* out) {
    ellipsoid(v, weights, dim, out);
}

// f = sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2.
static void rosenbrock(const double* __restrict x, const double*, std::size_t dim, double* __restrict out) {
    const std::size_t last = dim - 1;
    out[0] = -400.0 * x[0] * (x[1] - x[0] * x[0]) - 2.0 * (1.0 - x[0]);
    for (std::size_t i = 1; i < last; ++i) {
        const double behind = 200.0 * (x[i] - x[i - 1] * x[i - 1]);
        out[i] = behind - 400.0 * x[i] * (x[i + 1] - x[i] * x[i]) - 2.0 * (1.0 - x[i]);
    }
    out[last] = 200.0 * (x[last] - x[last - 1] * x[last - 1]);
}

static void rosenbrock_along(const double* __restrict x, const double* __restrict v, const double*, std::size_t dim,
                             double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 0.0;
    for (std::size_t i = 0; i + 1 < dim; ++i) {
        out[i] += (1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0) * v[i] - 400.0 * x[i] * v[i + 1];
        out[i + 1] += 200.0 * v[i + 1] - 400.0 * x[i] * v[i];
    }
}

static void rosenbrock_third(const double* __restrict x, const double* __restrict v, const double*, std::size_t dim,
                             double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 0.0;
    for (std::size_t i = 0; i + 1 < dim; ++i) {
        out[i] += 2400.0 * x[i] * v[i] * v[i] - 800.0 * v[i] * v[i + 1];
        out[i + 1] += -400.0 * v[i] * v[i];
    }
}

constexpr double turn = 6.283185307179586477;

// The share of a turn that x is away from the next whole one, in [-1/2, 1/2].
ZOOPT_INLINE double part_of_turn(double x) {
    const double rounder = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
    return x < 1e15 && x > -1e15 ? x - ((x + rounder) - rounder) : 0.0;
}

// sin(2 pi s) and cos(2 pi s) for |s| <= 1/2, by the sine of half the angle: y = pi s, |y| <= pi / 2. The Taylor series
// leaves out less than 1e-17.
struct Angle {
    double sine;
    double cosine;
};

ZOOPT_INLINE Angle angle(double s) {
    const double y = 0.5 * turn * s;
    const double square = y * y;
    double sine = 1.0;
    for (int n = 24; n >= 2; n -= 2) sine = 1.0 - square * (1.0 / (n * (n + 1.0))) * sine;
    sine *= y;
    double cosine = 1.0;
    for (int n = 24; n >= 2; n -= 2) cosine = 1.0 - square * (1.0 / (n * (n - 1.0))) * cosine;
    return {2.0 * sine * cosine, 1.0 - 2.0 * sine * sine};
}

// f = sum of x^2 + 10 (1 - cos 2 pi x).
static void rastrigin(const double* __restrict x, const double*, std::size_t dim, double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) out[i] = 2.0 * x[i] + 10.0 * turn * angle(part_of_turn(x[i])).sine;
}

static void rastrigin_along(const double* __restrict x, const double* __restrict v, const double*, std::size_t dim,
                            double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) {
        out[i] = (2.0 + 10.0 * turn * turn * angle(part_of_turn(x[i])).cosine) * v[i];
    }
}

static void rastrigin_third(const double* __restrict x, const double* __restrict v, const double*, std::size_t dim,
                            double* __restrict out) {
    for (std::size_t i = 0; i < dim; ++i) {
        out[i] = -10.0 * turn * turn * turn * angle(part_of_turn(x[i])).sine * v[i] * v[i];
    }
}

}  // namespace
}  // namespace zoopt::flows

namespace zoopt::ZOOPT_TIER {
extern const flows::FieldKernels field_kernels = {
    flows::dot,
    flows::diagonal,
    {{{"ellipsoid", flows::ellipsoid, flows::ellipsoid_along, flows::zero},
      {"rastrigin", flows::rastrigin, flows::rastrigin_along, flows::rastrigin_third},
      {"rosenbrock", flows::rosenbrock, flows::rosenbrock_along, flows::rosenbrock_third},
      {"sphere", flows::sphere, flows::sphere_along, flows::zero}}}};
}  // namespace zoopt::ZOOPT_TIER
