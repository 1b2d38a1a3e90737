#include "zoopt/search.hpp"

#include <algorithm>
#include <cmath>

#include "kernels.hpp"
#include "zoopt/batch.hpp"
#include "zoopt/driver.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr std::size_t piece_width = 256;
constexpr std::size_t few_numbers = std::size_t{1} << 14;

std::string gibibytes(double bytes) {
    const double tenths = std::ceil(bytes / 0x1p30 * 10.0);
    const std::string digits = std::to_string(static_cast<long long>(tenths));
    return (digits.size() > 1 ? digits.substr(0, digits.size() - 1) : "0") + "." + digits.back() + " GiB";
}

void check_memory(const Distribution& distribution, std::size_t dim, double limit) {
    const double bytes = distribution.bytes(dim);
    if (bytes <= limit) return;
    throw Error(ErrorKind::invalid_option,
                "the search distribution in " + std::to_string(dim) + " dimensions would hold " + gibibytes(bytes) +
                    ", more than memory_limit, " + gibibytes(limit) +
                    "; raise memory_limit, or use sep-cma-es, snes or openai-es, whose memory grows with the "
                    "dimension only");
}

void check_schedule(const Schedule& schedule, const Update& update) {
    if (!schedule.constant() && !update.has_rate()) {
        throw Error(ErrorKind::invalid_input,
                    "this update has no learning rate for a schedule to change; use the schedule 'constant'");
    }
    if (!schedule.keeps_scale() && update.adapts_scale()) {
        throw Error(ErrorKind::invalid_input,
                    "this schedule sets the scale, which this update adapts; use another schedule");
    }
}

void check_shaping(const Distribution& distribution, const std::string& shaping) {
    if (distribution.exact() == (shaping == "exact")) return;
    throw Error(ErrorKind::invalid_input,
                "the shaping 'exact' and the first-order distribution 'point' go together, neither with any other");
}

}  // namespace

Setup setup_of(const Plan& plan, std::size_t dim) {
    if (plan.population == 0) throw Error(ErrorKind::invalid_option, "population must be at least 1, got 0");
    if (plan.antithetic && plan.population % 2 != 0) {
        throw Error(ErrorKind::invalid_option, "antithetic candidates come in pairs: population must be even, got " +
                                                   std::to_string(plan.population));
    }
    const std::size_t samples = plan.antithetic ? plan.population / 2 : plan.population;
    const double generations = std::ceil(plan.horizon / static_cast<double>(plan.population));
    return {dim, plan.population, samples, plan.categories, std::max(generations, 1.0)};
}

template <class Stage>
std::unique_ptr<Stage> make_stage(const std::string& kind, const std::string& name, const Options& options,
                                  const Setup& setup) {
    const auto found = registry<Stage>().find(name);
    if (found == registry<Stage>().end()) {
        throw Error(ErrorKind::unknown_name, "there is no " + kind + " named '" + name + "'");
    }
    return found->second.make(options, setup);
}

template std::unique_ptr<Update> make_stage(const std::string&, const std::string&, const Options&, const Setup&);
template std::unique_ptr<Schedule> make_stage(const std::string&, const std::string&, const Options&, const Setup&);
template std::unique_ptr<Driver> make_stage(const std::string&, const std::string&, const Options&, const Setup&);

Search::Search(const Plan& plan, std::span<const double> start, double scale, unsigned threads)
    : population_(plan.population),
      antithetic_(plan.antithetic),
      threads_(threads),
      metric_(plan.metric),
      first_scale_(scale),
      theta_{{start.begin(), start.end()}, scale, {}, {}, {}, {}},
      distribution_(
          make_stage<Distribution>("distribution", plan.distribution, plan.options, setup_of(plan, start.size()))),
      shaping_(make_stage<Shaping>("shaping", plan.shaping, plan.options, setup_of(plan, start.size()))),
      update_(make_stage<Update>("update", plan.update, plan.options, setup_of(plan, start.size()))),
      schedule_(make_stage<Schedule>("schedule", plan.schedule, plan.options, setup_of(plan, start.size()))),
      moments_(*distribution_, threads) {
    check_memory(*distribution_, start.size(), plan.memory_limit);
    check_shaping(*distribution_, plan.shaping);
    check_schedule(*schedule_, *update_);
    update_->check(*distribution_, metric_);
    distribution_->prepare(theta_);
    if (!plan.covariance.empty()) distribution_->start_from(theta_, plan.covariance);
    moments_.resize(dim());
}

void Search::prepare() {
    if (!schedule_->keeps_scale()) theta_.scale = first_scale_ * schedule_->at(generation_).scale;
}

void Search::begin(const noise::Address& address) {
    prepare();
    distribution_->begin(theta_, address, threads_);
}

void Search::candidates(std::size_t first, std::size_t count, double* rows) const {
    distribution_->candidates(theta_, first, count, antithetic_, threads_, rows);
}

void Search::candidate(std::size_t row, double* out) const {
    if (!antithetic_) return distribution_->candidates(theta_, row, 1, false, 1, out);
    if (comes_in_pieces()) return half_of_pair(row, out);
    std::vector<double> pair(2 * width());
    distribution_->candidates(theta_, row / 2, 1, true, 1, pair.data());
    std::copy_n(pair.begin() + static_cast<std::ptrdiff_t>(row % 2 * width()), width(), out);
}

// A piece of a pair at a time, so that nothing is allocated.
void Search::half_of_pair(std::size_t row, double* out) const {
    alignas(64) double pair[2 * piece_width];
    for (std::size_t i = 0; i < width(); i += piece_width) {
        const std::size_t here = std::min(piece_width, width() - i);
        piece({row / 2, 1, i, here, pair, piece_width});
        std::copy_n(pair + row % 2 * piece_width, here, out + i);
    }
}

void Search::shape(std::span<const double> costs, double mean, bool paired) {
    weights_.resize(costs.size());
    if (shaping_->needs_norms()) {
        norms_.resize(distribution_->samples());
        distribution_->squared_norms(threads_, norms_);
    }
    shaping_->shape({costs, mean, paired, norms_}, weights_);
}

void Search::move(std::span<const double> weights, bool paired, std::span<const double> offset) {
    moments_.tell(weights, paired);
    moments_.offset(offset);
    update_->step(moments_, schedule_->at(generation_).rate, metric_, theta_);
    ++generation_;
}

std::span<const double> Search::measure(std::span<const double> weights, bool paired) {
    moments_.tell(weights, paired);
    moments_.offset({});
    return moments_.direction(metric_, theta_);
}

// The weights of a recombination, which leaves the worse half out.
std::span<const double> Search::selected() {
    const auto weights = moments_.even_weights();
    weights_.resize(weights.size());
    for (std::size_t s = 0; s < weights.size(); ++s) weights_[s] = std::max(0.0, -weights[s]);
    return weights_;
}

// Sum of |w z|^2; for many numbers |z|^2 is taken for its expectation, so that the noise is not gone through again.
double Search::sum_of_squares(std::span<const double> weights) {
    norms_.assign(weights.size(), static_cast<double>(dim()));
    const bool few = weights.size() * dim() <= few_numbers;
    if (few || !distribution_->continuous()) distribution_->squared_norms(threads_, norms_);
    double sum = 0.0;
    for (std::size_t s = 0; s < weights.size(); ++s) sum += weights[s] * weights[s] * norms_[s];
    return sum;
}

// With q terms v = w z: |sum of v|^2 - sum of |v|^2 estimates q (q - 1) |E v|^2, and sum of |v|^2 less a q-th of
// |sum of v|^2 estimates (q - 1) tr Cov(v).
double Search::signal_to_noise() {
    if (distribution_->exact() || !distribution_->independent()) return automatic;
    const bool recombines = !moments_.has_first() && distribution_->adapts() && update_->adapts_scale();
    if (!moments_.has_first() && !recombines) return automatic;
    const std::span<const double> weights = recombines ? selected() : moments_.odd_weights();
    if (recombines) {
        sum_.resize(dim());
        distribution_->first_moment(weights, threads_, sum_);
    }
    const std::span<const double> direction = recombines ? std::span<const double>(sum_) : moments_.first();
    const double length = ZOOPT_PICK_TABLE(engine_kernels).dot(direction.data(), direction.data(), direction.size());
    const double squares = sum_of_squares(weights);
    const auto terms = std::count_if(weights.begin(), weights.end(), [](double w) { return w != 0.0; });
    const double noise = squares - length / static_cast<double>(terms);
    return terms > 1 && noise > 0.0 ? std::max(0.0, (length - squares) / noise) : automatic;
}

void Search::visit(Archive& archive) {
    theta_.visit(archive);
    update_->visit(archive);
    archive.field("search.generation", generation_);
}

}  // namespace zoopt
