#pragma once
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "zoopt/update.hpp"

namespace zoopt {

// Updates that move the mean against a gradient, wherever it comes from: estimated or exact, a generation's or a
// flow's.
class Descent : public Update {
   public:
    struct Rates {
        double learning_rate;
        double weight_decay;
    };

    explicit Descent(const Rates& rates) : rates_(rates) {}

    bool has_rate() const final { return true; }

    void step(Moments& moments, double rate, Metric metric, Theta& theta) final {
        follow(moments.direction(metric, theta), rate, theta.mean);
    }

    // One step from `point` against `gradient`, `rate` times the learning rate long. Weight decay is decoupled
    // (Loshchilov and Hutter 2019): it shrinks the point and stays out of the gradient.
    void follow(std::span<const double> gradient, double rate, std::span<double> point) {
        const double length = rate * rates_.learning_rate;
        if (rates_.weight_decay > 0.0) {
            const double kept = 1.0 - length * rates_.weight_decay;
            for (double& x : point) x *= kept;
        }
        move(gradient, length, point);
    }

   protected:
    virtual void move(std::span<const double> gradient, double length, std::span<double> point) = 0;

   private:
    Rates rates_;
};

// The options of every descent update, with its own after them. NaN as the rate: automatic.
inline std::vector<Option> descent_options(double learning_rate, std::vector<Option> own = {}) {
    std::vector<Option> options{
        {"learning_rate", learning_rate, 0.0, unbounded,
         std::isnan(learning_rate)
             ? "step length; automatic: q / (4 (d + q + 3)) for q directions in d dimensions, right for curvature 1"
             : "step length"},
        {"weight_decay", 0.0, 0.0, unbounded, "decoupled: the mean shrinks by learning_rate * weight_decay a step"}};
    for (Option& o : own) options.push_back(std::move(o));
    return options;
}

// Nesterov and Spokoiny (2017) take 1 / (4 (d + 4) L) with one direction; q averaged directions allow q times as much
// until the gradient itself limits the step. L = 1 is assumed, so a problem of another curvature wants its own rate.
inline double smooth_rate(const Setup& setup) {
    const double q = static_cast<double>(setup.samples);
    return q / (4.0 * (static_cast<double>(setup.dim) + q + 3.0));
}

inline Descent::Rates descent_rates(const Options& options, const Setup& setup) {
    return {option(options, "learning_rate", smooth_rate(setup)), options.at("weight_decay")};
}

// Decays lie in [0, 1).
inline const double below_one = std::nextafter(1.0, 0.0);

}  // namespace zoopt
