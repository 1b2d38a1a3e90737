#include "fields.hpp"

namespace zoopt::flows {
namespace {

// The residual is r = y - a b.
class Product final : public Field {
   public:
    explicit Product(std::vector<double> y) : y_(std::move(y)) {}

    std::size_t dim() const override { return 2 * y_.size(); }
    bool has_hessian_vector() const override { return true; }
    bool has_third() const override { return true; }

   protected:
    double find_value(Point x) const override {
        double sum = 0.0;
        for (std::size_t i = 0; i < y_.size(); ++i) {
            const double rest = residual(x, i);
            sum += rest * rest;
        }
        return 0.5 * sum;
    }

    void find_gradient(Point x, Slots out) const override {
        const std::size_t n = y_.size();
        for (std::size_t i = 0; i < n; ++i) {
            const double rest = residual(x, i);
            out[i] = -rest * x[n + i];
            out[n + i] = -rest * x[i];
        }
    }

    // H = [[b^2, ab - r], [ab - r, a^2]].
    void find_hessian_vector(Point x, Point v, Slots out) const override {
        const std::size_t n = y_.size();
        for (std::size_t i = 0; i < n; ++i) {
            const double a = x[i];
            const double b = x[n + i];
            const double mixed = a * b - residual(x, i);
            out[i] = b * b * v[i] + mixed * v[n + i];
            out[n + i] = mixed * v[i] + a * a * v[n + i];
        }
    }

    // The only third derivatives that are not 0: f_aab = 2 b, f_abb = 2 a.
    void find_third(Point x, Point v, Slots out) const override {
        const std::size_t n = y_.size();
        for (std::size_t i = 0; i < n; ++i) {
            const double a = x[i];
            const double b = x[n + i];
            out[i] = 2.0 * v[n + i] * (2.0 * b * v[i] + a * v[n + i]);
            out[n + i] = 2.0 * v[i] * (b * v[i] + 2.0 * a * v[n + i]);
        }
    }

   private:
    double residual(Point x, std::size_t i) const { return y_[i] - x[i] * x[y_.size() + i]; }

    std::vector<double> y_;
};

}  // namespace

std::unique_ptr<Field> product(std::vector<double> y) {
    return std::make_unique<Product>(std::move(y));
}

}  // namespace zoopt::flows
