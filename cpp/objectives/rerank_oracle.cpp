#include <vector>

#include "rerank.hpp"

namespace zoopt::objectives {
namespace {

// The best hypothesis of a list beside the totals of all others; the one in place where none is better.
struct Choice {
    std::int32_t hypothesis;
    bool computed;
};

Choice choose(const Rerank& objective, std::size_t list, std::span<const double> others, std::int32_t current) {
    const RerankLists& lists = objective.lists();
    const std::size_t counts = lists.counts();
    const std::size_t size = lists.hypotheses(list);
    std::vector<double> totals(size * counts);
    for (std::size_t h = 0; h < size; ++h) {
        for (std::size_t s = 0; s < counts; ++s) totals[h * counts + s] = others[s] + lists.statistics(list, h)[s];
    }
    std::vector<double> values(size);
    if (!objective.value().values(totals, values)) return {current, false};
    const double sign = objective.sense() == Sense::maximise ? 1.0 : -1.0;
    auto best = static_cast<std::size_t>(current);
    for (std::size_t h = 0; h < size; ++h) {
        if (sign * values[h] > sign * values[best]) best = h;
    }
    return {static_cast<std::int32_t>(best), true};
}

}  // namespace

bool climb(const Rerank& objective, std::size_t passes, std::span<std::int32_t> picks) {
    const RerankLists& lists = objective.lists();
    const std::size_t counts = lists.counts();
    for (std::size_t pass = 0; pass < passes; ++pass) {
        std::vector<double> totals = objective.totals(picks);
        bool changed = false;
        for (std::size_t i = 0; i < lists.lists(); ++i) {
            const double* before = lists.statistics(i, static_cast<std::size_t>(picks[i]));
            for (std::size_t s = 0; s < counts; ++s) totals[s] -= before[s];
            const Choice choice = choose(objective, i, totals, picks[i]);
            if (!choice.computed) return false;
            changed = changed || choice.hypothesis != picks[i];
            picks[i] = choice.hypothesis;
            const double* now = lists.statistics(i, static_cast<std::size_t>(picks[i]));
            for (std::size_t s = 0; s < counts; ++s) totals[s] += now[s];
        }
        if (!changed) break;
    }
    return true;
}

}  // namespace zoopt::objectives
