#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "fields.hpp"
#include "transformation.hpp"

namespace zoopt::flows {
namespace {

// The flow that passes through the points of a descent where the plain flow runs beside them.
class Modified final : public Transformation {
   public:
    Modified(std::shared_ptr<Field> inner, const ModifiedTerms& terms)
        : Transformation(std::move(inner)), terms_(terms), slope_(dim()), product_(dim()) {}

    bool has_hessian_vector() const override { return false; }
    bool has_third() const override { return false; }
    bool conservative() const override { return terms_.second == 0.0 && inner().conservative(); }

   protected:
    // That of the first order: no value has the gradient of the second.
    double find_value(Point x) const override {
        const double value = inner().value_and_gradient(x, slope_);
        double square = 0.0;
        for (double number : slope_) square += number * number;
        return terms_.plain * value + 0.5 * terms_.first * square;
    }

    void find_gradient(Point x, Slots out) const override {
        inner().gradient(x, slope_);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = terms_.plain * slope_[i];
        if (terms_.first == 0.0) return;
        inner().hessian_vector(x, slope_, product_);
        add(terms_.first, product_, out);
        if (terms_.second == 0.0) return;
        std::vector<double> again(dim());
        inner().hessian_vector(x, product_, again);
        add(4.0 * terms_.second, again, out);
        inner().third(x, slope_, again);
        add(terms_.second, again, out);
    }

   private:
    static void add(double times, Point of, Slots out) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += times * of[i];
    }

    ModifiedTerms terms_;
    mutable std::vector<double> slope_;
    mutable std::vector<double> product_;
};

// Adam's step is m / (sqrt v + eps). For a gradient that moves by p = H u a unit of time, where u = g / (|g| + eps) is
// the step of short learning rates, m is g + h lag_1 p and v is g^2 + 2 h lag_2 g p, with lags of beta / (1 - beta)
// steps. The bias corrections make that so up to h^2, from the first step on. The step itself adds, as in gradient
// descent, h/2 times the change of u along u.
class AdamFlow final : public Transformation {
   public:
    AdamFlow(std::shared_ptr<Field> inner, const AdamTerms& terms)
        : Transformation(std::move(inner)), terms_(terms), step_(dim()), change_(dim()) {}

    bool has_hessian_vector() const override { return false; }
    bool has_third() const override { return false; }
    bool conservative() const override { return false; }

   protected:
    double find_value(Point x) const override { return inner().value(x); }

    void find_gradient(Point x, Slots out) const override {
        inner().gradient(x, out);
        for (std::size_t i = 0; i < out.size(); ++i) step_[i] = out[i] == 0.0 ? 0.0 : out[i] / size(out[i]);
        if (terms_.learning_rate > 0.0) {
            inner().hessian_vector(x, step_, change_);
            for (std::size_t i = 0; i < out.size(); ++i) step_[i] += correction(out[i], change_[i]);
        }
        std::copy(step_.begin(), step_.end(), out.begin());
    }

   private:
    double size(double slope) const { return std::fabs(slope) + terms_.epsilon; }

    double correction(double slope, double change) const {
        if (change == 0.0 || size(slope) == 0.0) return 0.0;
        const double part = std::fabs(slope) / size(slope);
        const double lags = terms_.lag_1 - terms_.lag_2 * part + 0.5 * (1.0 - part);
        return terms_.learning_rate * change * lags / size(slope);
    }

    AdamTerms terms_;
    mutable std::vector<double> step_;
    mutable std::vector<double> change_;
};

}  // namespace

std::unique_ptr<Field> adam_flow(std::shared_ptr<Field> inner, const AdamTerms& terms) {
    return std::make_unique<AdamFlow>(std::move(inner), terms);
}

std::unique_ptr<Field> modified(std::shared_ptr<Field> inner, const ModifiedTerms& terms) {
    return std::make_unique<Modified>(std::move(inner), terms);
}

}  // namespace zoopt::flows
