#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "zoopt/field.hpp"
#include "zoopt/noise.hpp"

// Fields that are made of another one, one file each.
namespace zoopt::flows {

// f + coefficient / 2 |x|^2
std::shared_ptr<Field> l2(std::shared_ptr<Field> inner, double coefficient);

// |f - level| + level
std::shared_ptr<Field> flooding(std::shared_ptr<Field> inner, double level);

// f + coefficient |gradient of f|^2, for a field whose gradient is that of its value.
std::shared_ptr<Field> gradient_penalty(std::shared_ptr<Field> inner, double coefficient);

// The coordinates of the weights of every layer.
using WeightLayers = std::vector<std::vector<std::uint32_t>>;

struct WeightScale {
    double norms;       // before the sum over layers of log |W|
    double directions;  // before the sum over layers of |W / |W||_1
    double floor;       // below this |W| the logarithm stays as it is
};

std::shared_ptr<Field> weight_scale_invariant(std::shared_ptr<Field> inner, WeightLayers layers,
                                              const WeightScale& penalty);

// Which directions f is looked at along.
struct Probes {
    double radius;
    std::size_t directions;
    noise::Kind kind;
    bool antithetic;
    std::uint64_t seed;
};

// The mean of f about x, and its gradient, estimated from values of f alone. The noise of a step is that of the search:
// direction i is sample i of generation `step` in stream 0.
std::shared_ptr<Field> smoothed(std::shared_ptr<Field> inner, const Probes& probes);

}  // namespace zoopt::flows
