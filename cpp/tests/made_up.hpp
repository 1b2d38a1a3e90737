#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

// Whole numbers in [-4, 4] that follow no pattern: sums of their products are exact, and ties are frequent.
namespace zoopt::made_up {

inline double small_whole(std::uint64_t index) {
    const std::uint64_t mixed = (index + 1) * 0x9E3779B97F4A7C15ull;
    return static_cast<double>((mixed >> 40) % 9) - 4.0;
}

inline std::vector<double> whole_numbers(std::size_t count, std::uint64_t first) {
    std::vector<double> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = small_whole(first + i);
    return numbers;
}

}  // namespace zoopt::made_up
