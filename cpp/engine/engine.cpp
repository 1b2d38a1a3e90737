#include "zoopt/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr double worst_condition = 1e7;  // ratio of axes, so 1e14 in the covariance
constexpr double least_axis = 1e-280;
constexpr double resolution = 0x1p-53;
constexpr double flat_reach = 1e-12;
constexpr std::size_t trace_capacity = 4096;
constexpr std::size_t chunk_of_doubles = std::size_t{1} << 17;  // candidates evaluated at a time by run(): 1 MiB
constexpr std::size_t chunk_of_rows = 64;

template <class Stage>
std::unique_ptr<Stage> make(const std::string& kind, const std::string& name, const Options& options,
                            const Setup& setup) {
    const auto found = registry<Stage>().find(name);
    if (found == registry<Stage>().end()) {
        throw Error(ErrorKind::unknown_name, "there is no " + kind + " named '" + name + "'");
    }
    return found->second.make(options, setup);
}

Setup setup_of(const Plan& plan, std::size_t dim) {
    if (plan.population == 0) throw Error(ErrorKind::invalid_option, "population must be at least 1, got 0");
    if (plan.antithetic && plan.population % 2 != 0) {
        throw Error(ErrorKind::invalid_option, "antithetic candidates come in pairs: population must be even, got " +
                                                   std::to_string(plan.population));
    }
    return {dim, plan.population, plan.antithetic ? plan.population / 2 : plan.population};
}

// Sum of the sizes of all parameters: not finite where one of them is not.
double size_of(const Theta& theta) {
    double sum = theta.scale;
    for (const auto* parameters : {&theta.mean, &theta.deviations, &theta.roots}) {
        for (const double x : *parameters) sum += std::fabs(x);
    }
    return sum;
}

// Whether all valid costs are one number; a single row says nothing.
bool is_flat(const std::vector<double>& costs) {
    const auto first = std::find_if(costs.begin(), costs.end(), [](double c) { return !std::isnan(c); });
    const auto differs = [&](double c) { return !std::isnan(c) && c != *first; };
    return costs.size() > 1 && first != costs.end() && std::none_of(first, costs.end(), differs);
}

}  // namespace

Engine::Engine(const Plan& plan, std::span<const double> start, double scale, std::uint64_t seed, Sense sense,
               unsigned threads)
    : sense_(sense),
      threads_(threads),
      seed_(seed),
      population_(plan.population),
      antithetic_(plan.antithetic),
      metric_(plan.metric),
      theta_{{start.begin(), start.end()}, scale, {}, {}, {}, {}},
      distribution_(make<Distribution>("distribution", plan.distribution, plan.options, setup_of(plan, start.size()))),
      shaping_(make<Shaping>("shaping", plan.shaping, plan.options, setup_of(plan, start.size()))),
      update_(make<Update>("update", plan.update, plan.options, setup_of(plan, start.size()))),
      batch_(distribution_->noise(), setup_of(plan, start.size()).samples, start.size()),
      first_scale_(scale),
      best_{std::vector<double>(start.size(), 0.0), 0.0, false} {
    update_->check(*distribution_, metric_);
    distribution_->prepare(theta_);
}

void Engine::begin() {
    if (asked_) return;
    batch_.begin({seed_, static_cast<std::uint32_t>(noise::Stream::search), generation_});
    distribution_->begin(theta_, batch_, threads_);
    asked_ = true;
}

void Engine::ask(double* out) {
    begin();
    distribution_->candidates(theta_, batch_, 0, batch_.samples(), antithetic_, threads_, out);
    if (shaping_->needs_mean()) std::copy(theta_.mean.begin(), theta_.mean.end(), out + population_ * dim());
}

void Engine::tell(std::span<const double> values) {
    if (!asked_) throw Error(ErrorKind::state, "tell() without ask(): there are no candidates these values belong to");
    learn(values, nullptr);
}

void Engine::tell(std::span<const double> values, const Rows& candidates) {
    if (distribution_->noise() != noise::Kind::normal) {
        throw Error(ErrorKind::invalid_input, "this distribution is discrete: it takes no candidates but its own");
    }
    const std::size_t own = candidates.count - (shaping_->needs_mean() ? 1 : 0);
    batch_.adopt(distribution_->locate(theta_, {candidates.data, own, candidates.dim}));
    distribution_->begin(theta_, batch_, threads_);
    learn(values, candidates.data);
}

void Engine::learn(std::span<const double> values, const double* foreign) {
    const std::size_t own = values.size() - (shaping_->needs_mean() ? 1 : 0);
    const double sign = sense_ == Sense::maximise ? -1.0 : 1.0;
    std::vector<double> costs(own);
    std::size_t valid = 0;
    for (std::size_t r = 0; r < own; ++r) {
        const bool usable = std::isfinite(values[r]);
        costs[r] = usable ? sign * values[r] : std::numeric_limits<double>::quiet_NaN();
        valid += usable ? 1 : 0;
    }
    evaluations_ += values.size();
    invalid_ += own - valid;
    note_best(values, foreign);
    if (valid > 0) {
        const bool paired = antithetic_ && foreign == nullptr;
        const bool centred = own < values.size() && std::isfinite(values[own]);
        const double mean = centred ? sign * values[own] : std::numeric_limits<double>::quiet_NaN();
        std::vector<double> weights(own);
        shaping_->shape({costs, mean, paired}, weights);
        Moments moments(*distribution_, batch_, weights, paired, threads_);
        update_->step(moments, metric_, theta_);
        check_health(is_flat(costs));
    } else {
        stop_ = Stop::all_invalid;
    }
    ++generation_;
    asked_ = false;
}

void Engine::note_best(std::span<const double> values, const double* foreign) {
    const bool larger = sense_ == Sense::maximise;
    std::size_t winner = values.size();
    for (std::size_t r = 0; r < values.size(); ++r) {
        if (!std::isfinite(values[r])) continue;
        if (winner == values.size() || (larger ? values[r] > values[winner] : values[r] < values[winner])) winner = r;
    }
    if (winner == values.size()) return record(std::numeric_limits<double>::quiet_NaN());
    if (!best_.known || (larger ? values[winner] > best_.value : values[winner] < best_.value)) {
        best_.value = values[winner];
        best_.known = true;
        copy_row(winner, foreign, best_.x);
    }
    record(values[winner]);
}

void Engine::copy_row(std::size_t row, const double* foreign, std::vector<double>& out) {
    if (foreign != nullptr) {
        std::copy_n(foreign + row * dim(), dim(), out.begin());
    } else if (row == population_) {
        out = theta_.mean;
    } else if (antithetic_) {
        std::vector<double> pair(2 * dim());
        distribution_->candidates(theta_, batch_, row / 2, 1, true, 1, pair.data());
        std::copy_n(pair.begin() + static_cast<std::ptrdiff_t>(row % 2 * dim()), dim(), out.begin());
    } else {
        distribution_->candidates(theta_, batch_, row, 1, false, 1, out.data());
    }
}

// Keeps at most trace_capacity points: when full, every other one goes and the stride doubles.
void Engine::record(double current) {
    if (generation_ % trace_every_ != 0) return;
    if (trace_.size() == trace_capacity) {
        for (std::size_t k = 0; k < trace_capacity / 2; ++k) trace_[k] = trace_[2 * k];
        trace_.resize(trace_capacity / 2);
        trace_every_ *= 2;
        if (generation_ % trace_every_ != 0) return;
    }
    trace_.push_back(
        {evaluations_, best_.known ? best_.value : std::numeric_limits<double>::quiet_NaN(), current, theta_.scale});
}

// Steps too small to move the mean are the end: convergence where the distribution shrank to that, divergence where the
// mean ran away instead. Where a whole generation had one value, steps far smaller than the first ones are convergence
// too; a flat generation of a distribution that is still wide is only a plateau.
void Engine::check_health(bool flat) {
    const double largest = distribution_->largest_axis(theta_);
    const double smallest = distribution_->smallest_axis(theta_);
    const double reach = theta_.scale * largest;
    double farthest = 0.0;
    for (const double x : theta_.mean) farthest = std::max(farthest, std::fabs(x));
    const bool stuck = reach < resolution * farthest;
    if (!std::isfinite(size_of(theta_)) || (stuck && reach >= first_scale_)) {
        stop_ = Stop::diverged;
    } else if (stuck || reach < least_axis || (flat && reach < flat_reach * first_scale_)) {
        stop_ = Stop::collapsed;
    } else if (largest > worst_condition * smallest) {
        stop_ = Stop::ill_conditioned;
    }
}

bool Engine::reached(double target) const {
    if (!best_.known) return false;
    return sense_ == Sense::maximise ? best_.value >= target : best_.value <= target;
}

void Engine::run(const Objective& objective, std::uint64_t evaluations, double target) {
    const std::size_t d = dim();
    const std::size_t fit = std::max(chunk_of_rows, chunk_of_doubles / d);
    const std::size_t per_sample = antithetic_ ? 2 : 1;
    const std::size_t chunk = std::max<std::size_t>(1, std::min(batch_.samples(), fit / per_sample));
    std::vector<double> rows(chunk * per_sample * d), values(this->rows());
    while (stop_ == Stop::none && !reached(target) && evaluations_ + this->rows() <= evaluations) {
        begin();
        for (std::size_t first = 0; first < batch_.samples(); first += chunk) {
            const std::size_t count = std::min(chunk, batch_.samples() - first);
            distribution_->candidates(theta_, batch_, first, count, antithetic_, threads_, rows.data());
            objective.evaluate({rows.data(), count * per_sample, d}, generation_, threads_,
                               {values.data() + first * per_sample, count * per_sample});
        }
        if (shaping_->needs_mean()) {
            objective.evaluate({theta_.mean.data(), 1, d}, generation_, 1, {values.data() + population_, 1});
        }
        tell(values);
    }
}

void Engine::visit(Archive& archive) {
    theta_.visit(archive);
    update_->visit(archive);
    std::uint64_t asked = asked_ ? 1 : 0, stopped = static_cast<std::uint64_t>(stop_), known = best_.known ? 1 : 0;
    archive.field("first_scale", first_scale_);
    archive.field("seed", seed_);
    archive.field("generation", generation_);
    archive.field("evaluations", evaluations_);
    archive.field("invalid", invalid_);
    archive.field("asked", asked);
    archive.field("stop", stopped);
    archive.field("best.known", known);
    archive.field("best.value", best_.value);
    archive.field("best.x", best_.x);
    asked_ = asked != 0;
    stop_ = static_cast<Stop>(stopped);
    best_.known = known != 0;
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
    } catch (const Error&) {
        Loader undo(before);
        visit(undo);
        throw;
    }
    trace_.clear();
    trace_every_ = 1;
    if (!asked_) return;
    asked_ = false;
    begin();
}

// A run that ended may have any numbers; one that is to go on must be able to.
void Engine::check_loaded() const {
    if (stop_ < Stop::none || stop_ > Stop::all_invalid) {
        throw Error(ErrorKind::state, "state field 'stop' holds no known reason");
    }
    if (stop_ == Stop::none && (!std::isfinite(size_of(theta_)) || !(theta_.scale > 0.0))) {
        throw Error(ErrorKind::state,
                    "the state has a mean, scale or covariance that is not finite, or no scale at all");
    }
}

}  // namespace zoopt
