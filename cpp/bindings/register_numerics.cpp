#include "bindings.hpp"
#include "engine/cma_constants.hpp"
#include "engine/kernels.hpp"
#include "zoopt/math.hpp"

namespace zoopt::bindings {
namespace {

py::dict cma_constants(std::size_t dim, std::size_t population, const Options& given, bool separable) {
    const CmaConstants constants =
        separable ? CmaConstants::separable(dim, population, given) : CmaConstants::full(dim, population, given);
    py::dict out;
    out["weights"] = py::array_t<double>(static_cast<py::ssize_t>(population), constants.weights.data());
    out["mu_eff"] = constants.mu_eff;
    out["c_sigma"] = constants.c_sigma;
    out["d_sigma"] = constants.d_sigma;
    out["c_c"] = constants.c_c;
    out["c_1"] = constants.c_1;
    out["c_mu"] = constants.c_mu;
    out["stall"] = constants.stall;
    out["chi"] = constants.chi;
    return out;
}

py::tuple symmetric_eigen(const Array<double>& matrix) {
    if (matrix.ndim() != 2 || matrix.shape(0) != matrix.shape(1) || matrix.shape(0) == 0) {
        throw py::value_error("matrix must be square");
    }
    const py::ssize_t n = matrix.shape(0);
    const auto dim = static_cast<std::size_t>(n);
    std::vector<double> work(engine::eigen_work(dim));
    py::array_t<double> values(n), vectors({n, n});
    const bool converged =
        ZOOPT_PICK_TABLE(engine_kernels)
            .symmetric_eigen(matrix.data(), dim, vectors.mutable_data(), values.mutable_data(), work.data());
    return py::make_tuple(values, vectors, converged);
}

}  // namespace

void register_numerics(py::module_& m) {
    m.def("cma_constants", &cma_constants, py::arg("dim"), py::arg("population"), py::arg("given") = Options(),
          py::arg("separable") = false,
          "The constants of the cma updates where some are given: weights by rank and learning rates, by name.");
    m.def("symmetric_eigen", &symmetric_eigen, py::arg("matrix"),
          "Eigenvalues, eigenvectors as rows, and whether the iteration converged, in no particular order.");
    m.def("portable_exp", [](double x) { return portable::exp(x); }, py::arg("x"));
    m.def("portable_log", [](double x) { return portable::log(x); }, py::arg("x"));
    m.def("portable_power", [](double x, double y) { return portable::power(x, y); }, py::arg("x"), py::arg("y"));
    m.def(
        "portable_whole_power", [](double x, std::uint64_t n) { return portable::power(x, n); }, py::arg("x"),
        py::arg("n"));
    m.def("portable_cos_half_turns", [](double x) { return portable::cos_half_turns(x); }, py::arg("x"));
}

}  // namespace zoopt::bindings
