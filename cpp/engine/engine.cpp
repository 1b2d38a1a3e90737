#include "zoopt/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr double invalid_value = std::numeric_limits<double>::quiet_NaN();
constexpr double widening = 2.0;  // the scale grows by 1 + 2 / (d + 10) where no effort tells signal from noise

double natural_sign(Sense sense) {
    return sense == Sense::maximise ? -1.0 : 1.0;
}

// Mean of the finite ones of count values, `stride` apart; NaN where there is none.
double mean_of_finite(const double* values, std::size_t count, std::size_t stride) {
    double sum = 0.0;
    std::size_t valid = 0;
    for (std::size_t k = 0; k < count; ++k) {
        if (!std::isfinite(values[k * stride])) continue;
        sum += values[k * stride];
        ++valid;
    }
    return valid > 0 ? sum / static_cast<double>(valid) : invalid_value;
}

}  // namespace

Engine::Engine(const Plan& plan, std::span<const double> start, double scale, std::uint64_t seed, Sense sense,
               const Domain& domain, unsigned threads)
    : plan_(plan),
      sense_(sense),
      threads_(threads),
      seed_(seed),
      domain_(domain),
      origin_(start.begin(), start.end()),
      driver_(make_stage<Driver>("driver", plan.driver, plan.options, setup_of(plan, start.size()))),
      first_leg_{0, plan.population, scale, unlimited},
      leg_(first_leg_) {
    domain_.unmap(origin_.data());
    this->start(first_leg_, origin_);
    if (domain_.bounded() && !search_->distribution().continuous()) {
        throw Error(ErrorKind::invalid_input, "a discrete distribution has no use for bounds; leave them out");
    }
    if (driver_->anchored() && (exact() || !search_->update().has_rate())) {
        throw Error(ErrorKind::invalid_input,
                    "a control variate is for estimated gradients that an update with a learning rate follows");
    }
    if (handles_noise() && (!search_->distribution().continuous() || exact() || driver_->anchored())) {
        throw Error(ErrorKind::invalid_input,
                    "noise handling is for continuous candidates that are evaluated in one place; leave it out");
    }
    if (domain_.handling() == Domain::Handling::transform && exact()) {
        throw Error(ErrorKind::invalid_input,
                    "a first-order algorithm keeps to bounds by projection; use bounds_handling='projection'");
    }
    best_.x.assign(width(), 0.0);
}

bool Engine::measures_anchor() const {
    return driver_->anchored() && driver_->measures_anchor(search_->generation() + anchors_);
}

std::size_t Engine::rows() const {
    if (handles_noise()) return uncertainty_->effort() * (block() + Uncertainty::reevaluated(block()));
    return block() * (compares() ? 2 : 1);
}

std::vector<Pass> Engine::passes() const {
    if (!handles_noise()) return {{rows(), measures_anchor() ? whole_set : generation_}};
    std::vector<Pass> passes;
    for (const std::size_t count : {block(), Uncertainty::reevaluated(block())}) {
        for (std::size_t k = 0; k < uncertainty_->effort(); ++k) passes.push_back({count, passes_ + passes.size()});
    }
    return passes;
}

void Engine::begin() {
    if (asked_) return;
    search_->begin({seed_, static_cast<std::uint32_t>(noise::Stream::search), generation_});
    redraws_.clear();
    asked_ = true;
}

void Engine::centre_row(double* row) const {
    search_->distribution().centre(theta(), row);
    domain_.map(row, 1);
}

std::vector<double> Engine::centre() const {
    std::vector<double> row(width());
    centre_row(row.data());
    return row;
}

void Engine::ask(double* out) {
    begin();
    const std::size_t blocks = compares() ? 2 : 1;
    double* first = out;
    for (std::size_t b = 0; b < blocks; ++b, out += block() * width()) {
        if (b == 1) std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
        search_->candidates(0, search_->samples(), out);
        domain_.map(out, population());
        if (wants_mean()) centre_row(out + population() * width());
        if (b == 1) std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
    }
    if (!handles_noise()) return;
    const std::vector<Pass> all = passes();
    for (std::size_t k = 1; k < all.size(); ++k) out = std::copy_n(first, all[k].rows * width(), out);
}

void Engine::tell(std::span<const double> values) {
    if (exact()) throw Error(ErrorKind::invalid_input, "a first-order algorithm needs gradients= beside the values");
    if (!asked_) throw Error(ErrorKind::state, "tell() without ask(): there are no candidates these values belong to");
    learn(values, nullptr);
}

void Engine::tell(std::span<const double> values, const Rows& candidates) {
    if (driver_->anchored()) {
        throw Error(ErrorKind::invalid_input, "a control variate needs its own candidates; leave candidates out");
    }
    if (keeps_record_) {
        throw Error(ErrorKind::state,
                    "a record holds weights of drawn candidates only; leave candidates or record out");
    }
    if (handles_noise()) {
        throw Error(ErrorKind::invalid_input, "noise handling evaluates its own candidates anew; leave candidates out");
    }
    for (std::size_t r = 0; r < candidates.count; ++r) {
        if (domain_.contains({candidates.data + r * candidates.dim, candidates.dim})) continue;
        throw Error(ErrorKind::invalid_input,
                    "candidate " + std::to_string(r) + " lies outside the bounds; move it to the nearest point inside");
    }
    const std::size_t own = candidates.count - (wants_mean() ? 1 : 0);
    std::vector<double> rows(candidates.data, candidates.data + own * candidates.dim);
    for (std::size_t r = 0; r < own; ++r) domain_.unmap(&rows[r * candidates.dim], theta().mean);
    search_->prepare();
    search_->distribution().adopt(theta(), {rows.data(), own, candidates.dim});
    learn(values, candidates.data);
}

void Engine::tell(double value, std::span<const double> gradient) {
    if (!asked_) throw Error(ErrorKind::state, "tell() without ask(): there is no point this gradient belongs to");
    std::vector<double> cost_gradient(gradient.begin(), gradient.end());
    if (sense_ == Sense::maximise) {
        for (double& g : cost_gradient) g = -g;
    }
    search_->distribution().adopt_gradient(cost_gradient);
    learn({&value, 1}, nullptr);
}

void Engine::learn(std::span<const double> told, const double* foreign) {
    const Stop before = stop_;
    const double scale = theta().scale;
    const std::uint64_t generation = generation_;
    const std::span<const double> values = handles_noise() ? averaged(told) : told;
    const std::size_t valid = note_costs(values);
    note_best(values.first(block()), foreign);
    evaluations_ += told.size();
    const double current = best_of(values.first(population()));
    const bool strays = domain_.handling() == Domain::Handling::projection && search_->update().adapts_scale();
    if (strays && foreign == nullptr) penalise();
    if (valid > 0) {
        move(search_->antithetic() && foreign == nullptr);
        stop_ = stopping_->check({costs_.data(), population()}, theta(), search_->distribution());
    } else {
        skip();
    }
    if (trace_.wants(generation)) {
        const bool directed = valid > 0 && !driver_->anchored();
        trace_.add(generation, {evaluations(), best_.known ? best_.value : invalid_value, current, scale,
                                directed ? search_->signal_to_noise() : invalid_value});
    }
    ++generation_;
    asked_ = false;
    end_leg(before);
}

// A generation without a valid value moves nothing; a record has NaN for it.
void Engine::skip() {
    stop_ = Stop::all_invalid;
    if (keeps_record_) record_.push_back({std::vector<double>(population(), invalid_value), redraws_});
}

double Engine::best_of(std::span<const double> values) const {
    double best = invalid_value;
    for (const double v : values) {
        if (std::isfinite(v) && !(sense_ == Sense::maximise ? v <= best : v >= best)) best = v;
    }
    return best;
}

// The mean value of every candidate, of all its evaluations; the effort of the next generation follows from how the
// first evaluations and the second ones disagree.
std::span<const double> Engine::averaged(std::span<const double> told) {
    const std::size_t count = block(), again = Uncertainty::reevaluated(count), effort = uncertainty_->effort();
    const double* second = told.data() + effort * count;
    std::vector<double> first_costs(count), second_costs(again);
    averages_.resize(count);
    for (std::size_t r = 0; r < count; ++r) {
        averages_[r] = mean_of_finite(told.data() + r, effort, count);
        first_costs[r] = natural_sign(sense_) * averages_[r];
        if (r >= again) continue;
        const double anew = mean_of_finite(second + r, effort, again);
        second_costs[r] = natural_sign(sense_) * anew;
        const double both[2] = {averages_[r], anew};
        averages_[r] = mean_of_finite(both, 2, 1);
    }
    passes_ += 2 * effort;
    helpless_ = uncertainty_->learn(Uncertainty::measure(first_costs, second_costs));
    return averages_;
}

// costs_ becomes the costs of the population and then of the mean, NaN where invalid or unknown. Beside an anchor,
// gaps_ becomes what they are above the costs there. Returns how many of the population are valid.
std::size_t Engine::note_costs(std::span<const double> values) {
    const std::size_t own = population();
    const auto cost = [&](std::size_t r) {
        return std::isfinite(values[r]) ? natural_sign(sense_) * values[r] : invalid_value;
    };
    const bool told = wants_mean();
    costs_.resize(own + 1);
    for (std::size_t r = 0; r < own; ++r) costs_[r] = cost(r);
    costs_[own] = told ? cost(own) : (parent_known_ ? parent_cost_ : invalid_value);
    gaps_ = costs_;
    for (std::size_t r = 0; compares() && r < block(); ++r) gaps_[r] -= cost(block() + r);
    std::size_t valid = 0;
    for (std::size_t r = 0; r < own; ++r) valid += std::isnan(gaps_[r]) ? 0 : 1;
    invalid_ += own - valid;
    return valid;
}

void Engine::move(bool paired) {
    const std::size_t own = population();
    search_->shape({gaps_.data(), own}, gaps_[own], paired);
    if (keeps_record_) record_.push_back({{search_->weights().begin(), search_->weights().end()}, redraws_});
    if (driver_->anchored() && !compares()) {
        const auto g = search_->measure(search_->weights(), paired);
        anchor_gradient_.assign(g.begin(), g.end());
        anchor_.assign(theta().mean.begin(), theta().mean.end());
        ++anchors_;
        return;
    }
    search_->move(search_->weights(), paired, anchor_gradient_);
    domain_.settle(search_->mean());
    if (helpless_ && search_->update().adapts_scale()) {
        search_->widen(1.0 + widening / (static_cast<double>(dim()) + 10.0));
    }
    note_parent(costs_[own]);
}

// The parent is the mean, or the candidate that the mean has moved onto.
void Engine::note_parent(double mean) {
    if (!remembers_parent()) return;
    const auto weights = search_->weights();
    const auto chosen = std::find_if(weights.begin(), weights.end(), [](double w) { return w != 0.0; });
    parent_cost_ = chosen == weights.end() ? mean : costs_[static_cast<std::size_t>(chosen - weights.begin())];
    parent_known_ = true;
}

void Engine::note_best(std::span<const double> values, const double* foreign) {
    const double sign = natural_sign(sense_);
    double least = best_.known ? sign * best_.value : std::numeric_limits<double>::infinity();
    std::size_t winner = values.size();
    for (std::size_t r = 0; r < values.size(); ++r) {
        if (!(sign * values[r] < least) || std::isinf(values[r])) continue;
        least = sign * values[r];
        winner = r;
    }
    if (winner == values.size()) return;
    best_.value = values[winner];
    best_.known = true;
    copy_row(winner, foreign, best_.x);
}

void Engine::copy_row(std::size_t row, const double* foreign, std::vector<double>& out) const {
    if (foreign != nullptr) {
        std::copy_n(foreign + row * width(), width(), out.begin());
    } else if (row == population()) {
        centre_row(out.data());
    } else {
        search_->candidate(row, out.data());
        domain_.map(out.data(), 1);
    }
}

void Engine::row(std::size_t row, double* out) const {
    std::vector<double> point(width());
    copy_row(row, nullptr, point);
    std::copy(point.begin(), point.end(), out);
}

bool Engine::reached(double target) const {
    if (!best_.known) return false;
    return sense_ == Sense::maximise ? best_.value >= target : best_.value <= target;
}

}  // namespace zoopt
