#include "zoopt/driver.hpp"

namespace zoopt {
namespace {

class Elitist final : public Driver {
   public:
    explicit Elitist(bool reevaluates) : reevaluates_(reevaluates) {}
    bool remembers_parent() const override { return !reevaluates_; }

   private:
    bool reevaluates_;
};

const Register<Driver> entry{
    {"elitist",
     "Keeps the value of the mean, which is the best candidate so far, and evaluates it once.",
     {{"reevaluate", 0.0, 0.0, 1.0, "1: evaluate the mean in every generation, as noisy objectives need"}},
     [](const Options& options, const Setup&) { return std::make_unique<Elitist>(options.at("reevaluate") != 0.0); }}};

}  // namespace
}  // namespace zoopt
