#include "bindings.hpp"

namespace zoopt::bindings {

void register_engine(py::module_&) {}

}  // namespace zoopt::bindings
