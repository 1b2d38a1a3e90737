#include <algorithm>
#include <cmath>

#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

// ZO-AdaMM (Chen et al. 2019): m <- beta_1 m + (1 - beta_1) g, v <- beta_2 v + (1 - beta_2) g^2, and steps m over the
// root of the largest v so far; no bias correction.
class AdaMm final : public Descent {
   public:
    AdaMm(const Rates& rates, double beta_1, double beta_2, double epsilon, std::size_t dim)
        : Descent(rates),
          beta_1_(beta_1),
          beta_2_(beta_2),
          epsilon_(epsilon),
          mean_(dim, 0.0),
          square_(dim, 0.0),
          largest_(dim, 0.0) {}

    void visit(Archive& archive) override {
        archive.field("adamm.first_moment", mean_);
        archive.field("adamm.second_moment", square_);
        archive.field("adamm.largest_second_moment", largest_);
    }

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        for (std::size_t i = 0; i < point.size(); ++i) {
            const double g = gradient[i];
            mean_[i] = beta_1_ * mean_[i] + (1.0 - beta_1_) * g;
            square_[i] = beta_2_ * square_[i] + (1.0 - beta_2_) * (g * g);
            largest_[i] = std::max(largest_[i], square_[i]);
            if (mean_[i] != 0.0) point[i] -= length * mean_[i] / (std::sqrt(largest_[i]) + epsilon_);
        }
    }

   private:
    double beta_1_, beta_2_, epsilon_;
    std::vector<double> mean_, square_, largest_;
};

const Register<Update> entry{
    {"adamm", "AdaMM: Adam whose second moment never falls (Chen et al. 2019), without bias correction.",
     descent_options(0.01, {{"beta_1", 0.9, 0.0, below_one, "decay of the mean of the gradient"},
                            {"beta_2", 0.3, 0.0, below_one, "decay of the mean of its square"},
                            {"epsilon", 1e-8, 0.0, unbounded, "added to the root of the second moment"}}),
     [](const Options& options, const Setup& setup) {
         return std::make_unique<AdaMm>(descent_rates(options, setup), options.at("beta_1"), options.at("beta_2"),
                                        options.at("epsilon"), setup.dim);
     }}};

}  // namespace
}  // namespace zoopt
