#include "bindings.hpp"
#include "objectives/metric_objective.hpp"
#include "objectives/operating_point.hpp"
#include "objectives/probabilities.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using objectives::Architecture;
using objectives::Batching;
using objectives::Measure;
using objectives::Metric;
using objectives::MetricObjective;
using objectives::MetricOption;
using objectives::MetricOptions;
using objectives::MiniBatches;
using objectives::OperatingPoint;
using objectives::Samples;
using objectives::Scores;
using objectives::Target;
using objectives::Targets;
using Matrix = Array<double>;

std::size_t extent(const py::array& array, py::ssize_t axis) {
    return static_cast<std::size_t>(array.shape(axis));
}

template <class T>
std::vector<T> as_vector(const std::optional<Array<T>>& array) {
    if (!array) return {};
    return {array->data(), array->data() + array->size()};
}

template <class T>
std::span<const T> as_span(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

Samples samples_of(const Matrix& X) {
    if (X.ndim() != 2) throw py::value_error("X must have shape (samples, features)");
    return {X.data(), extent(X, 0), extent(X, 1)};
}

std::vector<double> weights_of(const std::optional<Matrix>& weights, std::size_t samples) {
    if (weights && static_cast<std::size_t>(weights->size()) != samples) {
        throw py::value_error("weights must have one entry a sample");
    }
    return as_vector<double>(weights);
}

Targets classes(const Array<std::int32_t>& numbers, std::size_t count, const std::optional<Matrix>& weights) {
    for (std::int32_t number : as_span(numbers)) {
        if (number < 0 || static_cast<std::size_t>(number) >= count) throw py::value_error("class out of range");
    }
    return Targets::of_classes(as_vector<std::int32_t>(numbers), count, weights_of(weights, extent(numbers, 0)));
}

Targets label_sets(const Array<std::uint8_t>& labels, const std::optional<Matrix>& weights) {
    if (labels.ndim() != 2) throw py::value_error("labels must have shape (samples, labels)");
    return Targets::of_labels(as_vector<std::uint8_t>(labels), extent(labels, 1),
                              weights_of(weights, extent(labels, 0)));
}

Targets quantities(const Matrix& values, const std::optional<Matrix>& weights) {
    return Targets::of_quantities(as_vector<double>(values), weights_of(weights, extent(values, 0)));
}

Targets chosen(const Targets& targets, const Array<std::uint32_t>& samples) {
    for (std::uint32_t sample : as_span(samples)) {
        if (sample >= targets.samples()) throw py::index_error("there is no such sample");
    }
    return targets.chosen(as_span(samples));
}

Measure measure(const std::string& name, const std::map<std::string, double>& numbers,
                const std::optional<Matrix>& table, bool negated) {
    return {name, MetricOptions{numbers, as_vector<double>(table)}, negated};
}

Matrix values_of(const Measure& of, const Matrix& scores, const Targets& targets, unsigned threads) {
    if (scores.ndim() != 3 || extent(scores, 1) != targets.samples() || extent(scores, 2) != targets.outputs()) {
        throw py::value_error("scores must have shape (candidates, samples, outputs)");
    }
    Matrix values(scores.shape(0));
    const std::span<double> out(values.mutable_data(), extent(scores, 0));
    const py::gil_scoped_release release;
    of.evaluate(scores.data(), targets, threads, out);
    return values;
}

template <class T>
std::shared_ptr<MetricObjective> made(const Architecture& architecture, const Samples& samples, const Targets& targets,
                                      const std::optional<Measure>& measure, const Batching& batching) {
    return objectives::metric_objective(objectives::make_model<T>(architecture), samples, targets, measure, batching);
}

std::shared_ptr<MetricObjective> metric_objective(const Architecture& architecture, const Matrix& X,
                                                  const Targets& targets, const std::optional<Measure>& measure,
                                                  bool float32, std::size_t batch_size, std::uint64_t seed) {
    const Samples samples = samples_of(X);
    if (samples.count != targets.samples()) throw py::value_error("targets must have one entry a sample");
    if (samples.features != architecture.features || targets.outputs() != architecture.outputs) {
        throw py::value_error("the model does not fit X and the targets");
    }
    const Batching batching{batch_size, seed};
    const py::gil_scoped_release release;
    return float32 ? made<float>(architecture, samples, targets, measure, batching)
                   : made<double>(architecture, samples, targets, measure, batching);
}

Matrix own_scores(const MetricObjective& objective, const Matrix& theta) {
    if (static_cast<std::size_t>(theta.size()) != objective.dim()) throw py::value_error("theta has the wrong size");
    Matrix scores({static_cast<py::ssize_t>(objective.samples()), static_cast<py::ssize_t>(objective.outputs())});
    const std::span<double> out(scores.mutable_data(), static_cast<std::size_t>(scores.size()));
    const py::gil_scoped_release release;
    objective.scores(as_span(theta), out);
    return scores;
}

Matrix own_samples(const MetricObjective& objective) {
    Matrix X({static_cast<py::ssize_t>(objective.samples()), static_cast<py::ssize_t>(objective.features())});
    const std::span<double> out(X.mutable_data(), static_cast<std::size_t>(X.size()));
    const py::gil_scoped_release release;
    objective.copy_samples(out);
    return X;
}

// Scores of shape (samples, outputs) as metrics read them: a run of samples for each output.
std::vector<double> turned(const Matrix& scores) {
    const std::size_t samples = extent(scores, 0);
    const std::size_t outputs = extent(scores, 1);
    std::vector<double> out(samples * outputs);
    for (std::size_t s = 0; s < samples; ++s) {
        for (std::size_t o = 0; o < outputs; ++o) out[o * samples + s] = scores.data()[s * outputs + o];
    }
    return out;
}

Matrix probabilities(const Matrix& scores, const Targets& targets) {
    if (scores.ndim() != 2 || extent(scores, 1) != targets.outputs()) {
        throw py::value_error("scores must have shape (samples, outputs)");
    }
    const std::vector<double> own = turned(scores);
    const std::size_t samples = extent(scores, 0);
    const std::size_t width = targets.classes();
    Matrix chances({scores.shape(0), static_cast<py::ssize_t>(width)});
    double* out = chances.mutable_data();
    const Scores view{own.data(), samples, 0, samples, targets.outputs()};
    for (std::size_t s = 0; s < samples; ++s) {
        objectives::probabilities(view, s, targets.kind(), {out + s * width, width});
    }
    return chances;
}

py::tuple operating_point(const Matrix& scores, const Targets& targets, bool least_recall, double least) {
    if (targets.kind() != Target::binary || static_cast<std::size_t>(scores.size()) != targets.samples()) {
        throw py::value_error("scores must have one entry a sample of two classes");
    }
    objectives::Workspace work;
    const OperatingPoint point = least_recall ? objectives::best_precision(as_span(scores), targets, least, work)
                                              : objectives::best_recall(as_span(scores), targets, least, work);
    return py::make_tuple(point.feasible, point.threshold, point.precision, point.recall);
}

const char* name_of(Target target) {
    if (target == Target::binary) return "binary";
    if (target == Target::multiclass) return "multiclass";
    return target == Target::multilabel ? "multilabel" : "quantity";
}

py::tuple described(const MetricOption& option) {
    constexpr const char* kinds[] = {"real", "whole", "choice", "table"};
    return py::make_tuple(option.name, kinds[static_cast<std::size_t>(option.kind)], option.value, option.low,
                          option.high, option.doc, option.choices);
}

py::dict metric_list() {
    py::dict all;
    for (const Metric* metric : objectives::metrics()) {
        constexpr const char* needs[] = {"counts", "tally", "sums", "scores"};
        py::dict targets;
        for (Target target : metric->targets) {
            targets[name_of(target)] = needs[metric->make(metric_options(*metric, {}), target).index()];
        }
        py::list options;
        for (const MetricOption& option : metric->options) options.append(described(option));
        all[metric->name.c_str()] = py::make_tuple(metric->summary, metric->sense == Sense::maximise, targets, options);
    }
    return all;
}

}  // namespace

void register_metrics(py::module_& m) {
    py::class_<Targets>(m, "Targets", "What samples truly are, and how much each counts.")
        .def_static("of_classes", &classes, py::arg("numbers"), py::arg("count"), py::arg("weights"))
        .def_static("of_labels", &label_sets, py::arg("labels"), py::arg("weights"))
        .def_static("of_quantities", &quantities, py::arg("values"), py::arg("weights"))
        .def("chosen", &chosen, py::arg("samples"), "The targets of these samples.");

    py::class_<Measure>(m, "Measure", "A metric with its options.")
        .def(py::init(&measure), py::arg("name"), py::arg("numbers"), py::arg("table"), py::arg("negated"))
        .def_property_readonly("maximise", [](const Measure& of) { return of.sense() == Sense::maximise; })
        .def("check", &Measure::check, py::arg("targets"), "Raise where no candidate has a value on these targets.")
        .def("evaluate", &values_of, py::arg("scores"), py::arg("targets"), py::arg("threads") = 1);

    py::class_<MiniBatches>(m, "MiniBatches", "Which samples the mini-batch of a generation holds.")
        .def(py::init<std::size_t, std::size_t, std::uint64_t>(), py::arg("samples"), py::arg("size"), py::arg("seed"))
        .def_property_readonly("an_epoch", &MiniBatches::an_epoch)
        .def(
            "of",
            [](const MiniBatches& batches, std::uint64_t generation) {
                const std::vector<std::uint32_t> samples = batches.of(generation);
                return Array<std::uint32_t>(static_cast<py::ssize_t>(samples.size()), samples.data());
            },
            py::arg("generation"));

    py::class_<MetricObjective, Objective, std::shared_ptr<MetricObjective>>(m, "MetricObjective",
                                                                             "The metric of a model on its samples.")
        .def("scores", &own_scores, py::arg("theta"))
        .def("samples", &own_samples, "The samples, as the model has them.");

    m.def("metrics", &metric_list,
          "Of every metric: summary, whether to be maximised, what it is made from for each kind of y, options.");
    m.def("metric_objective", &metric_objective, py::arg("architecture"), py::arg("X"), py::arg("targets"),
          py::arg("measure"), py::arg("float32"), py::arg("batch_size"), py::arg("seed"));
    m.def("probabilities", &probabilities, py::arg("scores"), py::arg("targets"));
    m.def("operating_point", &operating_point, py::arg("scores"), py::arg("targets"), py::arg("least_recall"),
          py::arg("least"), "Feasible, threshold, precision, recall.");
}

}  // namespace zoopt::bindings
