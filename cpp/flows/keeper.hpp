#pragma once
#include "flows/flow.hpp"

namespace zoopt::flows {

// Keeps the points asked for: those at given times, or those of steps.
class Keeper {
   public:
    // `steps` is how many there will be, 0 where that is not known.
    Keeper(const Keeping& keeping, std::size_t dim, std::uint64_t steps);

    void begin(double t, Point x);

    // Whether the step number `step` is looked at only if it is kept, and which is the next to be.
    bool by_steps() const { return !at_; }
    std::uint64_t next(std::uint64_t step) const { return (step / every_ + 1) * every_; }

    // The step number `step` has led from `from` to `to`, where the run goes on.
    void step(std::uint64_t step, Stepper& stepper, double from, double to);

    // The same where only steps can be asked for: it has led to x at t.
    void step(std::uint64_t step, double t, Point x);

    // The run ends within the step, at `to` and x.
    void end_within(Stepper& stepper, double from, double to, Point x);

    // The run has ended at t and x; the last point of steps is always kept.
    Found finish(double t, Point x);

   private:
    void add(double t, Point x);
    void add_times(Stepper& stepper, double from, double to);
    void thin();

    const std::optional<std::vector<double>>& at_;
    std::size_t dim_;
    std::size_t most_;
    bool thins_;
    std::uint64_t every_;
    std::size_t next_time_ = 0;
    Found kept_;
};

}  // namespace zoopt::flows
