#pragma once
#include <string>
#include <vector>

#include "confusion.hpp"

namespace zoopt::objectives {

// A metric of classification: a number made from confusion counts. One file a metric, registered at its foot.
struct Metric {
    const char* name;
    const char* summary;
    bool two_classes_only;  // class 1 is the positive one
    double (*value)(const Confusion&);
};

// All registered metrics, in alphabetical order.
std::vector<const Metric*> metrics();

// Throws Error(unknown_name).
const Metric& metric(const std::string& name);

class RegisterMetric {
   public:
    explicit RegisterMetric(const Metric& metric);
};

// F1 of one class as scikit-learn computes it: 0 where the class is neither present nor predicted.
double f1_of_class(const Confusion& counts, std::size_t of);

}  // namespace zoopt::objectives
