#include "kernels.hpp"

#include "threefry.inl.hpp"

namespace zoopt::noise {
namespace {

constexpr int wide = 64;    // lanes of a full tile: 256 normals, all of it in L1
constexpr int narrow = 16;  // lanes of a tile at the end

// Walks a rectangle of counters row-major, a tile of lanes at a time.
struct Lanes {
    alignas(64) std::uint32_t block[wide];
    alignas(64) std::uint32_t sample[wide];
};

ZOOPT_INLINE void first_lanes(Lanes& lanes, const Rectangle& r) {
    std::uint32_t column = 0, row = 0;
    for (int j = 0; j < wide; ++j) {
        lanes.block[j] = r.first_block + column;
        lanes.sample[j] = r.first_sample + row;
        if (++column == r.blocks) {
            column = 0;
            ++row;
        }
    }
}

ZOOPT_INLINE void next_lanes(Lanes& lanes, const Rectangle& r, std::uint32_t columns, std::uint32_t rows) {
    const std::uint32_t blocks = static_cast<std::uint32_t>(r.blocks);
    for (int j = 0; j < wide; ++j) {
        const std::uint32_t column = lanes.block[j] - r.first_block + columns;
        const std::uint32_t wraps = column >= blocks ? 1u : 0u;
        lanes.block[j] = r.first_block + column - (wraps != 0 ? blocks : 0u);
        lanes.sample[j] += rows + wraps;
    }
}

ZOOPT_INLINE void copy_floats(const float* from, std::size_t count, float* to) {
    __builtin_memcpy(to, from, count * sizeof(float));
}

void normals(const Address& address, const Rectangle& r, float* out) {
    const ThreefryKey key = threefry_key(address);
    const std::size_t total = r.samples * r.blocks;
    const std::uint32_t columns = static_cast<std::uint32_t>(wide % r.blocks);
    const std::uint32_t rows = static_cast<std::uint32_t>(wide / r.blocks);
    Lanes lanes;
    first_lanes(lanes, r);
    std::size_t lane = 0;
    for (; lane + wide <= total; lane += wide) {
        normal_lanes<wide>(lanes.block, lanes.sample, address, key, out + 4 * lane);
        next_lanes(lanes, r, columns, rows);
    }
    for (int done = 0; lane < total; lane += narrow, done += narrow) {
        if (lane + narrow <= total) {
            normal_lanes<narrow>(lanes.block + done, lanes.sample + done, address, key, out + 4 * lane);
            continue;
        }
        alignas(64) float last[4 * narrow];
        normal_lanes<narrow>(lanes.block + done, lanes.sample + done, address, key, last);
        copy_floats(last, 4 * (total - lane), out + 4 * lane);
    }
}

// Word to 32 signs: bit b of the word becomes the sign of out[b].
ZOOPT_INLINE void signs(std::uint32_t word, float* __restrict out) {
    for (unsigned b = 0; b < 32; ++b) {
        const std::uint32_t bits = 0x3F800000u | ((word >> b) << 31);
        __builtin_memcpy(out + b, &bits, 4);
    }
}

void rademacher(const Address& address, const Rectangle& r, float* out) {
    const ThreefryKey key = threefry_key(address);
    const std::uint32_t low = static_cast<std::uint32_t>(address.generation);
    const std::uint32_t high = static_cast<std::uint32_t>(address.generation >> 32);
    for (std::size_t row = 0; row < r.samples; ++row) {
        for (std::size_t first = 0; first < r.blocks; first += narrow) {
            alignas(64) std::uint32_t words[4][narrow];
            for (unsigned j = 0; j < narrow; ++j) {
                std::uint32_t x0 = r.first_block + static_cast<std::uint32_t>(first) + j;
                std::uint32_t x1 = r.first_sample + static_cast<std::uint32_t>(row);
                std::uint32_t x2 = low, x3 = high;
                threefry<20>(x0, x1, x2, x3, key);
                words[0][j] = x0;
                words[1][j] = x1;
                words[2][j] = x2;
                words[3][j] = x3;
            }
            const std::size_t here = r.blocks - first < narrow ? r.blocks - first : std::size_t{narrow};
            float* place = out + 128 * (row * r.blocks + first);
            for (std::size_t j = 0; j < here; ++j) {
                for (int w = 0; w < 4; ++w) signs(words[w][j], place + 128 * j + 32 * static_cast<std::size_t>(w));
            }
        }
    }
}

void widen(const float* in, std::size_t count, double* __restrict out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<double>(in[i]);
}

}  // namespace
}  // namespace zoopt::noise

namespace zoopt::ZOOPT_TIER {
extern const noise::Kernels noise_kernels = {noise::normals, noise::rademacher, noise::widen};
}
