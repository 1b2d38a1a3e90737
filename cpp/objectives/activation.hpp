#pragma once
#include <string>

namespace zoopt::objectives {

// What hidden units make of their sums z: max(z, 0); tanh z; z Phi(z), Phi being the normal distribution function (the
// exact form, by erf).
enum class Activation { relu, tanh, gelu };

inline constexpr int activations = 3;

// Throws Error(unknown_name).
Activation activation(const std::string& name);

}  // namespace zoopt::objectives
