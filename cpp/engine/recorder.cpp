#include "zoopt/recorder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "zoopt/noise.hpp"

namespace zoopt {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t noise_generation = 1;  // of the stream of objectives; rotations are drawn from 0

}  // namespace

Recorder::Recorder(Asked asked)
    : asked_(std::move(asked)),
      distance_(!std::isnan(asked_.optimum)),
      sign_(asked_.sense == Sense::maximise ? -1.0 : 1.0),
      goal_(distance_ ? asked_.goal : sign_ * asked_.goal),
      target_costs_(asked_.targets),
      hits_(asked_.targets.size(), -1) {
    if (!distance_) {
        for (double& target : target_costs_) target *= sign_;
    }
    curve_.reserve(asked_.checkpoints.size());
}

// What is smaller the better: the distance from the optimum, or the value turned so.
double Recorder::cost(double value) {
    if (!distance_) return sign_ * value;
    const double gap = sign_ * (value - asked_.optimum);
    below_ = std::max(below_, -gap);
    return std::max(gap, 0.0);
}

double Recorder::measured(double cost) const {
    if (std::isinf(cost)) return unknown;
    return distance_ ? cost : sign_ * cost;
}

double Recorder::best() const {
    return measured(best_);
}

void Recorder::note(std::span<const double> values) {
    for (const double value : values) {
        if (over()) return;
        ++evaluations_;
        if (std::isfinite(value)) {
            const double now = cost(value);
            if (now < best_) {
                best_ = now;
                while (next_target_ < target_costs_.size() && best_ <= target_costs_[next_target_]) {
                    hits_[next_target_++] = static_cast<std::int64_t>(evaluations_);
                }
            }
        } else {
            ++invalid_;
        }
        if (curve_.size() < asked_.checkpoints.size() && evaluations_ == asked_.checkpoints[curve_.size()]) {
            curve_.push_back(measured(best_));
        }
    }
}

void Disturbance::disturb(std::uint64_t first, std::span<double> values) const {
    if (deviation == 0.0) return;
    std::vector<double> normals(values.size());
    const noise::Address address{seed, static_cast<std::uint32_t>(noise::Stream::objective), noise_generation};
    noise::fill(noise::Kind::normal, address, 0, first, normals);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] += deviation * normals[k];
}

RecordedObjective::RecordedObjective(std::shared_ptr<const Objective> objective, std::shared_ptr<Recorder> recorder,
                                     Disturbance disturbance)
    : objective_(std::move(objective)), recorder_(std::move(recorder)), disturbance_(disturbance) {}

void RecordedObjective::record(const Rows& rows, std::uint64_t generation, unsigned threads,
                               std::span<double> values) const {
    using Clock = std::chrono::steady_clock;
    const std::uint64_t first = recorder_->evaluations();
    const Clock::time_point before = Clock::now();
    objective_->evaluate(rows, generation, threads, values);
    nanoseconds_ += std::chrono::duration<double, std::nano>(Clock::now() - before).count();
    recorder_->note(values);
    disturbance_.disturb(first, values);
}

void RecordedObjective::evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                                 std::span<double> values) const {
    record(rows, generation, threads, values);
    if (recorder_->over()) throw GoalReached();
}

}  // namespace zoopt
