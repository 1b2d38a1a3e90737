// Sums of products over samples, which gradients are made of. Included by *.tier.cpp files only.
#pragma once
#include "lane_fold.inl.hpp"
#include "linear_kernels.hpp"
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

// Register blocks: left_rows x right_rows accumulators, and room for the right rows.
#if defined(__AVX512F__)
constexpr int left_rows = 6;
constexpr int right_rows = 4;
#elif defined(__AVX__)
constexpr int left_rows = 3;
constexpr int right_rows = 3;
#else
constexpr int left_rows = 3;
constexpr int right_rows = 3;
#endif

// One tile: L rows on the left with R on the right. Every sum is one chain of vectors in ascending order, so that it
// does not depend on the tile it is in.
template <class T, int panel_vectors, int L, int R>
ZOOPT_INLINE void product_tile(const SampleRows<T>& left, const SampleRows<T>& right, std::size_t panels, T* out,
                               std::size_t stride) {
    using Vector = typename Native<T>::Vector;
    Vector sum[L][R] = {};
    for (std::size_t b = 0; b < panels; ++b) {
        const T* a = left.data + b * left.panel;
        const T* x = right.data + b * right.panel;
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v, a += native_lanes<T>, x += native_lanes<T>) {
            Vector of_right[R];
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r) {
                of_right[r] = *reinterpret_cast<const Vector*>(x + static_cast<std::size_t>(r) * right.row);
            }
#pragma GCC unroll 8
            for (int l = 0; l < L; ++l) {
                const Vector of_left = *reinterpret_cast<const Vector*>(a + static_cast<std::size_t>(l) * left.row);
#pragma GCC unroll 8
                for (int r = 0; r < R; ++r) sum[l][r] += of_left * of_right[r];
            }
        }
    }
#pragma GCC unroll 8
    for (int l = 0; l < L; ++l) {
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
            out[static_cast<std::size_t>(l) * stride + static_cast<std::size_t>(r)] = fold<T>(sum[l][r]);
        }
    }
}

template <class T, int panel_vectors, int L, int R>
ZOOPT_INLINE void product_rest(int left_rest, int right_rest, const SampleRows<T>& left, const SampleRows<T>& right,
                               std::size_t panels, T* out, std::size_t stride) {
    if (left_rest == L && right_rest == R) {
        product_tile<T, panel_vectors, L, R>(left, right, panels, out, stride);
    } else if constexpr (L > 1) {
        if (left_rest < L)
            return product_rest<T, panel_vectors, L - 1, R>(left_rest, right_rest, left, right, panels, out, stride);
        if constexpr (R > 1)
            product_rest<T, panel_vectors, L, R - 1>(left_rest, right_rest, left, right, panels, out, stride);
    } else if constexpr (R > 1) {
        product_rest<T, panel_vectors, L, R - 1>(left_rest, right_rest, left, right, panels, out, stride);
    }
}

template <class T>
ZOOPT_INLINE SampleRows<T> from_row(const SampleRows<T>& rows, std::size_t first) {
    return {rows.data + first * rows.row, rows.row, rows.panel};
}

template <class T, int panel_vectors>
void products(const SampleRows<T>& left, std::size_t lefts, const SampleRows<T>& right, std::size_t rights,
              std::size_t panels, T* out, std::size_t stride) {
    for (std::size_t j = 0; j < rights; j += right_rows) {
        const int here = rights - j < right_rows ? static_cast<int>(rights - j) : right_rows;
        for (std::size_t i = 0; i < lefts; i += left_rows) {
            const int rest = lefts - i < left_rows ? static_cast<int>(lefts - i) : left_rows;
            product_rest<T, panel_vectors, left_rows, right_rows>(rest, here, from_row(left, i), from_row(right, j),
                                                                  panels, out + i * stride + j, stride);
        }
    }
}

template <class T, int panel_vectors>
void sums(const SampleRows<T>& rows, std::size_t count, std::size_t panels, T* out, std::size_t stride) {
    using Vector = typename Native<T>::Vector;
    for (std::size_t r = 0; r < count; ++r) {
        Vector sum = {};
        for (std::size_t b = 0; b < panels; ++b) {
            const T* a = rows.data + r * rows.row + b * rows.panel;
            for (int v = 0; v < panel_vectors; ++v, a += native_lanes<T>) sum += *reinterpret_cast<const Vector*>(a);
        }
        out[r * stride] = fold<T>(sum);
    }
}

}  // namespace
}  // namespace zoopt::objectives
