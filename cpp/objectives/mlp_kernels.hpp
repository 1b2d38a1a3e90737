#pragma once
#include <cstddef>

#include "activation.hpp"
#include "zoopt/tier.hpp"

// What hidden layers need beside linear scores. All take whole panels, so `count` is a whole number of vectors.
namespace zoopt::objectives {

template <class T>
struct MlpKernels {
    // values[i] = activation(values[i]), by the number of the activation.
    void (*activate[activations])(T* values, std::size_t count);
    // The same, and slopes[i] = its derivative there.
    void (*activate_with_slopes[activations])(T* values, T* slopes, std::size_t count);
    // The same, and curvatures[i] = its second derivative.
    void (*activate_with_curvatures[activations])(T* values, T* slopes, T* curvatures, std::size_t count);
    // values[i] *= factors[i].
    void (*multiply)(T* values, const T* factors, std::size_t count);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::MlpKernels<float>, mlp_float32)
ZOOPT_DECLARE_TABLE(objectives::MlpKernels<double>, mlp_float64)
