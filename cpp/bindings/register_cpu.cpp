#include "bindings.hpp"
#include "zoopt/cpu.hpp"

namespace zoopt::bindings {

void register_cpu(py::module_& m) {
    m.def(
        "cpu_tiers",
        [] {
            std::vector<std::string> names;
            for (cpu::Tier tier : cpu::present()) names.push_back(cpu::name(tier));
            return names;
        },
        "The CPU tiers that this build holds and this CPU can run, slowest first.");
    m.def("cpu_tier", [] { return cpu::name(cpu::active()); }, "The CPU tier in force.");
    m.def("select_cpu_tier", &cpu::select, py::arg("name"), "Choose a CPU tier from here on.");
}

}  // namespace zoopt::bindings
