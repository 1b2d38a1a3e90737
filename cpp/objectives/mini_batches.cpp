#include "mini_batches.hpp"

#include <algorithm>
#include <numeric>

#include "zoopt/noise.hpp"

namespace zoopt::objectives {

MiniBatches::MiniBatches(std::size_t samples, std::size_t size, std::uint64_t seed)
    : samples_(samples), size_(size), seed_(seed) {}

void MiniBatches::shuffle(std::uint64_t epoch) const {
    if (epoch_ == epoch && !order_.empty()) return;
    order_.resize(samples_);
    std::iota(order_.begin(), order_.end(), 0u);
    const noise::Address address{seed_, static_cast<std::uint32_t>(noise::Stream::mini_batch), epoch};
    for (std::size_t i = samples_ - 1; i > 0; --i) {
        std::swap(order_[i], order_[noise::below(i + 1, address, static_cast<std::uint32_t>(i))]);
    }
    epoch_ = epoch;
}

std::vector<std::uint32_t> MiniBatches::of(std::uint64_t generation) const {
    const std::lock_guard<std::mutex> lock(shuffling_);
    shuffle(generation / an_epoch());
    const std::size_t first = generation % an_epoch() * size_;
    const std::size_t last = std::min(first + size_, samples_);
    return {order_.begin() + static_cast<std::ptrdiff_t>(first), order_.begin() + static_cast<std::ptrdiff_t>(last)};
}

}  // namespace zoopt::objectives
