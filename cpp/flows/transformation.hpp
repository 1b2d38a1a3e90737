#pragma once
#include <memory>
#include <utility>

#include "zoopt/field.hpp"

namespace zoopt::flows {

// A field that is made of another one. What it does not say otherwise is as it is there.
class Transformation : public Field {
   public:
    explicit Transformation(std::shared_ptr<Field> inner) : inner_(std::move(inner)) {}

    std::size_t dim() const override { return inner_->dim(); }
    bool has_hessian_vector() const override { return inner_->has_hessian_vector(); }
    bool has_third() const override { return inner_->has_third(); }
    double rounding() const override { return inner_->rounding(); }
    bool conservative() const override { return inner_->conservative(); }
    bool in_python() const override { return inner_->in_python(); }
    void select(std::uint64_t step) override { inner_->select(step); }

   protected:
    const Field& inner() const { return *inner_; }

   private:
    std::shared_ptr<Field> inner_;
};

// Another field and a penalty whose derivatives are closed forms.
class Penalised : public Transformation {
   public:
    using Transformation::Transformation;

   protected:
    virtual double penalty(Point x) const = 0;
    // Each adds to `out`.
    virtual void add_slope(Point x, Slots out) const = 0;
    virtual void add_product(Point x, Point v, Slots out) const = 0;
    virtual void add_third(Point x, Point v, Slots out) const = 0;

   private:
    double find_value(Point x) const final { return inner().value(x) + penalty(x); }

    void find_gradient(Point x, Slots out) const final {
        inner().gradient(x, out);
        add_slope(x, out);
    }

    double find_both(Point x, Slots out) const final {
        const double value = inner().value_and_gradient(x, out);
        add_slope(x, out);
        return value + penalty(x);
    }

    void find_hessian_vector(Point x, Point v, Slots out) const final {
        inner().hessian_vector(x, v, out);
        add_product(x, v, out);
    }

    void find_third(Point x, Point v, Slots out) const final {
        inner().third(x, v, out);
        add_third(x, v, out);
    }
};

}  // namespace zoopt::flows
