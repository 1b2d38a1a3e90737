#include "ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace zoopt::objectives {
namespace {

using Keyed = Workspace::Keyed;
constexpr std::size_t digit_bits = 8;
constexpr std::size_t digits = 64 / digit_bits;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::size_t few = 64;  // below, a comparison sort is quicker

// A whole number that is the larger the smaller the score: adding 0 makes 0 of -0.
std::uint64_t descending_key(double score) {
    const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
    const std::uint64_t sign = std::uint64_t{1} << 63;
    return (bits & sign) != 0 ? bits : ~(bits | sign);
}

std::size_t digit(std::uint64_t key, std::size_t place) {
    return (key >> (place * digit_bits)) & (buckets - 1);
}

// From the last digit to the first, each pass stable. Digits in which all keys agree, such as the last three bytes of
// float32 scores, cost no pass.
void radix_sort(std::vector<Keyed>& keyed, std::vector<Keyed>& other) {
    std::array<std::array<std::uint32_t, buckets>, digits> counts{};
    for (const Keyed& one : keyed) {
        for (std::size_t d = 0; d < digits; ++d) ++counts[d][digit(one.key, d)];
    }
    other.resize(keyed.size());
    for (std::size_t d = 0; d < digits; ++d) {
        std::array<std::uint32_t, buckets>& begin = counts[d];
        if (begin[digit(keyed.front().key, d)] == keyed.size()) continue;
        std::uint32_t next = 0;
        for (std::uint32_t& bucket : begin) next += std::exchange(bucket, next);
        for (const Keyed& one : keyed) other[begin[digit(one.key, d)]++] = one;
        keyed.swap(other);
    }
}

}  // namespace

const Order& rank(std::span<const double> scores, Workspace& work) {
    work.keyed.resize(scores.size());
    for (std::size_t s = 0; s < scores.size(); ++s) {
        work.keyed[s] = {descending_key(scores[s]), static_cast<std::uint32_t>(s)};
    }
    if (scores.size() < few) {
        std::stable_sort(work.keyed.begin(), work.keyed.end(),
                         [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
    } else {
        radix_sort(work.keyed, work.other);
    }
    Order& order = work.order;
    order.samples.resize(scores.size());
    order.ends.clear();
    for (std::size_t s = 0; s < scores.size(); ++s) {
        order.samples[s] = work.keyed[s].sample;
        if (s + 1 == scores.size() || work.keyed[s].key != work.keyed[s + 1].key) {
            order.ends.push_back(static_cast<std::uint32_t>(s + 1));
        }
    }
    return order;
}

}  // namespace zoopt::objectives
