#include "horizon.hpp"
#include "zoopt/math.hpp"
#include "zoopt/schedule.hpp"

namespace zoopt {
namespace {

struct Gains {
    double alpha, gamma, stability;
};

// Spall's gain sequences a_k = a / (A + k + 1)^alpha and c_k = c / (k + 1)^gamma, with a chosen so that the first step
// has the learning rate itself and c the first scale.
class SpsaGains final : public Schedule {
   public:
    explicit SpsaGains(const Gains& gains) : gains_(gains) {}

    StepSize at(std::uint64_t generation) const override {
        const double k = static_cast<double>(generation);
        const double first = gains_.stability + 1.0;
        return {portable::power(first / (first + k), gains_.alpha), portable::power(1.0 / (k + 1.0), gains_.gamma)};
    }
    bool keeps_scale() const override { return false; }

   private:
    Gains gains_;
};

const Register<Schedule> entry{
    {"spsa-gains",
     "Spall's decaying gains (1998): learning rate ((A + 1) / (A + k + 1))^alpha, scale 1 / (k + 1)^gamma.",
     {{"alpha", 0.602, 0.0, 10.0, "exponent of the learning rate"},
      {"gamma", 0.101, 0.0, 10.0, "exponent of the scale"},
      {"stability", automatic, 0.0, unbounded, "A, in generations; automatic: a tenth of the horizon"},
      horizon_option()},
     [](const Options& options, const Setup& setup) {
         return std::make_unique<SpsaGains>(Gains{options.at("alpha"), options.at("gamma"),
                                                  option(options, "stability", 0.1 * horizon_of(options, setup))});
     }}};

}  // namespace
}  // namespace zoopt
