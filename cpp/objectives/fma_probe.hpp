#pragma once
#include <cstddef>

#include "zoopt/tier.hpp"

// The quickest that this tier can multiply and add, to state what fraction of it a kernel reaches. `rounds` rounds of
// `operations` floating-point operations each, on registers only; the result only keeps them from being left out.
namespace zoopt::objectives {

struct FmaProbe {
    std::size_t operations_float32;
    std::size_t operations_float64;
    double (*float32)(std::size_t rounds);
    double (*float64)(std::size_t rounds);
};

}  // namespace zoopt::objectives

ZOOPT_DECLARE_TABLE(objectives::FmaProbe, fma_probe)
