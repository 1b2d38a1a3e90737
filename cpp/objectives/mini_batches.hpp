#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace zoopt::objectives {

struct Batching {
    std::size_t size = 0;  // 0: all samples, always
    std::uint64_t seed = 0;
};

// Which samples the mini-batch of a generation holds. Every epoch is all samples in an order of its own, cut into
// batches of `size` (the last one may be smaller); generation g has batch g mod batches of epoch g / batches.
//
// The order of epoch e is Fisher and Yates's shuffle of 0, 1, ..., n - 1: for i = n - 1, ..., 1 places i and j change,
// where j is noise::below(i + 1) of (seed, stream 1, generation e, sample i).
class MiniBatches {
   public:
    MiniBatches(std::size_t samples, std::size_t size, std::uint64_t seed);

    std::size_t an_epoch() const { return (samples_ + size_ - 1) / size_; }
    std::vector<std::uint32_t> of(std::uint64_t generation) const;

   private:
    void shuffle(std::uint64_t epoch) const;

    std::size_t samples_;
    std::size_t size_;
    std::uint64_t seed_;
    // The order of the epoch that was asked for last.
    mutable std::mutex shuffling_;
    mutable std::uint64_t epoch_ = ~std::uint64_t{0};
    mutable std::vector<std::uint32_t> order_;
};

// What is made of the mini-batch of a generation, kept until another one is asked for.
template <class Part>
class BatchPart {
   public:
    // make(samples) returns a shared_ptr<const Part>.
    template <class Make>
    std::shared_ptr<const Part> of(const MiniBatches& batches, std::uint64_t generation, const Make& make) const {
        const std::lock_guard<std::mutex> lock(making_);
        if (part_ && generation_ == generation) return part_;
        part_ = make(batches.of(generation));
        generation_ = generation;
        return part_;
    }

   private:
    mutable std::mutex making_;
    mutable std::uint64_t generation_ = 0;
    mutable std::shared_ptr<const Part> part_;
};

}  // namespace zoopt::objectives
