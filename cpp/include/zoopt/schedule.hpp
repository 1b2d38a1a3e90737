#pragma once
#include <cstdint>

#include "zoopt/registry.hpp"

namespace zoopt {

// Factors of the learning rate and of the first scale in one generation.
struct StepSize {
    double rate = 1.0;
    double scale = 1.0;
};

// How step sizes change with the generation, whatever the values told.
class Schedule {
   public:
    virtual ~Schedule() = default;
    // `generation` counts from 0.
    virtual StepSize at(std::uint64_t generation) const = 0;
    // Whether the rate is 1 in every generation, and the scale left to the update.
    virtual bool constant() const { return false; }
    virtual bool keeps_scale() const { return true; }
};

}  // namespace zoopt
