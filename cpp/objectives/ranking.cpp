#include "ranking.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

namespace zoopt::objectives {
namespace {

using Packed = std::uint64_t;  // the leading bits of a key, then the number of the sample
constexpr unsigned prefix_bits = 32;
constexpr unsigned digit_bits = 11;
constexpr unsigned digits = 3;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::size_t few = 64;  // below, a comparison sort is quicker

// A whole number that is the larger the smaller the score: adding 0 makes 0 of -0. Without a branch, which could not be
// predicted.
std::uint64_t descending_key(double score) {
    const auto bits = std::bit_cast<std::int64_t>(score + 0.0);
    const std::int64_t flipped = ~(bits >> 63) & std::numeric_limits<std::int64_t>::max();  // 0 for negative scores
    return static_cast<std::uint64_t>(bits ^ flipped);
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

// Sorts by the leading 32 of the bits that differ, which is all there is to do where no more do.
void sort_by_prefix(Workspace& work) {
    const Range range = differing(work.keys);
    const unsigned shift = range.high - range.low <= prefix_bits ? range.low : range.high - prefix_bits;
    work.packed.resize(work.keys.size());
    for (std::size_t s = 0; s < work.keys.size(); ++s) {
        work.packed[s] = (work.keys[s] >> shift) << prefix_bits | s;
    }
    if (work.keys.size() < few) {
        std::sort(work.packed.begin(), work.packed.end());
    } else {
        radix_sort(work.packed, work.other);
    }
}

// Writes down the order of what is sorted; false where two neighbours turn out not to be.
bool write_order(Workspace& work) {
    const std::size_t count = work.packed.size();
    Order& order = work.order;
    order.samples.resize(count);
    order.ends.resize(count);
    std::size_t groups = 0;
    bool sorted = true;
    std::uint64_t last = work.keys[sample_of(work.packed[0])];
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t sample = sample_of(work.packed[i]);
        const std::uint64_t key = work.keys[sample];
        order.samples[i] = sample;
        order.ends[groups] = static_cast<std::uint32_t>(i);
        groups += key != last ? 1 : 0;
        sorted = sorted && last <= key;
        last = key;
    }
    order.ends[groups] = static_cast<std::uint32_t>(count);
    order.ends.resize(groups + 1);
    return sorted;
}

}  // namespace

const Order& rank(std::span<const double> scores, Workspace& work) {
    work.keys.resize(scores.size());
    for (std::size_t s = 0; s < scores.size(); ++s) work.keys[s] = descending_key(scores[s]);
    sort_by_prefix(work);
    if (!write_order(work)) {
        sort_within(work.packed, work.keys);
        write_order(work);
    }
    return work.order;
}

}  // namespace zoopt::objectives
