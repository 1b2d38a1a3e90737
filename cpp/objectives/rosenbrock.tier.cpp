#include "test_function.inl.hpp"

namespace zoopt::objectives {
namespace {

struct Rosenbrock {
    static constexpr std::size_t reach = 1;
    static constexpr bool weighted = false;
    ZOOPT_INLINE Doubles at(const double* x, const double*) {
        const Doubles here = load(x);
        const Doubles valley = load(x + 1) - here * here;
        const Doubles slope = 1.0 - here;
        return 100.0 * (valley * valley) + slope * slope;
    }
};

}  // namespace
}  // namespace zoopt::objectives

ZOOPT_TEST_FUNCTION(rosenbrock, Rosenbrock, nullptr,
                    "sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2; minimum 0 at 1, a curved valley")
