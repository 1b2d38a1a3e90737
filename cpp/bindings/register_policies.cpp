#include "bindings.hpp"
#include "objectives/measure.hpp"
#include "objectives/policy_objective.hpp"
#include "objectives/policy_reading.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

using objectives::Architecture;
using objectives::PolicyObjective;
using objectives::PolicyTask;
using objectives::SkipReading;
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
std::unique_ptr<PolicyObjective> made(const PolicyTask& task, const Architecture& model,
                                      const objectives::Samples& samples, const objectives::Batching& batching) {
    return policy_objective<T>(task, objectives::make_model<T>(model), samples, batching);
}

std::shared_ptr<PolicyObjective> on_model(const PolicyTask& task, const Architecture& model, const Matrix& X,
                                          bool float32, std::size_t batch_size, std::uint64_t seed) {
    if (X.ndim() != 2 || extent(X, 0) != task.policy.samples || extent(X, 1) != model.features ||
        model.outputs != task.policy.outputs) {
        throw py::value_error("X must have one row a sample, and the model its features and outputs");
    }
    const objectives::Samples samples{X.data(), extent(X, 0), extent(X, 1)};
    const objectives::Batching batching{batch_size, seed};
    const py::gil_scoped_release release;
    return float32 ? made<float>(task, model, samples, batching) : made<double>(task, model, samples, batching);
}

std::shared_ptr<PolicyObjective> on_scores(const PolicyTask& task) {
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
    const std::size_t samples = policy.samples_of(generation);
    Labels found({static_cast<py::ssize_t>(policy.draws()), static_cast<py::ssize_t>(samples)});
    const std::span<std::int32_t> out(found.mutable_data(), policy.draws() * samples);
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

objectives::ReadingLayout layout_of(const std::vector<std::size_t>& begin, std::size_t outputs) {
    if (begin.size() < 2 || begin.front() != 0 || !std::is_sorted(begin.begin(), begin.end()) || outputs == 0) {
        throw py::value_error("groups must follow one another");
    }
    return {begin, outputs};
}

std::unique_ptr<SkipReading> skip_reading(const std::vector<std::size_t>& begin, std::size_t outputs, const Matrix& X,
                                          const Labels& truth, double cost, bool likelihood, bool learn_gates,
                                          std::size_t draws, std::uint64_t seed) {
    objectives::ReadingTask task{
        layout_of(begin, outputs),
        numbers(X),
        {truth.data(), truth.data() + truth.size()},
        cost,
        likelihood ? objectives::ReadingReward::log_likelihood : objectives::ReadingReward::accuracy,
        learn_gates,
        draws,
        seed};
    if (task.samples.size() != task.truth.size() * task.layout.features()) throw py::value_error("X has another size");
    for (std::int32_t label : task.truth) {
        if (label < 0 || static_cast<std::size_t>(label) >= task.layout.labels()) {
            throw py::value_error("label out of range");
        }
    }
    return std::make_unique<SkipReading>(std::move(task));
}

// Checks what a reading is asked for, and returns the parameters.
std::span<const double> asked(const SkipReading& reading, const Matrix& theta, const Array<std::uint32_t>& chosen) {
    const std::span<const double> candidate(theta.data(), static_cast<std::size_t>(theta.size()));
    if (candidate.size() != reading.dim()) throw py::value_error("theta has the wrong size");
    if (chosen.size() == 0) throw py::value_error("there must be a sample");
    for (py::ssize_t i = 0; i < chosen.size(); ++i) {
        if (chosen.data()[i] >= reading.samples()) throw py::value_error("there is no such sample");
    }
    return candidate;
}

double reading_value(const SkipReading& reading, const Matrix& theta, const Array<std::uint32_t>& chosen,
                     std::uint64_t generation, unsigned threads) {
    const std::span<const double> candidate = asked(reading, theta, chosen);
    const std::span<const std::uint32_t> rows(chosen.data(), static_cast<std::size_t>(chosen.size()));
    const py::gil_scoped_release release;
    return reading.value(candidate, rows, generation, threads);
}

py::tuple reading_gradient(const SkipReading& reading, const Matrix& theta, const Array<std::uint32_t>& chosen,
                           std::uint64_t generation, unsigned threads) {
    const std::span<const double> candidate = asked(reading, theta, chosen);
    const std::span<const std::uint32_t> rows(chosen.data(), static_cast<std::size_t>(chosen.size()));
    Matrix gradient(static_cast<py::ssize_t>(reading.dim()));
    const std::span<double> out(gradient.mutable_data(), reading.dim());
    double value = 0.0;
    {
        const py::gil_scoped_release release;
        value = reading.value_and_gradient(candidate, rows, generation, threads, out);
    }
    return py::make_tuple(value, gradient);
}

// Whether each group is read of each sample, and the scores.
py::tuple read_likeliest(const SkipReading& reading, const Matrix& theta, const Matrix& X) {
    const objectives::ReadingLayout& layout = reading.layout();
    const std::span<const double> candidate(theta.data(), static_cast<std::size_t>(theta.size()));
    if (candidate.size() != reading.dim()) throw py::value_error("theta has the wrong size");
    if (X.ndim() != 2 || extent(X, 1) != layout.features()) throw py::value_error("X has another size");
    Array<std::uint8_t> open({X.shape(0), static_cast<py::ssize_t>(layout.groups())});
    Matrix scores({X.shape(0), static_cast<py::ssize_t>(layout.outputs)});
    const std::span<std::uint8_t> gates(open.mutable_data(), static_cast<std::size_t>(open.size()));
    const std::span<double> out(scores.mutable_data(), static_cast<std::size_t>(scores.size()));
    {
        const py::gil_scoped_release release;
        objectives::read_likeliest(layout, candidate, X.data(), extent(X, 0), gates, out);
    }
    return py::make_tuple(open, scores);
}

}  // namespace

void register_policies(py::module_& m) {
    py::class_<PolicyTask>(m, "PolicyTask", "What a policy is rewarded for, and how its gradient is estimated.")
        .def(py::init(&task_of), py::kw_only(), py::arg("outputs"), py::arg("temperatures"), py::arg("table"),
             py::arg("rows"), py::arg("weights"), py::arg("truth"), py::arg("name"), py::arg("metric"),
             py::arg("estimator"), py::arg("draws"), py::arg("gumbel"), py::arg("baseline"), py::arg("seed"));
    py::class_<PolicyObjective, std::shared_ptr<PolicyObjective>>(m, "PolicyObjective",
                                                                  "The expected reward of a softmax policy.")
        .def_property_readonly("dim", &PolicyObjective::dim)
        .def("values", &values, py::arg("rows"), py::arg("generation"), py::arg("threads"))
        .def("value_and_gradient", &value_and_gradient, py::arg("theta"), py::arg("generation"), py::arg("threads"))
        .def("choices", &choices, py::arg("theta"), py::arg("generation"), py::arg("threads"))
        .def("score", &score, py::arg("theta"), py::arg("weights"), py::arg("generation"), py::arg("threads"))
        .def("probabilities", &probabilities, py::arg("theta"), py::arg("threads"));
    py::class_<SkipReading>(m, "SkipReading", "A classifier that decides what to read.")
        .def(py::init(&skip_reading), py::kw_only(), py::arg("begin"), py::arg("outputs"), py::arg("X"),
             py::arg("truth"), py::arg("cost"), py::arg("likelihood"), py::arg("learn_gates"), py::arg("draws"),
             py::arg("seed"))
        .def_property_readonly("dim", &SkipReading::dim)
        .def_property_readonly("classifier", [](const SkipReading& r) { return r.layout().classifier(); })
        .def("value", &reading_value, py::arg("theta"), py::arg("chosen"), py::arg("generation"), py::arg("threads"))
        .def("value_and_gradient", &reading_gradient, py::arg("theta"), py::arg("chosen"), py::arg("generation"),
             py::arg("threads"))
        .def("read", &read_likeliest, py::arg("theta"), py::arg("X"));
    m.def("policy_on_model", &on_model, py::arg("task"), py::arg("model"), py::arg("X"), py::arg("float32"),
          py::arg("batch_size"), py::arg("seed"));
    m.def("policy_on_scores", &on_scores, py::arg("task"));
    m.def(
        "has_expected_counts", [](const std::string& metric) { return objectives::smooth_metric(metric) != nullptr; },
        py::arg("metric"));
}

}  // namespace zoopt::bindings
