#include "native_vector.inl.hpp"
#include "rerank_kernels.hpp"

namespace zoopt::objectives {
namespace {

using Vector = Native<double>::Vector;
using Mask = Native<double>::Mask;

// Register blocks: max_candidates x panel_vectors accumulators, and room for the features and one weight.
constexpr int max_candidates = 4;
constexpr int panel_vectors = 2;
constexpr int lanes = native_lanes<double>;
constexpr std::size_t panel_size = static_cast<std::size_t>(lanes * panel_vectors);

template <int R>
ZOOPT_INLINE void score_panel(const double* panel, std::size_t width, const double* weights,
                              Vector (&score)[R][panel_vectors]) {
    const Vector* x = reinterpret_cast<const Vector*>(panel);
    for (std::size_t j = 0; j < width; ++j, x += panel_vectors, weights += R) {
#pragma GCC unroll 4
        for (int r = 0; r < R; ++r) {
            const Vector weight = broadcast<double>(weights[r]);
#pragma GCC unroll 2
            for (int v = 0; v < panel_vectors; ++v) score[r][v] += weight * x[v];
        }
    }
}

// The first of the highest: of every lane the best so far is known, and of equal ones the lowest.
ZOOPT_INLINE std::int32_t lowest_best(const Vector (&best)[panel_vectors], const Mask (&place)[panel_vectors]) {
    double highest = best[0][0];
    std::int64_t winner = place[0][0];
    for (int v = 0; v < panel_vectors; ++v) {
        for (int l = 0; l < lanes; ++l) {
            const bool wins = best[v][l] > highest || (best[v][l] == highest && place[v][l] < winner);
            highest = wins ? best[v][l] : highest;
            winner = wins ? place[v][l] : winner;
        }
    }
    return static_cast<std::int32_t>(winner);
}

template <int R>
void pick_group(const PackedList& list, const double* weights, std::int32_t* picks) {
    Vector best[R][panel_vectors] = {};
    Mask place[R][panel_vectors] = {};
    Mask here[panel_vectors];
    for (int v = 0; v < panel_vectors; ++v) {
        for (int l = 0; l < lanes; ++l) here[v][l] = v * lanes + l;
    }
    score_panel<R>(list.features, list.width, weights, best);
    for (int r = 0; r < R; ++r) {
        for (int v = 0; v < panel_vectors; ++v) place[r][v] = here[v];
    }
    for (std::size_t p = 1; p < list.panels; ++p) {
        Vector score[R][panel_vectors] = {};
        score_panel<R>(list.features + p * list.width * panel_size, list.width, weights, score);
#pragma GCC unroll 2
        for (int v = 0; v < panel_vectors; ++v) {
            here[v] += static_cast<std::int64_t>(panel_size);
#pragma GCC unroll 4
            for (int r = 0; r < R; ++r) {
                const Mask wins = score[r][v] > best[r][v];
                best[r][v] = wins ? score[r][v] : best[r][v];
                place[r][v] = wins ? here[v] : place[r][v];
            }
        }
    }
    for (int r = 0; r < R; ++r) picks[r] = lowest_best(best[r], place[r]);
}

void pick(const PackedList& list, const double* weights, std::size_t size, std::int32_t* picks) {
    switch (size) {
        case 1:
            return pick_group<1>(list, weights, picks);
        case 2:
            return pick_group<2>(list, weights, picks);
        case 3:
            return pick_group<3>(list, weights, picks);
        default:
            return pick_group<max_candidates>(list, weights, picks);
    }
}

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::RerankKernels rerank_kernels = {objectives::panel_size, objectives::max_candidates,
                                                         objectives::pick};
}  // namespace zoopt::ZOOPT_TIER
