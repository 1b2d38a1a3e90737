#pragma once
#include "flows/flow.hpp"
#include "zoopt/registry.hpp"

namespace zoopt::flows {

// Steps of an update of the engine's along the gradients of a field.
struct DescentTask {
    std::string update;
    std::string schedule;
    Options options;  // of both, the learning rate among them
    std::uint64_t steps;
    Keeping keeping;
    std::vector<Event> events;                        // looked at after every step
    std::function<bool(double t, Point x)> callback;  // after every step; true ends the run
    Interrupt::Ask ask;
};

// The time of a point is the sum of the learning rates of the steps that led to it. Before each step the field is told
// its number, from 0.
Flow descend(Field& field, Point x0, const DescentTask& task);

}  // namespace zoopt::flows
