#include "bindings.hpp"
#include "zoopt/objective.hpp"

namespace zoopt::bindings {
namespace {

using Matrix = py::array_t<double, py::array::c_style>;

Matrix evaluate(const Objective& objective, const Matrix& rows, std::uint64_t generation, unsigned threads) {
    if (rows.ndim() != 2 || static_cast<std::size_t>(rows.shape(1)) != objective.dim()) {
        throw py::value_error("rows must have shape (count, dim)");
    }
    const std::size_t count = static_cast<std::size_t>(rows.shape(0));
    Matrix values(static_cast<py::ssize_t>(count));
    const Rows view{rows.data(), count, objective.dim()};
    const std::span<double> out(values.mutable_data(), count);
    const py::gil_scoped_release release;
    objective.evaluate(view, generation, threads, out);
    return values;
}

}  // namespace

void register_objectives(py::module_& m) {
    py::class_<Objective, std::shared_ptr<Objective>>(m, "Objective", "A compiled objective.")
        .def_property_readonly("dim", &Objective::dim)
        .def_property_readonly("maximise", [](const Objective& o) { return o.sense() == Sense::maximise; })
        .def("evaluate", &evaluate, py::arg("rows"), py::arg("generation") = 0, py::arg("threads") = 1);
}

}  // namespace zoopt::bindings
