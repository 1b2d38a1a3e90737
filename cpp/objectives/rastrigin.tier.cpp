#include "test_function.inl.hpp"

namespace zoopt::objectives {
namespace {

// cos(2 pi x) to about 1.5 ulp. The period is 1, so the argument is reduced without error: by rounding to the
// nearest integer, then by the symmetries about 1/4 and 1/8 to a sine or cosine of at most pi/4 (Taylor
// series: what they leave out is below 1e-17).
ZOOPT_INLINE Doubles cosine(Doubles y) {
    const Doubles s = y * y;
    Doubles sum = s * (1.0 / 20922789888000.0) - 1.0 / 87178291200.0;
    sum = sum * s + 1.0 / 479001600.0;
    sum = sum * s - 1.0 / 3628800.0;
    sum = sum * s + 1.0 / 40320.0;
    sum = sum * s - 1.0 / 720.0;
    sum = sum * s + 1.0 / 24.0;
    return 1.0 - (0.5 * s - s * s * sum);
}

ZOOPT_INLINE Doubles sine(Doubles y) {
    const Doubles s = y * y;
    Doubles sum = s * (1.0 / 355687428096000.0) - 1.0 / 1307674368000.0;
    sum = sum * s + 1.0 / 6227020800.0;
    sum = sum * s - 1.0 / 39916800.0;
    sum = sum * s + 1.0 / 362880.0;
    sum = sum * s - 1.0 / 5040.0;
    sum = sum * s + 1.0 / 120.0;
    sum = sum * s - 1.0 / 6.0;
    return y + y * (s * sum);
}

ZOOPT_INLINE Doubles absolute(Doubles x) {
    return x < 0.0 ? -x : x;
}

ZOOPT_INLINE Doubles cos_of_turns(Doubles x) {
    const double two_pi = 6.283185307179586477;
    const double rounder = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
    const double whole = 2251799813685248.0;    // from 2^51 on that would no longer hold, nor matter beside x^2
    const Doubles size = absolute(x);
    const Doubles turn = size < whole ? absolute(size - ((size + rounder) - rounder)) : 0.0 * size;
    const Doubles fold = turn > 0.25 ? 0.5 - turn : turn;
    const Doubles value = fold > 0.125 ? sine(two_pi * (0.25 - fold)) : cosine(two_pi * fold);
    return turn > 0.25 ? -value : value;
}

// x^2 + 10 (1 - cos 2 pi x), which is the usual 10 d + sum of x^2 - 10 cos 2 pi x without its cancellation.
struct Rastrigin {
    static constexpr std::size_t reach = 0;
    static constexpr bool weighted = false;
    ZOOPT_INLINE Doubles at(const double* x, const double*) {
        const Doubles here = load(x);
        return here * here + 10.0 * (1.0 - cos_of_turns(here));
    }
};

}  // namespace
}  // namespace zoopt::objectives

ZOOPT_TEST_FUNCTION(rastrigin, Rastrigin, nullptr,
                    "10 d + sum of x[i]^2 - 10 cos(2 pi x[i]); minimum 0 at 0, about 10^d local minima")
