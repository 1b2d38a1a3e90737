#include <cmath>

#include "zoopt/schedule.hpp"

namespace zoopt {
namespace {

class InverseSqrt final : public Schedule {
   public:
    StepSize at(std::uint64_t generation) const override {
        return {1.0 / std::sqrt(static_cast<double>(generation) + 1.0), 1.0};
    }
};

const Register<Schedule> entry{
    {"inverse-sqrt", "Learning rate over sqrt(generation), counted from 1.", {}, [](const Options&, const Setup&) {
         return std::make_unique<InverseSqrt>();
     }}};

}  // namespace
}  // namespace zoopt
