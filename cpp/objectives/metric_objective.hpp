#pragma once
#include <memory>

#include "classifier.hpp"
#include "metric.hpp"

namespace zoopt::objectives {

// The metric of a classifier on its samples, as an objective: candidates -> counts -> values. A candidate
// whose scores are not all finite has the value NaN.
class MetricObjective final : public Objective {
   public:
    MetricObjective(std::unique_ptr<Classifier> classifier, const Metric& metric)
        : classifier_(std::move(classifier)), metric_(&metric) {}

    std::size_t dim() const override { return classifier_->dim(); }
    Sense sense() const override { return Sense::maximise; }
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;
    const Classifier& classifier() const { return *classifier_; }

   private:
    std::unique_ptr<Classifier> classifier_;
    const Metric* metric_;
};

}  // namespace zoopt::objectives
