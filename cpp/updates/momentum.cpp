#include "zoopt/descent.hpp"

namespace zoopt {
namespace {

// v <- momentum v + g; then the point moves against v (heavy ball, Polyak 1964), or against g + momentum v: Nesterov's
// accelerated gradient in the coordinates of the point at which the gradient is taken (Sutskever et al. 2013).
class Momentum final : public Descent {
   public:
    Momentum(const Rates& rates, double momentum, bool looks_ahead, std::size_t dim)
        : Descent(rates), momentum_(momentum), looks_ahead_(looks_ahead), velocity_(dim, 0.0) {}

    void visit(Archive& archive) override { archive.field("momentum.velocity", velocity_); }

   protected:
    void move(std::span<const double> gradient, double length, std::span<double> point) override {
        for (std::size_t i = 0; i < point.size(); ++i) {
            velocity_[i] = momentum_ * velocity_[i] + gradient[i];
            const double ahead = gradient[i] + momentum_ * velocity_[i];
            point[i] -= length * (looks_ahead_ ? ahead : velocity_[i]);
        }
    }

   private:
    double momentum_;
    bool looks_ahead_;
    std::vector<double> velocity_;
};

template <bool looks_ahead>
std::unique_ptr<Update> make(const Options& options, const Setup& setup) {
    return std::make_unique<Momentum>(descent_rates(options, setup), options.at("momentum"), looks_ahead, setup.dim);
}

std::vector<Option> options() {
    return descent_options(0.01, {{"momentum", 0.9, 0.0, below_one, "share of the last velocity that is kept"}});
}

const Register<Update> heavy_ball{{"momentum",
                                   "Heavy ball: the mean moves along a decaying sum of directions (Polyak 1964).",
                                   options(), make<false>}};
const Register<Update> nesterov{{"nesterov",
                                 "Nesterov's accelerated gradient, as momentum that looks ahead (Nesterov 1983).",
                                 options(), make<true>}};

}  // namespace
}  // namespace zoopt
