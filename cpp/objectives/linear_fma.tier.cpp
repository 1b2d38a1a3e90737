#include "elementary.inl.hpp"
#include "linear_kernels.hpp"
#include "linear_products.inl.hpp"
#include "linear_tile.inl.hpp"
#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

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
            score_tile<T, R>(group.samples.data + b * group.samples.panel, panel_samples<T>, group.features,
                             group.weights, tile);
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
    each_block(rows_of(panels), panels.features, panels.count, weights, rows, block, CountPositives<T>{counts});
}

// The best score so far of every sample of a panel, and the row that it belongs to (as a number of type T:
// exact).
template <class T>
struct Leader {
    typename Native<T>::Vector score[panel_vectors];
    typename Native<T>::Mask row[panel_vectors];
};

// A 32-bit number for every lane.
template <class T>
struct Narrow {
    typedef std::int32_t Vector __attribute__((vector_size(native_lanes<T> * 4)));
};
template <class T>
using Numbers32 = typename Narrow<T>::Vector;

template <class T>
struct Challenge {
    Leader<T>* leader;

    template <int R>
    __attribute__((always_inline)) void run(const Group<T>& group) const {
        using Mask = typename Native<T>::Mask;
        Tile<T, R> tile;
        score_tile<T, R>(group.samples.data, panel_samples<T>, group.features, group.weights, tile);
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
    const SampleRows<T> samples = rows_of(panels);
    for (std::size_t b = 0; b < panels.count; ++b) {
        const SampleRows<T> own{samples.data + b * samples.panel, samples.row, samples.panel};
        Leader<T> leader = {};
        each_group<T>({own, 1, panels.features, weights, 0, b}, rows, Challenge<T>{&leader});
        for (int v = 0; v < panel_vectors; ++v, winners += native_lanes<T>) {
            const Numbers32<T> rows_won = __builtin_convertvector(leader.row[v], Numbers32<T>);
            __builtin_memcpy(winners, &rows_won, sizeof(rows_won));
        }
    }
}

template <class T, bool rectify>
struct StoreScores {
    ScoreRows<T> scores;

    template <int R>
    __attribute__((always_inline)) void run(const Group<T>& group) const {
        using Vector = typename Native<T>::Vector;
        for (std::size_t b = 0; b < group.panels; ++b) {
            Tile<T, R> tile;
            score_tile<T, R>(group.samples.data + b * group.samples.panel, group.samples.row, group.features,
                             group.weights, tile);
            T* out = scores.data + group.first_row * scores.row + (group.first_panel + b) * scores.panel;
#pragma GCC unroll 8
            for (int r = 0; r < R; ++r, out += scores.row) {
#pragma GCC unroll 4
                for (int v = 0; v < panel_vectors; ++v) {
                    const Vector score = tile.score[r][v];
                    reinterpret_cast<Vector*>(out)[v] = rectify ? larger<T>(score, Vector{}) : score;
                }
            }
        }
    }
};

template <class T, bool rectify>
void scores(const SampleRows<T>& samples, std::size_t features, std::size_t panels, const T* weights, std::size_t rows,
            const ScoreRows<T>& scores) {
    each_block(samples, features, panels, weights, rows, 1, StoreScores<T, rectify>{scores});
}

double bound(const double* row, const double* largest, std::size_t features) {
    using Loose = Native<double>::Loose;
    constexpr std::size_t lanes = static_cast<std::size_t>(native_lanes<double>);
    Vec<double> even = {};
    Vec<double> odd = {};
    std::size_t j = 0;
    for (; j + 2 * lanes <= features; j += 2 * lanes) {
        const Loose* w = reinterpret_cast<const Loose*>(row + j);
        const Loose* x = reinterpret_cast<const Loose*>(largest + j);
        even += absolute<double>(w[0]) * x[0];
        odd += absolute<double>(w[1]) * x[1];
    }
    for (; j < features; j += lanes) {
        const auto left = static_cast<std::ptrdiff_t>(features - j);
        even += absolute<double>(load_first(row + j, left)) * load_first(largest + j, left);
    }
    const double intercept = row[features];
    return fold<double>(even + odd) + (intercept < 0.0 ? -intercept : intercept);
}

template <class T>
constexpr LinearKernels<T> table = {panel_samples<T>,
                                    max_rows,
                                    positives<T>,
                                    winners<T>,
                                    scores<T, false>,
                                    scores<T, true>,
                                    products<T, panel_vectors>,
                                    sums<T, panel_vectors>,
                                    bound};

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::LinearKernels<float> linear_float32 = objectives::table<float>;
extern const objectives::LinearKernels<double> linear_float64 = objectives::table<double>;
}  // namespace zoopt::ZOOPT_TIER
