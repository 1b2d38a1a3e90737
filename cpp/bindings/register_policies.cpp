#include "bindings.hpp"
#include "objectives/measure.hpp"
#include "objectives/policy_objective.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using objectives::PolicyObjective;
using objectives::PolicyTask;
using Matrix = Array<double>;
using Labels = Array<std::int32_t>;

std::size_t extent(const py::array& array, py::ssize_t axis) {
    return static_cast<std::size_t>(array.shape(axis));
}

std::vector<double> numbers(const Matrix& array) {
    return {array.data(), array.data() + array.size()};
}

// What Python has checked; sizes are checked again where memory depends on them.
PolicyTask task_of(std::size_t outputs, const Matrix& temperatures, const Matrix& table,
                   const Array<std::uint32_t>& rows, const Matrix& weights, const std::optional<Labels>& truth,
                   const std::string& name, const std::optional<objectives::Measure>& metric, int estimator,
                   std::size_t draws, bool gumbel, int baseline, std::uint64_t seed) {
    PolicyTask task;
    task.policy = {static_cast<std::size_t>(temperatures.size()), outputs, numbers(temperatures)};
    task.rewards = {numbers(table), {rows.data(), rows.data() + rows.size()}};
    task.weights = numbers(weights);
    const std::size_t samples = task.policy.samples;
    const std::size_t labels = task.policy.labels();
    if (truth && metric) {
        const objectives::Rule rule =
            metric->rule(labels == 2 ? objectives::Target::binary : objectives::Target::multiclass);
        const auto* counts = std::get_if<objectives::CountRule>(&rule);
        if (counts == nullptr) throw py::value_error("the metric must be one of confusion counts");
        task.corpus = {{truth->data(), truth->data() + truth->size()}, labels, name, *counts};
        for (std::int32_t label : task.corpus->truth) {
            if (label < 0 || static_cast<std::size_t>(label) >= labels) throw py::value_error("label out of range");
        }
        if (task.corpus->truth.size() != samples) throw py::value_error("truth must have one label a sample");
    } else {
        const std::size_t known = task.rewards.table.size() / labels;
        for (std::uint32_t row : task.rewards.rows) {
            if (row >= known) throw py::value_error("row out of range");
        }
        if (task.rewards.rows.size() != samples) throw py::value_error("rows must have one entry a sample");
    }
    if (task.weights.size() != samples) throw py::value_error("weights must have one entry a sample");
    task.estimator = static_cast<objectives::PolicyEstimator>(estimator);
    task.sampling = {draws, gumbel ? objectives::Score::gumbel : objectives::Score::softmax,
                     static_cast<objectives::Baseline>(baseline), seed};
    return task;
}

template <class T>
std::unique_ptr<PolicyObjective> of_linear(const PolicyTask& task, const objectives::Samples& samples) {
    return policy_objective<T>(task, objectives::linear_model<T>(samples.features, task.policy.outputs), samples);
}

std::unique_ptr<PolicyObjective> on_model(const PolicyTask& task, const Matrix& X, bool float32) {
    if (X.ndim() != 2 || extent(X, 0) != task.policy.samples) throw py::value_error("X must have one row a sample");
    const objectives::Samples samples{X.data(), extent(X, 0), extent(X, 1)};
    const py::gil_scoped_release release;
    return float32 ? of_linear<float>(task, samples) : of_linear<double>(task, samples);
}

std::unique_ptr<PolicyObjective> on_scores(const PolicyTask& task) {
    return objectives::policy_objective(task);
}

std::span<const double> candidate_of(const PolicyObjective& policy, const Matrix& theta) {
    const std::span<const double> candidate(theta.data(), static_cast<std::size_t>(theta.size()));
    if (candidate.size() != policy.dim()) throw py::value_error("theta has the wrong size");
    return candidate;
}

Matrix values(const PolicyObjective& policy, const Matrix& rows, std::uint64_t generation, unsigned threads) {
    if (rows.ndim() != 2 || extent(rows, 1) != policy.dim()) throw py::value_error("rows must have shape (count, dim)");
    const std::size_t count = extent(rows, 0);
    Matrix found(static_cast<py::ssize_t>(count));
    const std::span<double> out(found.mutable_data(), count);
    const Rows view{rows.data(), count, policy.dim()};
    const py::gil_scoped_release release;
    policy.values(view, generation, threads, out);
    return found;
}

// Calls find(gradient) on zeros.
template <class Find>
Matrix gradient_by(const PolicyObjective& policy, const Find& find) {
    Matrix gradient(static_cast<py::ssize_t>(policy.dim()));
    const std::span<double> out(gradient.mutable_data(), policy.dim());
    std::fill(out.begin(), out.end(), 0.0);
    const py::gil_scoped_release release;
    find(out);
    return gradient;
}

py::tuple value_and_gradient(const PolicyObjective& policy, const Matrix& theta, std::uint64_t generation,
                             unsigned threads) {
    const std::span<const double> candidate = candidate_of(policy, theta);
    double value = 0.0;
    const Matrix gradient = gradient_by(
        policy, [&](std::span<double> out) { value = policy.value_and_gradient(candidate, generation, threads, out); });
    return py::make_tuple(value, gradient);
}

Labels choices(const PolicyObjective& policy, const Matrix& theta, std::uint64_t generation, unsigned threads) {
    const std::span<const double> candidate = candidate_of(policy, theta);
    Labels found({static_cast<py::ssize_t>(policy.draws()), static_cast<py::ssize_t>(policy.samples())});
    const std::span<std::int32_t> out(found.mutable_data(), policy.draws() * policy.samples());
    const py::gil_scoped_release release;
    policy.choices(candidate, generation, threads, out);
    return found;
}

Matrix score(const PolicyObjective& policy, const Matrix& theta, const Matrix& weights, std::uint64_t generation,
             unsigned threads) {
    const std::span<const double> candidate = candidate_of(policy, theta);
    const std::span<const double> of_draws(weights.data(), static_cast<std::size_t>(weights.size()));
    if (of_draws.size() != policy.draws()) throw py::value_error("weights must have one entry a draw");
    return gradient_by(policy,
                       [&](std::span<double> out) { policy.score(candidate, of_draws, generation, threads, out); });
}

Matrix probabilities(const PolicyObjective& policy, const Matrix& theta, unsigned threads) {
    const std::span<const double> candidate = candidate_of(policy, theta);
    Matrix found({static_cast<py::ssize_t>(policy.samples()), static_cast<py::ssize_t>(policy.labels())});
    const std::span<double> out(found.mutable_data(), policy.samples() * policy.labels());
    const py::gil_scoped_release release;
    policy.probabilities(candidate, threads, out);
    return found;
}

}  // namespace

void register_policies(py::module_& m) {
    py::class_<PolicyTask>(m, "PolicyTask", "What a policy is rewarded for, and how its gradient is estimated.")
        .def(py::init(&task_of), py::kw_only(), py::arg("outputs"), py::arg("temperatures"), py::arg("table"),
             py::arg("rows"), py::arg("weights"), py::arg("truth"), py::arg("name"), py::arg("metric"),
             py::arg("estimator"), py::arg("draws"), py::arg("gumbel"), py::arg("baseline"), py::arg("seed"));
    py::class_<PolicyObjective>(m, "PolicyObjective", "The expected reward of a softmax policy.")
        .def_property_readonly("dim", &PolicyObjective::dim)
        .def("values", &values, py::arg("rows"), py::arg("generation"), py::arg("threads"))
        .def("value_and_gradient", &value_and_gradient, py::arg("theta"), py::arg("generation"), py::arg("threads"))
        .def("choices", &choices, py::arg("theta"), py::arg("generation"), py::arg("threads"))
        .def("score", &score, py::arg("theta"), py::arg("weights"), py::arg("generation"), py::arg("threads"))
        .def("probabilities", &probabilities, py::arg("theta"), py::arg("threads"));
    m.def("policy_on_model", &on_model, py::arg("task"), py::arg("X"), py::arg("float32"));
    m.def("policy_on_scores", &on_scores, py::arg("task"));
    m.def(
        "has_expected_counts", [](const std::string& metric) { return objectives::smooth_metric(metric) != nullptr; },
        py::arg("metric"));
}

}  // namespace zoopt::bindings
