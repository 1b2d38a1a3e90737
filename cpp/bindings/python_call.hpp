#pragma once
#include "bindings.hpp"
#include "flows/flow.hpp"

namespace zoopt::bindings {

// Calls body() with the GIL. Ctrl-C within it ends a flow or a descent, which returns what there is.
template <class Body>
void with_python(const Body& body) {
    const py::gil_scoped_acquire acquire;
    try {
        body();
    } catch (py::error_already_set& error) {
        if (error.matches(PyExc_KeyboardInterrupt)) throw flows::Interrupted();
        throw;
    }
}

}  // namespace zoopt::bindings
