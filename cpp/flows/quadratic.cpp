#include <algorithm>

#include "fields.hpp"
#include "flows/kernels.hpp"

namespace zoopt::flows {
namespace {

class Quadratic final : public Field {
   public:
    Quadratic(std::vector<double> curvature, std::vector<double> centre)
        : curvature_(std::move(curvature)), centre_(std::move(centre)), away_(centre_.size()) {}

    std::size_t dim() const override { return centre_.size(); }
    bool has_hessian_vector() const override { return true; }
    bool has_third() const override { return true; }

   protected:
    double find_value(Point x) const override {
        std::vector<double> slope(dim());
        return find_both(x, slope);
    }

    void find_gradient(Point x, Slots out) const override {
        if (diagonal()) {
            ZOOPT_PICK_TABLE(field_kernels).diagonal(x.data(), centre_.data(), curvature_.data(), dim(), out.data());
            return;
        }
        leave(x);
        find_hessian_vector(x, away_, out);
    }

    double find_both(Point x, Slots out) const override {
        find_gradient(x, out);
        leave(x);
        return 0.5 * ZOOPT_PICK_TABLE(field_kernels).dot(away_.data(), out.data(), dim());
    }

    void find_hessian_vector(Point, Point v, Slots out) const override {
        if (diagonal()) {
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = curvature_[i] * v[i];
            return;
        }
        const FieldKernels& kernels = ZOOPT_PICK_TABLE(field_kernels);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = kernels.dot(&curvature_[i * dim()], v.data(), dim());
    }

    void find_third(Point, Point, Slots out) const override { std::fill(out.begin(), out.end(), 0.0); }

   private:
    bool diagonal() const { return curvature_.size() == centre_.size(); }

    void leave(Point x) const {
        for (std::size_t i = 0; i < away_.size(); ++i) away_[i] = x[i] - centre_[i];
    }

    std::vector<double> curvature_;
    std::vector<double> centre_;
    mutable std::vector<double> away_;
};

}  // namespace

std::unique_ptr<Field> quadratic(std::vector<double> curvature, std::vector<double> centre) {
    return std::make_unique<Quadratic>(std::move(curvature), std::move(centre));
}

}  // namespace zoopt::flows
