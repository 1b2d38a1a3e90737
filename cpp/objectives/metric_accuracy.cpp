#include "metric.hpp"

namespace zoopt::objectives {
namespace {

double accuracy(const Confusion& counts) {
    return static_cast<double>(counts.hits()) / static_cast<double>(counts.samples());
}

constexpr Metric description = {"accuracy", "fraction of samples predicted as their own class", false, accuracy};
const RegisterMetric registrar(description);

}  // namespace
}  // namespace zoopt::objectives
