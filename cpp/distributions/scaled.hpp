#pragma once
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "engine/kernels.hpp"
#include "sampled.hpp"

namespace zoopt {

// What isotropic, Rademacher and diagonal distributions share: A is diagonal, and nothing is allocated in a generation.
class Scaled : public Sampled {
   public:
    using Sampled::Sampled;

    void begin(const Theta& theta, const noise::Address& address, unsigned threads) override {
        batch().begin(address, threads);
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
    std::size_t shares() const override { return batch().shares(); }
    std::size_t share_begin(std::size_t k) const override { return batch().share_begin(k); }
    void draw_share(std::size_t k, std::size_t first, std::size_t count) const override {
        batch().draw_share(k, first, count);
    }
    void piece(const Theta& theta, bool antithetic, const Piece& piece) const override {
        batch().perturb_piece(theta.mean, step_, factors(), antithetic, piece);
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        ZOOPT_PICK_TABLE(engine_kernels).divide(g.data(), deviations(theta), theta.scale, g.size());
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        ZOOPT_PICK_TABLE(engine_kernels).scale(g.data(), deviations(theta), theta.scale, g.size());
    }

   protected:
    // What z is multiplied by, one a sample, where there is anything.
    virtual std::span<const double> factors() const { return {}; }

    void update_step(const Theta& theta) {
        step_.resize(theta.deviations.empty() ? 1 : theta.dim());
        std::fill(step_.begin(), step_.end(), 1.0);
        ZOOPT_PICK_TABLE(engine_kernels).scale(step_.data(), deviations(theta), theta.scale, step_.size());
    }

   private:
    static const double* deviations(const Theta& theta) {
        return theta.deviations.empty() ? nullptr : theta.deviations.data();
    }

    // Standard deviation of coordinate i: theta has deviations where the distribution gave it some.
    static double deviation(const Theta& theta, std::size_t i) {
        return theta.deviations.empty() ? theta.scale : theta.deviations[i] * theta.scale;
    }

    std::vector<double> step_;
};

}  // namespace zoopt
