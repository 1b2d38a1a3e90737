#include "test_function.inl.hpp"

namespace zoopt::objectives {
namespace {

struct Sphere {
    static constexpr std::size_t reach = 0;
    static constexpr bool weighted = false;
    ZOOPT_INLINE Doubles at(const double* x, const double*) {
        const Doubles here = load(x);
        return here * here;
    }
};

}  // namespace
}  // namespace zoopt::objectives

ZOOPT_TEST_FUNCTION(sphere, Sphere, nullptr, "sum of x[i]^2; minimum 0 at 0")
