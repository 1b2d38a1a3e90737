#include <cmath>

#include "engine/kernels.hpp"
#include "zoopt/error.hpp"
#include "zoopt/math.hpp"
#include "zoopt/update.hpp"

namespace zoopt {
namespace {

// mean <- mean - mean_rate * scale A g1; deviations <- deviations * exp(-scale_rate / 2 * g2).
class Exponential final : public Update {
   public:
    Exponential(double mean_rate, double scale_rate) : mean_rate_(mean_rate), scale_rate_(scale_rate) {}

    void check(const Distribution& distribution, Metric metric) const override {
        if (metric != Metric::natural) {
            throw Error(ErrorKind::invalid_input, "the exponential update is a natural step; use metric 'natural'");
        }
        if (!distribution.has_deviations()) {
            throw Error(ErrorKind::invalid_input,
                        "the exponential update moves the standard deviations of the "
                        "distribution 'diagonal'; the one given has none");
        }
    }

    bool has_rate() const override { return true; }
    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double rate, Metric metric, Theta& theta) override {
        moments.prepare_both();
        const std::span<const double> g = moments.direction(metric, theta);
        const std::span<const double> second = moments.second();
        for (std::size_t i = 0; i < g.size(); ++i) theta.mean[i] -= rate * mean_rate_ * g[i];
        ZOOPT_PICK_TABLE(engine_kernels)
            .scale_by_exp(theta.deviations.data(), second.data(), -0.5 * scale_rate_, g.size());
    }

   private:
    double mean_rate_, scale_rate_;
};

double default_scale_rate(const Setup& setup) {
    const double d = static_cast<double>(setup.dim);
    return (3.0 + portable::log(d)) / (5.0 * std::sqrt(d));
}

const Register<Update> entry{
    {"exponential",
     "Natural step of the mean, multiplicative step of the standard deviations (SNES, Schaul et al. 2011).",
     {{"mean_learning_rate", 1.0, 0.0, unbounded, "step of the mean in units of the standard deviation"},
      {"scale_learning_rate", automatic, 0.0, unbounded,
       "step of the log standard deviations; automatic: (3 + log d) / (5 sqrt d)"}},
     [](const Options& options, const Setup& setup) {
         return std::make_unique<Exponential>(option(options, "mean_learning_rate"),
                                              option(options, "scale_learning_rate", default_scale_rate(setup)));
     }}};

}  // namespace
}  // namespace zoopt
