#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "aligned_buffer.hpp"
#include "model_tables.hpp"
#include "samples.hpp"

namespace zoopt::objectives {

// The numbers 0, 1, ..., count - 1: all samples, in their order.
inline std::vector<std::uint32_t> all_of(std::size_t count) {
    std::vector<std::uint32_t> chosen(count);
    std::iota(chosen.begin(), chosen.end(), 0u);
    return chosen;
}

// How samples are split into blocks: all of `size`, but for the last one.
struct Blocks {
    std::size_t samples;
    std::size_t size;

    std::size_t count() const { return (samples + size - 1) / size; }
    std::size_t begin(std::size_t block) const { return block * size; }
    std::size_t samples_of(std::size_t block) const { return std::min(size, samples - begin(block)); }
};

// Chosen samples, rounded to T and packed into panels for the kernels of a CPU tier: the tier in force when they are
// packed, which whoever uses them keeps to. Sample s here is sample original(s) of what was given; one may be chosen
// several times. The last panel is filled up with samples of zeros.
//
// The samples are split into blocks of whole panels, which stay in cache while many candidates pass over them. The
// split depends on the number of samples, on `width` and on the size of T only: not on the tier, candidates or threads.
template <class T>
class PackedSamples {
   public:
    // `width` is that of the widest layer of the model that will read them, inputs included.
    PackedSamples(const Samples& samples, std::vector<std::uint32_t> chosen, std::size_t width)
        : kernels_(&linear_kernels<T>()),
          layer_kernels_(&mlp_kernels<T>()),
          chosen_(std::move(chosen)),
          features_(samples.features),
          blocks_{chosen_.size(), samples_a_block(width)},
          panels_((chosen_.size() + panel() - 1) / panel()),
          packed_(panels_ * panel() * features_) {
        for (std::size_t s = 0; s < chosen_.size(); ++s) pack(samples.data + chosen_[s] * features_, s);
    }

    // Chosen samples of those packed, in blocks of the same size; original() counts within `from`.
    PackedSamples(const PackedSamples& from, std::vector<std::uint32_t> chosen)
        : kernels_(from.kernels_),
          layer_kernels_(from.layer_kernels_),
          chosen_(std::move(chosen)),
          features_(from.features_),
          blocks_{chosen_.size(), from.blocks_.size},
          panels_((chosen_.size() + panel() - 1) / panel()),
          packed_(panels_ * panel() * features_) {
        for (std::size_t s = 0; s < chosen_.size(); ++s) {
            const T* lane = from.packed_.data() + place(chosen_[s]);
            for (std::size_t j = 0; j < features_; ++j) packed_.data()[place(s) + j * panel()] = lane[j * panel()];
        }
    }

    const LinearKernels<T>& kernels() const { return *kernels_; }
    const MlpKernels<T>& layer_kernels() const { return *layer_kernels_; }
    std::size_t count() const { return chosen_.size(); }
    std::size_t features() const { return features_; }
    std::size_t original(std::size_t sample) const { return chosen_[sample]; }

    const Blocks& blocks() const { return blocks_; }
    // Samples of the largest block, padding included: a stride that does for all of them.
    std::size_t block_stride() const { return std::min(blocks_.size, panels_ * panel()); }

    std::size_t panel() const { return kernels_->panel; }
    std::size_t panels() const { return panels_; }
    std::size_t padding() const { return panels_ * panel() - count(); }
    std::size_t panel_bytes() const { return panel() * features_ * sizeof(T); }

    // Panels [first, last).
    Panels<T> slice(std::size_t first, std::size_t last) const {
        return {packed_.data() + first * panel() * features_, last - first, features_};
    }

    Panels<T> block_panels(std::size_t block) const {
        const std::size_t first = blocks_.begin(block) / panel();
        return slice(first, std::min(first + blocks_.size / panel(), panels_));
    }

    // out[j] = feature j of a sample.
    void copy_sample(std::size_t sample, std::span<double> out) const {
        const T* lane = packed_.data() + place(sample);
        for (std::size_t j = 0; j < features_; ++j) out[j] = static_cast<double>(lane[j * panel()]);
    }

    // out[original sample * features + j] = feature j.
    void unpack(std::span<double> out) const {
        for (std::size_t s = 0; s < count(); ++s) copy_sample(s, out.subspan(original(s) * features_, features_));
    }

   private:
    static constexpr std::size_t block_bytes = 128 * 1024;
    static constexpr std::size_t unit = 48;  // a whole number of panels on every tier
    static constexpr std::size_t most_units = 21;

    static std::size_t samples_a_block(std::size_t width) {
        const std::size_t fitting = block_bytes / (unit * width * sizeof(T));
        return unit * std::clamp<std::size_t>(fitting, 1, most_units);
    }

    std::size_t place(std::size_t sample) const { return sample / panel() * panel() * features_ + sample % panel(); }

    void pack(const double* sample, std::size_t s) {
        T* lane = packed_.data() + place(s);
        for (std::size_t j = 0; j < features_; ++j) lane[j * panel()] = static_cast<T>(sample[j]);
    }

    const LinearKernels<T>* kernels_;
    const MlpKernels<T>* layer_kernels_;
    std::vector<std::uint32_t> chosen_;
    std::size_t features_;
    Blocks blocks_;
    std::size_t panels_;
    AlignedBuffer<T> packed_;
};

}  // namespace zoopt::objectives
