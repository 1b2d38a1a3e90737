#include <cmath>

#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

// v <- beta_2 v + (1 - beta_2) g^2; the point moves by g / (sqrt(v) + epsilon) (Tieleman and Hinton 2012).
class RmsProp final : public Descent {
   public:
    RmsProp(const Rates& rates, double beta_2, double epsilon, std::size_t dim)
        : Descent(rates), beta_2_(beta_2), epsilon_(epsilon), square_(dim, 0.0) {}

    void visit(Archive& archive) override { archive.field("rmsprop.square", square_); }

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        for (std::size_t i = 0; i < point.size(); ++i) {
            const double g = gradient[i];
            square_[i] = beta_2_ * square_[i] + (1.0 - beta_2_) * (g * g);
            if (g != 0.0) point[i] -= length * g / (std::sqrt(square_[i]) + epsilon_);
        }
    }

   private:
    double beta_2_, epsilon_;
    std::vector<double> square_;
};

const Register<Update> entry{
    {"rmsprop",
     "RMSProp: the direction over the root of its mean square (Tieleman and Hinton 2012, who decay by 0.9; the "
     "defaults are those of PyTorch).",
     descent_options(0.01, {{"beta_2", 0.99, 0.0, below_one, "decay of the mean square"},
                            {"epsilon", 1e-8, 0.0, unbounded, "added to the root of the mean square"}}),
     [](const Options& options, const Setup& setup) {
         return std::make_unique<RmsProp>(descent_rates(options, setup), options.at("beta_2"), options.at("epsilon"),
                                          setup.dim);
     }}};

}  // namespace
}  // namespace zoopt
