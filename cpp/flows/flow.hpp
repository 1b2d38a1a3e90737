#pragma once
#include <functional>
#include <limits>
#include <optional>

#include "flows/controller.hpp"
#include "flows/dense.hpp"
#include "zoopt/interrupt.hpp"

namespace zoopt::flows {

// Thrown by what is asked on the way, where the run is to end with what it has.
struct Interrupted : std::runtime_error {
    Interrupted() : std::runtime_error("interrupted") {}
};

// A function whose zeros are looked for. `gradient` is that of the field at x, or empty where it is not known.
struct Event {
    std::function<double(double t, Point x, Point gradient)> function;
    int direction = 0;           // zeros that are passed upwards (1), downwards (-1), or either way
    std::uint64_t terminal = 0;  // the run ends with this zero; 0: with none
};

enum class End { reached, event, callback, interrupted, too_small, diverged, out_of_steps };

// Which points are kept: those at times, in the order of the run, or else those of steps.
struct Keeping {
    std::optional<std::vector<double>> at{};
    std::uint64_t every = 0;  // each so many; 0: as many as `most` allows, evenly thinned
    std::size_t most = 4096;
};

struct FlowTask {
    std::string method;
    double from;
    double to;
    std::optional<double> step;  // a fixed length; else it is controlled
    Tolerances tolerances;
    Keeping keeping;
    bool dense = false;
    std::vector<Event> events;
    std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max();
    std::function<bool(double t, Point x)> callback;  // after every step; true ends the run
    Interrupt::Ask ask;
};

struct Found {
    std::vector<double> t;
    std::vector<double> x;  // dim a time
};

struct Flow {
    End end = End::reached;
    Found kept;
    std::vector<Found> events;
    std::shared_ptr<DenseFlow> dense;
    double t = 0.0;  // how far it came
    std::uint64_t steps = 0;
    std::uint64_t rejected = 0;
    std::uint64_t evaluations = 0;
};

Flow run(const Field& field, Point x0, const FlowTask& task);

}  // namespace zoopt::flows
