#include <algorithm>

#include "engine/solve.hpp"
#include "mapped.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

std::vector<double> transposed(const std::vector<double>& matrix, std::size_t d) {
    std::vector<double> out(d * d);
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < d; ++j) out[j * d + i] = matrix[i * d + j];
    }
    return out;
}

std::vector<double> product(const std::vector<double>& left, const std::vector<double>& right, std::size_t d) {
    std::vector<double> out(d * d);
    ZOOPT_PICK_TABLE(engine_kernels).multiply(left.data(), d, d, d, right.data(), d, out.data(), d);
    return out;
}

// Gaussian with any invertible A of determinant 1: x = mean + scale * A z. Theta keeps A transposed in `factor`, and
// beside it the covariance A A^T with the roots of its eigenvalues.
class Factored final : public Mapped {
   public:
    using Mapped::Mapped;

    // Factor, covariance, what a step multiplies, and the decomposition.
    double bytes(std::size_t dim) const override {
        return 6.0 * 8.0 * static_cast<double>(dim) * static_cast<double>(dim) + Decomposition::bytes(dim);
    }

    void prepare(Theta& theta) const override {
        theta.factor = identity(theta.dim());
        theta.covariance = theta.factor;
        theta.roots.assign(theta.dim(), 1.0);
    }

    // A becomes the symmetric root; what its determinant is not 1 by goes into the scale.
    void start_from(Theta& theta, std::span<const double> covariance) override {
        const std::size_t d = theta.dim();
        if (!decomposition().decompose(dense(covariance, d))) return;
        std::vector<double> half(decomposition().values());
        double mean_log = 0.0;
        for (double& value : half) {
            value = 0.5 * portable::log(std::max(value, least_variance));
            mean_log += value / static_cast<double>(d);
        }
        for (double& value : half) value = portable::exp(value - mean_log);
        theta.factor = spectral(half, d);
        theta.scale *= portable::exp(mean_log);
        describe(theta);
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        Solver(theta.factor, g.size()).solve(g.data());
        for (double& entry : g) entry /= theta.scale;
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        const std::vector<double> local(g.begin(), g.end());
        ZOOPT_PICK_TABLE(engine_kernels)
            .multiply(local.data(), 1, g.size(), g.size(), theta.factor.data(), g.size(), g.data(), g.size());
        for (double& entry : g) entry *= theta.scale;
    }

    bool stretches() const override { return true; }

    void stretch(Theta& theta, const Stretch& step) override {
        const std::size_t d = theta.dim();
        gather(step.weights, d);
        if (!decomposition().decompose(moment_)) return;  // scale and A stay as they are
        double sum = 0.0, trace = 0.0;
        for (const double w : step.weights) sum += w;
        for (std::size_t i = 0; i < d; ++i) trace += moment_[i * d + i] - sum;
        const double g = trace / static_cast<double>(d);
        std::vector<double> growth(decomposition().values());
        for (double& value : growth) value = portable::exp(-0.5 * step.shape_rate * (value - sum - g));
        theta.factor = product(spectral(growth, d), theta.factor, d);
        theta.scale *= portable::exp(-0.5 * step.scale_rate * g);
        describe(theta);
    }

   private:
    void map(const Theta& theta) override {
        const std::size_t d = theta.dim(), stride = engine::padded(d);
        z_.resize(samples() * d);
        steps().resize(samples() * stride);
        for (std::size_t s = 0; s < samples(); ++s) batch().row(s, {&z_[s * d], d});
        ZOOPT_PICK_TABLE(engine_kernels)
            .multiply(z_.data(), samples(), d, d, theta.factor.data(), d, steps().data(), stride);
    }

    void unmap(const Theta& theta, std::size_t count, std::vector<double>& rows) const override {
        const std::size_t d = theta.dim();
        const Solver solver(transposed(theta.factor, d), d);
        for (std::size_t r = 0; r < count; ++r) solver.solve(&rows[r * d]);
    }

    // moment_ becomes the sum of w z z^T.
    void gather(std::span<const double> weights, std::size_t d) {
        const std::size_t stride = engine::padded(d);
        padded_.assign(samples() * stride, 0.0);
        for (std::size_t s = 0; s < samples(); ++s) std::copy_n(&z_[s * d], d, &padded_[s * stride]);
        moment_.assign(d * d, 0.0);
        work_.resize(engine::rank_update_work(d, samples()));
        ZOOPT_PICK_TABLE(engine_kernels)
            .rank_update(moment_.data(), d, 0.0, weights.data(), padded_.data(), samples(), work_.data());
    }

    // V^T diag(values) V with the eigenvectors of the last decomposition.
    std::vector<double> spectral(const std::vector<double>& values, std::size_t d) {
        std::vector<double> scaled(decomposition().vectors());
        for (std::size_t k = 0; k < d * d; ++k) scaled[k] *= values[k / d];
        return product(transposed(decomposition().vectors(), d), scaled, d);
    }

    void describe(Theta& theta) {
        const std::size_t d = theta.dim();
        theta.covariance = product(transposed(theta.factor, d), theta.factor, d);
        if (decomposition().decompose(theta.covariance)) take_roots(theta);
    }

    std::vector<double> z_;  // of every sample
    std::vector<double> padded_, moment_, work_;
};

const Register<Distribution> entry{
    {"factored",
     "Gaussian with any invertible factor: x = mean + scale * A z, z ~ N(0, I), det A = 1.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Factored>(setup); }}};

}  // namespace
}  // namespace zoopt
