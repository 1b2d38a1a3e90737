#include <algorithm>

#include "zoopt/error.hpp"
#include "zoopt/update.hpp"

namespace zoopt {
namespace {

struct PgpeRates {
    double mean, deviation, largest_change;
};

// Parameter-exploring policy gradients (Sehnke et al. 2010): mean <- mean - rate * (scale A g1), deviations s <- s -
// rate * s g2, the change of each s limited to a share of it.
class Pgpe final : public Update {
   public:
    explicit Pgpe(const PgpeRates& rates) : rates_(rates) {}

    void check(const Distribution& distribution, Metric metric) const override {
        if (metric == Metric::natural && distribution.has_deviations()) return;
        throw Error(ErrorKind::invalid_input,
                    "the pgpe update moves the standard deviations of the distribution 'diagonal' by metric 'natural'");
    }

    bool has_rate() const override { return true; }
    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double rate, Metric metric, Theta& theta) override {
        moments.prepare_both();
        const std::span<const double> g = moments.direction(metric, theta);
        const std::span<const double> second = moments.second();
        const double most = rates_.largest_change;
        for (std::size_t i = 0; i < g.size(); ++i) {
            theta.mean[i] -= rate * rates_.mean * g[i];
            theta.deviations[i] *= 1.0 + std::clamp(-rate * rates_.deviation * second[i], -most, most);
        }
    }

   private:
    PgpeRates rates_;
};

const Register<Update> entry{
    {"pgpe",
     "Policy gradients with parameter-based exploration: mean and standard deviations (Sehnke et al. 2010).",
     {{"mean_learning_rate", 0.2, 0.0, unbounded, "step of the mean in units of the standard deviation"},
      {"deviation_learning_rate", 0.1, 0.0, unbounded, "relative step of the standard deviations"},
      {"largest_change", 0.2, 0.0, 0.999, "most that a standard deviation changes in a generation, relative"}},
     [](const Options& options, const Setup&) {
         return std::make_unique<Pgpe>(PgpeRates{options.at("mean_learning_rate"),
                                                 options.at("deviation_learning_rate"), options.at("largest_change")});
     }}};

}  // namespace
}  // namespace zoopt
