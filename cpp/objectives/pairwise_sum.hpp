#pragma once
#include <cstddef>
#include <span>

namespace zoopt::objectives {

// The sum in the order in which numpy adds a contiguous float64 array, so that a mean over classes has
// numpy's bits: one chain below 8 numbers, 8 chains up to 128, halves (rounded down to a multiple of 8)
// above.
inline double pairwise_sum(std::span<const double> values) {
    const std::size_t size = values.size();
    if (size < 8) {
        double total = 0.0;
        for (double value : values) total += value;
        return total;
    }
    if (size > 128) {
        const std::size_t half = size / 2 - size / 2 % 8;
        return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
    }
    double chain[8];
    for (std::size_t c = 0; c < 8; ++c) chain[c] = values[c];
    const std::size_t whole = size - size % 8;
    for (std::size_t i = 8; i < whole; ++i) chain[i % 8] += values[i];
    double total = ((chain[0] + chain[1]) + (chain[2] + chain[3])) + ((chain[4] + chain[5]) + (chain[6] + chain[7]));
    for (std::size_t i = whole; i < size; ++i) total += values[i];
    return total;
}

}  // namespace zoopt::objectives
