#include "scaled.hpp"

namespace zoopt {
namespace {

class Isotropic : public Scaled {
   public:
    void prepare(Theta&) const override {}
};

const Register<Distribution> entry{{"isotropic",
                                    "Gaussian with one standard deviation: x = mean + scale * z, z ~ N(0, I).",
                                    {},
                                    [](const Options&, const Setup&) { return std::make_unique<Isotropic>(); }}};

}  // namespace
}  // namespace zoopt
