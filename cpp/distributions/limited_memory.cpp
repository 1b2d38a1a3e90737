#include <algorithm>
#include <cmath>

#include "engine/kernels.hpp"
#include "sampled.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// Gaussian with A = F_k ... F_1, F_j = (1 - c_j) I + c_j m_j m_j^T, for the k rows m_j of theta.directions in use
// (Loshchilov, Glasmachers and Beyer 2017). Every F_j is symmetric, so that nothing larger than a row is needed.
class LimitedMemory final : public Sampled {
   public:
    LimitedMemory(const Setup& setup, std::size_t directions) : Sampled(noise::Kind::normal, setup) {
        double power = 1.0;
        for (std::size_t j = 0; j < directions; ++j, power *= 1.5) {
            // One dimension alone would have c_1 = 1 and a singular factor.
            rates_.push_back(std::min(0.5, 1.0 / (power * static_cast<double>(setup.dim))));
        }
    }

    double bytes(std::size_t dim) const override {
        return 8.0 * static_cast<double>(dim) * static_cast<double>(rates_.size() + 4);
    }

    void prepare(Theta& theta) const override { theta.directions.assign(rates_.size() * theta.dim(), 0.0); }

    void adopt(const Theta& theta, const Rows& rows) override {
        const std::size_t d = theta.dim();
        std::vector<double> z(rows.data, rows.data + rows.count * d);
        for (std::size_t r = 0; r < rows.count; ++r) {
            const std::span<double> row(&z[r * d], d);
            for (std::size_t i = 0; i < d; ++i) row[i] = (row[i] - theta.mean[i]) / theta.scale;
            for (std::size_t j = used(theta); j-- > 0;) divide(theta, j, row);
        }
        batch().adopt(std::move(z));
    }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned,
                    double* rows) const override {
        std::vector<double> y(theta.dim());
        for (std::size_t s = first; s < first + count; ++s) {
            batch().row(s, y);
            for (std::size_t j = 0; j < used(theta); ++j) multiply(theta, j, y);
            rows = put(theta, y.data(), antithetic, rows);
        }
    }

    void vanilla(const Theta& theta, std::span<double> g) const override {
        for (std::size_t j = 0; j < used(theta); ++j) divide(theta, j, g);
        for (double& entry : g) entry /= theta.scale;
    }

    void natural(const Theta& theta, std::span<double> g) const override {
        for (std::size_t j = 0; j < used(theta); ++j) multiply(theta, j, g);
        for (double& entry : g) entry *= theta.scale;
    }

   private:
    static std::size_t used(const Theta& theta) { return static_cast<std::size_t>(theta.directions_used); }

    // g <- F_j g.
    void multiply(const Theta& theta, std::size_t j, std::span<double> g) const {
        const double* m = &theta.directions[j * g.size()];
        const double c = rates_[j], along = c * ZOOPT_PICK_TABLE(engine_kernels).dot(m, g.data(), g.size());
        for (std::size_t i = 0; i < g.size(); ++i) g[i] = (1.0 - c) * g[i] + along * m[i];
    }

    // g <- F_j^-1 g, by the formula of Sherman and Morrison.
    void divide(const Theta& theta, std::size_t j, std::span<double> g) const {
        const auto dot = ZOOPT_PICK_TABLE(engine_kernels).dot;
        const double* m = &theta.directions[j * g.size()];
        const double c = rates_[j];
        const double along = c * dot(m, g.data(), g.size()) / (1.0 - c + c * dot(m, m, g.size()));
        for (std::size_t i = 0; i < g.size(); ++i) g[i] = (g[i] - along * m[i]) / (1.0 - c);
    }

    std::vector<double> rates_;
};

double default_directions(const Setup& setup) {
    return 4.0 + std::floor(3.0 * portable::log(static_cast<double>(setup.dim)));
}

const Register<Distribution> entry{
    {"limited-memory",
     "Gaussian whose factor is a product of few rank-one changes of the identity: x = mean + scale * A z.",
     {{"directions", automatic, 1.0, 1000.0, "vectors kept, a whole number; automatic: 4 + 3 log d"}},
     [](const Options& options, const Setup& setup) {
         const double count = option(options, "directions", default_directions(setup));
         return std::make_unique<LimitedMemory>(setup, static_cast<std::size_t>(count));
     }}};

}  // namespace
}  // namespace zoopt
