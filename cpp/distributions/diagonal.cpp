#include <algorithm>

#include "scaled.hpp"

namespace zoopt {
namespace {

class Diagonal final : public Scaled {
   public:
    void prepare(Theta& theta) const override { theta.deviations.assign(theta.dim(), 1.0); }

    double largest_axis(const Theta& theta) const override {
        return *std::max_element(theta.deviations.begin(), theta.deviations.end());
    }
    double smallest_axis(const Theta& theta) const override {
        return *std::min_element(theta.deviations.begin(), theta.deviations.end());
    }
};

const Register<Distribution> entry{{"diagonal",
                                    "Gaussian with a standard deviation a coordinate: x = mean + scale * s * z.",
                                    {},
                                    [](const Options&, const Setup&) { return std::make_unique<Diagonal>(); }}};

}  // namespace
}  // namespace zoopt
