// The scores of a group of rows on the samples of a panel, in registers. Included by *.tier.cpp files only.
#pragma once
#include "linear_kernels.hpp"
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

// Register blocks: max_rows x panel_vectors accumulators, and room for the samples and one weight.
#if defined(__AVX512F__)
constexpr int max_rows = 8;
constexpr int panel_vectors = 3;
#elif defined(__AVX__)
constexpr int max_rows = 4;
constexpr int panel_vectors = 3;
#else
constexpr int max_rows = 4;
constexpr int panel_vectors = 2;
#endif

// Bytes of samples that stay in L2 while all rows of weights pass over them.
constexpr std::size_t block_bytes = 64 * 1024;

template <class T>
constexpr std::size_t panel_samples = static_cast<std::size_t>(native_lanes<T> * panel_vectors);

template <class T, int R>
struct Tile {
    typename Native<T>::Vector score[R][panel_vectors];
};

template <class T, int R>
ZOOPT_INLINE void score_tile(const T* x, std::size_t row, std::size_t features, const T* weights, Tile<T, R>& tile) {
    using Vector = typename Native<T>::Vector;
    Vector score[R][panel_vectors];
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) score[r][v] = broadcast<T>(weights[r]);
    }
    for (std::size_t j = 0; j < features; ++j, x += row) {
        weights += R;
        Vector sample[panel_vectors];
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) sample[v] = reinterpret_cast<const Vector*>(x)[v];
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
            const Vector weight = broadcast<T>(weights[r]);
#pragma GCC unroll 4
            for (int v = 0; v < panel_vectors; ++v) score[r][v] += weight * sample[v];
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) tile.score[r][v] = score[r][v];
    }
}

template <class T>
ZOOPT_INLINE std::int64_t lane_total(typename Native<T>::Mask lanes) {
    std::int64_t total = 0;
    for (int l = 0; l < native_lanes<T>; ++l) total += lanes[l];
    return total;
}

// A body does the work of one group on a run of panels; `each_group` gives it the group size as a constant.
template <class T>
struct Group {
    SampleRows<T> samples;
    std::size_t panels;
    std::size_t features;
    const T* weights;
    std::size_t first_row;
    std::size_t first_panel;
};

template <class T, class Body, int R>
ZOOPT_INLINE void with_size(int size, const Group<T>& group, const Body& body) {
    if (size == R) return body.template run<R>(group);
    if constexpr (R > 1) with_size<T, Body, R - 1>(size, group, body);
}

template <class T, class Body>
ZOOPT_INLINE void each_group(const Group<T>& whole, std::size_t rows, const Body& body) {
    const RowGroups split = row_groups(rows, max_rows);
    Group<T> group = whole;
    for (std::size_t g = 0; g < split.groups; ++g) {
        group.first_row = group_begin(split, g);
        group.weights = whole.weights + group.first_row * (whole.features + 1);
        with_size<T, Body, max_rows>(static_cast<int>(group_begin(split, g + 1) - group.first_row), group, body);
    }
}

template <class T>
ZOOPT_INLINE SampleRows<T> rows_of(const Panels<T>& panels) {
    return {panels.data, panel_samples<T>, panel_samples<T> * panels.features};
}

// A run of `block` panels after the other.
template <class T, class Body>
ZOOPT_INLINE void each_block(const SampleRows<T>& samples, std::size_t features, std::size_t panels, const T* weights,
                             std::size_t rows, std::size_t block, const Body& body) {
    for (std::size_t first = 0; first < panels; first += block) {
        const std::size_t here = panels - first < block ? panels - first : block;
        const SampleRows<T> run{samples.data + first * samples.panel, samples.row, samples.panel};
        each_group<T>({run, here, features, weights, 0, first}, rows, body);
    }
}

}  // namespace
}  // namespace zoopt::objectives
