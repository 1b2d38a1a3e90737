#include <algorithm>

#include "horizon.hpp"
#include "zoopt/math.hpp"
#include "zoopt/schedule.hpp"

namespace zoopt {
namespace {

// (1 + cos(pi t / T)) / 2, and 0 from T on (Loshchilov and Hutter 2017, without restarts).
class Cosine final : public Schedule {
   public:
    explicit Cosine(double horizon) : horizon_(horizon) {}

    StepSize at(std::uint64_t generation) const override {
        const double done = std::min(1.0, static_cast<double>(generation) / horizon_);
        return {0.5 * (1.0 + portable::cos_half_turns(done)), 1.0};
    }

   private:
    double horizon_;
};

const Register<Schedule> entry{
    {"cosine",
     "Half a cosine from the full learning rate down to 0 at the horizon.",
     {horizon_option()},
     [](const Options& options, const Setup& setup) { return std::make_unique<Cosine>(horizon_of(options, setup)); }}};

}  // namespace
}  // namespace zoopt
