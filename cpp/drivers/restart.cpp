#include <algorithm>
#include <cmath>
#include <limits>

#include "zoopt/driver.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

// Populations stay numbers that a double holds exactly; the engine has its own limit, far below.
std::size_t population_of(double population) {
    return static_cast<std::size_t>(std::clamp(std::floor(population), 2.0, 0x1p53));
}

struct Plan {
    double restarts, increase, spread;
};

// IPOP (Auger and Hansen 2005): every restart doubles the population.
class Ipop final : public Driver {
   public:
    explicit Ipop(const Plan& plan) : plan_(plan) {}

    bool restarts() const override { return true; }
    double spread() const override { return plan_.spread; }

    std::optional<Leg> next(const Ended& ended) override {
        if (static_cast<double>(ended.last.index) >= plan_.restarts) return std::nullopt;
        const std::size_t population = population_of(static_cast<double>(ended.last.population) * plan_.increase);
        return Leg{ended.last.index + 1, population, ended.first.scale, no_limit};
    }

   private:
    Plan plan_;
};

// BIPOP (Hansen 2009): legs of doubling populations and legs of small ones with smaller scales take turns, whichever
// kind has used fewer evaluations; the first leg counts for neither.
class Bipop final : public Driver {
   public:
    explicit Bipop(const Plan& plan) : plan_(plan) {}

    bool restarts() const override { return true; }
    double spread() const override { return plan_.spread; }

    std::optional<Leg> next(const Ended& ended) override {
        if (ended.last.index > 0) (was_large_ != 0 ? large_ : small_) += ended.evaluations;
        if (was_large_ != 0) last_large_ = ended.evaluations;
        const std::uint64_t index = ended.last.index + 1;
        if (doublings_ > 0 && small_ < large_) return small_leg(ended, index);
        if (static_cast<double>(doublings_) >= plan_.restarts) return std::nullopt;
        ++doublings_;
        was_large_ = 1;
        return Leg{index, large_population(ended.first), ended.first.scale, no_limit};
    }

    void visit(Archive& archive) override {
        archive.field("bipop.large_evaluations", large_);
        archive.field("bipop.small_evaluations", small_);
        archive.field("bipop.last_large_evaluations", last_large_);
        archive.field("bipop.doublings", doublings_);
        archive.field("bipop.was_large", was_large_);
    }

   private:
    std::size_t large_population(const Leg& first) const {
        const double factor = portable::power(plan_.increase, doublings_);
        return population_of(static_cast<double>(first.population) * factor);
    }

    // Population first * (large / first / 2)^(u^2), scale first * 10^(-2 u'), half the evaluations of the last large
    // leg.
    Leg small_leg(const Ended& ended, std::uint64_t index) {
        was_large_ = 0;
        const double first = static_cast<double>(ended.first.population);
        const double ratio = static_cast<double>(large_population(ended.first)) / first / 2.0;
        const double u = ended.uniform(0);
        const std::size_t population = population_of(first * portable::power(ratio, u * u));
        const double scale = ended.first.scale * portable::power(10.0, -2.0 * ended.uniform(1));
        return {index, population, scale, last_large_ / 2};
    }

    Plan plan_;
    std::uint64_t large_ = 0, small_ = 0, last_large_ = 0, doublings_ = 0, was_large_ = 0;
};

std::vector<Option> options() {
    return {
        {"restarts", 9.0, 0.0, 1e6, "most restarts with a larger population"},
        {"increase", 2.0, 1.0, 100.0, "factor of the population at such a restart"},
        {"spread", 1.0, 0.0, unbounded, "standard deviation of later starts round x0, in units of the first scale"}};
}

template <class Restart>
std::unique_ptr<Driver> make(const Options& options, const Setup&) {
    return std::make_unique<Restart>(Plan{options.at("restarts"), options.at("increase"), options.at("spread")});
}

const Register<Driver> ipop{
    {"ipop", "Restarts with a population that grows (Auger and Hansen 2005).", options(), make<Ipop>}};
const Register<Driver> bipop{
    {"bipop", "Restarts with large and with small populations in turn (Hansen 2009).", options(), make<Bipop>}};

}  // namespace
}  // namespace zoopt
