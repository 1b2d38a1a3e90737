#include "measure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metric_sink.hpp"
#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

const char* name_of(Target target) {
    switch (target) {
        case Target::binary:
            return "two classes";
        case Target::multiclass:
            return "more than two classes";
        case Target::multilabel:
            return "several labels a sample";
        default:
            return "a quantity";
    }
}

std::string taken_by(const Metric& metric) {
    std::string all;
    for (Target target : metric.targets) all += (all.empty() ? "" : " or ") + std::string(name_of(target));
    return all;
}

}  // namespace

Measure::Measure(const std::string& name, const MetricOptions& options, bool negated)
    : metric_(&metric(name)), options_(metric_options(*metric_, options)), negated_(negated) {}

Sense Measure::sense() const {
    return (metric_->sense == Sense::maximise) != negated_ ? Sense::maximise : Sense::minimise;
}

void Measure::check(const Targets& targets) const {
    const auto& taken = metric_->targets;
    if (std::find(taken.begin(), taken.end(), targets.kind()) == taken.end()) {
        throw Error(ErrorKind::invalid_input,
                    "it is for y of " + taken_by(*metric_) + ", but y is of " + name_of(targets.kind()));
    }
    const std::string reason = metric_->undefined ? metric_->undefined(options_, targets) : "";
    if (!reason.empty()) throw Error(ErrorKind::invalid_input, reason);
    const std::size_t cells = targets.classes() * targets.classes();
    if (!options_.table.empty() && options_.table.size() != cells) {
        const std::string side = std::to_string(targets.classes());
        throw Error(ErrorKind::invalid_input, metric_->name + " needs a table of shape (" + side + ", " + side +
                                                  "), a row and a column for each class");
    }
}

void Measure::evaluate(const double* scores, const Targets& targets, unsigned threads, std::span<double> values) const {
    const Rule made = rule(targets.kind());
    const std::size_t width = targets.samples() * targets.outputs();
    const Blocks blocks = blocks_elsewhere(targets.samples());
    const std::size_t at_once = candidates_at_once<double>(made, targets, blocks, threads);
    for (std::size_t first = 0; first < values.size(); first += at_once) {
        const std::size_t here = std::min(at_once, values.size() - first);
        const std::unique_ptr<MetricSink<double>> sink = metric_sink<double>(made, targets, here, blocks);
        deliver(scores + first * width, here, targets.samples(), targets.outputs(), threads, *sink);
        sink->values(threads, values.subspan(first, here));
    }
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double* own = scores + k * width;
        const bool finite = std::all_of(own, own + width, [](double score) { return std::isfinite(score); });
        values[k] = finite ? natural(values[k]) : std::numeric_limits<double>::quiet_NaN();
    }
}

}  // namespace zoopt::objectives
