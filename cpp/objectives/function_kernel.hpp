#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "zoopt/tier.hpp"

namespace zoopt::objectives {

// A test function, as one tier computes it. `weights` (one a coordinate) are made once by `prepare`, which is
// null where the function has none.
struct FunctionKernel {
    const char* name;
    const char* summary;
    std::size_t least_dim;
    void (*prepare)(std::size_t dim, double* weights);
    void (*values)(const double* rows, std::size_t count, std::size_t dim, const double* weights, double* out);
    // Adds the first `terms` terms of every row, `stride` apart, to its 16 lanes; and the values of such lanes.
    void (*add)(const double* rows, std::size_t stride, std::size_t count, std::size_t terms, const double* weights,
                double* lanes);
    void (*fold)(const double* lanes, std::size_t count, double* out);
};

// Gives the kernel of the tier in force.
using PickFunction = const FunctionKernel& (*)();

// All registered test functions, in alphabetical order.
std::vector<PickFunction> functions();

// Throws Error(unknown_name).
PickFunction function(const std::string& name);

class RegisterFunction {
   public:
    explicit RegisterFunction(PickFunction pick);
};

}  // namespace zoopt::objectives
