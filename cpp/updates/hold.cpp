#include "zoopt/update.hpp"

namespace zoopt {
namespace {

class Hold final : public Update {
   public:
    void step(Moments&, double, Metric, Theta&) override {}
};

const Register<Update> entry{
    {"hold", "Leaves the distribution where it is: pure random search.", {}, [](const Options&, const Setup&) {
         return std::make_unique<Hold>();
     }}};

}  // namespace
}  // namespace zoopt
