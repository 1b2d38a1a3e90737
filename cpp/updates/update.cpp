#include "zoopt/update.hpp"

namespace zoopt {

void Moments::tell(std::span<const double> weights, bool paired) {
    const std::size_t samples = distribution_.samples();
    odd_.resize(samples);
    even_.resize(samples);
    for (std::size_t s = 0; s < samples; ++s) {
        odd_[s] = paired ? weights[2 * s] - weights[2 * s + 1] : weights[s];
        even_[s] = paired ? weights[2 * s] + weights[2 * s + 1] : weights[s];
    }
    has_first_ = has_second_ = false;
}

std::span<const double> Moments::first() {
    if (!has_first_) {
        first_.resize(dim_);
        distribution_.first_moment(odd_, threads_, first_);
        has_first_ = true;
    }
    return first_;
}

std::span<const double> Moments::second() {
    if (!has_second_) {
        second_.resize(dim_);
        distribution_.second_moment(even_, threads_, second_);
        has_second_ = true;
    }
    return second_;
}

void Moments::prepare_both() {
    first_.resize(dim_);
    second_.resize(dim_);
    distribution_.moments(odd_, even_, threads_, first_, second_);
    has_first_ = has_second_ = true;
}

std::span<const double> Moments::direction(Metric metric, const Theta& theta) {
    const std::span<const double> g = first();
    direction_.assign(g.begin(), g.end());
    if (metric == Metric::natural) {
        distribution_.natural(theta, direction_);
    } else {
        distribution_.vanilla(theta, direction_);
    }
    for (std::size_t i = 0; i < offset_.size(); ++i) direction_[i] += offset_[i];
    return direction_;
}

}  // namespace zoopt
