#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zoopt::objectives {

// Scores of one candidate on a run of samples, in float64: of output o and sample first + s at data[o * stride + s].
// The value of a float32 score is that very number.
struct Scores {
    const double* data;
    std::size_t stride;
    std::size_t first;
    std::size_t count;
    std::size_t outputs;

    double at(std::size_t output, std::size_t sample) const { return data[output * stride + sample]; }
    std::span<const double> of(std::size_t output) const { return {data + output * stride, count}; }
};

// Numbers in descending order: samples[ends[g - 1]] ... samples[ends[g] - 1] have one and the same score.
struct Order {
    std::vector<std::uint32_t> samples;
    std::vector<std::uint32_t> ends;
};

// What ranking needs beside its input, kept between candidates.
struct Workspace {
    Order order;
    std::vector<std::uint64_t> keys;
    std::vector<std::uint64_t> packed;
    std::vector<std::uint64_t> other;
    std::vector<double> numbers;
    std::vector<double> more;
};

}  // namespace zoopt::objectives
