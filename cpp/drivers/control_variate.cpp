#include "zoopt/driver.hpp"

namespace zoopt {
namespace {

// Every generation's costs are compared with the costs that the same noise has round an anchor, whose gradient on all
// data is known (Liu et al. 2018): what the mini-batch adds to both cancels while the mean is near the anchor.
class ControlVariate final : public Driver {
   public:
    explicit ControlVariate(double epoch) : period_(static_cast<std::uint64_t>(epoch) + 1) {}

    bool anchored() const override { return true; }
    bool measures_anchor(std::uint64_t generation) const override { return generation % period_ == 0; }

   private:
    std::uint64_t period_;
};

const Register<Driver> entry{
    {"control-variate",
     "Differences to an anchor whose gradient on all data is measured now and then: SVRG without derivatives.",
     {{"epoch", 10.0, 1.0, 1e9, "generations between measurements of the anchor, a whole number"}},
     [](const Options& options, const Setup&) { return std::make_unique<ControlVariate>(options.at("epoch")); }}};

}  // namespace
}  // namespace zoopt
