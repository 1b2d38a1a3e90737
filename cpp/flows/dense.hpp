#pragma once
#include <memory>
#include <vector>

#include "flows/stepper.hpp"

namespace zoopt::flows {

// A flow at any time between its ends: the interpolants of all steps.
class DenseFlow {
   public:
    DenseFlow(const Tableau& tableau, std::size_t dim, double from) : tableau_(tableau), dim_(dim), times_{from} {}

    // Adds the step that has just been made, which ends at `to`.
    void add(Stepper& stepper, double to);

    // Nothing is behind `to` any more, which lies in the last step.
    void end_at(double to) { times_.back() = to; }

    std::size_t dim() const { return dim_; }
    const std::vector<double>& times() const { return times_; }

    // The point at t, which lies between the ends.
    void at(double t, Slots out) const;

   private:
    struct Piece {
        double length;
        std::vector<double> x;
        std::vector<double> rows;
    };

    const Tableau& tableau_;
    std::size_t dim_;
    std::vector<double> times_;
    std::vector<Piece> pieces_;
};

}  // namespace zoopt::flows
