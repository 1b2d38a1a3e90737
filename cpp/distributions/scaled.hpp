#pragma once
#include <span>
#include <utility>
#include <vector>

#include "sampled.hpp"

namespace zoopt {

// What isotropic, Rademacher and diagonal distributions share: A is diagonal, and nothing is allocated in a generation.
class Scaled : public Sampled {
   public:
    using Sampled::Sampled;

    void begin(const Theta& theta, const noise::Address& address, unsigned) override {
        batch().begin(address);
        update_step(theta);
    }

    void adopt(const Theta& theta, const Rows& rows) override {
        std::vector<double> z(rows.count * rows.dim);
        for (std::size_t k = 0; k < z.size(); ++k) {
            const std::size_t i = k % rows.dim;
            z[k] = (rows.data[k] - theta.mean[i]) / deviation(theta, i);
        }
        batch().adopt(std::move(z));
        update_step(theta);
    }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned threads,
                    double* rows) const override {
        batch().perturb(theta.mean, step_, factors(), first, count, antithetic, threads, rows);
    }

    bool comes_in_pieces() const override { return true; }
    void piece(const Theta& theta, bool antithetic, const Piece& piece) const override {
        batch().perturb_piece(theta.mean, step_, factors(), antithetic, piece);
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (std::size_t i = 0; i < g.size(); ++i) g[i] /= deviation(theta, i);
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (std::size_t i = 0; i < g.size(); ++i) g[i] *= deviation(theta, i);
    }

   protected:
    // What z is multiplied by, one a sample, where there is anything.
    virtual std::span<const double> factors() const { return {}; }

    void update_step(const Theta& theta) {
        step_.resize(theta.deviations.empty() ? 1 : theta.dim());
        for (std::size_t i = 0; i < step_.size(); ++i) step_[i] = deviation(theta, i);
    }

   private:
    // Standard deviation of coordinate i: theta has deviations where the distribution gave it some.
    static double deviation(const Theta& theta, std::size_t i) {
        return theta.deviations.empty() ? theta.scale : theta.deviations[i] * theta.scale;
    }

    std::vector<double> step_;
};

}  // namespace zoopt
