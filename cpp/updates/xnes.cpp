#include <cmath>

#include "zoopt/error.hpp"
#include "zoopt/math.hpp"
#include "zoopt/update.hpp"

namespace zoopt {
namespace {

// The exponential natural step of mean, scale and shape (Glasmachers et al. 2010, algorithm 1).
class Xnes final : public Update {
   public:
    Xnes(double mean_rate, double scale_rate, double shape_rate)
        : mean_rate_(mean_rate), scale_rate_(scale_rate), shape_rate_(shape_rate) {}

    void check(const Distribution& distribution, Metric metric) const override {
        if (!distribution.stretches() || metric != Metric::natural) {
            throw Error(ErrorKind::invalid_input,
                        "the xnes update needs distribution 'factored', whose factor it moves, and metric 'natural'");
        }
    }

    bool has_rate() const override { return true; }
    bool adapts_scale() const override { return true; }

    void step(Moments& moments, double rate, Metric metric, Theta& theta) override {
        const std::span<const double> g = moments.direction(metric, theta);
        for (std::size_t i = 0; i < g.size(); ++i) theta.mean[i] -= rate * mean_rate_ * g[i];
        moments.distribution().stretch(theta, {scale_rate_, shape_rate_, moments.even_weights()});
    }

   private:
    double mean_rate_, scale_rate_, shape_rate_;
};

double default_rate(const Setup& setup) {
    const double d = static_cast<double>(setup.dim);
    return (9.0 + 3.0 * portable::log(d)) / (5.0 * d * std::sqrt(d));
}

const Register<Update> entry{
    {"xnes",
     "Natural step of the mean, exponential steps of the scale and of the shape (xNES, Glasmachers et al. 2010).",
     {{"mean_learning_rate", 1.0, 0.0, unbounded, "step of the mean in units of the standard deviation"},
      {"scale_learning_rate", automatic, 0.0, unbounded,
       "step of the log scale; automatic: (9 + 3 log d) / (5 d sqrt d)"},
      {"shape_learning_rate", automatic, 0.0, unbounded, "step of the shape; automatic: the same"}},
     [](const Options& options, const Setup& setup) {
         const double otherwise = default_rate(setup);
         return std::make_unique<Xnes>(option(options, "mean_learning_rate"),
                                       option(options, "scale_learning_rate", otherwise),
                                       option(options, "shape_learning_rate", otherwise));
     }}};

}  // namespace
}  // namespace zoopt
