#include "scaled.hpp"

namespace zoopt {
namespace {

class Isotropic final : public Scaled {
   public:
    explicit Isotropic(const Setup& setup) : Scaled(noise::Kind::normal, setup) {}
    void prepare(Theta&) const override {}
};

const Register<Distribution> entry{
    {"isotropic",
     "Gaussian with one standard deviation: x = mean + scale * z, z ~ N(0, I).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Isotropic>(setup); }}};

}  // namespace
}  // namespace zoopt
