#include "fields.hpp"
#include "flows/kernels.hpp"
#include "objectives/function_kernel.hpp"
#include "zoopt/error.hpp"

namespace zoopt::flows {
namespace {

std::size_t place(const std::string& name) {
    const FieldKernels& kernels = ZOOPT_PICK_TABLE(field_kernels);
    for (std::size_t k = 0; k < kernels.slopes.size(); ++k) {
        if (name == kernels.slopes[k].name) return k;
    }
    throw Error(ErrorKind::unknown_name, "the test function '" + name + "' has no gradient");
}

// f(x - shift) for a test function f.
class FunctionField final : public Field {
   public:
    FunctionField(const std::string& name, std::size_t dim, std::vector<double> shift)
        : values_(objectives::function(name)), place_(place(name)), dim_(dim), shift_(std::move(shift)), at_(dim) {
        if (dim < values_().least_dim || (!shift_.empty() && shift_.size() != dim)) {
            throw Error(ErrorKind::invalid_input, name + " needs a dimension of at least " +
                                                      std::to_string(values_().least_dim) + " and a shift of as many");
        }
        if (values_().prepare == nullptr) return;
        weights_.resize(dim);
        values_().prepare(dim, weights_.data());
    }

    std::size_t dim() const override { return dim_; }
    bool has_hessian_vector() const override { return true; }
    bool has_third() const override { return true; }

   protected:
    double find_value(Point x) const override {
        double value = 0.0;
        values_().values(shifted(x), 1, dim_, weights_.data(), &value);
        return value;
    }

    void find_gradient(Point x, Slots out) const override {
        slopes().gradient(shifted(x), weights_.data(), dim_, out.data());
    }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        slopes().hessian_vector(shifted(x), v.data(), weights_.data(), dim_, out.data());
    }

    void find_third(Point x, Point v, Slots out) const override {
        slopes().third(shifted(x), v.data(), weights_.data(), dim_, out.data());
    }

   private:
    const SlopeKernel& slopes() const { return ZOOPT_PICK_TABLE(field_kernels).slopes[place_]; }

    const double* shifted(Point x) const {
        if (shift_.empty()) return x.data();
        for (std::size_t i = 0; i < dim_; ++i) at_[i] = x[i] - shift_[i];
        return at_.data();
    }

    objectives::PickFunction values_;
    std::size_t place_;
    std::size_t dim_;
    std::vector<double> shift_;
    std::vector<double> weights_;
    mutable std::vector<double> at_;
};

}  // namespace

std::unique_ptr<Field> test_function(const std::string& name, std::size_t dim, std::vector<double> shift) {
    return std::make_unique<FunctionField>(name, dim, std::move(shift));
}

}  // namespace zoopt::flows
