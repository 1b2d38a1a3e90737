#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "aligned_buffer.hpp"
#include "classifier.hpp"
#include "linear_kernels.hpp"

namespace zoopt::objectives {

template <class T>
const LinearKernels<T>& linear_kernels();

template <>
inline const LinearKernels<float>& linear_kernels<float>() {
    return ZOOPT_PICK_TABLE(linear_float32);
}

template <>
inline const LinearKernels<double>& linear_kernels<double>() {
    return ZOOPT_PICK_TABLE(linear_float64);
}

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

// Chosen samples packed into panels; the last panel is filled up with zeros. Belongs to the tier it was
// packed for.
template <class T>
class LinearSamples {
   public:
    LinearSamples(const Samples& samples, std::vector<std::uint32_t> chosen)
        : kernels_(&linear_kernels<T>()),
          chosen_(std::move(chosen)),
          features_(samples.features),
          panels_((chosen_.size() + kernels_->panel - 1) / kernels_->panel),
          packed_(panels_ * kernels_->panel * features_) {
        for (std::size_t s = 0; s < chosen_.size(); ++s) pack(samples.data + chosen_[s] * features_, s);
    }

    const LinearKernels<T>& kernels() const { return *kernels_; }
    std::size_t count() const { return chosen_.size(); }
    std::size_t panels() const { return panels_; }
    std::size_t padding() const { return panels_ * kernels_->panel - chosen_.size(); }
    std::size_t original(std::size_t sample) const { return chosen_[sample]; }
    std::size_t panel_bytes() const { return kernels_->panel * features_ * sizeof(T); }

    Panels<T> slice(std::size_t first, std::size_t last) const {
        return {packed_.data() + first * kernels_->panel * features_, last - first, features_};
    }

    // out[original sample * features + j] = feature j.
    void unpack(std::span<double> out) const {
        const std::size_t panel = kernels_->panel;
        for (std::size_t s = 0; s < count(); ++s) {
            const T* lane = packed_.data() + s / panel * panel * features_ + s % panel;
            for (std::size_t j = 0; j < features_; ++j) {
                out[original(s) * features_ + j] = static_cast<double>(lane[j * panel]);
            }
        }
    }

    // out[original sample * outputs + r] = score of row r.
    void scores(const T* weights, std::size_t outputs, std::span<double> out) const {
        const std::size_t padded = panels_ * kernels_->panel;
        AlignedBuffer<T> buffer(padded * outputs);
        kernels_->scores(slice(0, panels_), weights, outputs, buffer.data());
        for (std::size_t s = 0; s < count(); ++s) {
            for (std::size_t r = 0; r < outputs; ++r) {
                out[original(s) * outputs + r] = static_cast<double>(buffer.data()[r * padded + s]);
            }
        }
    }

   private:
    void pack(const double* sample, std::size_t place) {
        const std::size_t panel = kernels_->panel;
        T* lane = packed_.data() + place / panel * panel * features_ + place % panel;
        for (std::size_t j = 0; j < features_; ++j) lane[j * panel] = static_cast<T>(sample[j]);
    }

    const LinearKernels<T>* kernels_;
    std::vector<std::uint32_t> chosen_;
    std::size_t features_;
    std::size_t panels_;
    AlignedBuffer<T> packed_;
};

// Bounds the scores of a row of weights on given samples: |intercept| + sum |w_j| max(1, |x_j|).
template <class T>
class ScoreBound {
   public:
    explicit ScoreBound(const Samples& samples) : largest_(samples.features, 1.0) {
        for (std::size_t s = 0; s < samples.count; ++s) {
            for (std::size_t j = 0; j < samples.features; ++j) {
                largest_[j] = std::max(largest_[j], std::abs(samples.data[s * samples.features + j]));
            }
        }
    }

    // Whether no partial sum of any score can overflow T; false for weights that are not finite.
    bool holds(const double* weights) const {
        constexpr std::size_t chains = 4;
        const std::size_t features = largest_.size();
        double bound[chains] = {std::abs(weights[features]), 0.0, 0.0, 0.0};
        std::size_t j = 0;
        for (; j + chains <= features; j += chains) {
            for (std::size_t c = 0; c < chains; ++c) bound[c] += std::abs(weights[j + c]) * largest_[j + c];
        }
        for (; j < features; ++j) bound[0] += std::abs(weights[j]) * largest_[j];
        return (bound[0] + bound[1]) + (bound[2] + bound[3]) <= std::numeric_limits<T>::max() / 4;
    }

   private:
    std::vector<double> largest_;
};

}  // namespace zoopt::objectives
