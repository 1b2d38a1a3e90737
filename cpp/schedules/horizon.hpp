#pragma once
#include "zoopt/registry.hpp"

namespace zoopt {

// Schedules that end need to know when. The default serves ask and tell, where nobody has said.
inline constexpr double default_horizon = 1000.0;

inline Option horizon_option() {
    return {"horizon", automatic, 1.0, 1e18,
            "generations planned; automatic: what the budget allows in minimize(), else 1000"};
}

inline double horizon_of(const Options& options, const Setup& setup) {
    return option(options, "horizon", setup.horizon == setup.horizon ? setup.horizon : default_horizon);
}

}  // namespace zoopt
