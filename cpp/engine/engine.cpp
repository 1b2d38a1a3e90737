#include "zoopt/engine.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr double invalid_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t chunk_of_doubles = std::size_t{1}
                                         << 14;  // candidates evaluated at a time by run(): 128 KiB, in cache
constexpr std::size_t chunk_of_rows = 2;         // or so many, where the dimension is large

constexpr std::uint32_t sample_of_start = 0, sample_of_driver = 1;  // of the noise that belongs to a leg

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
      first_leg_{0, plan.population, scale, no_limit},
      leg_(first_leg_) {
    domain_.unmap(origin_.data());
    this->start(first_leg_, origin_);
    if (domain_.bounded() && !search_->distribution().continuous()) {
        throw Error(ErrorKind::invalid_input, "a discrete distribution has no use for bounds; leave them out");
    }
    if (domain_.handling() == Domain::Handling::transform && exact()) {
        throw Error(ErrorKind::invalid_input,
                    "a first-order algorithm keeps to bounds by projection; use bounds_handling='projection'");
    }
    best_.x.assign(width(), 0.0);
}

void Engine::start(const Leg& leg, std::span<const double> from) {
    Plan plan = plan_;
    plan.population = leg.population;
    if (plan.antithetic) plan.population += plan.population % 2;
    search_ = std::make_unique<Search>(plan, from, leg.scale, threads_);
    const Habits habits{search_->dim(), plan.population, search_->update().adapts_scale(), driver_->restarts()};
    stopping_ = std::make_unique<Stopping>(plan_.options, habits, leg.scale);
    leg_ = leg;
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
    if (!leg) return;
    stop_ = Stop::none;
    leg_began_ = evaluations_;
    start(*leg, start_of(*leg));
}

std::uint64_t Engine::objective_generation() const {
    const bool measures = driver_->anchored() && driver_->measures_anchor(search_->generation() + anchors_);
    return measures ? whole_set : generation_;
}

void Engine::begin() {
    if (asked_) return;
    search_->begin({seed_, static_cast<std::uint32_t>(noise::Stream::search), generation_});
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
    for (std::size_t b = 0; b < blocks; ++b, out += block() * width()) {
        if (b == 1) std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
        search_->candidates(0, search_->samples(), out);
        domain_.map(out, population());
        if (wants_mean()) centre_row(out + population() * width());
        if (b == 1) std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
    }
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
    const std::size_t own = candidates.count - (wants_mean() ? 1 : 0);
    std::vector<double> rows(candidates.data, candidates.data + own * candidates.dim);
    for (std::size_t r = 0; r < own; ++r) domain_.unmap(&rows[r * candidates.dim]);
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

void Engine::learn(std::span<const double> values, const double* foreign) {
    const std::size_t used = values.size();
    const double scale = theta().scale;
    const std::uint64_t generation = generation_;
    const std::size_t valid = note_costs(values);
    note_best(values.first(block()), foreign);
    evaluations_ += used;
    if (valid > 0) {
        move(search_->antithetic() && foreign == nullptr);
        stop_ = stopping_->check({costs_.data(), population()}, theta(), search_->distribution());
    } else {
        stop_ = Stop::all_invalid;
    }
    if (trace_.wants(generation)) {
        const auto first = values.first(population());
        double current = invalid_value;
        for (const double v : first) {
            if (std::isfinite(v) && !(sense_ == Sense::maximise ? v <= current : v >= current)) current = v;
        }
        trace_.add(generation, {evaluations_, best_.known ? best_.value : invalid_value, current, scale,
                                valid > 0 ? search_->signal_to_noise() : invalid_value});
    }
    ++generation_;
    asked_ = false;
    const bool spent =
        leg_.most_evaluations - (evaluations_ - leg_began_) < rows() && leg_.most_evaluations != no_limit;
    if (stop_ == Stop::all_invalid) return;  // a broken objective is no reason to start again
    if (stop_ != Stop::none || spent || evaluations_ - leg_began_ >= leg_.most_evaluations) next_leg();
}

// costs_ becomes the costs of the population and then of the mean, NaN where invalid or unknown; beside an anchor, what
// they are above the costs there. Returns how many of the population are valid.
std::size_t Engine::note_costs(std::span<const double> values) {
    const double sign = sense_ == Sense::maximise ? -1.0 : 1.0;
    const std::size_t own = population();
    const auto cost = [&](std::size_t r) { return std::isfinite(values[r]) ? sign * values[r] : invalid_value; };
    costs_.resize(own + 1);
    std::size_t valid = 0;
    for (std::size_t r = 0; r < own; ++r) {
        costs_[r] = compares() ? cost(r) - cost(block() + r) : cost(r);
        valid += std::isnan(costs_[r]) ? 0 : 1;
    }
    const bool told = wants_mean();
    costs_[own] = told ? cost(own) : (parent_known_ ? parent_cost_ : invalid_value);
    if (told && compares()) costs_[own] -= cost(block() + own);
    invalid_ += own - valid;
    return valid;
}

void Engine::move(bool paired) {
    const std::size_t own = population();
    const double mean = costs_[own];
    search_->shape({costs_.data(), own}, mean, paired);
    if (keeps_record_) record_.emplace_back(search_->weights().begin(), search_->weights().end());
    if (driver_->anchored() && !compares()) {
        const auto g = search_->measure(search_->weights(), paired);
        anchor_gradient_.assign(g.begin(), g.end());
        anchor_.assign(theta().mean.begin(), theta().mean.end());
        ++anchors_;
        return;
    }
    search_->move(search_->weights(), paired, anchor_gradient_);
    domain_.settle(search_->mean());
    note_parent(mean);
}

// The parent is the mean, or the candidate that the mean has moved onto.
void Engine::note_parent(double mean) {
    if (!driver_->remembers_parent()) return;
    const auto weights = search_->weights();
    const auto chosen = std::find_if(weights.begin(), weights.end(), [](double w) { return w != 0.0; });
    parent_cost_ = chosen == weights.end() ? mean : costs_[static_cast<std::size_t>(chosen - weights.begin())];
    parent_known_ = true;
}

void Engine::note_best(std::span<const double> values, const double* foreign) {
    const double sign = sense_ == Sense::maximise ? -1.0 : 1.0;
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

bool Engine::reached(double target) const {
    if (!best_.known) return false;
    return sense_ == Sense::maximise ? best_.value >= target : best_.value <= target;
}

// values[first] ... become those of the population, a chunk of candidates at a time.
void Engine::evaluate_chunks(const Objective& objective, std::size_t first, std::vector<double>& rows,
                             std::vector<double>& values) const {
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1;
    const std::size_t fit = threads_ * std::max(chunk_of_rows, chunk_of_doubles / d) / per_sample;
    const std::size_t chunk = std::max<std::size_t>(1, std::min(search_->samples(), fit));
    rows.resize(chunk * per_sample * d);
    for (std::size_t s = 0; s < search_->samples(); s += chunk) {
        const std::size_t count = std::min(chunk, search_->samples() - s);
        search_->candidates(s, count, rows.data());
        domain_.map(rows.data(), count * per_sample);
        objective.evaluate({rows.data(), count * per_sample, d}, objective_generation(), threads_,
                           {values.data() + first + s * per_sample, count * per_sample});
    }
    if (!wants_mean()) return;
    centre_row(rows.data());
    objective.evaluate({rows.data(), 1, d}, objective_generation(), 1, {values.data() + first + population(), 1});
}

void Engine::run(const Objective& objective, std::uint64_t evaluations, double target) {
    std::vector<double> rows, values;
    while (stop_ == Stop::none && !reached(target) && evaluations_ + this->rows() <= evaluations) {
        values.resize(this->rows());
        begin();
        evaluate_chunks(objective, 0, rows, values);
        if (compares()) {
            std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
            evaluate_chunks(objective, block(), rows, values);
            std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
        }
        tell(values);
    }
}

void Engine::replay(std::span<const double> weights) {
    if (driver_->restarts() || driver_->anchored() || exact()) {
        throw Error(ErrorKind::state,
                    "weights alone make a run again only without restarts, control variates and told gradients");
    }
    if (weights.size() != population()) {
        throw Error(ErrorKind::invalid_input, "a generation of the record has " + std::to_string(weights.size()) +
                                                  " weights, this optimizer needs " + std::to_string(population()));
    }
    begin();
    evaluations_ += rows();
    search_->move(weights, search_->antithetic());
    domain_.settle(search_->mean());
    parent_known_ = driver_->remembers_parent();
    ++generation_;
    asked_ = false;
}

void Engine::visit(Archive& archive) {
    Leg leg = leg_;
    std::uint64_t population = leg.population;
    archive.field("first.mean", origin_);
    archive.field("first.scale", first_leg_.scale);
    archive.field("leg.index", leg.index);
    archive.field("leg.population", population);
    archive.field("leg.scale", leg.scale);
    archive.field("leg.most_evaluations", leg.most_evaluations);
    archive.field("leg.began", leg_began_);
    archive.field("seed", seed_);
    leg.population = static_cast<std::size_t>(population);
    for (const double scale : {first_leg_.scale, leg.scale}) {
        if (!(std::isfinite(scale) && scale > 0.0))
            throw Error(ErrorKind::state, "the state has no scale to start from");
    }
    if (leg.index != leg_.index || leg.population != leg_.population || leg.scale != leg_.scale) {
        start(leg, start_of(leg));
    }
    leg_ = leg;
    std::uint64_t asked = asked_ ? 1 : 0, stopped = static_cast<std::uint64_t>(stop_), known = best_.known ? 1 : 0;
    std::uint64_t parent = parent_known_ ? 1 : 0;
    search_->visit(archive);
    stopping_->visit(archive);
    driver_->visit(archive);
    archive.field("generation", generation_);
    archive.field("evaluations", evaluations_);
    archive.field("invalid", invalid_);
    archive.field("asked", asked);
    archive.field("stop", stopped);
    archive.field("best.known", known);
    archive.field("best.value", best_.value);
    archive.field("best.x", best_.x);
    archive.field("parent.known", parent);
    archive.field("parent.cost", parent_cost_);
    archive.field("anchor.measured", anchors_);
    archive.field("anchor.point", anchor_);
    archive.field("anchor.gradient", anchor_gradient_);
    asked_ = asked != 0;
    stop_ = static_cast<Stop>(stopped);
    best_.known = known != 0;
    parent_known_ = parent != 0;
}

State Engine::save() {
    Saver saver;
    visit(saver);
    return saver.state;
}

void Engine::load(const State& state) {
    const State before = save();
    try {
        Loader loader(state);
        visit(loader);
        check_loaded();
    } catch (const std::exception& error) {
        Loader undo(before);
        visit(undo);
        throw Error(ErrorKind::state, error.what());
    }
    trace_.clear();
    record_.clear();
    if (!asked_) return;
    asked_ = false;
    begin();
}

// A run that ended may have any numbers; one that is to go on must be able to.
void Engine::check_loaded() const {
    if (stop_ < Stop::none || stop_ > Stop::last) {
        throw Error(ErrorKind::state, "state field 'stop' holds no known reason");
    }
    if (stop_ == Stop::none && (!std::isfinite(theta().size()) || !(theta().scale > 0.0))) {
        throw Error(ErrorKind::state,
                    "the state has a mean, scale or covariance that is not finite, or no scale at all");
    }
}

}  // namespace zoopt
