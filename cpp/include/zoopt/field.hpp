#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "zoopt/objective.hpp"

// What flows and their discretisations move on: a function with its gradient. The flow is dx/dt = -gradient(x).
namespace zoopt {

using Point = std::span<const double>;
using Slots = std::span<double>;

// The gradient as a plain function, for loops that make no virtual call: writes it and returns 0; anything else says
// that it failed. `context` is whatever the function makes of it.
struct GradientCall {
    using Function = std::int64_t (*)(const double* x, std::int64_t context, double* gradient);
    Function function;
    std::int64_t context;
};

// How often a field was asked.
struct FieldCounts {
    std::uint64_t values = 0;
    std::uint64_t gradients = 0;
    std::uint64_t products = 0;  // of the Hessian or the third derivative
};

// Evaluations count, so a field serves one thread at a time. Spans have dim() entries and do not overlap. A
// transformation is a Field that holds another one by shared_ptr and asks it by these public functions, which count.
class Field {
   public:
    virtual ~Field() = default;
    virtual std::size_t dim() const = 0;

    double value(Point x) const {
        ++counts_.values;
        return find_value(x);
    }

    // Of points, one a row.
    void values(const Rows& rows, Slots out) const {
        counts_.values += rows.count;
        find_values(rows, out);
    }

    void gradient(Point x, Slots out) const {
        ++counts_.gradients;
        find_gradient(x, out);
    }

    double value_and_gradient(Point x, Slots out) const {
        ++counts_.values;
        ++counts_.gradients;
        return find_both(x, out);
    }

    // H(x) v.
    void hessian_vector(Point x, Point v, Slots out) const {
        ++counts_.products;
        find_hessian_vector(x, v, out);
    }

    // T(x)[v, v], the third derivative contracted with v twice: d^2/ds^2 gradient(x + s v) at s = 0.
    void third(Point x, Point v, Slots out) const {
        ++counts_.products;
        find_third(x, v, out);
    }

    // Whether hessian_vector and third are closed forms; else they are central differences of gradients.
    virtual bool has_hessian_vector() const { return false; }
    virtual bool has_third() const { return false; }

    // The relative rounding of gradients and products, which differences of them are taken far enough for.
    virtual double rounding() const { return std::numeric_limits<double>::epsilon(); }

    // Whether the gradient is that of the value: false for what is a field only, as a modified flow of second order is.
    virtual bool conservative() const { return true; }

    // A field that is sampled, by mini-batches or noise, is from now on that of this step; others make nothing of it.
    // With mini-batches whole_set, which is where they start, takes all samples.
    virtual void select(std::uint64_t) {}

    // The quickest way to the gradient. What is called by it is not counted: whoever does so adds to the counts.
    virtual GradientCall gradient_call() const;

    // Throws what a gradient_call() that failed at x has left.
    [[noreturn]] virtual void raise_failure(Point x) const;

    // Whether Python is called, so that nothing is gained by letting others have it meanwhile.
    virtual bool in_python() const { return false; }

    const FieldCounts& counts() const noexcept { return counts_; }
    void add_gradients(std::uint64_t count) const noexcept { counts_.gradients += count; }

   protected:
    virtual double find_value(Point x) const = 0;
    virtual void find_gradient(Point x, Slots out) const = 0;
    virtual void find_values(const Rows& rows, Slots out) const;

    virtual double find_both(Point x, Slots out) const {
        find_gradient(x, out);
        return find_value(x);
    }

    virtual void find_hessian_vector(Point x, Point v, Slots out) const;
    virtual void find_third(Point x, Point v, Slots out) const;

   private:
    void find_third_of_products(Point x, Point v, Slots out) const;
    static std::int64_t kept_gradient(const double* x, std::int64_t field, double* out);

    mutable FieldCounts counts_;
    mutable std::exception_ptr failure_;
};

// Compiled code of the user's failed at this point; whoever catches this calls it again where it can say why.
class FieldFailed : public std::runtime_error {
   public:
    enum class Part { value, gradient, hessian_vector };

    FieldFailed(Part part, Point x, Point v)
        : std::runtime_error("the field failed in compiled code"),
          part_(part),
          x_(x.begin(), x.end()),
          v_(v.begin(), v.end()) {}
    Part part() const noexcept { return part_; }
    const std::vector<double>& x() const noexcept { return x_; }
    const std::vector<double>& v() const noexcept { return v_; }

   private:
    Part part_;
    std::vector<double> x_;
    std::vector<double> v_;
};

}  // namespace zoopt
