#include "fields.hpp"

namespace zoopt::flows {
namespace {

class ForeignField final : public Field {
   public:
    ForeignField(const ForeignParts& parts, std::size_t dim) : parts_(parts), dim_(dim) {}

    std::size_t dim() const override { return dim_; }
    bool has_hessian_vector() const override { return parts_.hessian_vector != nullptr; }
    GradientCall gradient_call() const override { return {parts_.gradient, size()}; }

    [[noreturn]] void raise_failure(Point x) const override { throw FieldFailed(FieldFailed::Part::gradient, x, {}); }

   protected:
    double find_value(Point x) const override {
        double value = 0.0;
        if (parts_.value(x.data(), size(), &value) != 0) throw FieldFailed(FieldFailed::Part::value, x, {});
        return value;
    }

    void find_gradient(Point x, Slots out) const override {
        if (parts_.gradient(x.data(), size(), out.data()) != 0) {
            throw FieldFailed(FieldFailed::Part::gradient, x, {});
        }
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        if (parts_.hessian_vector == nullptr) return Field::find_hessian_vector(x, v, out);
        if (parts_.hessian_vector(x.data(), v.data(), size(), out.data()) != 0) {
            throw FieldFailed(FieldFailed::Part::hessian_vector, x, v);
        }
    }

   private:
    std::int64_t size() const { return static_cast<std::int64_t>(dim_); }

    ForeignParts parts_;
    std::size_t dim_;
};

}  // namespace

std::unique_ptr<Field> foreign_field(const ForeignParts& parts, std::size_t dim) {
    return std::make_unique<ForeignField>(parts, dim);
}

}  // namespace zoopt::flows
