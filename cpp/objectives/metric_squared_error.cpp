#include <cmath>

#include "residuals.hpp"

namespace zoopt::objectives {
namespace {

double squared(double truth, double predicted) {
    return (truth - predicted) * (truth - predicted);
}

double root(double mean) {
    return std::sqrt(mean);
}

const RegisterMetric of_squares{
    {"mean_squared_error",
     "mean squared distance of predictions from y",
     Sense::minimise,
     {Target::quantity},
     {},
     [](const MetricOptions&, Target) -> Rule { return std::make_shared<const MeanOfResiduals>(squared); }}};

const RegisterMetric of_their_root{
    {"root_mean_squared_error",
     "square root of the mean squared distance of predictions from y",
     Sense::minimise,
     {Target::quantity},
     {},
     [](const MetricOptions&, Target) -> Rule { return std::make_shared<const MeanOfResiduals>(squared, root); }}};

}  // namespace
}  // namespace zoopt::objectives
