#include <map>

#include "bindings.hpp"
#include "objectives/loss_objective.hpp"
#include "objectives/model.hpp"

namespace zoopt::bindings {
namespace {

using objectives::Architecture;
using objectives::Loss;
using objectives::LossObjective;
using objectives::Precision;
using objectives::Samples;
using Matrix = Array<double>;

std::size_t extent(const py::array& array, py::ssize_t axis) {
    return static_cast<std::size_t>(array.shape(axis));
}

std::span<const double> as_span(const Matrix& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

Samples samples_of(const Matrix& X, const Architecture& architecture) {
    if (X.ndim() != 2 || extent(X, 1) != architecture.features) {
        throw py::value_error("X must have shape (samples, features)");
    }
    return {X.data(), extent(X, 0), extent(X, 1)};
}

void check_theta(const Matrix& theta, std::size_t dim) {
    if (static_cast<std::size_t>(theta.size()) != dim) throw py::value_error("theta has the wrong size");
}

Architecture architecture(std::size_t features, std::vector<std::size_t> hidden, std::size_t outputs,
                          const std::string& activation) {
    return {features, std::move(hidden), outputs, objectives::activation(activation)};
}

const std::map<std::string, Loss> losses = {
    {"cross-entropy", Loss::cross_entropy},
    {"squared-error", Loss::squared_error},
    {"focal", Loss::focal},
    {"smooth-accuracy", Loss::smooth_accuracy},
    {"dice", Loss::dice},
    {"squared-dice", Loss::squared_dice},
};

std::shared_ptr<LossObjective> loss(const Architecture& of, const Matrix& X, const Matrix& truth, const Matrix& weights,
                                    const std::string& name, std::vector<double> offsets, double focusing, bool float32,
                                    std::size_t batch_size, std::uint64_t seed) {
    const auto kind = losses.find(name);
    if (kind == losses.end()) throw py::value_error("there is no such loss");
    const Samples samples = samples_of(X, of);
    const std::size_t rows = kind->second == Loss::squared_error ? of.outputs : 1;
    const std::span<const double> wanted = as_span(truth);
    const std::span<const double> shares = as_span(weights);
    if (wanted.size() != samples.count * rows || shares.size() != samples.count ||
        (!offsets.empty() && offsets.size() != of.outputs)) {
        throw py::value_error("truth and weights must fit the samples, offsets the outputs");
    }
    const objectives::LossTask task{
        kind->second, {wanted.begin(), wanted.end()}, {shares.begin(), shares.end()}, std::move(offsets), focusing};
    const py::gil_scoped_release release;
    auto whole = objectives::loss_objective(of, samples, task, float32 ? Precision::float32 : Precision::float64);
    if (batch_size == 0) return whole;
    return objectives::in_mini_batches(std::move(whole), {batch_size, seed});
}

py::tuple value_and_gradient(const LossObjective& objective, const Matrix& theta, std::uint64_t generation,
                             unsigned threads) {
    check_theta(theta, objective.dim());
    Matrix gradient(theta.size());
    const std::span<double> out(gradient.mutable_data(), objective.dim());
    double value;
    {
        const py::gil_scoped_release release;
        value = objective.value_and_gradient(as_span(theta), generation, threads, out);
    }
    return py::make_tuple(value, gradient);
}

std::shared_ptr<LossObjective> of_chosen(const LossObjective& objective, const Array<std::uint32_t>& chosen) {
    std::vector<std::uint32_t> numbers(chosen.data(), chosen.data() + chosen.size());
    for (const std::uint32_t number : numbers) {
        if (number >= objective.samples()) throw py::value_error("there are fewer samples");
    }
    const py::gil_scoped_release release;
    return objective.of_chosen(std::move(numbers));
}

template <class T>
void scores_of(const Architecture& of, const Samples& samples, std::span<const double> theta, unsigned threads,
               std::span<double> out) {
    const auto model = objectives::make_model<T>(of);
    objectives::copy_scores(*model, model->pack(samples, objectives::all_of(samples.count)), theta, threads, out);
}

Matrix network_scores(const Architecture& of, const Matrix& X, const Matrix& theta, bool float32, unsigned threads) {
    const Samples samples = samples_of(X, of);
    check_theta(theta, of.dim());
    Matrix scores({X.shape(0), static_cast<py::ssize_t>(of.outputs)});
    const std::span<double> out(scores.mutable_data(), static_cast<std::size_t>(scores.size()));
    const py::gil_scoped_release release;
    if (float32) {
        scores_of<float>(of, samples, as_span(theta), threads, out);
    } else {
        scores_of<double>(of, samples, as_span(theta), threads, out);
    }
    return scores;
}

}  // namespace

void register_models(py::module_& m) {
    py::class_<Architecture>(m, "Architecture", "What a compiled model is.")
        .def(py::init(&architecture), py::arg("features"), py::arg("hidden"), py::arg("outputs"), py::arg("activation"))
        .def_property_readonly("dim", &Architecture::dim)
        .def_readonly("features", &Architecture::features)
        .def_readonly("hidden", &Architecture::hidden)
        .def_readonly("outputs", &Architecture::outputs);
    m.def("network_scores", &network_scores, py::arg("architecture"), py::arg("X"), py::arg("theta"),
          py::arg("float32"), py::arg("threads"));
    py::class_<LossObjective, Objective, std::shared_ptr<LossObjective>>(m, "LossObjective",
                                                                         "The loss of a model on its samples.")
        .def(py::init(&loss), py::arg("architecture"), py::arg("X"), py::arg("truth"), py::arg("weights"),
             py::kw_only(), py::arg("loss"), py::arg("offsets"), py::arg("focusing"), py::arg("float32"),
             py::arg("batch_size"), py::arg("seed"))
        .def("value_and_gradient", &value_and_gradient, py::arg("theta"), py::arg("generation"), py::arg("threads"))
        .def("of_chosen", &of_chosen, py::arg("chosen"));
}

}  // namespace zoopt::bindings
