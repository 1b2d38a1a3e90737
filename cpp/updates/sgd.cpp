#include "zoopt/update.hpp"

namespace zoopt {
namespace {

class Sgd final : public Update {
   public:
    explicit Sgd(double rate) : rate_(rate) {}

    void step(Moments& moments, Metric metric, Theta& theta) override {
        const std::vector<double> g = direction(moments, metric, theta);
        for (std::size_t i = 0; i < g.size(); ++i) theta.mean[i] -= rate_ * g[i];
    }

   private:
    double rate_;
};

// Nesterov and Spokoiny (2017) take 1 / (4 (d + 4) L) with one direction; q averaged directions allow q times as much
// until the gradient itself limits the step. L = 1 is assumed, so a problem of another curvature wants its own rate.
double default_rate(const Setup& setup) {
    const double q = static_cast<double>(setup.samples);
    return q / (4.0 * (static_cast<double>(setup.dim) + q + 3.0));
}

const Register<Update> entry{
    {"sgd",
     "Plain gradient step: mean <- mean - learning_rate * direction.",
     {{"learning_rate", automatic, 0.0, unbounded,
       "step length; automatic: q / (4 (d + q + 3)) for q directions in d dimensions, right for curvature 1"}},
     [](const Options& options, const Setup& setup) {
         return std::make_unique<Sgd>(option(options, "learning_rate", default_rate(setup)));
     }}};

}  // namespace
}  // namespace zoopt
