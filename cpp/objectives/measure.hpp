#pragma once
#include <span>
#include <string>

#include "metric.hpp"

namespace zoopt::objectives {

// A metric as a user has chosen it: with its options settled, and its sign changed where that was asked for.
class Measure {
   public:
    // Throws Error(unknown_name) and Error(invalid_option).
    Measure(const std::string& name, const MetricOptions& options, bool negated);

    Sense sense() const;

    // Throws Error(invalid_input) where no candidate has a value on these targets.
    void check(const Targets& targets) const;
    Rule rule(Target target) const { return metric_->make(options_, target); }
    double natural(double value) const { return negated_ ? -value : value; }

    // Values of scores that come from elsewhere: of candidate k, sample s and output o at
    // scores[(k * samples + s) * outputs + o]. NaN where a score of the candidate is not finite.
    void evaluate(const double* scores, const Targets& targets, unsigned threads, std::span<double> values) const;

   private:
    const Metric* metric_;
    MetricOptions options_;
    bool negated_;
};

}  // namespace zoopt::objectives
