#include "ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace zoopt::objectives {
namespace {

using Packed = std::uint64_t;  // the leading bits of a key, then the number of the sample
constexpr unsigned prefix_bits = 32;
constexpr unsigned digit_bits = 11;
constexpr unsigned digits = 3;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::size_t few = 64;  // below, a comparison sort is quicker

// A whole number that is the larger the smaller the score: adding 0 makes 0 of -0.
std::uint64_t descending_key(double score) {
    const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
    const std::uint64_t sign = std::uint64_t{1} << 63;
    return (bits & sign) != 0 ? bits : ~(bits | sign);
}

std::uint32_t sample_of(Packed packed) {
    return static_cast<std::uint32_t>(packed);
}

// From the last digit to the first, each pass stable; digits in which all agree cost no pass.
void radix_sort(std::vector<Packed>& packed, std::vector<Packed>& other) {
    std::array<std::array<std::uint32_t, buckets>, digits> counts{};
    const auto digit = [](Packed one, unsigned place) {
        return (one >> (prefix_bits + place * digit_bits)) & (buckets - 1);
    };
    for (Packed one : packed) {
        for (unsigned d = 0; d < digits; ++d) ++counts[d][digit(one, d)];
    }
    other.resize(packed.size());
    for (unsigned d = 0; d < digits; ++d) {
        std::array<std::uint32_t, buckets>& begin = counts[d];
        if (begin[digit(packed.front(), d)] == packed.size()) continue;
        std::uint32_t next = 0;
        for (std::uint32_t& bucket : begin) next += std::exchange(bucket, next);
        for (Packed one : packed) other[begin[digit(one, d)]++] = one;
        packed.swap(other);
    }
}

// Which bits of the keys differ at all: those in [low, high).
struct Range {
    unsigned low;
    unsigned high;
};

Range differing(const std::vector<std::uint64_t>& keys) {
    std::uint64_t bits = 0;
    for (std::uint64_t key : keys) bits |= key ^ keys.front();
    if (bits == 0) return {0, 0};
    return {static_cast<unsigned>(std::countr_zero(bits)), static_cast<unsigned>(std::bit_width(bits))};
}

// Runs of one prefix, which hold few samples where scores are spread, sorted by the whole key.
void sort_within(std::vector<Packed>& packed, const std::vector<std::uint64_t>& keys) {
    for (std::size_t first = 0; first < packed.size();) {
        std::size_t last = first + 1;
        while (last < packed.size() && packed[last] >> prefix_bits == packed[first] >> prefix_bits) ++last;
        if (last > first + 1) {
            std::sort(packed.begin() + static_cast<std::ptrdiff_t>(first),
                      packed.begin() + static_cast<std::ptrdiff_t>(last), [&](Packed a, Packed b) {
                          return std::pair(keys[sample_of(a)], a) < std::pair(keys[sample_of(b)], b);
                      });
        }
        first = last;
    }
}

void sort(Workspace& work) {
    const Range range = differing(work.keys);
    const bool fits = range.high - range.low <= prefix_bits;
    const unsigned shift = fits ? range.low : range.high - prefix_bits;
    work.packed.resize(work.keys.size());
    for (std::size_t s = 0; s < work.keys.size(); ++s) {
        work.packed[s] = (work.keys[s] >> shift) << prefix_bits | s;
    }
    if (work.keys.size() < few) {
        std::sort(work.packed.begin(), work.packed.end());
    } else {
        radix_sort(work.packed, work.other);
    }
    if (!fits) sort_within(work.packed, work.keys);
}

}  // namespace

const Order& rank(std::span<const double> scores, Workspace& work) {
    work.keys.resize(scores.size());
    for (std::size_t s = 0; s < scores.size(); ++s) work.keys[s] = descending_key(scores[s]);
    sort(work);
    Order& order = work.order;
    order.samples.resize(scores.size());
    order.ends.clear();
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const std::uint32_t sample = sample_of(work.packed[i]);
        order.samples[i] = sample;
        const bool last = i + 1 == scores.size() || work.keys[sample] != work.keys[sample_of(work.packed[i + 1])];
        if (last) order.ends.push_back(static_cast<std::uint32_t>(i + 1));
    }
    return order;
}

}  // namespace zoopt::objectives
