#include <cmath>

#include "residuals.hpp"

namespace zoopt::objectives {
namespace {

double absolute(double truth, double predicted) {
    return std::abs(truth - predicted);
}

const RegisterMetric entry{
    {"mean_absolute_error",
     "mean distance of predictions from y",
     Sense::minimise,
     {Target::quantity},
     {},
     [](const MetricOptions&, Target) -> Rule { return std::make_shared<const MeanOfResiduals>(absolute); }}};

}  // namespace
}  // namespace zoopt::objectives
