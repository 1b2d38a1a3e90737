#include "metric.hpp"

#include <algorithm>
#include <cmath>

#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

std::vector<std::unique_ptr<const Metric>>& registered() {
    static std::vector<std::unique_ptr<const Metric>> all;
    return all;
}

void check(const Metric& metric, const MetricOption& option, double value) {
    const bool whole = option.kind != MetricOption::Kind::real;
    if (value >= option.low && value <= option.high && (!whole || value == std::floor(value))) return;
    throw Error(ErrorKind::invalid_option, "option " + option.name + " of " + metric.name + " is out of range");
}

}  // namespace

double WholeCounts::of(std::span<const std::int64_t> counts) {
    const std::size_t classes = occurs_.size();
    std::fill(occurs_.begin(), occurs_.end(), std::uint8_t{0});
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t p = 0; p < classes; ++p) {
            const std::int64_t count = counts[t * classes + p];
            cells_[t * classes + p] = static_cast<double>(count);
            if (count > 0) occurs_[t] = occurs_[p] = 1;
        }
    }
    return (*rule_)(Confusion(cells_, occurs_));
}

std::vector<const Metric*> metrics() {
    std::vector<const Metric*> sorted;
    for (const auto& entry : registered()) sorted.push_back(entry.get());
    std::sort(sorted.begin(), sorted.end(), [](const Metric* a, const Metric* b) { return a->name < b->name; });
    return sorted;
}

const Metric& metric(const std::string& name) {
    for (const auto& candidate : registered()) {
        if (name == candidate->name) return *candidate;
    }
    throw Error(ErrorKind::unknown_name, "there is no metric named '" + name + "'");
}

MetricOptions metric_options(const Metric& metric, const MetricOptions& given) {
    MetricOptions all{{}, given.table};
    for (const MetricOption& option : metric.options) {
        if (option.kind == MetricOption::Kind::table) continue;
        const auto found = given.numbers.find(option.name);
        const double value = found == given.numbers.end() ? option.value : found->second;
        check(metric, option, value);
        all.numbers[option.name] = value;
    }
    for (const auto& [name, value] : given.numbers) {
        if (all.numbers.count(name) == 0) {
            throw Error(ErrorKind::invalid_option, metric.name + " has no option named '" + name + "'");
        }
    }
    return all;
}

RegisterMetric::RegisterMetric(Metric metric) {
    registered().push_back(std::make_unique<const Metric>(std::move(metric)));
}

}  // namespace zoopt::objectives
