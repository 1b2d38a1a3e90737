#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "zoopt/field.hpp"

// Where differences of gradients are taken.
namespace zoopt::flows {

inline double largest(Point x) {
    double size = 0.0;
    for (double number : x) size = std::max(size, std::fabs(number));
    return size;
}

// The s for which x + s v has a step of relative size `fraction` in its largest coordinate; 0 where v is 0.
inline double step_along(Point x, Point v, double fraction) {
    const double size = largest(v);
    return size > 0.0 ? fraction * std::max(1.0, largest(x)) / size : 0.0;
}

inline std::vector<double> moved(Point x, Point v, double step) {
    std::vector<double> to(x.begin(), x.end());
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += step * v[i];
    return to;
}

}  // namespace zoopt::flows
