#include <cmath>

#include "engine/kernels.hpp"
#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

// ClipUp (Toklu et al. 2020): v <- momentum v + rate g / |g|, clipped to a length of `largest_step`; the point moves
// against v. Both lengths are in the units of x, whatever the scale of the values.
class ClipUp final : public Descent {
   public:
    ClipUp(const Rates& rates, double momentum, double largest_step, std::size_t dim)
        : Descent(rates), momentum_(momentum), largest_step_(largest_step), velocity_(dim, 0.0) {}

    void visit(Archive& archive) override { archive.field("clip_up.velocity", velocity_); }

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        const double size = norm(gradient);
        const double factor = size > 0.0 ? length / size : 0.0;
        for (std::size_t i = 0; i < point.size(); ++i) velocity_[i] = momentum_ * velocity_[i] + factor * gradient[i];
        const double speed = norm(velocity_);
        if (speed > largest_step_) {
            for (double& v : velocity_) v *= largest_step_ / speed;
        }
        for (std::size_t i = 0; i < point.size(); ++i) point[i] -= velocity_[i];
    }

   private:
    static double norm(std::span<const double> x) {
        return std::sqrt(ZOOPT_PICK_TABLE(engine_kernels).dot(x.data(), x.data(), x.size()));
    }

    double momentum_, largest_step_;
    std::vector<double> velocity_;
};

const Register<Update> entry{
    {"clip-up",
     "Normalised gradients, momentum, and a longest step (Toklu et al. 2020, with the defaults of their pgpelib and "
     "half the longest step as learning rate).",
     descent_options(0.075, {{"momentum", 0.9, 0.0, below_one, "share of the last velocity that is kept"},
                             {"largest_step", 0.15, 0.0, unbounded, "longest step of the mean, in the units of x"}}),
     [](const Options& options, const Setup& setup) {
         return std::make_unique<ClipUp>(descent_rates(options, setup), options.at("momentum"),
                                         options.at("largest_step"), setup.dim);
     }}};

}  // namespace
}  // namespace zoopt
