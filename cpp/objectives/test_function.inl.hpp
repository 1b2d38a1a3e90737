// What a test function's file is made of: a struct with `at`, and ZOOPT_TEST_FUNCTION at the foot. Such a
// file is compiled once a tier and defines that tier's kernel; its compilation for the lowest tier also
// registers the function, because that is the one whose start-up code every supported CPU can run.
#pragma once
#include "function_kernel.hpp"
#include "lane_sum.inl.hpp"

namespace zoopt::objectives {
namespace {

template <class Function>
void function_values(const double* rows, std::size_t count, std::size_t dim, const double* weights, double* out) {
    for (std::size_t r = 0; r < count; ++r) {
        out[r] = lane_sum<Function>(rows + r * dim, weights, dim - Function::reach);
    }
}

template <class Function>
void function_terms(const double* rows, std::size_t stride, std::size_t count, std::size_t terms, const double* weights,
                    double* lanes) {
    for (std::size_t r = 0; r < count; ++r) add_row<Function>(rows + r * stride, weights, terms, lanes + r * sum_lanes);
}

void fold_rows(const double* lanes, std::size_t count, double* out) {
    for (std::size_t r = 0; r < count; ++r) out[r] = tree(lanes + r * sum_lanes);
}

}  // namespace
}  // namespace zoopt::objectives

#define ZOOPT_DEFINE_FUNCTION(id, Function, prepare, summary)                                                   \
    ZOOPT_DECLARE_TABLE(objectives::FunctionKernel, id##_function)                                              \
    namespace zoopt::ZOOPT_TIER {                                                                               \
    extern const objectives::FunctionKernel id##_function = {#id,                                               \
                                                             summary,                                           \
                                                             objectives::Function::reach + 1,                   \
                                                             prepare,                                           \
                                                             objectives::function_values<objectives::Function>, \
                                                             objectives::function_terms<objectives::Function>,  \
                                                             objectives::fold_rows};                            \
    }

#if defined(__AVX__)
#define ZOOPT_TEST_FUNCTION(id, Function, prepare, summary) ZOOPT_DEFINE_FUNCTION(id, Function, prepare, summary)
#else
#define ZOOPT_TEST_FUNCTION(id, Function, prepare, summary) \
    ZOOPT_DEFINE_FUNCTION(id, Function, prepare, summary)   \
    namespace zoopt::objectives {                           \
    namespace {                                             \
    const FunctionKernel& pick() {                          \
        return ZOOPT_PICK_TABLE(id##_function);             \
    }                                                       \
    const RegisterFunction registrar(pick);                 \
    }                                                       \
    }
#endif
