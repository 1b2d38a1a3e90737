#pragma once
#include <cstddef>
#include <cstdint>

#include "zoopt/noise.hpp"
#include "zoopt/tier.hpp"

namespace zoopt::noise {

// A rectangle of counters: samples x blocks, row-major; neither side is 0, and `blocks` is below 2^32.
struct Rectangle {
    std::uint32_t first_sample;
    std::size_t samples;
    std::uint32_t first_block;
    std::size_t blocks;
};

struct Kernels {
    void (*normals)(const Address&, const Rectangle&, float* out);
    void (*rademacher)(const Address&, const Rectangle&, float* out);
    void (*uniforms)(const Address&, const Rectangle&, float* out);
    void (*widen)(const float* in, std::size_t count, double* out);
};

}  // namespace zoopt::noise

ZOOPT_DECLARE_TABLE(noise::Kernels, noise_kernels)
