#include <algorithm>
#include <cmath>

#include "transformation.hpp"
#include "transformations.hpp"

namespace zoopt::flows {
namespace {

double sign_of(double number) {
    return static_cast<double>(number > 0.0) - static_cast<double>(number < 0.0);
}

// The weights w of one layer, and a direction v, in numbers: r = |w|, a = |w|_1, p = w v, n = v v, s = sign(w) v.
struct Sizes {
    double square = 0.0;  // r^2
    double absolute = 0.0;
    double across = 0.0;
    double along = 0.0;
    double turned = 0.0;

    double norm() const { return std::sqrt(square); }
};

// What a derivative of a layer is made of: factors before w, v and sign(w).
struct Parts {
    double weights = 0.0;
    double direction = 0.0;
    double signs = 0.0;
};

// norms sum log max(|W|, floor) + directions sum |W|_1 / |W|, over layers W.
class WeightScaleInvariant final : public Penalised {
   public:
    WeightScaleInvariant(std::shared_ptr<Field> inner, WeightLayers layers, const WeightScale& of)
        : Penalised(std::move(inner)), layers_(std::move(layers)), of_(of) {}

   protected:
    double penalty(Point x) const override {
        double sum = 0.0;
        for (const auto& layer : layers_) {
            const Sizes w = sizes(layer, x, x);
            sum += of_.norms * std::log(std::max(w.norm(), of_.floor));
            if (w.square > 0.0) sum += of_.directions * w.absolute / w.norm();
        }
        return sum;
    }

    // of log r: w / r^2; of a / r: sign(w) / r - a w / r^3.
    void add_slope(Point x, Slots out) const override {
        add(x, x, out, [](const Sizes& w, double norms, double directions) {
            const double r = w.norm();
            return Parts{norms / w.square - directions * w.absolute / (w.square * r), 0.0, directions / r};
        });
    }

    // of log r: v / r^2 - 2 p w / r^4; of a / r: (3 a p w / r^2 - p sign(w) - s w - a v) / r^3.
    void add_product(Point x, Point v, Slots out) const override {
        add(x, v, out, [](const Sizes& w, double norms, double directions) {
            const double q = w.square;
            const double cubed = directions / (q * w.norm());
            return Parts{-2.0 * norms * w.across / (q * q) + cubed * (3.0 * w.absolute * w.across / q - w.turned),
                         norms / q - cubed * w.absolute, -cubed * w.across};
        });
    }

    // The derivative of that along v.
    void add_third(Point x, Point v, Slots out) const override {
        add(x, v, out, [](const Sizes& w, double norms, double directions) {
            const double q = w.square;
            const double p = w.across;
            const double cubed = directions / (q * w.norm());
            const double bend = 3.0 * p * p / q - w.along;
            return Parts{norms * (8.0 * p * p / q - 2.0 * w.along) / (q * q) +
                             cubed / q * (6.0 * p * w.turned + 3.0 * w.absolute * (w.along - 5.0 * p * p / q)),
                         -4.0 * norms * p / (q * q) + cubed * (6.0 * w.absolute * p / q - 2.0 * w.turned),
                         cubed * bend};
        });
    }

   private:
    static Sizes sizes(const std::vector<std::uint32_t>& layer, Point x, Point v) {
        Sizes found;
        for (const std::uint32_t i : layer) {
            found.square += x[i] * x[i];
            found.absolute += std::fabs(x[i]);
            found.across += x[i] * v[i];
            found.along += v[i] * v[i];
            found.turned += sign_of(x[i]) * v[i];
        }
        return found;
    }

    // A layer of zeros has no direction, and nothing is added.
    template <class Find>
    void add(Point x, Point v, Slots out, const Find& find) const {
        for (const auto& layer : layers_) {
            const Sizes w = sizes(layer, x, v);
            if (w.square == 0.0) continue;
            const Parts parts = find(w, w.norm() > of_.floor ? of_.norms : 0.0, of_.directions);
            for (const std::uint32_t i : layer) {
                out[i] += parts.weights * x[i] + parts.direction * v[i] + parts.signs * sign_of(x[i]);
            }
        }
    }

    WeightLayers layers_;
    WeightScale of_;
};

}  // namespace

std::shared_ptr<Field> weight_scale_invariant(std::shared_ptr<Field> inner, WeightLayers layers,
                                              const WeightScale& penalty) {
    return std::make_shared<WeightScaleInvariant>(std::move(inner), std::move(layers), penalty);
}

}  // namespace zoopt::flows
