#include "transformation.hpp"
#include "transformations.hpp"

#include <cmath>

namespace zoopt::flows {
namespace {

// |f - level| + level. Its derivatives are those of f with the sign of f - level, and 0 at the level.
class Flooding final : public Transformation {
   public:
    Flooding(std::shared_ptr<Field> inner, double level) : Transformation(std::move(inner)), level_(level) {}

   protected:
    double find_value(Point x) const override { return flooded(inner().value(x)); }

    void find_gradient(Point x, Slots out) const override { find_both(x, out); }

    double find_both(Point x, Slots out) const override {
        const double value = inner().value_and_gradient(x, out);
        turn(value, out);
        return flooded(value);
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        inner().hessian_vector(x, v, out);
        turn(inner().value(x), out);
    }

    void find_third(Point x, Point v, Slots out) const override {
        inner().third(x, v, out);
        turn(inner().value(x), out);
    }

   private:
    double flooded(double value) const { return std::fabs(value - level_) + level_; }

    void turn(double value, Slots out) const {
        if (value > level_) return;
        const double sign = value < level_ ? -1.0 : 0.0;
        for (double& slope : out) slope *= sign;
    }

    double level_;
};

}  // namespace

std::shared_ptr<Field> flooding(std::shared_ptr<Field> inner, double level) {
    return std::make_shared<Flooding>(std::move(inner), level);
}

}  // namespace zoopt::flows
