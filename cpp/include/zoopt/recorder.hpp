#pragma once
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "zoopt/objective.hpp"

namespace zoopt {

// What of a run is to be recorded. Values are measured: natural, or the distance from the optimum where that is known.
struct Asked {
    std::vector<std::uint64_t> checkpoints{};                   // evaluations, ascending
    std::vector<double> targets{};                              // from easy to hard
    double optimum = std::numeric_limits<double>::quiet_NaN();  // natural; NaN where it is not known
    double goal = std::numeric_limits<double>::quiet_NaN();     // the measured value that ends the run; NaN for none
    Sense sense = Sense::minimise;                              // of the natural values
};

// The goal is reached: thrown through whoever evaluates, after the value is recorded.
struct GoalReached : std::exception {
    const char* what() const noexcept override { return "the goal of the run is reached"; }
};

// Notes value by value the best so far at the checkpoints, and which evaluation first reached each target.
class Recorder {
   public:
    explicit Recorder(Asked asked);

    // Natural values in the order in which they were evaluated; those that are not finite count and reach nothing. The
    // run is over with the value that reaches the goal: those after it in the same batch do not count.
    void note(std::span<const double> values);

    std::uint64_t evaluations() const { return evaluations_; }
    std::uint64_t invalid() const { return invalid_; }
    // Measured; NaN before the first finite value.
    double best() const;
    bool over() const { return best_ <= goal_; }
    // How far below the stated optimum a value has been: 0 where the optimum is right.
    double below() const { return below_; }
    // The best at each checkpoint that was passed, measured, NaN before the first finite value.
    const std::vector<double>& curve() const { return curve_; }
    // For each target the evaluation that reached it, counted from 1; -1 for never.
    const std::vector<std::int64_t>& hits() const { return hits_; }

   private:
    double cost(double value);
    double measured(double cost) const;

    Asked asked_;
    bool distance_;
    double sign_, goal_;
    std::vector<double> target_costs_;
    std::vector<double> curve_;
    std::vector<std::int64_t> hits_;
    std::uint64_t evaluations_ = 0, invalid_ = 0;
    std::size_t next_target_ = 0;
    double best_ = std::numeric_limits<double>::infinity(), below_ = 0.0;
};

// Normal noise that is added to the values of an objective, a function of its seed and the number of the evaluation.
struct Disturbance {
    std::uint64_t seed = 0;
    double deviation = 0.0;

    // `first` evaluations have been before these.
    void disturb(std::uint64_t first, std::span<double> values) const;
};

// An objective whose evaluations are recorded and timed, and disturbed once they are. One caller at a time.
class RecordedObjective final : public Objective {
   public:
    RecordedObjective(std::shared_ptr<const Objective> objective, std::shared_ptr<Recorder> recorder,
                      Disturbance disturbance);

    std::size_t dim() const override { return objective_->dim(); }
    Sense sense() const override { return objective_->sense(); }
    // Throws GoalReached once it is.
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;
    // The same for a caller who looks at the recorder himself.
    void record(const Rows& rows, std::uint64_t generation, unsigned threads, std::span<double> values) const;
    // That the objective took.
    double nanoseconds() const { return nanoseconds_; }

   private:
    std::shared_ptr<const Objective> objective_;
    std::shared_ptr<Recorder> recorder_;
    Disturbance disturbance_;
    mutable double nanoseconds_ = 0.0;
};

}  // namespace zoopt
