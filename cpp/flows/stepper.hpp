#pragma once
#include "flows/kernels.hpp"
#include "flows/tableau.hpp"
#include "objectives/aligned_buffer.hpp"

namespace zoopt::flows {

// The flow dx/dt = -gradient(x) one step of a tableau at a time. A step leads from x() to end(), between which it can
// be looked at until commit() makes its end the start of the next.
class Stepper {
   public:
    Stepper(const Field& field, const Tableau& tableau, Point x0);
    ~Stepper();
    Stepper(const Stepper&) = delete;
    Stepper& operator=(const Stepper&) = delete;

    // The length of the steps from now on; negative goes against the flow of time. `closing` also asks for the gradient
    // at the end of a step where the method itself has no use for it.
    void set_length(double length, bool closing);

    // False where the end is not finite; then nothing has changed. Throws where the gradient fails.
    bool step();

    // The same `count` times, each committed but none to be looked at; returns how many were well.
    std::size_t steps(std::size_t count);

    void commit();

    // The root of the mean square of the error of the step, in units of atol + rtol max(|x|, |end|).
    double error_norm(const double* atol, double rtol);

    // The point at the share theta of the step, which must have been closed.
    void at(double theta, double* out);

    // Makes gradient() known, and says whether it is finite.
    bool begin();

    // The gradient where an Euler step of this length leads.
    std::vector<double> gradient_after(double length);

    Point x() const { return {stand_.x, stand_.dim}; }
    Point end() const { return {stand_.end, stand_.dim}; }
    Point gradient() const { return {stand_.rows[0], stand_.dim}; }
    Point end_gradient() const { return {stand_.rows[tableau_.stages()], stand_.dim}; }
    double length() const { return length_; }
    std::uint64_t evaluations() const { return evaluations_; }
    const Tableau& tableau() const { return tableau_; }
    std::size_t padded() const { return stand_.padded; }

    // Rows of the interpolant, after what it needs has been evaluated.
    std::vector<Point> dense_rows();

   private:
    Combination combination(const std::vector<double>& factors, double times) const;
    std::uint64_t cost(bool known) const;
    void fail();
    void prepare_dense();

    const Field& field_;
    const Tableau& tableau_;
    const StepKernels& kernels_;
    objectives::AlignedBuffer<double> memory_;
    Stand stand_{};
    Stages unit_{};  // those of a step of length 1
    Stages stages_{};
    Estimates unit_errors_{};
    Estimates errors_{};
    double length_ = 0.0;
    std::uint64_t evaluations_ = 0;
    bool dense_ready_ = false;
};

}  // namespace zoopt::flows
