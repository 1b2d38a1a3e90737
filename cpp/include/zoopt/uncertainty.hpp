#pragma once
#include <cstddef>
#include <span>

#include "zoopt/archive.hpp"

namespace zoopt {

// How often a candidate is to be evaluated where values are noisy (Hansen, Niederberger, Guzzella and Koumoutsakos
// 2009): a few candidates are evaluated anew, and where their ranks change by more than chance allows, the effort
// grows.
class Uncertainty {
   public:
    explicit Uncertainty(double most_effort) : most_(most_effort) {}

    // Evaluations of a candidate.
    std::size_t effort() const { return static_cast<std::size_t>(effort_); }
    // How many of `rows` candidates are evaluated anew: a tenth, but at least 2.
    static std::size_t reevaluated(std::size_t rows);

    // Rank changes beyond what is tolerated, a candidate: `first` holds the costs of all, `again` those of the first
    // ones anew; NaN ranks last. Above 0 the noise decides too many ranks.
    static double measure(std::span<const double> first, std::span<const double> again);

    // Learns from a measure; says whether the noise is too strong for any effort allowed.
    bool learn(double measured);

    double last() const { return last_; }
    void visit(Archive& archive);

   private:
    double most_;
    double effort_ = 1.0;
    double last_ = 0.0;
};

}  // namespace zoopt
