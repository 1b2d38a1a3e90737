#include "engine/kernels.hpp"
#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

class Adam final : public Descent {
   public:
    Adam(const Rates& rates, double beta_1, double beta_2, double epsilon, std::size_t dim)
        : Descent(rates), beta_1_(beta_1), beta_2_(beta_2), epsilon_(epsilon), first_(dim, 0.0), second_(dim, 0.0) {}

    void visit(Archive& archive) override {
        archive.field("adam.first_moment", first_);
        archive.field("adam.second_moment", second_);
        archive.field("adam.beta_1_power", power_1_);
        archive.field("adam.beta_2_power", power_2_);
    }

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        power_1_ *= beta_1_;
        power_2_ *= beta_2_;
        const engine::AdamStep step{beta_1_, beta_2_, 1.0 - power_1_, 1.0 - power_2_, length, epsilon_};
        ZOOPT_PICK_TABLE(engine_kernels)
            .adam(step, gradient.data(), first_.data(), second_.data(), point.data(), point.size());
    }

   private:
    double beta_1_, beta_2_, epsilon_;
    std::vector<double> first_, second_;
    double power_1_ = 1.0, power_2_ = 1.0;
};

const Register<Update> entry{
    {"adam",
     "Adam (Kingma and Ba 2015, algorithm 1, whose step is 0.001), with bias correction; with weight_decay AdamW as "
     "PyTorch has it.",
     descent_options(0.01, {{"beta_1", 0.9, 0.0, below_one, "decay of the mean of the gradient"},
                            {"beta_2", 0.999, 0.0, below_one, "decay of the mean of its square"},
                            {"epsilon", 1e-8, 0.0, unbounded, "added to the root of the second moment"}}),
     [](const Options& options, const Setup& setup) {
         return std::make_unique<Adam>(descent_rates(options, setup), options.at("beta_1"), options.at("beta_2"),
                                       options.at("epsilon"), setup.dim);
     }}};

}  // namespace
}  // namespace zoopt
