#include "zoopt/stopping.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels.hpp"

namespace zoopt {
namespace {

constexpr double least_axis = 1e-280;
constexpr double resolution = 0x1p-53;
constexpr double flat_reach = 1e-12;
constexpr double none_yet = std::numeric_limits<double>::infinity();

// Generations that values are compared over: 10 + 30 d / population, as in pycma.
double memory(const Habits& habits) {
    return 10.0 + std::ceil(30.0 * static_cast<double>(habits.dim) / static_cast<double>(habits.population));
}

double patience(const Habits& habits) {
    const double d = static_cast<double>(habits.dim);
    return std::floor(100.0 + 100.0 * d * std::sqrt(d) / static_cast<double>(habits.population));
}

}  // namespace

const std::vector<Option>& Stopping::options() {
    static const std::vector<Option> all{
        {"tolfun", automatic, 0.0, unbounded,
         "stop when the values of a generation, and the best ones of the last 10 + 30 d / population, differ by less; "
         "automatic: 1e-11 where the scale adapts, else 0, which is off"},
        {"tolx", automatic, 0.0, unbounded,
         "stop when the largest standard deviation is less; automatic: 1e-11 where the scale adapts, else 0, which is "
         "off"},
        {"plateau", automatic, 0.0, 1e18,
         "stop after so many generations in a row whose values are all equal; automatic: 10 + 30 d / population where "
         "the scale adapts, else 0, which is off"},
        {"stagnation", automatic, 0.0, 1e18,
         "stop after so many generations without a better value; automatic: 100 + 100 d^1.5 / population where the "
         "driver restarts, else 0, which is off"},
        {"condition", 1e14, 0.0, unbounded,
         "stop when the largest variance along an axis is so many times the smallest"}};
    return all;
}

Stopping::Stopping(const Options& options, const Habits& habits, double first_scale)
    : first_scale_(first_scale),
      tolfun_(option(options, "tolfun", habits.adapts_scale ? 1e-11 : 0.0)),
      tolx_(option(options, "tolx", habits.adapts_scale ? 1e-11 : 0.0)),
      condition_(options.at("condition") > 0.0 ? std::sqrt(options.at("condition")) : unbounded),
      plateau_(static_cast<std::uint64_t>(option(options, "plateau", habits.adapts_scale ? memory(habits) : 0.0))),
      stagnation_(static_cast<std::uint64_t>(option(options, "stagnation", habits.restarts ? patience(habits) : 0.0))),
      recent_(tolfun_ > 0.0 ? static_cast<std::size_t>(memory(habits)) : 0, none_yet),
      best_(none_yet) {}

Stop Stopping::check(std::span<const double> costs, const Theta& theta, const Distribution& distribution) {
    double best = none_yet, worst = -none_yet;
    std::size_t valid = 0;
    for (const double cost : costs) {
        if (std::isnan(cost)) continue;
        best = std::min(best, cost);
        worst = std::max(worst, cost);
        ++valid;
    }
    if (valid == 0) return Stop::all_invalid;
    const bool flat = costs.size() > 1 && best == worst;
    const Stop broken = past_repair(theta, distribution, flat);
    if (broken != Stop::none) return broken;
    const Stop converged = settled(best, worst, theta.scale * distribution.largest_axis(theta));
    return converged != Stop::none ? converged : stuck(best, flat);
}

// Steps too small to move the mean are the end: convergence where the distribution shrank to that, divergence where the
// mean ran away instead. Where a whole generation had one value, steps far smaller than the first ones are convergence
// too; a flat generation of a distribution that is still wide is only a plateau.
Stop Stopping::past_repair(const Theta& theta, const Distribution& distribution, bool flat) const {
    const auto extent = ZOOPT_PICK_TABLE(engine_kernels).extent;
    const engine::Extent mean = extent(theta.mean.data(), theta.dim());
    const double shape = extent(theta.deviations.data(), theta.deviations.size()).sum +
                         extent(theta.roots.data(), theta.roots.size()).sum;
    if (!std::isfinite(mean.sum + shape + theta.scale)) return Stop::diverged;
    if (!distribution.continuous() || distribution.exact()) return Stop::none;
    const double largest = distribution.largest_axis(theta);
    const double reach = theta.scale * largest;
    const bool stuck = reach < resolution * mean.largest;
    if (stuck && reach >= first_scale_) return Stop::diverged;
    if (stuck || reach < least_axis || (flat && reach < flat_reach * first_scale_)) return Stop::collapsed;
    return largest > condition_ * distribution.smallest_axis(theta) ? Stop::ill_conditioned : Stop::none;
}

Stop Stopping::settled(double best, double worst, double reach) {
    if (reach < tolx_) return Stop::steps_settled;
    if (recent_.empty()) return Stop::none;
    recent_[generation_++ % recent_.size()] = best;
    const auto [least, most] = std::minmax_element(recent_.begin(), recent_.end());
    return worst - best < tolfun_ && *most - *least < tolfun_ ? Stop::values_settled : Stop::none;
}

Stop Stopping::stuck(double best, bool flat) {
    flat_ = flat ? flat_ + 1 : 0;
    since_best_ = best < best_ ? 0 : since_best_ + 1;
    best_ = std::min(best, best_);
    if (plateau_ > 0 && flat_ >= plateau_) return Stop::plateau;
    return stagnation_ > 0 && since_best_ >= stagnation_ ? Stop::stagnation : Stop::none;
}

void Stopping::visit(Archive& archive) {
    archive.field("stopping.recent", recent_);
    archive.field("stopping.generation", generation_);
    archive.field("stopping.flat", flat_);
    archive.field("stopping.since_best", since_best_);
    archive.field("stopping.best", best_);
}

}  // namespace zoopt
