#pragma once
#include <cstddef>
#include <vector>

namespace zoopt::objectives {

class Confusion;

// What was counted of one label, or of one class against all others: samples that have it and were predicted to, that
// were predicted to, and that have it; or what those weigh.
struct Counted {
    double hits;
    double predicted;
    double truths;
};

// All labels, or those classes that occur in y or in the predictions.
using Tally = std::vector<Counted>;

Tally tally(const Confusion& counts);

}  // namespace zoopt::objectives
