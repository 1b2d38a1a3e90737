#include <algorithm>
#include <cmath>

#include "engine/kernels.hpp"
#include "sampled.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr std::size_t most_dimensions = 128;
constexpr double least_variance = 1e-300;

// Gaussian with full covariance C = V^T diag(roots^2) V, the rows of V being the eigenvectors; A = V^T diag(roots).
class Full final : public Sampled {
   public:
    explicit Full(const Setup& setup) : Sampled(noise::Kind::normal, setup) {}

    double bytes(std::size_t dim) const override {
        return 4.0 * 8.0 * static_cast<double>(dim) * static_cast<double>(dim);
    }

    void prepare(Theta& theta) const override {
        const std::size_t d = theta.dim();
        theta.covariance.assign(d * d, 0.0);
        for (std::size_t i = 0; i < d; ++i) theta.covariance[i * d + i] = 1.0;
        theta.eigenvectors = theta.covariance;
        theta.roots.assign(d, 1.0);
    }

    void start_from(Theta& theta, std::span<const double> covariance) const override {
        const std::size_t d = theta.dim();
        for (std::size_t i = 0; covariance.size() == d && i < d; ++i) theta.covariance[i * d + i] = covariance[i];
        if (covariance.size() == d * d) theta.covariance.assign(covariance.begin(), covariance.end());
        refresh(theta);
    }

    void begin(const Theta& theta, const noise::Address& address, unsigned threads) override {
        Sampled::begin(theta, address, threads);
        map(theta);
    }

    void redraw(const Theta& theta, std::size_t sample, const noise::Address& address, std::uint32_t number) override {
        Sampled::redraw(theta, sample, address, number);
        map(theta);
    }

    void adopt(const Theta& theta, const Rows& rows) override {
        batch().adopt(locate(theta, rows));
        map(theta);
    }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned,
                    double* rows) const override {
        const std::size_t d = theta.dim();
        for (std::size_t s = first; s < first + count; ++s) {
            const double* y = &steps_[s * d];
            for (std::size_t i = 0; i < d; ++i) rows[i] = theta.mean[i] + theta.scale * y[i];
            rows += d;
            if (!antithetic) continue;
            for (std::size_t i = 0; i < d; ++i) rows[i] = theta.mean[i] - theta.scale * y[i];
            rows += d;
        }
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
        std::vector<double> turned(g.size());
        ZOOPT_PICK_TABLE(engine_kernels)
            .multiply(g.data(), 1, g.size(), theta.eigenvectors.data(), g.size(), turned.data());
        std::copy(turned.begin(), turned.end(), g.begin());
    }

    bool adapts() const override { return true; }

    void adapt(Theta& theta, const Adaptation& step) const override {
        const std::size_t d = theta.dim();
        const std::size_t count = samples();
        std::vector<double> y(step.path.begin(), step.path.end());
        std::vector<double> w{step.rank_one};
        for (std::size_t s = 0; s < count; ++s) {
            if (step.weights[s] == 0.0) continue;
            y.insert(y.end(), &steps_[s * d], &steps_[s * d] + d);
            const double kept = static_cast<double>(d) / (lengths_[s] + 1e-8);
            w.push_back(step.weights[s] >= 0.0 ? step.weights[s] : step.weights[s] * kept);
        }
        ZOOPT_PICK_TABLE(engine_kernels)
            .rank_update(theta.covariance.data(), d, step.decay, w.data(), y.data(), w.size());
        if (step.refresh) refresh(theta);
    }

    double largest_axis(const Theta& theta) const override {
        return *std::max_element(theta.roots.begin(), theta.roots.end());
    }
    double smallest_axis(const Theta& theta) const override {
        return *std::min_element(theta.roots.begin(), theta.roots.end());
    }

   private:
    // y = A z and |z|^2 of every sample.
    void map(const Theta& theta) {
        const std::size_t d = theta.dim();
        std::vector<double> factor(theta.eigenvectors);  // row j: roots[j] times eigenvector j, so that y = z factor
        for (std::size_t k = 0; k < d * d; ++k) factor[k] *= theta.roots[k / d];
        std::vector<double> z(batch().samples() * d);
        for (std::size_t s = 0; s < batch().samples(); ++s) batch().row(s, {z.data() + s * d, d});
        steps_.resize(z.size());
        ZOOPT_PICK_TABLE(engine_kernels).multiply(z.data(), batch().samples(), d, factor.data(), d, steps_.data());
        lengths_.resize(batch().samples());
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        for (std::size_t s = 0; s < batch().samples(); ++s) lengths_[s] = dot(&z[s * d], &z[s * d], d);
    }

    // z of rows that were not drawn here: A^-1 (x - mean) / scale.
    static std::vector<double> locate(const Theta& theta, const Rows& rows) {
        const std::size_t d = theta.dim();
        std::vector<double> z(rows.count * d), y(d);
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        for (std::size_t r = 0; r < rows.count; ++r) {
            for (std::size_t i = 0; i < d; ++i) y[i] = (rows.data[r * d + i] - theta.mean[i]) / theta.scale;
            for (std::size_t j = 0; j < d; ++j) {
                z[r * d + j] = dot(&theta.eigenvectors[j * d], y.data(), d) / theta.roots[j];
            }
        }
        return z;
    }

    static void refresh(Theta& theta) {
        const std::size_t d = theta.dim();
        std::vector<double> a(theta.covariance), vectors(d * d), values(d), work(3 * d);
        const bool converged =
            ZOOPT_PICK_TABLE(engine_kernels).symmetric_eigen(a.data(), d, vectors.data(), values.data(), work.data());
        if (!converged) return;  // the last decomposition stays in force
        theta.eigenvectors = std::move(vectors);
        for (std::size_t j = 0; j < d; ++j) theta.roots[j] = std::sqrt(std::max(values[j], least_variance));
    }

    std::vector<double> steps_;    // y = A z of every sample
    std::vector<double> lengths_;  // |z|^2 of every sample
};

std::unique_ptr<Distribution> make(const Options&, const Setup& setup) {
    if (setup.dim > most_dimensions) {
        throw Error(ErrorKind::invalid_input, "a full covariance is limited to " + std::to_string(most_dimensions) +
                                                  " dimensions in this version, got " + std::to_string(setup.dim) +
                                                  "; use snes, openai-es or two-point, whose cost grows linearly");
    }
    return std::make_unique<Full>(setup);
}

const Register<Distribution> entry{
    {"full", "Gaussian with full covariance: x = mean + scale * C^(1/2) z, z ~ N(0, I).", {}, make}};

}  // namespace
}  // namespace zoopt
