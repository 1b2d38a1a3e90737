// Symmetric eigenproblem: Householder tridiagonalisation and implicit QL with Wilkinson's shift (Golub and Van Loan,
// Matrix Computations, sections 8.3.1 and 8.3.3; Parlett, The Symmetric Eigenvalue Problem, chapter 8). Each reflection
// is applied in the pass over the matrix that also prepares the next one, and every loop runs along memory, element by
// element. Rows are padded with zeros to whole cache lines. The matrix is scaled by a power of two, so that no square
// overflows; what is graded is turned small end first, as QL wants it. For *.tier.cpp files only.
#pragma once
#include "lanes.inl.hpp"
#include "vector.inl.hpp"

namespace zoopt::engine {
namespace {

// What may be dropped from a matrix of norm 1, and still has an exact reciprocal.
constexpr double negligible_square = 0x1p-960;

// a_i -= u_i q + q_i u for the rows [from, n), and sums[j] = sum over those rows of v_i a_ij, ascending i, for `Count`
// vectors of columns from j.
template <int Count>
ZOOPT_LOCAL void reflect_twice(double* a, std::size_t stride, std::size_t from, std::size_t n, std::size_t j,
                               const double* u, const double* q, const double* v, double* sums) {
    Vector uj[Count], qj[Count], sum[Count];
    for (int b = 0; b < Count; ++b) {
        uj[b] = load(u + j + b * vector_lanes);
        qj[b] = load(q + j + b * vector_lanes);
        sum[b] = Vector{};
    }
    for (std::size_t i = from; i < n; ++i) {
        double* row = a + i * stride + j;
        const Vector ui = broadcast(u[i]), qi = broadcast(q[i]), vi = broadcast(v[i]);
        for (int b = 0; b < Count; ++b) {
            const Vector changed = load(row + b * vector_lanes) - (ui * qj[b] + qi * uj[b]);
            store(row + b * vector_lanes, changed);
            sum[b] += vi * changed;
        }
    }
    for (int b = 0; b < Count; ++b) store(sums + j + b * vector_lanes, sum[b]);
}

// The same for a_i -= u_i q.
template <int Count>
ZOOPT_LOCAL void reflect_once(double* a, std::size_t stride, std::size_t from, std::size_t n, std::size_t j,
                              const double* u, const double* q, const double* v, double* sums) {
    Vector qj[Count], sum[Count];
    for (int b = 0; b < Count; ++b) {
        qj[b] = load(q + j + b * vector_lanes);
        sum[b] = Vector{};
    }
    for (std::size_t i = from; i < n; ++i) {
        double* row = a + i * stride + j;
        const Vector ui = broadcast(u[i]), vi = broadcast(v[i]);
        for (int b = 0; b < Count; ++b) {
            const Vector changed = load(row + b * vector_lanes) - ui * qj[b];
            store(row + b * vector_lanes, changed);
            sum[b] += vi * changed;
        }
    }
    for (int b = 0; b < Count; ++b) store(sums + j + b * vector_lanes, sum[b]);
}

// Makes v the Householder vector that turns row[k + 1 ...] into (alpha, 0, ...); returns beta of I - beta v v^T, or 0
// where there is nothing to turn.
ZOOPT_LOCAL double householder(const double* row, std::size_t k, std::size_t n, double* v, double& alpha) {
    const double rest = dot_lanes(row + k + 2, row + k + 2, n - k - 2);
    const double first = row[k + 1];
    const double squares = first * first + rest;
    if (rest < negligible_square) {
        alpha = first;
        return 0.0;
    }
    const double norm = __builtin_sqrt(squares);
    alpha = first > 0.0 ? -norm : norm;
    for (std::size_t j = k + 2; j < n; ++j) v[j] = row[j];
    v[k + 1] = first - alpha;
    return 1.0 / (squares - alpha * first);
}

// Reduces a to tridiagonal form, diagonal and off (off[k] between k and k + 1). Row k of `reflectors`, zero before,
// takes the Householder vector k; q is scratch of two rows.
ZOOPT_LOCAL void tridiagonalise(double* a, std::size_t n, std::size_t stride, double* diagonal, double* off,
                                double* beta, double* reflectors, double* nothing, double* scratch) {
    const double *u = nothing, *q = nothing;  // the last reflection, which the next pass applies
    for (std::size_t k = 0; k + 2 < n; ++k) {
        double *row = a + k * stride, *v = reflectors + k * stride, *p = scratch + (k % 2) * stride;
        for (std::size_t j = k; j < n; ++j) row[j] -= u[k] * q[j] + q[k] * u[j];
        diagonal[k] = row[k];
        beta[k] = householder(row, k, n, v, off[k]);
        const std::size_t start = (k + 1) / line_lanes * line_lanes;
        ZOOPT_IN_BLOCKS(start, stride, reflect_twice, a, stride, k + 1, n, j, u, q, v, p);
        for (std::size_t j = start; j <= k; ++j) p[j] = 0.0;
        for (std::size_t j = k + 1; j < n; ++j) p[j] *= beta[k];
        const double half = 0.5 * beta[k] * dot_lanes(p + k + 1, v + k + 1, n - k - 1);
        for (std::size_t j = k + 1; j < n; ++j) p[j] -= half * v[j];
        u = v;
        q = p;
    }
    for (std::size_t k = n < 2 ? 0 : n - 2; k < n; ++k) {
        double* row = a + k * stride;
        for (std::size_t j = k; j < n; ++j) row[j] -= u[k] * q[j] + q[k] * u[j];
        diagonal[k] = row[k];
        off[k] = k + 1 < n ? row[k + 1] : 0.0;
    }
}

// The product of the reflectors, transposed: row j of `vectors` becomes column j of the product. `product` is scratch.
ZOOPT_LOCAL void accumulate_reflectors(const double* reflectors, const double* beta, std::size_t n, std::size_t stride,
                                       double* product, double* nothing, double* scratch, double* vectors) {
    for (std::size_t i = 0; i < n * stride; ++i) product[i] = 0.0;
    for (std::size_t i = 0; i < n; ++i) product[i * stride + i] = 1.0;
    const double *u = nothing, *q = nothing;
    for (std::size_t back = 0; back + 2 < n; ++back) {
        const std::size_t k = n - 3 - back;
        const double* v = reflectors + k * stride;
        double* w = scratch + (k % 2) * stride;
        const std::size_t start = (k + 1) / line_lanes * line_lanes;
        for (std::size_t j = start; j < (k + 2) / line_lanes * line_lanes; ++j) scratch[((k + 1) % 2) * stride + j] = 0;
        ZOOPT_IN_BLOCKS(start, stride, reflect_once, product, stride, k + 1, n, j, u, q, v, w);
        for (std::size_t j = start; j < stride; ++j) w[j] *= beta[k];
        u = v;
        q = w;
    }
    ZOOPT_IN_BLOCKS(0, stride, reflect_once, product, stride, 0, n, j, u, q, nothing, scratch + 2 * stride);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) vectors[j * stride + i] = product[i * stride + j];
    }
}

constexpr double epsilon = 0x1p-52;
constexpr double negligible_cosine = 0x1p-900;  // squared

// Rotates the rows m, m - 1, ... of one block of columns, each with the next: (upper, lower) <- (s lower + c upper,
// c lower - s upper). The lower row is the upper one of the next rotation and stays in registers.
template <int Count>
struct Rows {
    double* row;  // the row in hand
    std::size_t stride;
    Vector carried[Count];

    ZOOPT_MEMBER Rows(double* first, std::size_t stride_) : row(first), stride(stride_) {
        for (int b = 0; b < Count; ++b) carried[b] = load(row + b * vector_lanes);
    }
    ZOOPT_MEMBER void rotate(double c, double s) {
        const Vector cosine = broadcast(c), sine = broadcast(s);
        double* lower = row - stride;
        for (int b = 0; b < Count; ++b) {
            const Vector l = load(lower + b * vector_lanes);
            store(row + b * vector_lanes, sine * l + cosine * carried[b]);
            carried[b] = cosine * l - sine * carried[b];
        }
        row = lower;
    }
    ZOOPT_MEMBER void finish(double sign) {
        const Vector factor = broadcast(sign);
        for (int b = 0; b < Count; ++b) store(row + b * vector_lanes, factor * carried[b]);
    }
};

// The unreduced block [l, m] of a tridiagonal matrix whose off-diagonals are positive, and given by their squares.
struct Block {
    double* diagonal;
    double* squares;
    std::size_t l, m;
    double* cosines;  // of the rotation of rows i and i + 1, with its sign; the sines are positive
    double* sines;
};

// Wilkinson's shift: the eigenvalue of the first two rows that is nearer to the first.
ZOOPT_LOCAL double wilkinson(const Block& t) {
    const double off = __builtin_sqrt(t.squares[t.l]);
    const double theta = (t.diagonal[t.l + 1] - t.diagonal[t.l]) / (2.0 * off);
    const double hypotenuse = __builtin_sqrt(theta * theta + 1.0);
    return t.diagonal[t.l] - off / (theta >= 0.0 ? theta + hypotenuse : theta - hypotenuse);
}

typedef double Pair __attribute__((vector_size(16)));

ZOOPT_LOCAL Pair root(Pair x) {
    return Pair{__builtin_sqrt(x[0]), __builtin_sqrt(x[1])};
}

// One implicit QL sweep in the rational form of Pal, Walker and Kahan (Parlett, section 8.15), which needs no root to
// go on from rotation to rotation: the roots that the eigenvectors want wait outside that chain. Returns the sign that
// keeps the last off-diagonal positive.
template <int Count>
ZOOPT_LOCAL double sweep(const Block& t, double* vectors, std::size_t stride) {
    Rows<Count> rows(vectors + t.m * stride, stride);
    const double shift = wilkinson(t);
    double c = 1.0, s = 0.0, gamma = t.diagonal[t.m] - shift, p = gamma * gamma;
    double sign = __builtin_copysign(1.0, gamma), last_sign = 1.0;
    for (std::size_t i = t.m; i-- > t.l;) {
        const double square = t.squares[i], r = p + square, last_c = c, last_gamma = gamma, alpha = t.diagonal[i];
        if (i + 1 < t.m) t.squares[i + 1] = s * r;
        const double inverse = r / p;
        const Pair parts = Pair{p, square} / Pair{r, r}, turn = root(parts);
        c = parts[0];
        s = parts[1];
        gamma = c * (alpha - shift) - s * last_gamma;
        t.diagonal[i + 1] = last_gamma + (alpha - gamma);
        if (i + 1 < t.m) rows.rotate(t.cosines[i + 1], t.sines[i + 1]);  // the roots of this rotation are not there yet
        t.cosines[i] = sign * turn[0];
        t.sines[i] = turn[1];
        double turned = sign * __builtin_copysign(1.0, gamma);  // no branch: this sign is like a coin's
        p = (gamma * gamma) * inverse;
        if (__builtin_expect(c <= negligible_cosine, 0)) {
            turned = -last_sign;
            p = last_c * square;
        }
        last_sign = sign;
        sign = turned;
    }
    rows.rotate(t.cosines[t.l], t.sines[t.l]);
    t.squares[t.l] = s * p;
    t.diagonal[t.l] = shift + gamma;
    rows.finish(sign);
    return sign;
}

// The rotations of sweep() on further columns.
template <int Count>
ZOOPT_LOCAL void follow(const Block& t, double sign, double* vectors, std::size_t stride) {
    Rows<Count> rows(vectors + t.m * stride, stride);
    for (std::size_t i = t.m; i-- > t.l;) rows.rotate(t.cosines[i], t.sines[i]);
    rows.finish(sign);
}

constexpr std::size_t most_vectors = 6;  // of a row that fit in registers beside the rest

// Calls function<n> for the next n = 1 ... 6 of `left` vectors.
#define ZOOPT_SOME_VECTORS(left, function, ...) \
    ((left) >= 6   ? function<6>(__VA_ARGS__)   \
     : (left) == 5 ? function<5>(__VA_ARGS__)   \
     : (left) == 4 ? function<4>(__VA_ARGS__)   \
     : (left) == 3 ? function<3>(__VA_ARGS__)   \
     : (left) == 2 ? function<2>(__VA_ARGS__)   \
                   : function<1>(__VA_ARGS__))

ZOOPT_LOCAL void sweep_all(const Block& t, double* vectors, std::size_t stride) {
    std::size_t left = stride / vector_lanes;
    const double sign = ZOOPT_SOME_VECTORS(left, sweep, t, vectors, stride);
    while (left > most_vectors) {
        left -= most_vectors;
        vectors += most_vectors * vector_lanes;
        ZOOPT_SOME_VECTORS(left, follow, t, sign, vectors, stride);
    }
}

// First m >= l with a negligible off-diagonal behind it: negligible beside its neighbours, or below `least`.
ZOOPT_LOCAL std::size_t split_point(const double* diagonal, const double* squares, std::size_t l, std::size_t n,
                                    double least) {
    for (std::size_t m = l; m + 1 < n; ++m) {
        const double size = __builtin_fabs(diagonal[m]) + __builtin_fabs(diagonal[m + 1]);
        const double bound = epsilon * size + least;
        if (squares[m] <= bound * bound) return m;
    }
    return n - 1;
}

ZOOPT_LOCAL void swap_doubles(double* a, double* b, std::size_t count) {
    for (std::size_t j = 0; j < count; ++j) {
        const double kept = a[j];
        a[j] = b[j];
        b[j] = kept;
    }
}

// Turns the block [l, m] end for end: the order of the eigenvectors is free.
ZOOPT_LOCAL void reverse(const Block& t, double* vectors, std::size_t stride) {
    for (std::size_t i = t.l, j = t.m; i < j; ++i, --j) {
        swap_doubles(t.diagonal + i, t.diagonal + j, 1);
        swap_doubles(vectors + i * stride, vectors + j * stride, stride);
    }
    for (std::size_t i = t.l, j = t.m; i + 1 < j; ++i, --j) swap_doubles(t.squares + i, t.squares + j - 1, 1);
}

// Makes the off-diagonals positive by the signs of the vectors, and squares them.
ZOOPT_LOCAL void square_off(double* off, double* vectors, std::size_t n, std::size_t stride) {
    double sign = 1.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < stride; ++j) vectors[i * stride + j] *= sign;
        if (off[i] < 0.0) sign = -sign;
        off[i] *= off[i];
    }
}

// After `patient` sweeps an off-diagonal below epsilon times the largest entry, of order 1, counts as zero too.
ZOOPT_LOCAL bool implicit_ql(double* diagonal, double* off, double* vectors, std::size_t n, std::size_t stride,
                             double* cosines, double* sines) {
    const int patient = 20, most_sweeps = 60;
    square_off(off, vectors, n, stride);
    for (std::size_t l = 0; l < n; ++l) {
        for (int sweeps = 0;; ++sweeps) {
            const std::size_t m = split_point(diagonal, off, l, n, sweeps < patient ? 0.0 : epsilon);
            if (m == l) break;
            if (sweeps == most_sweeps) return false;
            const Block block{diagonal, off, l, m, cosines, sines};
            if (sweeps == 0 && __builtin_fabs(diagonal[l]) > __builtin_fabs(diagonal[m])) {
                reverse(block, vectors, stride);
            }
            sweep_all(block, vectors, stride);
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
