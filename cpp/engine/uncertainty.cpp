#include "zoopt/uncertainty.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace zoopt {
namespace {

constexpr double tolerated = 0.2;  // theta: share of the median rank change that random ranks would have
constexpr double growth = 1.5;     // of the effort

double ranked(double cost) {
    return std::isnan(cost) ? std::numeric_limits<double>::infinity() : cost;
}

// Rank of `cost` among all first and second costs but the two of candidate `own`; equals count half.
double rank(double cost, std::span<const double> first, std::span<const double> again, std::size_t own) {
    double rank = 1.0;
    for (std::size_t r = 0; r < first.size(); ++r) {
        if (r == own) continue;
        for (const double other : {first[r], r < again.size() ? again[r] : first[r]}) {
            rank += ranked(other) < cost ? 1.0 : (ranked(other) == cost ? 0.5 : 0.0);
        }
    }
    return rank;
}

// The tolerated change at a rank: the percentile 50 theta of |k - rank|, k = 1 ... 2 rows - 1, between neighbours
// linear.
double tolerated_change(double rank, std::size_t rows) {
    std::vector<double> changes(2 * rows - 1);
    for (std::size_t k = 0; k < changes.size(); ++k) changes[k] = std::fabs(static_cast<double>(k + 1) - rank);
    std::sort(changes.begin(), changes.end());
    const double position = 0.5 * tolerated * static_cast<double>(changes.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, changes.size() - 1);
    return changes[below] + (position - static_cast<double>(below)) * (changes[above] - changes[below]);
}

}  // namespace

std::size_t Uncertainty::reevaluated(std::size_t rows) {
    return std::min(rows, std::max<std::size_t>(2, rows / 10));
}

double Uncertainty::measure(std::span<const double> first, std::span<const double> again) {
    double sum = 0.0;
    for (std::size_t r = 0; r < again.size(); ++r) {
        const double was = rank(ranked(first[r]), first, again, r);
        const double is = rank(ranked(again[r]), first, again, r);
        const double allowed = tolerated_change(was, first.size()) + tolerated_change(is, first.size());
        sum += 2.0 * std::fabs(is - was) - allowed;
    }
    return sum / static_cast<double>(again.size());
}

bool Uncertainty::learn(double measured) {
    last_ = measured;
    const bool helpless = measured > 0.0 && effort_ >= most_;
    effort_ = measured > 0.0 ? std::min(most_, effort_ * growth) : std::max(1.0, effort_ / growth);
    return helpless;
}

void Uncertainty::visit(Archive& archive) {
    archive.field("uncertainty.effort", effort_);
    archive.field("uncertainty.last", last_);
}

}  // namespace zoopt
