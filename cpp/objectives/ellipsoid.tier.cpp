#include "test_function.inl.hpp"

namespace zoopt::objectives {
namespace {

struct Ellipsoid {
    static constexpr std::size_t reach = 0;
    static constexpr bool weighted = true;
    ZOOPT_INLINE Doubles at(const double* x, const double* w) {
        const Doubles here = load(x);
        return load(w) * (here * here);
    }
};

// 10^f for 0 <= f < 1: a Taylor series about 0 of 2^r with |r| <= 1/2, times a power of two. The C library's
// pow differs between systems.
ZOOPT_INLINE double ten_to_fraction(double f) {
    const double turns = f * 3.321928094887362348;  // log2(10)
    const int whole = static_cast<int>(turns + 0.5);
    const double y = f * 2.302585092994045684 - static_cast<double>(whole) * 0.693147180559945309;
    double sum = 1.0;
    for (int k = 16; k > 0; --k) sum = 1.0 + sum * y / static_cast<double>(k);
    return sum * static_cast<double>(1 << whole);
}

// w[i] = 10^(6 i / (d - 1)), so that the condition number is 10^6; whole exponents are exact.
void condition_million(std::size_t dim, double* weights) {
    const double powers[7] = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    weights[0] = 1.0;
    for (std::size_t i = 1; i < dim; ++i) {
        const double exponent = 6.0 * static_cast<double>(i) / static_cast<double>(dim - 1);
        const int whole = static_cast<int>(exponent);
        const double fraction = exponent - static_cast<double>(whole);
        weights[i] = fraction > 0.0 ? powers[whole] * ten_to_fraction(fraction) : powers[whole];
    }
}

}  // namespace
}  // namespace zoopt::objectives

ZOOPT_TEST_FUNCTION(ellipsoid, Ellipsoid, objectives::condition_million,
                    "sum of 10^(6 i / (d - 1)) x[i]^2; minimum 0 at 0, condition number 10^6")
