#include "activation.hpp"

#include "zoopt/error.hpp"

namespace zoopt::objectives {

Activation activation(const std::string& name) {
    if (name == "relu") return Activation::relu;
    if (name == "tanh") return Activation::tanh;
    if (name == "gelu") return Activation::gelu;
    throw Error(ErrorKind::unknown_name, "there is no activation named '" + name + "'");
}

}  // namespace zoopt::objectives
