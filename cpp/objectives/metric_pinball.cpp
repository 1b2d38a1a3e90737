#include "residuals.hpp"

namespace zoopt::objectives {
namespace {

MeanOfResiduals::Loss pinball(double alpha) {
    return [alpha](double truth, double predicted) {
        const double above = truth - predicted;
        return above >= 0.0 ? alpha * above : (alpha - 1.0) * above;
    };
}

const RegisterMetric entry{{"mean_pinball_loss",
                            "quantile loss: what y lies above predictions counts alpha, what it lies below 1 - alpha",
                            Sense::minimise,
                            {Target::quantity},
                            {{"alpha", MetricOption::Kind::real, 0.5, 0.0, 1.0, "the quantile that is predicted"}},
                            [](const MetricOptions& options, Target) -> Rule {
                                return std::make_shared<const MeanOfResiduals>(pinball(options.at("alpha")));
                            }}};

}  // namespace
}  // namespace zoopt::objectives
