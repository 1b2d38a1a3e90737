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

// Scores and the places of their hypotheses, a lane each.
template <int Lanes>
struct Leaders;

template <>
struct Leaders<8> {
    typedef double Score __attribute__((vector_size(64)));
    typedef std::int64_t Place __attribute__((vector_size(64)));
};

template <>
struct Leaders<4> {
    typedef double Score __attribute__((vector_size(32)));
    typedef std::int64_t Place __attribute__((vector_size(32)));
};

template <>
struct Leaders<2> {
    typedef double Score __attribute__((vector_size(16)));
    typedef std::int64_t Place __attribute__((vector_size(16)));
};

// The better of two in every lane: the higher score, of equal ones the lower place.
template <class Score, class Place>
ZOOPT_INLINE void keep_better(Score& score, Place& place, const Score& other_score, const Place& other_place) {
    const Place wins = (other_score > score) | ((other_score == score) & (other_place < place));
    score = wins ? other_score : score;
    place = wins ? other_place : place;
}

// The place of the best of all lanes.
template <int Lanes>
ZOOPT_INLINE std::int64_t best_place(const typename Leaders<Lanes>::Score& score,
                                     const typename Leaders<Lanes>::Place& place) {
    if constexpr (Lanes == 2) {
        const bool wins = score[1] > score[0] || (score[1] == score[0] && place[1] < place[0]);
        return wins ? place[1] : place[0];
    } else {
        using Half = Leaders<Lanes / 2>;
        typename Half::Score scores[2];
        typename Half::Place places[2];
        __builtin_memcpy(scores, &score, sizeof(score));
        __builtin_memcpy(places, &place, sizeof(place));
        keep_better(scores[0], places[0], scores[1], places[1]);
        return best_place<Lanes / 2>(scores[0], places[0]);
    }
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
    for (int r = 0; r < R; ++r) {
        for (int v = 1; v < panel_vectors; ++v) keep_better(best[r][0], place[r][0], best[r][v], place[r][v]);
        picks[r] = static_cast<std::int32_t>(best_place<lanes>(best[r][0], place[r][0]));
    }
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
