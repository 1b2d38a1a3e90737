#pragma once
#include <memory>
#include <optional>
#include <span>

#include "measure.hpp"
#include "mini_batches.hpp"
#include "model.hpp"

namespace zoopt::objectives {

// A model on samples whose truth is known, and the metric of its scores as an objective: candidates -> scores ->
// values. A candidate whose scores are not all finite has the value NaN.
//
// With mini-batches the generation chooses one batch for all candidates; whole_set takes all samples.
class MetricObjective : public Objective {
   public:
    virtual std::size_t samples() const = 0;
    virtual std::size_t features() const = 0;
    virtual std::size_t outputs() const = 0;

    // Writes the samples, rounded to the precision of the model, in their original order.
    virtual void copy_samples(std::span<double> out) const = 0;

    // Whether the scores of a candidate are finite.
    virtual bool usable(std::span<const double> candidate) const = 0;

    // Scores of every sample in its original place, `outputs` a sample.
    virtual void scores(std::span<const double> candidate, std::span<double> out) const = 0;
};

// Without a measure it has scores and no values: evaluate() must not be called.
template <class T>
std::unique_ptr<MetricObjective> metric_objective(std::unique_ptr<Model<T>> model, const Samples& samples,
                                                  Targets targets, std::optional<Measure> measure, Batching batching);

}  // namespace zoopt::objectives
