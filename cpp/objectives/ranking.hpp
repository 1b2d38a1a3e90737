#pragma once
#include <span>

#include "scores.hpp"

namespace zoopt::objectives {

// Sorts scores (finite) in descending order into work.order; 0 and -0 are equal.
const Order& rank(std::span<const double> scores, Workspace& work);

// What is true and what is false among the samples with the highest scores: after group g of an order, `hits` weigh
// those that are true and `alarms` those that are not.
struct Curve {
    std::span<const double> hits;
    std::span<const double> alarms;
};

// Sorts scores and adds up weights in that order. `truth(s)` says whether sample s is true, `weight(s)` what it weighs.
template <class Truth, class Weight>
Curve curve(std::span<const double> scores, Workspace& work, const Truth& truth, const Weight& weight) {
    const Order& order = rank(scores, work);
    work.numbers.resize(order.ends.size());
    work.more.resize(order.ends.size());
    double hits = 0.0;
    double alarms = 0.0;
    std::size_t place = 0;
    for (std::size_t g = 0; g < order.ends.size(); ++g) {
        for (; place < order.ends[g]; ++place) {
            const std::size_t sample = order.samples[place];
            // Without a branch, which could not be predicted.
            const double counts = weight(sample);
            const double of_true = static_cast<double>(truth(sample)) * counts;
            hits += of_true;
            alarms += counts - of_true;
        }
        work.numbers[g] = hits;
        work.more[g] = alarms;
    }
    return {work.numbers, work.more};
}

}  // namespace zoopt::objectives
