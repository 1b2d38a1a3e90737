#include <cmath>
#include <vector>

#include "flows/kernels.hpp"
#include "transformation.hpp"
#include "transformations.hpp"

namespace zoopt::flows {
namespace {

double dot(Point a, Point b) {
    return ZOOPT_PICK_TABLE(field_kernels).dot(a.data(), b.data(), a.size());
}

// f + c |g|^2, g being the gradient of f. With the Hessian H and the third derivative T of f its gradient is
// g + 2 c H g, and its Hessian times v is H v + 2 c (H H v + T[g, v]).
class GradientPenalty final : public Transformation {
   public:
    GradientPenalty(std::shared_ptr<Field> inner, double coefficient)
        : Transformation(std::move(inner)), twice_(2.0 * coefficient), slope_(dim()), bent_(dim()) {}

    bool has_hessian_vector() const override { return inner().has_hessian_vector() && inner().has_third(); }
    bool has_third() const override { return false; }

   protected:
    double find_value(Point x) const override {
        const double value = inner().value_and_gradient(x, slope_);
        return value + penalty();
    }

    void find_gradient(Point x, Slots out) const override {
        inner().gradient(x, slope_);
        bend(x, out);
    }

    double find_both(Point x, Slots out) const override {
        const double value = inner().value_and_gradient(x, slope_);
        bend(x, out);
        return value + penalty();
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        inner().gradient(x, slope_);
        inner().hessian_vector(x, v, bent_);
        inner().hessian_vector(x, bent_, out);
        add_mixed_third(x, v, out);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = bent_[i] + twice_ * out[i];
    }

   private:
    double penalty() const { return 0.5 * twice_ * dot(slope_, slope_); }

    // out = g + 2 c H g
    void bend(Point x, Slots out) const {
        inner().hessian_vector(x, slope_, out);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = slope_[i] + twice_ * out[i];
    }

    // out += T[g, v] = |g| |v| (T[u + w, u + w] - T[u - w, u - w]) / 4, for u and w along g and v and of length 1.
    void add_mixed_third(Point x, Point v, Slots out) const {
        const double steepness = std::sqrt(dot(slope_, slope_));
        const double length = std::sqrt(dot(v, v));
        if (steepness == 0.0 || length == 0.0) return;
        std::vector<double> along(dim());
        std::vector<double> found(dim());
        for (const double sign : {1.0, -1.0}) {
            for (std::size_t i = 0; i < along.size(); ++i) along[i] = slope_[i] / steepness + sign * v[i] / length;
            inner().third(x, along, found);
            const double share = 0.25 * sign * steepness * length;
            for (std::size_t i = 0; i < found.size(); ++i) out[i] += share * found[i];
        }
    }

    double twice_;
    mutable std::vector<double> slope_;
    mutable std::vector<double> bent_;
};

}  // namespace

std::shared_ptr<Field> gradient_penalty(std::shared_ptr<Field> inner, double coefficient) {
    return std::make_shared<GradientPenalty>(std::move(inner), coefficient);
}

}  // namespace zoopt::flows
