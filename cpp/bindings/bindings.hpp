#pragma once
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

// One register_*.cpp an area; module.cpp is the table of contents. Arguments are checked and made contiguous in Python,
// so that a binding only unpacks, frees the GIL and calls.
namespace zoopt::bindings {

namespace py = pybind11;
template <class T>
using Array = py::array_t<T, py::array::c_style>;

void register_errors(py::module_& m);
void register_cpu(py::module_& m);
void register_noise(py::module_& m);
void register_objectives(py::module_& m);
void register_metrics(py::module_& m);
void register_policies(py::module_& m);
void register_rerank(py::module_& m);
void register_decoder(py::module_& m);
void register_engine(py::module_& m);
void register_flows(py::module_& m);
void register_transformations(py::module_& m);
void register_recorder(py::module_& m);
void register_numerics(py::module_& m);
void register_lapack(py::module_& m);
void register_models(py::module_& m);

}  // namespace zoopt::bindings
