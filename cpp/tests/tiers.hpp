#pragma once
#include <string>

#include "zoopt/cpu.hpp"

namespace zoopt {

// Calls body() under every tier of this machine, and goes back to the one in force.
template <class Body>
void on_every_tier(Body&& body) {
    const std::string before = cpu::name(cpu::active());
    for (const cpu::Tier tier : cpu::present()) {
        cpu::select(cpu::name(tier));
        body();
    }
    cpu::select(before);
}

}  // namespace zoopt
