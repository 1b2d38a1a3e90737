#include <cmath>
#include <utility>
#include <vector>

#include "scaled.hpp"

namespace zoopt {
namespace {

// z = sqrt(d) n / |n| with n ~ N(0, I). The normals stay as they are: each sample has a factor sqrt(d) / |n|, which
// goes into the rows and into the weights.
class Sphere final : public Scaled {
   public:
    explicit Sphere(const Setup& setup) : Scaled(noise::Kind::normal, setup), drawn_(setup.samples) {}

    void prepare(Theta&) const override {}

    void begin(const Theta& theta, const noise::Address& address, unsigned threads) override {
        Scaled::begin(theta, address, threads);
        stretch(theta, threads);
    }

    void redraw(const Theta& theta, std::span<const Replacement> samples, const noise::Address& address) override {
        Scaled::redraw(theta, samples, address);
        stretch(theta, 1);
    }

    void adopt(const Theta& theta, const Rows& rows) override {
        Scaled::adopt(theta, rows);
        factors_.assign(rows.count, 1.0);
    }

    void first_moment(std::span<const double> w, unsigned threads, std::span<double> out) const override {
        std::vector<double> scaled(w.begin(), w.end());
        for (std::size_t s = 0; s < scaled.size(); ++s) scaled[s] *= factors_[s];
        Scaled::first_moment(scaled, threads, out);
    }

    // sum w (f^2 n^2 - 1) = sum w f^2 (n^2 - 1) + sum w (f^2 - 1).
    void second_moment(std::span<const double> w, unsigned threads, std::span<double> out) const override {
        std::vector<double> scaled(w.begin(), w.end());
        double shift = 0.0;
        for (std::size_t s = 0; s < scaled.size(); ++s) {
            const double square = factors_[s] * factors_[s];
            shift += scaled[s] * (square - 1.0);
            scaled[s] *= square;
        }
        Scaled::second_moment(scaled, threads, out);
        for (double& x : out) x += shift;
    }

    void squared_norms(unsigned threads, std::span<double> out) const override {
        Scaled::squared_norms(threads, out);
        for (std::size_t s = 0; s < out.size(); ++s) out[s] *= factors_[s] * factors_[s];
    }

   protected:
    std::span<const double> factors() const override { return factors_; }

   private:
    void stretch(const Theta& theta, unsigned threads) {
        factors_.resize(drawn_);
        batch().squared_norms(threads, factors_);
        for (double& factor : factors_)
            factor = factor > 0.0 ? std::sqrt(static_cast<double>(theta.dim()) / factor) : 0.0;
    }

    std::size_t drawn_;
    std::vector<double> factors_;
};

const Register<Distribution> entry{
    {"sphere",
     "Uniform on the sphere: x = mean + scale * z, |z| = sqrt(d).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Sphere>(setup); }}};

}  // namespace
}  // namespace zoopt
