#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

class Sign final : public Descent {
   public:
    using Descent::Descent;

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        for (std::size_t i = 0; i < point.size(); ++i) {
            const double g = gradient[i];
            point[i] -= length * static_cast<double>((g > 0.0) - (g < 0.0));
        }
    }
};

const Register<Update> entry{
    {"sign", "Step along the signs of the direction (Liu et al. 2019): every coordinate moves by the learning rate.",
     descent_options(0.01),
     [](const Options& options, const Setup& setup) { return std::make_unique<Sign>(descent_rates(options, setup)); }}};

}  // namespace
}  // namespace zoopt
