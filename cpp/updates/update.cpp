#include "zoopt/update.hpp"

namespace zoopt {

Moments::Moments(Distribution& distribution, const Batch& batch, std::span<const double> weights, bool paired,
                 unsigned threads)
    : distribution_(distribution), batch_(batch), threads_(threads) {
    const std::size_t samples = batch.samples();
    odd_.resize(samples);
    even_.resize(samples);
    for (std::size_t s = 0; s < samples; ++s) {
        odd_[s] = paired ? weights[2 * s] - weights[2 * s + 1] : weights[s];
        even_[s] = paired ? weights[2 * s] + weights[2 * s + 1] : weights[s];
    }
}

std::span<const double> Moments::first() {
    if (first_.empty()) {
        first_.resize(batch_.dim());
        batch_.first_moment(odd_, threads_, first_);
    }
    return first_;
}

std::span<const double> Moments::second() {
    if (second_.empty()) {
        second_.resize(batch_.dim());
        batch_.second_moment(even_, threads_, second_);
    }
    return second_;
}

std::vector<double> direction(Moments& moments, Metric metric, const Theta& theta) {
    const std::span<const double> first = moments.first();
    std::vector<double> g(first.begin(), first.end());
    if (metric == Metric::natural) {
        moments.distribution().natural(theta, g);
    } else {
        moments.distribution().vanilla(theta, g);
    }
    return g;
}

}  // namespace zoopt
