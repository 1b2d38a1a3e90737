#pragma once
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "linear_kernels.hpp"

namespace zoopt::objectives {

// Rows of weights (features, then the intercept) in the groups that the kernels take.
template <class T>
std::vector<T> pack_weights(const double* weights, std::size_t rows, std::size_t features, std::size_t limit) {
    const std::size_t width = features + 1;
    std::vector<T> packed(rows * width);
    const RowGroups split = row_groups(rows, limit);
    for (std::size_t g = 0; g < split.groups; ++g) {
        const std::size_t first = group_begin(split, g);
        const std::size_t size = group_begin(split, g + 1) - first;
        T* group = packed.data() + first * width;
        for (std::size_t r = 0; r < size; ++r) {
            const double* row = weights + (first + r) * width;
            group[r] = static_cast<T>(row[features]);
            for (std::size_t j = 0; j < features; ++j) group[(j + 1) * size + r] = static_cast<T>(row[j]);
        }
    }
    return packed;
}

// |b| + sum |w_j| largest_j for a row of weights and its intercept b: no sum of its terms is larger.
inline double score_bound(const double* row, std::span<const double> largest) {
    constexpr std::size_t chains = 8;
    const std::size_t features = largest.size();
    double bound[chains] = {std::abs(row[features])};
    std::size_t j = 0;
    for (; j + chains <= features; j += chains) {
        for (std::size_t c = 0; c < chains; ++c) bound[c] += std::abs(row[j + c]) * largest[j + c];
    }
    for (; j < features; ++j) bound[0] += std::abs(row[j]) * largest[j];
    return ((bound[0] + bound[1]) + (bound[2] + bound[3])) + ((bound[4] + bound[5]) + (bound[6] + bound[7]));
}

// Whether sums within this bound are far from overflow in T; false for NaN.
template <class T>
bool fits(double bound) {
    return bound <= static_cast<double>(std::numeric_limits<T>::max() / 4);
}

}  // namespace zoopt::objectives
