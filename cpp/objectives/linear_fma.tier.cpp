#include "linear_kernels.hpp"
#include "linear_products.inl.hpp"
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
ZOOPT_INLINE void score_tile(const T* panel, std::size_t features, const T* weights, Tile<T, R>& tile) {
    using Vector = typename Native<T>::Vector;
    Vector score[R][panel_vectors];
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) score[r][v] = broadcast<T>(weights[r]);
    }
    const Vector* x = reinterpret_cast<const Vector*>(panel);
    for (std::size_t j = 0; j < features; ++j, x += panel_vectors) {
        weights += R;
        Vector sample[panel_vectors];
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) sample[v] = x[v];
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
    const T* data;
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

template <class T, class Body>
ZOOPT_INLINE void each_block(const Panels<T>& panels, const T* weights, std::size_t rows, std::size_t block,
                             const Body& body) {
    const std::size_t size = panels.features * panel_samples<T>;
    for (std::size_t first = 0; first < panels.count; first += block) {
        const std::size_t here = panels.count - first < block ? panels.count - first : block;
        each_group<T>({panels.data + first * size, here, panels.features, weights, 0, first}, rows, body);
    }
}

template <class T>
struct CountPositives {
    std::int64_t* counts;

    template <int R>
    __attribute__((always_inline)) void run(const Group<T>& group) const {
        using Vector = typename Native<T>::Vector;
        using Mask = typename Native<T>::Mask;
        Mask positive[R] = {};
        for (std::size_t b = 0; b < group.panels; ++b) {
            Tile<T, R> tile;
            score_tile<T, R>(group.data + b * group.features * panel_samples<T>, group.features, group.weights, tile);
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
                for (int v = 0; v < panel_vectors; ++v) positive[r] -= tile.score[r][v] > Vector{};
            }
        }
        for (int r = 0; r < R; ++r) counts[group.first_row + static_cast<std::size_t>(r)] += lane_total<T>(positive[r]);
    }
};

template <class T>
void positives(const Panels<T>& panels, const T* weights, std::size_t rows, std::int64_t* counts) {
    const std::size_t bytes = panels.features * panel_samples<T> * sizeof(T);
    const std::size_t block = bytes < block_bytes ? block_bytes / (bytes + 1) : 1;
    each_block(panels, weights, rows, block, CountPositives<T>{counts});
}

// The best score so far of every sample of a panel, and the row that it belongs to (as a number of type T:
// exact).
template <class T>
struct Leader {
    typename Native<T>::Vector score[panel_vectors];
    typename Native<T>::Mask row[panel_vectors];
};

template <class T>
struct Challenge {
    Leader<T>* leader;

    template <int R>
    __attribute__((always_inline)) void run(const Group<T>& group) const {
        using Mask = typename Native<T>::Mask;
        Tile<T, R> tile;
        score_tile<T, R>(group.data, group.features, group.weights, tile);
        const bool fresh = group.first_row == 0;
#pragma GCC unroll 4
        for (int v = 0; v < panel_vectors; ++v) {
            auto best = fresh ? tile.score[0][v] : leader->score[v];
            Mask row = fresh ? Mask{} : leader->row[v];
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r) {
                const Mask wins = tile.score[r][v] > best;
                const Mask here =
                    Mask{} + static_cast<decltype(row[0] + 0)>(group.first_row + static_cast<std::size_t>(r));
                best = wins ? tile.score[r][v] : best;
                row = wins ? here : row;
            }
            leader->score[v] = best;
            leader->row[v] = row;
        }
    }
};

template <class T>
void winners(const Panels<T>& panels, const T* weights, std::size_t rows, std::int32_t* winners) {
    const std::size_t size = panels.features * panel_samples<T>;
    for (std::size_t b = 0; b < panels.count; ++b) {
        Leader<T> leader = {};
        each_group<T>({panels.data + b * size, 1, panels.features, weights, 0, b}, rows, Challenge<T>{&leader});
        for (int v = 0; v < panel_vectors; ++v) {
            for (int l = 0; l < native_lanes<T>; ++l) *winners++ = static_cast<std::int32_t>(leader.row[v][l]);
        }
    }
}

template <class T>
struct StoreScores {
    T* scores;
    std::size_t samples;

    template <int R>
    __attribute__((always_inline)) void run(const Group<T>& group) const {
        for (std::size_t b = 0; b < group.panels; ++b) {
            Tile<T, R> tile;
            score_tile<T, R>(group.data + b * group.features * panel_samples<T>, group.features, group.weights, tile);
            for (int r = 0; r < R; ++r) {
                T* out = scores + (group.first_row + static_cast<std::size_t>(r)) * samples +
                         (group.first_panel + b) * panel_samples<T>;
                __builtin_memcpy(out, tile.score[r], sizeof(tile.score[r]));
            }
        }
    }
};

template <class T>
void scores(const Panels<T>& panels, const T* weights, std::size_t rows, T* scores) {
    each_block(panels, weights, rows, 1, StoreScores<T>{scores, panels.count * panel_samples<T>});
}

template <class T>
constexpr LinearKernels<T> table = {
    panel_samples<T>,      max_rows, positives<T>, winners<T>, scores<T>, products<T, panel_vectors>,
    sums<T, panel_vectors>};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::LinearKernels<float> linear_float32 = objectives::table<float>;
extern const objectives::LinearKernels<double> linear_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
