#include <algorithm>
#include <cmath>

#include "flows/kernels.hpp"
#include "transformation.hpp"
#include "transformations.hpp"

namespace zoopt::flows {
namespace {

// With directions u_1, ..., u_q and pairs: the value is the mean of f(x + r u) and f(x - r u), the gradient the mean of
// (f(x + r u) - f(x - r u)) u / (2 r); without pairs that of f(x + r u) and of (f(x + r u) - f(x)) u / r. What there is
// of Hessians and third derivatives are differences of such gradients over the radius, so that they see what lies
// within it: f may have steps.
class Smoothed final : public Transformation {
   public:
    Smoothed(std::shared_ptr<Field> inner, const Probes& probes)
        : Transformation(std::move(inner)), probes_(probes), pairs_(pairs_at_once()) {
        directions_.resize(pairs_ * dim());
        points_.resize(pairs_ * sides() * dim());
        values_.resize(pairs_ * sides());
    }

    bool has_hessian_vector() const override { return false; }
    bool has_third() const override { return false; }
    bool conservative() const override { return false; }  // the gradient of the mean is not that of the values drawn

    void select(std::uint64_t step) override {
        step_ = step == whole_set ? 0 : step;
        Transformation::select(step);
    }

   protected:
    double find_value(Point x) const override { return estimate(x, {}); }
    void find_gradient(Point x, Slots out) const override { estimate(x, out); }
    double find_both(Point x, Slots out) const override { return estimate(x, out); }

    void find_hessian_vector(Point x, Point v, Slots out) const override {
        const Differences differences = around(x, v);
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = differences.step > 0.0 ? (differences.ahead[i] - differences.behind[i]) / (2.0 * differences.step)
                                            : 0.0;
        }
    }

    void find_third(Point x, Point v, Slots out) const override {
        const Differences differences = around(x, v);
        gradient(x, out);
        const double square = differences.step * differences.step;
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = square > 0.0 ? ((differences.ahead[i] - out[i]) - (out[i] - differences.behind[i])) / square : 0.0;
        }
    }

   private:
    static constexpr std::size_t numbers_at_once = std::size_t{1} << 18;

    std::size_t sides() const { return probes_.antithetic ? 2 : 1; }
    std::size_t pairs_at_once() const {
        return std::clamp<std::size_t>(numbers_at_once / (sides() * dim()), 1, probes_.directions);
    }

    // The mean value; adds nothing to an empty `out`, else writes the gradient.
    double estimate(Point x, Slots out) const {
        const bool centred = !out.empty() && !probes_.antithetic;
        const double here = centred ? inner().value(x) : 0.0;
        std::fill(out.begin(), out.end(), 0.0);
        double sum = 0.0;
        for (std::size_t first = 0; first < probes_.directions; first += pairs_) {
            const std::size_t count = std::min(pairs_, probes_.directions - first);
            look(x, first, count);
            for (std::size_t k = 0; k < count * sides(); ++k) sum += values_[k];
            if (!out.empty()) add_slopes(count, here, out);
        }
        const auto directions = static_cast<double>(probes_.directions);
        const double share = 1.0 / (static_cast<double>(sides()) * probes_.radius * directions);
        for (double& slope : out) slope *= share;
        return sum / (static_cast<double>(sides()) * directions);
    }

    // The values on both sides of x, or on one, along directions [first, first + count).
    void look(Point x, std::size_t first, std::size_t count) const {
        const noise::Address address{probes_.seed, static_cast<std::uint32_t>(noise::Stream::search), step_};
        for (std::size_t k = 0; k < count; ++k) {
            const Slots u(directions_.data() + k * dim(), dim());
            noise::fill(probes_.kind, address, static_cast<std::uint32_t>(first + k), 0, u);
            double* ahead = points_.data() + k * sides() * dim();
            for (std::size_t i = 0; i < dim(); ++i) ahead[i] = x[i] + probes_.radius * u[i];
            if (!probes_.antithetic) continue;
            double* behind = ahead + dim();
            for (std::size_t i = 0; i < dim(); ++i) behind[i] = x[i] - probes_.radius * u[i];
        }
        inner().values({points_.data(), count * sides(), dim()}, {values_.data(), count * sides()});
    }

    void add_slopes(std::size_t count, double here, Slots out) const {
        for (std::size_t k = 0; k < count; ++k) {
            const double rise = probes_.antithetic ? values_[2 * k] - values_[2 * k + 1] : values_[k] - here;
            const double* u = directions_.data() + k * dim();
            for (std::size_t i = 0; i < out.size(); ++i) out[i] += rise * u[i];
        }
    }

    struct Differences {
        double step;
        std::vector<double> ahead;
        std::vector<double> behind;
    };

    // Gradients at a distance of the radius along v; step 0 where v is 0.
    Differences around(Point x, Point v) const {
        const double length = std::sqrt(ZOOPT_PICK_TABLE(field_kernels).dot(v.data(), v.data(), v.size()));
        Differences found{length > 0.0 ? probes_.radius / length : 0.0, std::vector<double>(dim()),
                          std::vector<double>(dim())};
        std::vector<double> at(dim());
        for (std::size_t i = 0; i < at.size(); ++i) at[i] = x[i] + found.step * v[i];
        gradient(at, found.ahead);
        for (std::size_t i = 0; i < at.size(); ++i) at[i] = x[i] - found.step * v[i];
        gradient(at, found.behind);
        return found;
    }

    Probes probes_;
    std::size_t pairs_;
    std::uint64_t step_ = 0;
    mutable std::vector<double> directions_;
    mutable std::vector<double> points_;
    mutable std::vector<double> values_;
};

}  // namespace

std::shared_ptr<Field> smoothed(std::shared_ptr<Field> inner, const Probes& probes) {
    return std::make_shared<Smoothed>(std::move(inner), probes);
}

}  // namespace zoopt::flows
