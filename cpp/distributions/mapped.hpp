#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "engine/decomposition.hpp"
#include "engine/kernels.hpp"
#include "sampled.hpp"

namespace zoopt {

// What Gaussians with a matrix A share: the steps y = A z of all samples are held, and theta.roots are the roots of the
// eigenvalues of A A^T.
class Mapped : public Sampled {
   public:
    explicit Mapped(const Setup& setup) : Sampled(noise::Kind::normal, setup), decomposition_(setup.dim) {}

    void begin(const Theta& theta, const noise::Address& address, unsigned threads) override {
        Sampled::begin(theta, address, threads);
        map(theta);
    }

    void redraw(const Theta& theta, std::span<const Replacement> samples, const noise::Address& address) override {
        Sampled::redraw(theta, samples, address);
        map(theta);
    }

    void adopt(const Theta& theta, const Rows& rows) override {
        const std::size_t d = theta.dim();
        std::vector<double> z(rows.data, rows.data + rows.count * d);
        for (std::size_t k = 0; k < z.size(); ++k) z[k] = (z[k] - theta.mean[k % d]) / theta.scale;
        unmap(theta, rows.count, z);
        batch().adopt(std::move(z));
        map(theta);
    }

    void candidates(const Theta& theta, std::size_t first, std::size_t count, bool antithetic, unsigned,
                    double* rows) const override {
        const std::size_t stride = engine::padded(theta.dim());
        for (std::size_t s = first; s < first + count; ++s) rows = put(theta, &steps_[s * stride], antithetic, rows);
    }

    double largest_axis(const Theta& theta) const override {
        return *std::max_element(theta.roots.begin(), theta.roots.end());
    }
    double smallest_axis(const Theta& theta) const override {
        return *std::min_element(theta.roots.begin(), theta.roots.end());
    }

   protected:
    static constexpr double least_variance = 1e-300;

    // Fills steps() with y = A z of every sample.
    virtual void map(const Theta& theta) = 0;
    // `count` rows of y become rows of z = A^-1 y.
    virtual void unmap(const Theta& theta, std::size_t count, std::vector<double>& rows) const = 0;

    // d x d, of a diagonal or of all entries.
    static std::vector<double> dense(std::span<const double> covariance, std::size_t d) {
        if (covariance.size() == d * d) return {covariance.begin(), covariance.end()};
        std::vector<double> matrix(d * d, 0.0);
        for (std::size_t i = 0; i < d; ++i) matrix[i * d + i] = covariance[i];
        return matrix;
    }

    static std::vector<double> identity(std::size_t d) { return dense(std::vector<double>(d, 1.0), d); }

    // The roots that the last decomposition gives.
    void take_roots(Theta& theta) const {
        for (std::size_t j = 0; j < theta.dim(); ++j) {
            theta.roots[j] = std::sqrt(std::max(decomposition_.values()[j], least_variance));
        }
    }

    Decomposition& decomposition() { return decomposition_; }

    // Padded rows, one a sample.
    std::vector<double>& steps() { return steps_; }

   private:
    Decomposition decomposition_;
    std::vector<double> steps_;
};

}  // namespace zoopt
