#include "bindings.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

const char* python_class(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid_option:
            return "InvalidOption";
        case ErrorKind::unknown_name:
            return "UnknownName";
        case ErrorKind::state:
            return "StateError";
        case ErrorKind::unsupported_cpu:
            return "UnsupportedCpu";
        default:
            return "InvalidInput";
    }
}

}  // namespace

void register_errors(py::module_&) {
    py::register_exception_translator([](std::exception_ptr pending) {
        try {
            if (pending) std::rethrow_exception(pending);
        } catch (const Error& error) {
            const py::object type = py::module_::import("zoopt.errors").attr(python_class(error.kind()));
            PyErr_SetString(type.ptr(), error.what());
        }
    });
}

}  // namespace zoopt::bindings
