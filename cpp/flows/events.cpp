#include "events.hpp"

#include <algorithm>
#include <cmath>

namespace zoopt::flows {
namespace {

bool passes(const Event& event, double before, double after) {
    const bool up = before <= 0.0 && after >= 0.0;
    const bool down = before >= 0.0 && after <= 0.0;
    return (up && event.direction >= 0) || (down && event.direction <= 0);
}

}  // namespace

Watch::Watch(const std::vector<Event>& events, std::size_t dim) : events_(events), point_(dim), found_(events.size()) {}

void Watch::begin(double t, Point x, Point gradient) {
    for (const Event& event : events_) before_.push_back(event.function(t, x, gradient));
}

// The interpolant is followed by false position with halved ends (Illinois), and by halves where that is too slow.
double Watch::zero(const Event& event, Stepper& stepper, double from, double to, double before, double after) {
    if (before == 0.0) return from;
    double left = 0.0;
    double right = 1.0;
    double at_left = before;
    double at_right = after;
    const double resolution = 4.0 * std::numeric_limits<double>::epsilon() *
                              std::max(1.0, std::max(std::fabs(from), std::fabs(to)) / std::fabs(to - from));
    const auto narrow = [&](double share) {
        stepper.at(share, point_.data());
        const double value = event.function(from + share * (to - from), point_, {});
        const bool behind = (value > 0.0) == (before > 0.0) && value != 0.0;
        (behind ? left : right) = share;
        (behind ? at_left : at_right) = value;
        (behind ? at_right : at_left) *= 0.5;
    };
    while (right - left > resolution && at_right != 0.0) {
        const double width = right - left;
        const double guess = left + width * (at_left / (at_left - at_right));
        const double margin = 0.5 * resolution;
        narrow(std::clamp(guess, left + margin, right - margin));
        if (right - left > 0.5 * width && at_right != 0.0) narrow(0.5 * (left + right));
    }
    return from + right * (to - from);
}

std::optional<double> Watch::look(Stepper& stepper, double from, double to) {
    std::vector<Zero> zeros;
    for (std::size_t k = 0; k < events_.size(); ++k) {
        const double after = events_[k].function(to, stepper.end(), stepper.end_gradient());
        if (passes(events_[k], before_[k], after)) {
            zeros.push_back({zero(events_[k], stepper, from, to, before_[k], after), k});
        }
        before_[k] = after;
    }
    std::sort(zeros.begin(), zeros.end(),
              [&](const Zero& a, const Zero& b) { return std::fabs(a.t - from) < std::fabs(b.t - from); });
    for (const Zero& one : zeros) {
        Found& found = found_[one.event];
        stepper.at((one.t - from) / stepper.length(), point_.data());
        found.t.push_back(one.t);
        found.x.insert(found.x.end(), point_.begin(), point_.end());
        if (events_[one.event].terminal == found.t.size()) return one.t;
    }
    return std::nullopt;
}

}  // namespace zoopt::flows
