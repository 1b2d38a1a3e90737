#pragma once
#include "flows/flow.hpp"

namespace zoopt::flows {

// Watches for the zeros of events from step to step.
class Watch {
   public:
    Watch(const std::vector<Event>& events, std::size_t dim);
    bool idle() const { return events_.empty(); }

    void begin(double t, Point x, Point gradient);

    // Looks at the step from `from` to `to`, and returns where the run is to end, if in it.
    std::optional<double> look(Stepper& stepper, double from, double to);

    // Times and points of the zeros of every event.
    std::vector<Found> take() { return std::move(found_); }

   private:
    struct Zero {
        double t;
        std::size_t event;
    };

    double zero(const Event& event, Stepper& stepper, double from, double to, double before, double after);

    const std::vector<Event>& events_;
    std::vector<double> before_;
    std::vector<double> point_;
    std::vector<Found> found_;
};

}  // namespace zoopt::flows
