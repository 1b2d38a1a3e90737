#include "metric.hpp"

#include <algorithm>
#include <string_view>

#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

std::vector<const Metric*>& registered() {
    static std::vector<const Metric*> all;
    return all;
}

}  // namespace

std::vector<const Metric*> metrics() {
    std::vector<const Metric*> sorted = registered();
    std::sort(sorted.begin(), sorted.end(),
              [](const Metric* a, const Metric* b) { return std::string_view(a->name) < b->name; });
    return sorted;
}

const Metric& metric(const std::string& name) {
    for (const Metric* candidate : registered()) {
        if (name == candidate->name) return *candidate;
    }
    throw Error(ErrorKind::unknown_name, "there is no metric named '" + name + "'");
}

RegisterMetric::RegisterMetric(const Metric& metric) {
    registered().push_back(&metric);
}

}  // namespace zoopt::objectives
