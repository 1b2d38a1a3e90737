#include "scaled.hpp"

namespace zoopt {
namespace {

class Rademacher final : public Scaled {
  public:
    noise::Kind noise() const override { return noise::Kind::rademacher; }
    void prepare(Theta&) const override {}

  protected:
    std::vector<double> steps(const Theta& theta) const override {
        return std::vector<double>(theta.dim(), theta.scale);
    }
};

const Register<Distribution> entry{{"rademacher",
                                    "Independent signs: x = mean + scale * z, z uniform on {-1, +1}^d.",
                                    {},
                                    [](const Options&, const Setup&) { return std::make_unique<Rademacher>(); }}};

}  // namespace
}  // namespace zoopt
