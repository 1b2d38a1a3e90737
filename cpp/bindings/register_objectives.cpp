#include "bindings.hpp"
#include "objectives/fma_probe.hpp"
#include "objectives/foreign_objective.hpp"
#include "objectives/test_function.hpp"
#include "zoopt/error.hpp"
#include "zoopt/objective.hpp"

namespace zoopt::bindings {
namespace {

using objectives::CallFailed;
using objectives::ForeignObjective;
using objectives::TestFunction;
using Matrix = Array<double>;

std::size_t extent(const py::array& array, py::ssize_t axis) {
    return static_cast<std::size_t>(array.shape(axis));
}

Matrix evaluate(const Objective& objective, const Matrix& rows, std::uint64_t generation, unsigned threads) {
    if (rows.ndim() != 2 || extent(rows, 1) != objective.dim()) {
        throw py::value_error("rows must have shape (count, dim)");
    }
    const std::size_t count = extent(rows, 0);
    Matrix values(static_cast<py::ssize_t>(count));
    const Rows view{rows.data(), count, objective.dim()};
    const std::span<double> out(values.mutable_data(), count);
    const py::gil_scoped_release release;
    objective.evaluate(view, generation, threads, out);
    return values;
}

std::vector<double> as_vector(const std::optional<Matrix>& array) {
    if (!array) return {};
    return {array->data(), array->data() + array->size()};
}

std::shared_ptr<TestFunction> test_function(const std::string& name, std::size_t dim,
                                            const std::optional<Matrix>& shift, const std::optional<Matrix>& rotation) {
    return std::make_shared<TestFunction>(objectives::function(name), dim, as_vector(shift), as_vector(rotation));
}

py::list function_list() {
    py::list all;
    for (objectives::PickFunction pick : objectives::functions()) {
        all.append(py::make_tuple(pick().name, pick().summary, pick().least_dim));
    }
    return all;
}

Matrix haar_rotation(std::size_t dim, std::uint64_t seed) {
    std::vector<double> rows;
    {
        const py::gil_scoped_release release;
        rows = objectives::haar_rotation(dim, seed);
    }
    const auto side = static_cast<py::ssize_t>(dim);
    return Matrix({side, side}, rows.data());
}

// The caller vouches for the signature of the code at `address`, which lives as long as its `owner`.
std::shared_ptr<ForeignObjective> foreign_objective(std::uintptr_t address, std::size_t dim, bool batch, bool maximise,
                                                    bool invalid, bool threads_of_its_own, const py::object& owner) {
    (void)owner;
    const objectives::ForeignTraits traits{dim, maximise ? Sense::maximise : Sense::minimise,
                                           invalid ? objectives::OnFailure::invalid : objectives::OnFailure::stop,
                                           batch, threads_of_its_own};
    return std::make_shared<ForeignObjective>(reinterpret_cast<objectives::ForeignCall>(address), traits);
}

void translate_failure(std::exception_ptr pending) {
    try {
        if (pending) std::rethrow_exception(pending);
    } catch (const CallFailed& failed) {
        const py::object type = py::module_::import("zoopt.objectives._failure").attr("CallFailed");
        const auto width = static_cast<py::ssize_t>(failed.dim());
        const auto count = static_cast<py::ssize_t>(failed.rows().size()) / width;
        const Matrix rows({count, width}, failed.rows().data());
        PyErr_SetObject(type.ptr(), type(rows, failed.generation()).ptr());
    }
}

std::size_t probe_fma(std::size_t rounds, bool float32) {
    const objectives::FmaProbe& probe = ZOOPT_PICK_TABLE(fma_probe);
    const py::gil_scoped_release release;
    const double kept = float32 ? probe.float32(rounds) : probe.float64(rounds);
    return kept < 0 ? 0 : rounds * (float32 ? probe.operations_float32 : probe.operations_float64);
}

}  // namespace

void register_objectives(py::module_& m) {
    py::class_<Objective, std::shared_ptr<Objective>>(m, "Objective", "A compiled objective.")
        .def_property_readonly("dim", &Objective::dim)
        .def_property_readonly("maximise", [](const Objective& o) { return o.sense() == Sense::maximise; })
        .def("evaluate", &evaluate, py::arg("rows"), py::arg("generation") = 0, py::arg("threads") = 1);

    py::class_<TestFunction, Objective, std::shared_ptr<TestFunction>>(m, "TestFunction", "A compiled test function.");
    m.def("test_functions", &function_list, "Name, summary and least dimension of every test function.");
    m.def("test_function", &test_function, py::arg("name"), py::arg("dim"), py::arg("shift") = py::none(),
          py::arg("rotation") = py::none());
    m.def("haar_rotation", &haar_rotation, py::arg("dim"), py::arg("seed"));

    py::register_exception_translator(&translate_failure);
    py::class_<ForeignObjective, Objective, std::shared_ptr<ForeignObjective>>(m, "ForeignObjective",
                                                                               "Code compiled elsewhere.")
        .def(py::init(&foreign_objective), py::arg("address"), py::kw_only(), py::arg("dim"), py::arg("batch"),
             py::arg("maximise"), py::arg("invalid"), py::arg("threads_of_its_own"), py::arg("owner"),
             py::keep_alive<1, 8>());
    m.def("probe_fma", &probe_fma, py::arg("rounds"), py::arg("float32"),
          "Run multiply-adds on registers and return how many floating-point operations they were, for benchmarks.");
}

}  // namespace zoopt::bindings
