#include <algorithm>
#include <cmath>

#include "engine/kernels.hpp"
#include "scaled.hpp"

namespace zoopt {
namespace {

constexpr double least_variance = 1e-300;

class Diagonal final : public Scaled {
   public:
    explicit Diagonal(const Setup& setup) : Scaled(noise::Kind::normal, setup) {}

    void prepare(Theta& theta) const override { theta.deviations.assign(theta.dim(), 1.0); }

    void start_from(Theta& theta, std::span<const double> covariance) override {
        const std::size_t stride = covariance.size() == theta.dim() ? 1 : theta.dim() + 1;
        for (std::size_t i = 0; i < theta.dim(); ++i) theta.deviations[i] = std::sqrt(covariance[i * stride]);
    }

    bool has_deviations() const override { return true; }
    bool adapts() const override { return true; }

    // The diagonal of the covariance alone, so that sum w y^2 needs no more than the second moment.
    void adapt(Theta& theta, const Adaptation& step) override {
        if (step.second.empty()) {
            second_.resize(theta.dim());
            second_moment(step.weights, step.threads, second_);
        }
        const std::span<const double> second = step.second.empty() ? second_ : step.second;
        double sum = 0.0;
        for (const double w : step.weights) sum += w;
        for (std::size_t i = 0; i < theta.dim(); ++i) {
            const double variance = theta.deviations[i] * theta.deviations[i];
            const double moved =
                variance * (step.decay + (second[i] + sum)) + step.rank_one * step.path[i] * step.path[i];
            theta.deviations[i] = std::sqrt(std::max(moved, least_variance));
        }
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

    std::vector<double> second_;
};

const Register<Distribution> entry{
    {"diagonal",
     "Gaussian with a standard deviation a coordinate: x = mean + scale * s * z.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Diagonal>(setup); }}};

}  // namespace
}  // namespace zoopt
