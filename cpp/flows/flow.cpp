#include "flow.hpp"

#include <algorithm>
#include <cmath>

#include "flows/events.hpp"
#include "flows/keeper.hpp"

namespace zoopt::flows {
namespace {

constexpr std::uint64_t work_between_polls = 1u << 18;  // coordinates of gradients

// Steps of a fixed length from end to end: all equal where they fit to rounding, else the last is what is left.
struct Grid {
    std::uint64_t count;
    double length;

    Grid(double from, double to, double step) {
        const double whole = std::fabs(to - from) / step;
        const double near = std::round(whole);
        const bool fits = near >= 1.0 && std::fabs(whole - near) <= 1e-9 * near;
        count = static_cast<std::uint64_t>(fits ? near : std::ceil(whole));
        length = fits ? (to - from) / near : std::copysign(step, to - from);
    }
};

// A run while it goes.
class Run {
   public:
    Run(const Field& field, Point x0, const FlowTask& task)
        : task_(task),
          in_bursts_(!task.callback && !field.in_python()),
          stepper_(field, tableau(task.method), x0),
          keeper_(task.keeping, x0.size(), task.step ? Grid(task.from, task.to, *task.step).count : 0),
          watch_(task.events, x0.size()),
          interrupt_(task.ask) {
        flow_.t = task.from;
        if (task.dense) flow_.dense = std::make_shared<DenseFlow>(stepper_.tableau(), x0.size(), task.from);
    }

    Flow result() {
        try {
            flow_.end = go();
        } catch (const Interrupted&) {
            flow_.end = End::interrupted;
        }
        flow_.kept = keeper_.finish(flow_.t, last());
        flow_.events = watch_.take();
        flow_.evaluations = stepper_.evaluations();
        return std::move(flow_);
    }

   private:
    End go() {
        keeper_.begin(task_.from, stepper_.x());
        if (!stepper_.begin()) return End::diverged;
        watch_.begin(task_.from, stepper_.x(), stepper_.gradient());
        return task_.step ? by_grid() : by_control();
    }

    End by_control() {
        Controller controller(stepper_, task_.tolerances, task_.from, task_.to);
        while (flow_.t != task_.to) {
            if (flow_.steps >= task_.max_steps) return End::out_of_steps;
            double t = flow_.t;
            const Controller::Outcome outcome = controller.step(t);
            flow_.rejected = controller.rejected();
            if (outcome == Controller::Outcome::too_small) return End::too_small;
            if (outcome == Controller::Outcome::not_finite) return End::diverged;
            if (const auto end = arrive(t)) return *end;
        }
        return End::reached;
    }

    End by_grid() {
        const Grid grid(task_.from, task_.to, *task_.step);
        const bool closing = !watch_.idle() || task_.dense || !keeper_.by_steps();
        while (flow_.steps < grid.count) {
            if (flow_.steps >= task_.max_steps) return End::out_of_steps;
            const bool last = flow_.steps + 1 == grid.count;
            stepper_.set_length(last ? task_.to - flow_.t : grid.length, closing);
            const std::uint64_t quiet = last || closing || !in_bursts_ ? 0 : quiet_steps(grid.count);
            if (quiet > 0) {
                const std::uint64_t done = stepper_.steps(quiet);
                flow_.steps += done;
                flow_.t = time(grid, flow_.steps);
                if (done < quiet) return End::diverged;
                poll(done);
                continue;
            }
            if (!stepper_.step()) return End::diverged;
            if (const auto end = arrive(last ? task_.to : time(grid, flow_.steps + 1))) return *end;
        }
        return End::reached;
    }

    double time(const Grid& grid, std::uint64_t steps) const {
        return task_.from + static_cast<double>(steps) * grid.length;
    }

    // How many steps nobody looks at, before one that is looked at or the next time to ask.
    std::uint64_t quiet_steps(std::uint64_t count) const {
        const std::uint64_t looked_at = std::min({keeper_.next(flow_.steps), count, task_.max_steps});
        const std::uint64_t patient = 1 + work_between_polls / work(1);
        return std::min(looked_at - flow_.steps - 1, patient);
    }

    std::uint64_t work(std::uint64_t steps) const { return steps * stepper_.tableau().stages() * stepper_.x().size(); }

    // A step has been made, which ends at t: it is looked at and made the start of the next.
    std::optional<End> arrive(double t) {
        const double from = flow_.t;
        if (task_.dense) flow_.dense->add(stepper_, t);
        if (!watch_.idle()) {
            if (const auto zero = watch_.look(stepper_, from, t)) return end_within(from, *zero);
        }
        ++flow_.steps;
        flow_.t = t;
        keeper_.step(flow_.steps, stepper_, from, t);
        stepper_.commit();
        if (task_.callback && task_.callback(t, stepper_.x())) return End::callback;
        poll(1);
        return std::nullopt;
    }

    End end_within(double from, double zero) {
        end_.resize(stepper_.x().size());
        stepper_.at((zero - from) / stepper_.length(), end_.data());
        keeper_.end_within(stepper_, from, zero, end_);
        if (task_.dense) flow_.dense->end_at(zero);
        ++flow_.steps;
        flow_.t = zero;
        return End::event;
    }

    Point last() const { return end_.empty() ? stepper_.x() : Point(end_); }

    void poll(std::uint64_t steps) {
        since_poll_ += work(steps);
        if (since_poll_ < work_between_polls) return;
        since_poll_ = 0;
        interrupt_.poll(Interrupt::Clock::now());
    }

    const FlowTask& task_;
    bool in_bursts_;
    Stepper stepper_;
    Keeper keeper_;
    Watch watch_;
    Interrupt interrupt_;
    Flow flow_;
    std::vector<double> end_;
    std::uint64_t since_poll_ = 0;
};

}  // namespace

Flow run(const Field& field, Point x0, const FlowTask& task) {
    return Run(field, x0, task).result();
}

}  // namespace zoopt::flows
