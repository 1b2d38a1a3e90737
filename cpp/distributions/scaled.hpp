#pragma once
#include <span>
#include <vector>

#include "zoopt/distribution.hpp"

namespace zoopt {

// What isotropic, Rademacher and diagonal distributions share: A is diagonal, and nothing is allocated in a generation.
class Scaled : public Distribution {
   public:
    void begin(const Theta& theta, const Batch&, unsigned) override {
        step_.resize(theta.dim());
        for (std::size_t i = 0; i < step_.size(); ++i) step_[i] = step(theta, i);
    }

    void candidates(const Theta& theta, const Batch& batch, std::size_t first, std::size_t count, bool antithetic,
                    unsigned threads, double* rows) const override {
        batch.perturb(theta.mean, step_, first, count, antithetic, threads, rows);
    }

    std::vector<double> locate(const Theta& theta, const Rows& rows) const override {
        std::vector<double> z(rows.count * rows.dim);
        for (std::size_t k = 0; k < z.size(); ++k) {
            const std::size_t i = k % rows.dim;
            z[k] = (rows.data[k] - theta.mean[i]) / step(theta, i);
        }
        return z;
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (std::size_t i = 0; i < g.size(); ++i) g[i] /= step(theta, i);
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (std::size_t i = 0; i < g.size(); ++i) g[i] *= step(theta, i);
    }

    void align(const Theta&, std::span<double>) const override {}

   private:
    // Standard deviation of coordinate i: theta has deviations where the distribution gave it some.
    static double step(const Theta& theta, std::size_t i) {
        return theta.deviations.empty() ? theta.scale : theta.deviations[i] * theta.scale;
    }

    std::vector<double> step_;
};

}  // namespace zoopt
