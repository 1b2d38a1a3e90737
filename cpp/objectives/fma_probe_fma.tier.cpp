#include "fma_probe.hpp"

#include "native_vector.inl.hpp"

namespace zoopt::objectives {
namespace {

// Enough independent chains to hide the latency of two units, and few enough to stay in registers.
constexpr int chains = 12;

template <class T>
constexpr std::size_t operations = static_cast<std::size_t>(2 * chains * native_lanes<T>);

template <class T>
double probe(std::size_t rounds) {
    using Vector = typename Native<T>::Vector;
    Vector chain[chains];
    for (int c = 0; c < chains; ++c) chain[c] = broadcast<T>(static_cast<T>(c));
    const Vector factor = broadcast<T>(static_cast<T>(0.999));
    const Vector term = broadcast<T>(static_cast<T>(0.001));
    for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
        for (int c = 0; c < chains; ++c) chain[c] = chain[c] * factor + term;
    }
    Vector sum = {};
    for (int c = 0; c < chains; ++c) sum += chain[c];
    return static_cast<double>(sum[0]);
}

}  // namespace
}  // namespace zoopt::objectives

namespace zoopt::ZOOPT_TIER {
extern const objectives::FmaProbe fma_probe = {objectives::operations<float>, objectives::operations<double>,
                                               objectives::probe<float>, objectives::probe<double>};
}
