#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

class Sgd final : public Descent {
   public:
    using Descent::Descent;

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        for (std::size_t i = 0; i < point.size(); ++i) point[i] -= length * gradient[i];
    }
};

const Register<Update> entry{
    {"sgd", "Plain gradient step: mean <- mean - learning_rate * direction.", descent_options(automatic),
     [](const Options& options, const Setup& setup) { return std::make_unique<Sgd>(descent_rates(options, setup)); }}};

}  // namespace
}  // namespace zoopt
