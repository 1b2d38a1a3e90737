#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace zoopt::objectives {

// Samples, one a row, row-major and contiguous, all finite.
struct Samples {
    const double* data;
    std::size_t count;
    std::size_t features;
};

// What samples and candidates are rounded to, and scores computed in.
enum class Precision { float32, float64 };

template <class T>
inline constexpr Precision precision_of = sizeof(T) == sizeof(float) ? Precision::float32 : Precision::float64;

// For every feature the largest |x_j| of the samples, and 1 at least: what Model::usable bounds scores by.
inline std::vector<double> largest_features(const Samples& samples) {
    std::vector<double> largest(samples.features, 1.0);
    for (std::size_t s = 0; s < samples.count; ++s) {
        for (std::size_t j = 0; j < samples.features; ++j) {
            largest[j] = std::max(largest[j], std::abs(samples.data[s * samples.features + j]));
        }
    }
    return largest;
}

}  // namespace zoopt::objectives
