#include "scaled.hpp"

namespace zoopt {
namespace {

class Rademacher final : public Scaled {
   public:
    explicit Rademacher(const Setup& setup) : Scaled(noise::Kind::rademacher, setup) {}
    void prepare(Theta&) const override {}
};

const Register<Distribution> entry{
    {"rademacher",
     "Independent signs: x = mean + scale * z, z uniform on {-1, +1}^d.",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Rademacher>(setup); }}};

}  // namespace
}  // namespace zoopt
