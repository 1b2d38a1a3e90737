#include "objective_field.hpp"

#include <algorithm>
#include <limits>

#include "zoopt/error.hpp"

namespace zoopt::flows {
namespace {

double rounding_of(objectives::Precision precision) {
    return precision == objectives::Precision::float32 ? std::numeric_limits<float>::epsilon()
                                                       : std::numeric_limits<double>::epsilon();
}

class ObjectiveField : public Field {
   public:
    explicit ObjectiveField(unsigned threads) : threads_(threads) {}

    void select(std::uint64_t step) override { step_ = step; }

   protected:
    double find_value(Point x) const final {
        double value = 0.0;
        find_values({x.data(), 1, x.size()}, {&value, 1});
        return value;
    }

    void find_gradient(Point x, Slots out) const final { find_both(x, out); }

    std::uint64_t step() const { return step_; }
    unsigned threads() const { return threads_; }

   private:
    unsigned threads_;
    std::uint64_t step_ = whole_set;
};

class LossField final : public ObjectiveField {
   public:
    LossField(std::shared_ptr<const objectives::LossObjective> objective, unsigned threads)
        : ObjectiveField(threads), objective_(std::move(objective)) {}

    std::size_t dim() const override { return objective_->dim(); }
    bool has_hessian_vector() const override { return true; }
    double rounding() const override { return rounding_of(objective_->precision()); }

   protected:
    void find_values(const Rows& rows, Slots out) const override { objective_->evaluate(rows, step(), threads(), out); }

    double find_both(Point x, Slots out) const override {
        return objective_->value_and_gradient(x, step(), threads(), out);
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        objective_->hessian_vector(x, v, step(), threads(), out);
    }

   private:
    std::shared_ptr<const objectives::LossObjective> objective_;
};

class PolicyField final : public ObjectiveField {
   public:
    PolicyField(std::shared_ptr<const objectives::PolicyObjective> objective, unsigned threads)
        : ObjectiveField(threads), objective_(std::move(objective)) {}

    std::size_t dim() const override { return objective_->dim(); }
    double rounding() const override { return rounding_of(objective_->precision()); }

   protected:
    void find_values(const Rows& rows, Slots out) const override {
        objective_->values(rows, step(), threads(), out);
        for (double& value : out) value = -value;
    }

    double find_both(Point x, Slots out) const override {
        std::fill(out.begin(), out.end(), 0.0);
        const double value = objective_->value_and_gradient(x, step(), threads(), out);
        for (double& slope : out) slope = -slope;
        return -value;
    }

   private:
    std::shared_ptr<const objectives::PolicyObjective> objective_;
};

class ValueField final : public ObjectiveField {
   public:
    ValueField(std::shared_ptr<const Objective> objective, unsigned threads)
        : ObjectiveField(threads), objective_(std::move(objective)) {}

    std::size_t dim() const override { return objective_->dim(); }

   protected:
    void find_values(const Rows& rows, Slots out) const override {
        objective_->evaluate(rows, step(), threads(), out);
        if (objective_->sense() == Sense::minimise) return;
        for (double& value : out) value = -value;
    }

    double find_both(Point, Slots) const override {
        throw Error(ErrorKind::state, "this objective has no gradient; smooth it");
    }

   private:
    std::shared_ptr<const Objective> objective_;
};

}  // namespace

std::shared_ptr<Field> loss_field(std::shared_ptr<const objectives::LossObjective> objective, unsigned threads) {
    return std::make_shared<LossField>(std::move(objective), threads);
}

std::shared_ptr<Field> policy_field(std::shared_ptr<const objectives::PolicyObjective> objective, unsigned threads) {
    return std::make_shared<PolicyField>(std::move(objective), threads);
}

std::shared_ptr<Field> value_field(std::shared_ptr<const Objective> objective, unsigned threads) {
    return std::make_shared<ValueField>(std::move(objective), threads);
}

}  // namespace zoopt::flows
