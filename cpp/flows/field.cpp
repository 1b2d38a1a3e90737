#include "zoopt/field.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace zoopt {
namespace {

double largest(Point x) {
    double size = 0.0;
    for (double number : x) size = std::max(size, std::fabs(number));
    return size;
}

// The s for which x + s v has a step of relative size `fraction` in its largest coordinate; 0 where v is 0.
double step_along(Point x, Point v, double fraction) {
    const double size = largest(v);
    return size > 0.0 ? fraction * std::max(1.0, largest(x)) / size : 0.0;
}

std::vector<double> moved(Point x, Point v, double step) {
    std::vector<double> to(x.begin(), x.end());
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += step * v[i];
    return to;
}

}  // namespace

// (g(x + s v) - g(x - s v)) / (2 s), with the s that balances rounding and truncation: eps^(1/3).
void Field::find_hessian_vector(Point x, Point v, Slots out) const {
    const double step = step_along(x, v, std::cbrt(std::numeric_limits<double>::epsilon()));
    std::fill(out.begin(), out.end(), 0.0);
    if (step == 0.0) return;
    std::vector<double> behind(dim());
    gradient(moved(x, v, step), out);
    gradient(moved(x, v, -step), behind);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (out[i] - behind[i]) / (2.0 * step);
}

// (g(x + s v) - 2 g(x) + g(x - s v)) / s^2, with s of eps^(1/4).
void Field::find_third(Point x, Point v, Slots out) const {
    const double step = step_along(x, v, std::pow(std::numeric_limits<double>::epsilon(), 0.25));
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
