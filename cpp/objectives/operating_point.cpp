#include "operating_point.hpp"

#include <limits>

namespace zoopt::objectives {
namespace {

struct Sides {
    double bounded;
    double wanted;
};

template <class Split>
OperatingPoint best(std::span<const double> scores, const Targets& targets, double least, Workspace& work,
                    const Split& split) {
    const Curve seen = curve(
        scores, work, [&](std::size_t s) { return targets.of(s) == 1; },
        [&](std::size_t s) { return targets.weight(s); });
    const double positives = seen.hits.back();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    OperatingPoint chosen{false, none, none, none};
    Sides record{0.0, 0.0};
    for (std::size_t g = 0; g < seen.hits.size(); ++g) {
        const double predicted = seen.hits[g] + seen.alarms[g];
        if (!(positives > 0.0 && predicted > 0.0)) continue;
        const double precision = seen.hits[g] / predicted;
        const double recall = seen.hits[g] / positives;
        const Sides sides = split(precision, recall);
        if (sides.bounded < least) continue;
        const bool better = sides.wanted > record.wanted ||
                            (sides.wanted == record.wanted && sides.bounded > record.bounded) || !chosen.feasible;
        if (!better) continue;
        record = sides;
        chosen = {true, scores[work.order.samples[work.order.ends[g] - 1]], precision, recall};
    }
    return chosen;
}

}  // namespace

OperatingPoint best_precision(std::span<const double> scores, const Targets& targets, double least, Workspace& work) {
    return best(scores, targets, least, work, [](double precision, double recall) { return Sides{recall, precision}; });
}

OperatingPoint best_recall(std::span<const double> scores, const Targets& targets, double least, Workspace& work) {
    return best(scores, targets, least, work, [](double precision, double recall) { return Sides{precision, recall}; });
}

}  // namespace zoopt::objectives
