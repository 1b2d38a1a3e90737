#include <algorithm>

#include "mapped.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// Gaussian with full covariance C = V^T diag(roots^2) V, the rows of V being the eigenvectors; A = V^T diag(roots).
class Full final : public Mapped {
   public:
    Full(const Setup& setup, double first_spread) : Mapped(setup), first_spread_(first_spread) {}

    // Covariance, eigenvectors, and the decomposition that makes the next ones.
    double bytes(std::size_t dim) const override {
        return 2.0 * 8.0 * static_cast<double>(dim) * static_cast<double>(dim) + Decomposition::bytes(dim);
    }

    void prepare(Theta& theta) const override {
        const std::size_t d = theta.dim();
        theta.eigenvectors = identity(d);
        theta.covariance = theta.eigenvectors;
        theta.roots.assign(d, 1.0);
        for (std::size_t i = 0; first_spread_ > 0.0 && i < d; ++i) {
            const double share = static_cast<double>(i) / static_cast<double>(d);
            const double variance = portable::exp(first_spread_ * share);
            theta.covariance[i * d + i] = variance;
            theta.roots[i] = std::sqrt(variance);
        }
    }

    void start_from(Theta& theta, std::span<const double> covariance) override {
        theta.covariance = dense(covariance, theta.dim());
        refresh(theta);
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (std::size_t j = 0; j < g.size(); ++j) g[j] /= theta.scale * theta.roots[j];
        align(theta, g);
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (std::size_t j = 0; j < g.size(); ++j) g[j] *= theta.scale * theta.roots[j];
        align(theta, g);
    }

    void align(const Theta& theta, std::span<double> g) const override {
        const std::vector<double> local(g.begin(), g.end());
        ZOOPT_PICK_TABLE(engine_kernels)
            .multiply(local.data(), 1, g.size(), g.size(), theta.eigenvectors.data(), g.size(), g.data(), g.size());
    }

    bool adapts() const override { return true; }

    void adapt(Theta& theta, const Adaptation& step) override {
        const std::size_t d = theta.dim(), stride = engine::padded(d);
        moves_.assign(stride, 0.0);
        std::copy(step.path.begin(), step.path.end(), moves_.begin());
        weights_.assign(1, step.rank_one);
        for (std::size_t s = 0; s < samples(); ++s) {
            if (step.weights[s] == 0.0) continue;
            const double* y = &steps()[s * stride];
            moves_.insert(moves_.end(), y, y + stride);
            const double kept = static_cast<double>(d) / floored(lengths_[s], step);
            weights_.push_back(step.weights[s] >= 0.0 ? step.weights[s] : step.weights[s] * kept);
        }
        work_.resize(std::max(work_.size(), engine::rank_update_work(d, weights_.size())));
        ZOOPT_PICK_TABLE(engine_kernels)
            .rank_update(theta.covariance.data(), d, step.decay, weights_.data(), moves_.data(), weights_.size(),
                         work_.data());
        if (step.refresh) refresh(theta);
    }

   private:
    // Fills lengths_ as well.
    void map(const Theta& theta) override {
        const std::size_t d = theta.dim(), stride = engine::padded(d);
        const auto& kernels = ZOOPT_PICK_TABLE(engine_kernels);
        stretched_.resize(samples() * d);
        steps().resize(samples() * stride);
        lengths_.resize(samples());
        for (std::size_t s = 0; s < samples(); ++s) {
            double* z = &stretched_[s * d];
            batch().row(s, {z, d});
            lengths_[s] = kernels.dot(z, z, d);
            for (std::size_t j = 0; j < d; ++j) z[j] *= theta.roots[j];
        }
        kernels.multiply(stretched_.data(), samples(), d, d, theta.eigenvectors.data(), d, steps().data(), stride);
    }

    // (|z| + length_floor)^2 + square_floor, from |z|^2.
    static double floored(double square, const Adaptation& step) {
        return square + step.length_floor * (2.0 * std::sqrt(square) + step.length_floor) + step.square_floor;
    }

    void unmap(const Theta& theta, std::size_t count, std::vector<double>& rows) const override {
        const std::size_t d = theta.dim();
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        for (std::size_t r = 0; r < count; ++r) {
            const std::vector<double> y(&rows[r * d], &rows[r * d] + d);
            for (std::size_t j = 0; j < d; ++j) {
                rows[r * d + j] = dot(&theta.eigenvectors[j * d], y.data(), d) / theta.roots[j];
            }
        }
    }

    void refresh(Theta& theta) {
        if (!decomposition().decompose(theta.covariance)) return;  // the last decomposition stays in force
        theta.eigenvectors.swap(decomposition().vectors());
        take_roots(theta);
    }

    double first_spread_;
    std::vector<double> stretched_;  // z times the roots
    std::vector<double> lengths_;    // |z|^2 of every sample
    std::vector<double> moves_, weights_, work_;
};

const Register<Distribution> entry{
    {"full",
     "Gaussian with full covariance: x = mean + scale * C^(1/2) z, z ~ N(0, I).",
     {{"first_spread", 0.0, 0.0, 1.0,
       "where no covariance is given, variance i = 0 ... d - 1 of the first distribution "
       "is exp(first_spread i / d), so that no two are equal"}},
     [](const Options& options, const Setup& setup) {
         return std::make_unique<Full>(setup, options.at("first_spread"));
     }}};

}  // namespace
}  // namespace zoopt
