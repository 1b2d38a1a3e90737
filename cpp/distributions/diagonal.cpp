#include <algorithm>
#include <cmath>

#include "scaled.hpp"

namespace zoopt {
namespace {

class Diagonal final : public Scaled {
   public:
    explicit Diagonal(const Setup& setup) : Scaled(noise::Kind::normal, setup) {}

    void prepare(Theta& theta) const override { theta.deviations.assign(theta.dim(), 1.0); }

    void start_from(Theta& theta, std::span<const double> covariance) const override {
        const std::size_t stride = covariance.size() == theta.dim() ? 1 : theta.dim() + 1;
        for (std::size_t i = 0; i < theta.dim(); ++i) theta.deviations[i] = std::sqrt(covariance[i * stride]);
    }

    double largest_axis(const Theta& theta) const override {
        return *std::max_element(theta.deviations.begin(), theta.deviations.end());
    }
    double smallest_axis(const Theta& theta) const override {
        return *std::min_element(theta.deviations.begin(), theta.deviations.end());
    }
};

const Register<Distribution> entry{
    {"diagonal",
     "Gaussian with a standard deviation a coordinate: x = mean + scale * s * z.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Diagonal>(setup); }}};

}  // namespace
}  // namespace zoopt
