// Symmetric eigenproblem: Householder tridiagonalisation and implicit QL with Wilkinson's shift (Golub and Van Loan,
// Matrix Computations, sections 8.3.1 and 8.3.3; Parlett, The Symmetric Eigenvalue Problem, chapter 8). Eigenvectors
// are kept as rows so that every rotation and reflection runs along memory. The matrix is scaled by a power of two, so
// that no square overflows; what is graded is turned small end first, as QL wants it. For *.tier.cpp files only.
#pragma once
#include "lanes.inl.hpp"

namespace zoopt::engine {
namespace {

#define ZOOPT_LOCAL static inline __attribute__((always_inline))

ZOOPT_LOCAL void subtract_multiple(double* row, double scale, const double* v, std::size_t count) {
    for (std::size_t j = 0; j < count; ++j) row[j] -= scale * v[j];
}

// What may be dropped from a matrix of norm 1, and still has an exact reciprocal.
constexpr double negligible_square = 0x1p-960;

// Reduces a to tridiagonal form, diagonal and off (off[k] between k and k + 1). Reflector k, I - beta[k] v v^T, keeps
// v in row k of a, columns k + 1 and up.
ZOOPT_LOCAL void tridiagonalise(double* a, std::size_t n, double* diagonal, double* off, double* beta, double* p) {
    for (std::size_t k = 0; k + 2 < n; ++k) {
        double* v = a + k * n + k + 1;
        const std::size_t m = n - k - 1;
        diagonal[k] = a[k * n + k];
        const double rest = dot_lanes(v + 1, v + 1, m - 1);
        const double squares = v[0] * v[0] + rest;
        if (rest < negligible_square) {
            off[k] = v[0];
            beta[k] = 0.0;
            continue;
        }
        const double norm = __builtin_sqrt(squares);
        const double alpha = v[0] > 0.0 ? -norm : norm;
        off[k] = alpha;
        beta[k] = 1.0 / (squares - alpha * v[0]);
        v[0] -= alpha;
        for (std::size_t i = 0; i < m; ++i) p[i] = beta[k] * dot_lanes(a + (k + 1 + i) * n + k + 1, v, m);
        const double half = 0.5 * beta[k] * dot_lanes(p, v, m);
        subtract_multiple(p, half, v, m);
        for (std::size_t i = 0; i < m; ++i) {
            double* row = a + (k + 1 + i) * n + k + 1;
            const double vi = v[i], pi = p[i];
            for (std::size_t j = 0; j < m; ++j) row[j] -= vi * p[j] + pi * v[j];
        }
    }
    if (n >= 2) {
        diagonal[n - 2] = a[(n - 2) * n + n - 2];
        off[n - 2] = a[(n - 2) * n + n - 1];
    }
    diagonal[n - 1] = a[n * n - 1];
    off[n - 1] = 0.0;
}

// Rows of `vectors` become the columns of the product of the reflectors.
ZOOPT_LOCAL void accumulate_reflectors(const double* a, const double* beta, std::size_t n, double* vectors) {
    for (std::size_t i = 0; i < n * n; ++i) vectors[i] = 0.0;
    for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1.0;
    for (std::size_t back = 0; back + 2 < n; ++back) {
        const std::size_t k = n - 3 - back;
        if (beta[k] == 0.0) continue;
        const double* v = a + k * n + k + 1;
        const std::size_t m = n - k - 1;
        for (std::size_t i = k + 1; i < n; ++i) {
            double* row = vectors + i * n + k + 1;
            subtract_multiple(row, beta[k] * dot_lanes(row, v, m), v, m);
        }
    }
}

ZOOPT_LOCAL void rotate(double* upper, double* lower, double c, double s, std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
        const double u = upper[j], l = lower[j];
        upper[j] = s * l + c * u;
        lower[j] = c * l - s * u;
    }
}

constexpr double epsilon = 0x1p-52;

// First m >= l with a negligible off-diagonal behind it: negligible beside its neighbours, or below `least`.
ZOOPT_LOCAL std::size_t split_point(const double* diagonal, const double* off, std::size_t l, std::size_t n,
                                    double least) {
    for (std::size_t m = l; m + 1 < n; ++m) {
        const double size = __builtin_fabs(diagonal[m]) + __builtin_fabs(diagonal[m + 1]);
        if (__builtin_fabs(off[m]) <= epsilon * size + least) return m;
    }
    return n - 1;
}

// The length of (f, g) and its direction (s, c), without the underflow of small squares.
ZOOPT_LOCAL double polar(double f, double g, double& s, double& c) {
    const double small = 0x1p-450, lift = 0x1p600;
    const bool lifted = __builtin_fabs(f) < small && __builtin_fabs(g) < small;
    if (lifted) f *= lift, g *= lift;
    const double r = __builtin_sqrt(f * f + g * g);
    if (r == 0.0) return 0.0;
    s = f / r;
    c = g / r;
    return lifted ? r / lift : r;
}

// One implicit QL sweep on the unreduced block [l, m].
ZOOPT_LOCAL void sweep(double* diagonal, double* off, double* vectors, std::size_t l, std::size_t m, std::size_t n) {
    const double theta = (diagonal[l + 1] - diagonal[l]) / (2.0 * off[l]);
    const double hypotenuse = __builtin_sqrt(theta * theta + 1.0);
    const double tangent = theta >= 0.0 ? theta + hypotenuse : theta - hypotenuse;
    double g = diagonal[m] - diagonal[l] + off[l] / tangent;
    double s = 1.0, c = 1.0, shift = 0.0;
    for (std::size_t i = m; i-- > l;) {
        const double f = s * off[i], b = c * off[i];
        const double r = polar(f, g, s, c);
        off[i + 1] = r;
        if (r == 0.0) {
            diagonal[i + 1] -= shift;
            off[m] = 0.0;
            return;
        }
        g = diagonal[i + 1] - shift;
        const double t = (diagonal[i] - g) * s + 2.0 * c * b;
        shift = s * t;
        diagonal[i + 1] = g + shift;
        g = c * t - b;
        rotate(vectors + (i + 1) * n, vectors + i * n, c, s, n);
    }
    diagonal[l] -= shift;
    off[l] = g;
    off[m] = 0.0;
}

ZOOPT_LOCAL void swap_doubles(double* a, double* b, std::size_t count) {
    for (std::size_t j = 0; j < count; ++j) {
        const double kept = a[j];
        a[j] = b[j];
        b[j] = kept;
    }
}

// Turns the block [l, m] end for end: the order of the eigenvectors is free.
ZOOPT_LOCAL void reverse(double* diagonal, double* off, double* vectors, std::size_t l, std::size_t m, std::size_t n) {
    for (std::size_t i = l, j = m; i < j; ++i, --j) {
        swap_doubles(diagonal + i, diagonal + j, 1);
        swap_doubles(vectors + i * n, vectors + j * n, n);
    }
    for (std::size_t i = l, j = m; i + 1 < j; ++i, --j) swap_doubles(off + i, off + j - 1, 1);
}

// After `patient` sweeps an off-diagonal below epsilon times the largest entry, of order 1, counts as zero too.
ZOOPT_LOCAL bool implicit_ql(double* diagonal, double* off, double* vectors, std::size_t n) {
    const int patient = 20, most_sweeps = 60;
    for (std::size_t l = 0; l < n; ++l) {
        for (int sweeps = 0;; ++sweeps) {
            const std::size_t m = split_point(diagonal, off, l, n, sweeps < patient ? 0.0 : epsilon);
            if (m == l) break;
            if (sweeps == most_sweeps) return false;
            if (sweeps == 0 && __builtin_fabs(diagonal[l]) > __builtin_fabs(diagonal[m])) {
                reverse(diagonal, off, vectors, l, m, n);
            }
            sweep(diagonal, off, vectors, l, m, n);
        }
    }
    return true;
}

// A power of two that brings the largest entry near 1; 0 where an entry is not finite.
ZOOPT_LOCAL double unit_of(const double* a, std::size_t count) {
    double largest = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double size = __builtin_fabs(a[i]);
        if (!(size <= __DBL_MAX__)) return 0.0;
        if (size > largest) largest = size;
    }
    int exponent = 0;
    (void)__builtin_frexp(largest, &exponent);
    return __builtin_ldexp(1.0, exponent < -1000 ? -1000 : exponent > 1000 ? 1000 : exponent);
}

}  // namespace
}  // namespace zoopt::engine
