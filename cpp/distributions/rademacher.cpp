#include "scaled.hpp"

namespace zoopt {
namespace {

class Rademacher final : public Scaled {
   public:
    noise::Kind noise() const override { return noise::Kind::rademacher; }
    void prepare(Theta&) const override {}
};

const Register<Distribution> entry{{"rademacher",
                                    "Independent signs: x = mean + scale * z, z uniform on {-1, +1}^d.",
                                    {},
                                    [](const Options&, const Setup&) { return std::make_unique<Rademacher>(); }}};

}  // namespace
}  // namespace zoopt
