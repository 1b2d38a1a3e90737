#include <cmath>

#include "zoopt/update.hpp"

namespace zoopt {
namespace {

struct AdamRates {
    double learning_rate, beta_1, beta_2, epsilon;
};

class Adam final : public Update {
   public:
    Adam(const AdamRates& rates, std::size_t dim) : rates_(rates), first_(dim, 0.0), second_(dim, 0.0) {}

    void step(Moments& moments, Metric metric, Theta& theta) override {
        const std::vector<double> g = direction(moments, metric, theta);
        const auto [rate, beta_1, beta_2, epsilon] = rates_;
        power_1_ *= beta_1;
        power_2_ *= beta_2;
        for (std::size_t i = 0; i < g.size(); ++i) {
            first_[i] = beta_1 * first_[i] + (1.0 - beta_1) * g[i];
            second_[i] = beta_2 * second_[i] + (1.0 - beta_2) * (g[i] * g[i]);
            const double mean = first_[i] / (1.0 - power_1_);
            const double square = second_[i] / (1.0 - power_2_);
            if (mean != 0.0) theta.mean[i] -= rate * mean / (std::sqrt(square) + epsilon);
        }
    }

    void visit(Archive& archive) override {
        archive.field("adam.first_moment", first_);
        archive.field("adam.second_moment", second_);
        archive.field("adam.beta_1_power", power_1_);
        archive.field("adam.beta_2_power", power_2_);
    }

   private:
    AdamRates rates_;
    std::vector<double> first_, second_;
    double power_1_ = 1.0, power_2_ = 1.0;
};

std::unique_ptr<Update> make(const Options& options, const Setup& setup) {
    const AdamRates rates{options.at("learning_rate"), options.at("beta_1"), options.at("beta_2"),
                          options.at("epsilon")};
    return std::make_unique<Adam>(rates, setup.dim);
}

const double below_one = std::nextafter(1.0, 0.0);

const Register<Update> entry{{"adam",
                              "Adam (Kingma and Ba 2015), with bias correction.",
                              {{"learning_rate", 0.01, 0.0, unbounded, "step length"},
                               {"beta_1", 0.9, 0.0, below_one, "decay of the mean of the gradient"},
                               {"beta_2", 0.999, 0.0, below_one, "decay of the mean of its square"},
                               {"epsilon", 1e-8, 0.0, unbounded, "added to the root of the second moment"}},
                              make}};

}  // namespace
}  // namespace zoopt
