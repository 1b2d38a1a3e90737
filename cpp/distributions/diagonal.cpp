#include <cmath>

#include "engine/kernels.hpp"
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

    // One pass over the noise. Not for all that are Sampled: the sphere has factors.
    void moments(std::span<const double> w, std::span<const double> v, unsigned threads, std::span<double> first,
                 std::span<double> second) const override {
        batch().moments(w, v, threads, first, second);
    }

    double largest_axis(const Theta& theta) const override { return extent(theta).largest; }
    double smallest_axis(const Theta& theta) const override { return extent(theta).least; }

   private:
    static engine::Extent extent(const Theta& theta) {
        return ZOOPT_PICK_TABLE(engine_kernels).extent(theta.deviations.data(), theta.dim());
    }
};

const Register<Distribution> entry{
    {"diagonal",
     "Gaussian with a standard deviation a coordinate: x = mean + scale * s * z.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Diagonal>(setup); }}};

}  // namespace
}  // namespace zoopt
