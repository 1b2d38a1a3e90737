#include "zoopt/engine.hpp"

#include <algorithm>
#include <cmath>

#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr std::uint32_t sample_of_start = 0, sample_of_driver = 1;  // of the noise that belongs to a leg
constexpr double bytes_a_candidate = 64.0;                          // costs, weights and their order

}  // namespace

double most_candidates(double memory_limit) {
    return std::min(std::max(memory_limit / bytes_a_candidate, 1.0), 0x1p31);
}

void Engine::start(const Leg& leg, std::span<const double> from) {
    Plan plan = plan_;
    plan.population = leg.population;
    if (plan.antithetic) plan.population += plan.population % 2;
    search_ = std::make_unique<Search>(plan, from, leg.scale, threads_);
    const Habits habits{search_->dim(), plan.population, search_->update().adapts_scale(), driver_->restarts()};
    stopping_ = std::make_unique<Stopping>(plan_.options, habits, leg.scale);
    leg_ = leg;
    leg_.population = plan.population;
    if (plan_.most_effort > 0.0) uncertainty_.emplace(plan_.most_effort);
    parent_known_ = false;
    anchors_ = 0;
    anchor_.assign(driver_->anchored() ? dim() : 0, 0.0);
    anchor_gradient_ = anchor_;
}

// Later legs start anywhere in the box where there is one, else round the first start.
std::vector<double> Engine::start_of(const Leg& leg) const {
    std::vector<double> from(origin_);
    if (leg.index == 0) return from;
    const auto all_finite = [](std::span<const double> x) {
        return std::all_of(x.begin(), x.end(), [](double b) { return std::isfinite(b); });
    };
    const noise::Address address{seed_, static_cast<std::uint32_t>(noise::Stream::resample), leg.index};
    std::vector<double> z(from.size());
    const bool boxed = domain_.bounded() && all_finite(domain_.lower()) && all_finite(domain_.upper());
    noise::fill(boxed ? noise::Kind::uniform : noise::Kind::normal, address, sample_of_start, 0, std::span<double>(z));
    for (std::size_t i = 0; i < from.size(); ++i) {
        from[i] = boxed ? domain_.lower()[i] + z[i] * (domain_.upper()[i] - domain_.lower()[i])
                        : from[i] + driver_->spread() * first_leg_.scale * z[i];
    }
    if (boxed) domain_.unmap(from.data());
    return from;
}

void Engine::next_leg() {
    const auto uniform = [&](std::uint32_t k) {
        double u = 0.0;
        const noise::Address address{seed_, static_cast<std::uint32_t>(noise::Stream::resample), leg_.index + 1};
        noise::fill(noise::Kind::uniform, address, sample_of_driver, k, std::span<double>(&u, 1));
        return u;
    };
    const std::optional<Leg> leg = driver_->next({first_leg_, leg_, evaluations_ - leg_began_, uniform});
    if (!leg || static_cast<double>(leg->population) > most_candidates(plan_.memory_limit)) {
        if (stop_ == Stop::none) stop_ = Stop::restarts_used;
        return;
    }
    ended_.push_back(running());
    stop_ = Stop::none;
    leg_began_ = evaluations_;
    start(*leg, start_of(*leg));
}

LegRecord Engine::running() const {
    return {leg_.population, leg_.scale, evaluations_ - leg_began_, stop_};
}

std::vector<LegRecord> Engine::legs() const {
    std::vector<LegRecord> all(ended_);
    all.push_back(running());
    return all;
}

// A leg ends where a rule stops it or its evaluations are used up; but a broken objective is no reason to start again,
// and a run that is over stays so.
void Engine::end_leg(Stop before) {
    if (!driver_->restarts()) return;
    if (before != Stop::none) {
        stop_ = before;
        return;
    }
    const std::uint64_t used = evaluations_ - leg_began_;
    const bool spent = leg_.most_evaluations != unlimited && used + rows() > leg_.most_evaluations;
    if (stop_ == Stop::all_invalid) return;
    if (stop_ != Stop::none || spent) next_leg();
}

}  // namespace zoopt
