#include "zoopt/schedule.hpp"

namespace zoopt {
namespace {

class Constant final : public Schedule {
   public:
    StepSize at(std::uint64_t) const override { return {}; }
    bool constant() const override { return true; }
};

const Register<Schedule> entry{
    {"constant", "The same step sizes in every generation.", {}, [](const Options&, const Setup&) {
         return std::make_unique<Constant>();
     }}};

}  // namespace
}  // namespace zoopt
