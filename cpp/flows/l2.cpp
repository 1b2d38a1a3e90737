#include "flows/kernels.hpp"
#include "transformation.hpp"
#include "transformations.hpp"

namespace zoopt::flows {
namespace {

class L2 final : public Penalised {
   public:
    L2(std::shared_ptr<Field> inner, double coefficient) : Penalised(std::move(inner)), coefficient_(coefficient) {}

   protected:
    double penalty(Point x) const override {
        return 0.5 * coefficient_ * ZOOPT_PICK_TABLE(field_kernels).dot(x.data(), x.data(), x.size());
    }

    void add_slope(Point x, Slots out) const override {
        for (std::size_t i = 0; i < x.size(); ++i) out[i] += coefficient_ * x[i];
    }

    void add_product(Point, Point v, Slots out) const override { add_slope(v, out); }
    void add_third(Point, Point, Slots) const override {}

   private:
    double coefficient_;
};

}  // namespace

std::shared_ptr<Field> l2(std::shared_ptr<Field> inner, double coefficient) {
    return std::make_shared<L2>(std::move(inner), coefficient);
}

}  // namespace zoopt::flows
