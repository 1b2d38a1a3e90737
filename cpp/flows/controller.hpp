#pragma once
#include <limits>
#include <vector>

#include "stepper.hpp"

namespace zoopt::flows {

struct Tolerances {
    double rtol;
    std::vector<double> atol;  // one, or one a coordinate
    double first_step = 0.0;   // 0: chosen
    double max_step = std::numeric_limits<double>::infinity();
};

// Chooses the length of steps as scipy.integrate.solve_ivp does, number by number.
class Controller {
   public:
    enum class Outcome { stepped, too_small, not_finite };

    Controller(Stepper& stepper, Tolerances tolerances, double from, double to);

    // Tries lengths until a step is accepted, from `t`; on return `t` is where it ends.
    Outcome step(double& t);

    std::uint64_t rejected() const { return rejected_; }

   private:
    double first_length(double interval);
    double norm(Point values) const;
    double scale(std::size_t i) const;

    Stepper& stepper_;
    Tolerances tolerances_;
    std::vector<double> padded_atol_;
    double to_;
    double direction_;
    double exponent_;
    double length_;
    std::uint64_t rejected_ = 0;
};

}  // namespace zoopt::flows
