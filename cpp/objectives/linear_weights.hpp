#pragma once
#include <cmath>
#include <cstddef>
#include <limits>
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

// Whether sums within this bound are far from overflow in T; false for NaN.
template <class T>
bool fits(double bound) {
    return bound <= static_cast<double>(std::numeric_limits<T>::max() / 4);
}

}  // namespace zoopt::objectives
