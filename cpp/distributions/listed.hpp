#pragma once
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "engine/kernels.hpp"
#include "zoopt/distribution.hpp"

namespace zoopt {

// What distributions share that hold their z in memory, a row a sample: O(samples * dim).
class Listed : public Distribution {
   public:
    explicit Listed(const Setup& setup) : drawn_(setup.samples), dim_(setup.dim) {}

    double bytes(std::size_t dim) const override {
        return 8.0 * static_cast<double>(dim) * static_cast<double>(drawn_ + 1);
    }

    std::size_t samples() const override { return z_.size() / dim_; }

    void first_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        for (std::size_t s = 0; s < samples(); ++s) {
            for (std::size_t i = 0; i < dim_; ++i) out[i] += w[s] * z_[s * dim_ + i];
        }
    }

    void second_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        for (std::size_t s = 0; s < samples(); ++s) {
            for (std::size_t i = 0; i < dim_; ++i) {
                const double z = z_[s * dim_ + i];
                out[i] += w[s] * (z * z - 1.0);
            }
        }
    }

    void squared_norms(unsigned, std::span<double> out) const override {
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        for (std::size_t s = 0; s < samples(); ++s) out[s] = dot(&z_[s * dim_], &z_[s * dim_], dim_);
    }

   protected:
    std::size_t drawn() const { return drawn_; }
    std::size_t dim() const { return dim_; }
    std::vector<double>& z() { return z_; }
    const std::vector<double>& z() const { return z_; }

   private:
    std::size_t drawn_;
    std::size_t dim_;
    std::vector<double> z_;
};

}  // namespace zoopt
