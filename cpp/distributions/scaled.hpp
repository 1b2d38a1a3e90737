#pragma once
#include <vector>

#include "zoopt/distribution.hpp"

namespace zoopt {

// What isotropic, Rademacher and diagonal distributions share: A is diagonal, its standard deviations are `step_`.
class Scaled : public Distribution {
  public:
    void candidates(const Theta& theta, const Batch& batch, std::size_t first, std::size_t count, bool antithetic,
                    unsigned threads, double* rows) const override {
        batch.perturb(theta.mean, step_, first, count, antithetic, threads, rows);
    }

    std::vector<double> locate(const Theta& theta, const Rows& rows) const override {
        const std::vector<double> step = steps(theta);
        std::vector<double> z(rows.count * rows.dim);
        for (std::size_t k = 0; k < z.size(); ++k) {
            const std::size_t i = k % rows.dim;
            z[k] = (rows.data[k] - theta.mean[i]) / step[i];
        }
        return z;
    }

    void begin(const Theta& theta, const Batch&, unsigned) override { step_ = steps(theta); }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        const std::vector<double> step = steps(theta);
        for (std::size_t i = 0; i < g.size(); ++i) g[i] /= step[i];
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        const std::vector<double> step = steps(theta);
        for (std::size_t i = 0; i < g.size(); ++i) g[i] *= step[i];
    }

    void align(const Theta&, std::span<double>) const override {}

  protected:
    virtual std::vector<double> steps(const Theta& theta) const = 0;

  private:
    std::vector<double> step_;
};

}  // namespace zoopt
