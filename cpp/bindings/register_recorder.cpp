#include "bindings.hpp"
#include "zoopt/recorder.hpp"

namespace zoopt::bindings {
namespace {

using Vector = Array<double>;
using Counts = Array<std::uint64_t>;

std::span<const double> view(const Vector& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

std::shared_ptr<Recorder> make_recorder(const Counts& checkpoints, const Vector& targets, double optimum, double goal,
                                        bool maximise) {
    const auto wanted = view(targets);
    return std::make_shared<Recorder>(Asked{{checkpoints.data(), checkpoints.data() + checkpoints.size()},
                                            {wanted.begin(), wanted.end()},
                                            optimum,
                                            goal,
                                            maximise ? Sense::maximise : Sense::minimise});
}

template <class T>
py::array_t<T> copy(const std::vector<T>& values) {
    return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

std::shared_ptr<RecordedObjective> make_recorded(std::shared_ptr<Objective> objective,
                                                 std::shared_ptr<Recorder> recorder, std::uint64_t seed,
                                                 double deviation) {
    return std::make_shared<RecordedObjective>(std::move(objective), std::move(recorder), Disturbance{seed, deviation});
}

Vector disturbed(const Vector& values, std::uint64_t first, std::uint64_t seed, double deviation) {
    Vector out(values.size(), values.data());
    Disturbance{seed, deviation}.disturb(first, {out.mutable_data(), static_cast<std::size_t>(out.size())});
    return out;
}

// One point or many, as the shape says; the caller looks at the recorder.
py::object record(const RecordedObjective& objective, const Vector& points) {
    const bool one = points.ndim() == 1;
    if (points.ndim() < 1 || points.ndim() > 2 ||
        static_cast<std::size_t>(points.shape(points.ndim() - 1)) != objective.dim()) {
        throw py::value_error("points must have shape (count, dim) or (dim,)");
    }
    const std::size_t count = one ? 1 : static_cast<std::size_t>(points.shape(0));
    const Rows rows{points.data(), count, objective.dim()};
    if (one) {
        double value = 0.0;
        objective.record(rows, 0, 1, {&value, 1});
        return py::float_(value);
    }
    Vector values(static_cast<py::ssize_t>(count));
    const std::span<double> out(values.mutable_data(), count);
    {
        const py::gil_scoped_release release;
        objective.record(rows, 0, 1, out);
    }
    return values;
}

}  // namespace

void register_recorder(py::module_& m) {
    static py::exception<GoalReached> goal_reached(m, "GoalReached");
    py::register_exception_translator([](std::exception_ptr pending) {
        try {
            if (pending) std::rethrow_exception(pending);
        } catch (const GoalReached& reached) {
            PyErr_SetString(goal_reached.ptr(), reached.what());
        }
    });
    py::class_<Recorder, std::shared_ptr<Recorder>>(
        m, "Recorder", "The best value so far at checkpoints, and which evaluation first reached each target.")
        .def(py::init(&make_recorder), py::kw_only(), py::arg("checkpoints"), py::arg("targets"), py::arg("optimum"),
             py::arg("goal"), py::arg("maximise"))
        .def(
            "note", [](Recorder& recorder, const Vector& values) { recorder.note(view(values)); }, py::arg("values"))
        .def(
            "note_one", [](Recorder& recorder, double value) { recorder.note({&value, 1}); }, py::arg("value"))
        .def_property_readonly("evaluations", &Recorder::evaluations)
        .def_property_readonly("invalid", &Recorder::invalid)
        .def_property_readonly("best", &Recorder::best)
        .def_property_readonly("over", &Recorder::over)
        .def_property_readonly("below", &Recorder::below)
        .def_property_readonly("curve", [](const Recorder& recorder) { return copy(recorder.curve()); })
        .def_property_readonly("hits", [](const Recorder& recorder) { return copy(recorder.hits()); });
    py::class_<RecordedObjective, Objective, std::shared_ptr<RecordedObjective>>(
        m, "RecordedObjective", "An objective whose evaluations are recorded, timed and disturbed.")
        .def(py::init(&make_recorded), py::arg("objective"), py::arg("recorder"), py::arg("seed") = 0,
             py::arg("deviation") = 0.0)
        .def("record", &record, py::arg("points"))
        .def_property_readonly("nanoseconds", &RecordedObjective::nanoseconds);
    m.def("disturbed", &disturbed, py::arg("values"), py::arg("first"), py::arg("seed"), py::arg("deviation"),
          "Values with the noise of their evaluations added.");
}

}  // namespace zoopt::bindings
