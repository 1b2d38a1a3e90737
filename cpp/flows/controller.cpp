#include "controller.hpp"

#include <algorithm>
#include <cmath>

namespace zoopt::flows {
namespace {

constexpr double safety = 0.9;
constexpr double least_factor = 0.2;
constexpr double most_factor = 10.0;

// The shortest step that still moves t.
double shortest(double t, double direction) {
    return 10.0 * std::fabs(std::nextafter(t, direction * std::numeric_limits<double>::infinity()) - t);
}

}  // namespace

Controller::Controller(Stepper& stepper, Tolerances tolerances, double from, double to)
    : stepper_(stepper),
      tolerances_(std::move(tolerances)),
      padded_atol_(stepper.padded(), 1.0),
      to_(to),
      direction_(to < from ? -1.0 : 1.0),
      exponent_(-1.0 / (stepper.tableau().error_order + 1)) {
    const std::vector<double>& atol = tolerances_.atol;
    for (std::size_t i = 0; i < stepper.x().size(); ++i) padded_atol_[i] = atol[atol.size() == 1 ? 0 : i];
    length_ = tolerances_.first_step > 0.0 ? tolerances_.first_step : first_length(std::fabs(to - from));
}

double Controller::scale(std::size_t i) const {
    return padded_atol_[i] + tolerances_.rtol * std::fabs(stepper_.x()[i]);
}

double Controller::norm(Point values) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double part = values[i] / scale(i);
        sum += part * part;
    }
    return std::sqrt(sum / static_cast<double>(values.size()));
}

// Hairer, Norsett and Wanner, section II.4: from the first two derivatives, the second by an Euler step.
double Controller::first_length(double interval) {
    const double size = norm(stepper_.x());
    const double slope = norm(stepper_.gradient());
    double trial = size < 1e-5 || slope < 1e-5 ? 1e-6 : 0.01 * size / slope;
    trial = std::min(trial, interval);
    std::vector<double> change = stepper_.gradient_after(direction_ * trial);
    for (std::size_t i = 0; i < change.size(); ++i) change[i] -= stepper_.gradient()[i];
    const double bend = norm(change) / trial;
    const double order = stepper_.tableau().error_order + 1.0;
    const double length = slope <= 1e-15 && bend <= 1e-15 ? std::max(1e-6, trial * 1e-3)
                                                          : std::pow(0.01 / std::max(slope, bend), 1.0 / order);
    return std::min({100.0 * trial, length, interval, tolerances_.max_step});
}

Controller::Outcome Controller::step(double& t) {
    const double least = shortest(t, direction_);
    double length = std::max(least, std::min(length_, tolerances_.max_step));
    bool rejected = false;
    bool was_finite = true;
    for (;;) {
        if (!(length >= least)) return was_finite ? Outcome::too_small : Outcome::not_finite;
        double next = t + direction_ * length;
        if (direction_ * (next - to_) > 0.0) next = to_;
        const double signed_length = next - t;
        length = std::fabs(signed_length);
        stepper_.set_length(signed_length, false);
        was_finite = stepper_.step();
        const double error = was_finite ? stepper_.error_norm(padded_atol_.data(), tolerances_.rtol)
                                        : std::numeric_limits<double>::infinity();
        was_finite = was_finite && std::isfinite(error);
        if (error < 1.0) {
            double factor = error == 0.0 ? most_factor : std::min(most_factor, safety * std::pow(error, exponent_));
            if (rejected) factor = std::min(1.0, factor);
            length_ = length * factor;
            t = next;
            return Outcome::stepped;
        }
        length *= was_finite ? std::max(least_factor, safety * std::pow(error, exponent_)) : least_factor;
        rejected = true;
        ++rejected_;
    }
}

}  // namespace zoopt::flows
