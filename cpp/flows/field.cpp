#include "zoopt/field.hpp"

#include <utility>

#include "flows/differences.hpp"

namespace zoopt {

using flows::moved;
using flows::step_along;

void Field::find_values(const Rows& rows, Slots out) const {
    for (std::size_t r = 0; r < rows.count; ++r) out[r] = find_value({rows.data + r * rows.dim, rows.dim});
}

// (g(x + s v) - g(x - s v)) / (2 s), with the s that balances rounding and truncation: rounding^(1/3).
void Field::find_hessian_vector(Point x, Point v, Slots out) const {
    const double step = step_along(x, v, std::cbrt(rounding()));
    std::fill(out.begin(), out.end(), 0.0);
    if (step == 0.0) return;
    std::vector<double> behind(dim());
    gradient(moved(x, v, step), out);
    gradient(moved(x, v, -step), behind);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (out[i] - behind[i]) / (2.0 * step);
}

// Of products, where they are exact, (H(x + s v) v - H(x - s v) v) / (2 s); else of gradients
// (g(x + s v) - 2 g(x) + g(x - s v)) / s^2, with s of rounding^(1/4).
void Field::find_third(Point x, Point v, Slots out) const {
    if (has_hessian_vector()) return find_third_of_products(x, v, out);
    const double step = step_along(x, v, std::pow(rounding(), 0.25));
    std::fill(out.begin(), out.end(), 0.0);
    if (step == 0.0) return;
    std::vector<double> behind(dim());
    std::vector<double> here(dim());
    gradient(moved(x, v, step), out);
    gradient(moved(x, v, -step), behind);
    gradient(x, here);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = ((out[i] - here[i]) - (here[i] - behind[i])) / (step * step);
    }
}

void Field::find_third_of_products(Point x, Point v, Slots out) const {
    const double step = step_along(x, v, std::cbrt(rounding()));
    std::fill(out.begin(), out.end(), 0.0);
    if (step == 0.0) return;
    std::vector<double> behind(dim());
    hessian_vector(moved(x, v, step), v, out);
    hessian_vector(moved(x, v, -step), v, behind);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (out[i] - behind[i]) / (2.0 * step);
}

GradientCall Field::gradient_call() const {
    return {&Field::kept_gradient, static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(this))};
}

std::int64_t Field::kept_gradient(const double* x, std::int64_t field, double* out) {
    const auto* of = reinterpret_cast<const Field*>(static_cast<std::intptr_t>(field));
    try {
        of->find_gradient({x, of->dim()}, {out, of->dim()});
        return 0;
    } catch (...) {
        of->failure_ = std::current_exception();
        return 1;
    }
}

void Field::raise_failure(Point) const {
    std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace zoopt
