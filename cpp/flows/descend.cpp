#include "descend.hpp"

#include <algorithm>
#include <bit>

#include "flows/keeper.hpp"
#include "zoopt/descent.hpp"
#include "zoopt/error.hpp"
#include "zoopt/schedule.hpp"
#include "zoopt/search.hpp"

namespace zoopt::flows {
namespace {

constexpr std::uint64_t work_between_polls = 1u << 18;  // coordinates of gradients

// One more on the exponent of what is not finite reaches the bit of the sign. Without a branch, so that it becomes
// vector code.
bool finite(Point x) {
    constexpr std::uint64_t exponent = 0x7FF0000000000000ull;
    constexpr std::uint64_t one = 0x0010000000000000ull;
    std::uint64_t seen = 0;
    for (double number : x) seen |= (std::bit_cast<std::uint64_t>(number) & exponent) + one;
    return (seen >> 63) == 0;
}

std::unique_ptr<Descent> make_descent(const DescentTask& task, const Setup& setup) {
    std::unique_ptr<Update> update = make_stage<Update>("update", task.update, task.options, setup);
    auto* descent = dynamic_cast<Descent*>(update.get());
    if (descent == nullptr) {
        throw Error(ErrorKind::invalid_input, "the update '" + task.update + "' does not follow a gradient");
    }
    update.release();
    return std::unique_ptr<Descent>(descent);
}

// Whether an event is passed from a step to the next. There is nothing between them, so what is 0 at a step is passed
// there.
bool passes(const Event& event, double before, double after) {
    const bool up = before < 0.0 && after >= 0.0;
    const bool down = before > 0.0 && after <= 0.0;
    return (up && event.direction >= 0) || (down && event.direction <= 0);
}

class Descending {
   public:
    Descending(Field& field, Point x0, const DescentTask& task)
        : Descending(field, x0, task, Setup{x0.size(), 1, 1, 0, static_cast<double>(task.steps)}) {}

    Flow result() {
        try {
            flow_.end = go();
        } catch (const Interrupted&) {
            flow_.end = End::interrupted;
        }
        flow_.kept = keeper_.finish(flow_.t, x_);
        return std::move(flow_);
    }

   private:
    Descending(Field& field, Point x0, const DescentTask& task, const Setup& setup)
        : field_(field),
          task_(task),
          update_(make_descent(task, setup)),
          schedule_(make_stage<Schedule>("schedule", task.schedule, task.options, setup)),
          learning_rate_(task.options.at("learning_rate")),
          keeper_(task.keeping, x0.size(), task.steps),
          interrupt_(task.ask),
          x_(x0.begin(), x0.end()),
          next_(x0.size()),
          slope_(x0.size()) {
        flow_.events.resize(task.events.size());
    }

    End go() {
        keeper_.begin(0.0, x_);
        field_.select(0);
        for (const Event& event : task_.events) before_.push_back(event.function(0.0, x_, {}));
        while (flow_.steps < task_.steps) {
            if (!step()) return End::diverged;
            keeper_.step(flow_.steps, flow_.t, x_);
            if (look()) return End::event;
            if (task_.callback && task_.callback(flow_.t, x_)) return End::callback;
            poll();
        }
        return End::reached;
    }

    // False where it does not end at a point; then x_ is where it started.
    bool step() {
        field_.select(flow_.steps);
        field_.gradient(x_, slope_);
        ++flow_.evaluations;
        if (!finite(slope_)) return false;
        const double rate = schedule_->at(flow_.steps).rate;
        next_ = x_;
        update_->follow(slope_, rate, next_);
        if (!finite(next_)) return false;
        x_.swap(next_);
        ++flow_.steps;
        rates_ += rate;
        flow_.t = learning_rate_ * rates_;
        return true;
    }

    // Notes the events that the last step has passed, and says whether the run is to end with one.
    bool look() {
        bool last = false;
        for (std::size_t k = 0; k < before_.size(); ++k) {
            const Event& event = task_.events[k];
            const double after = event.function(flow_.t, x_, {});
            if (passes(event, std::exchange(before_[k], after), after)) {
                Found& found = flow_.events[k];
                found.t.push_back(flow_.t);
                found.x.insert(found.x.end(), x_.begin(), x_.end());
                last |= event.terminal == found.t.size();
            }
        }
        return last;
    }

    void poll() {
        since_poll_ += x_.size();
        if (since_poll_ < work_between_polls && !field_.in_python()) return;
        since_poll_ = 0;
        interrupt_.poll(Interrupt::Clock::now());
    }

    Field& field_;
    const DescentTask& task_;
    std::unique_ptr<Descent> update_;
    std::unique_ptr<Schedule> schedule_;
    double learning_rate_;
    Keeper keeper_;
    Interrupt interrupt_;
    Flow flow_;
    std::vector<double> x_;
    std::vector<double> next_;
    std::vector<double> slope_;
    std::vector<double> before_;  // values of the events
    double rates_ = 0.0;          // of the schedule, added up: the number of steps where it is constant
    std::uint64_t since_poll_ = 0;
};

}  // namespace

Flow descend(Field& field, Point x0, const DescentTask& task) {
    return Descending(field, x0, task).result();
}

}  // namespace zoopt::flows
