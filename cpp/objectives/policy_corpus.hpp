#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "metric.hpp"

// Rewards of a whole corpus: a metric of all chosen labels at once, by their confusion counts.
namespace zoopt::objectives {

struct Corpus {
    std::vector<std::int32_t> truth;  // of every sample, in [0, labels)
    std::size_t labels;
    std::string name;  // of the metric
    CountRule metric;

    std::size_t samples() const { return truth.size(); }
};

// The metric of one labeling.
double corpus_reward(const Corpus& corpus, std::span<const std::int32_t> choices);

// The mean metric of `draws` labelings, choices[j * samples + s]. rewards[y * samples + s] becomes the mean over the
// labelings of what the metric would be if sample s alone had label y.
double difference_rewards(const Corpus& corpus, std::span<const std::int32_t> choices, std::size_t draws,
                          std::span<double> rewards);

// A metric of real-valued confusion counts, by which it can be differentiated.
struct SmoothMetric {
    const char* name;
    // counts[truth * labels + y] are finite; returns the value and writes its derivatives by the counts.
    double (*value)(std::span<const double> counts, std::size_t labels, std::span<double> derivatives);
};

// Null where the metric of that name has no such form.
const SmoothMetric* smooth_metric(const std::string& name);

// The metric of the expected counts of the probabilities p[y * samples + s], and as rewards its derivatives by them.
double expected_rewards(const Corpus& corpus, const SmoothMetric& metric, std::span<const double> p,
                        std::span<double> rewards);

}  // namespace zoopt::objectives
