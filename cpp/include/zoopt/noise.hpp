#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

// Noise is a pure function of (seed, stream, generation, sample, coordinate).
//
// Threefry4x32-20 (Salmon et al. 2011) with key = (seed low, seed high, stream, version) and
// counter = (block, sample, generation low, generation high). Normals: coordinate i comes from block i/4, words
// (w0, w1) -> (z0, z1) and (w2, w3) -> (z2, z3) by Box-Muller in float32 resolution (noise/threefry.inl.hpp).
// Rademacher: coordinate i is bit i%32 of word (i/32)%4 of block i/128; a set bit is -1. Uniform numbers:
// (the high 23 bits of word i%4 of block i/4, plus 1/2) / 2^23, so strictly between 0 and 1. Changing any of this is a
// major release.
namespace zoopt::noise {

inline constexpr std::uint32_t version = 1;
inline constexpr std::uint64_t coordinate_limit = std::uint64_t{1} << 34;
inline constexpr std::uint64_t sample_limit = std::uint64_t{1} << 32;

enum class Kind { normal, rademacher, uniform };
enum class Stream : std::uint32_t { search = 0, mini_batch = 1, split = 2, bootstrap = 3, resample = 4, objective = 5 };

// Everything that names one generation's noise.
struct Address {
    std::uint64_t seed;
    std::uint32_t stream;
    std::uint64_t generation;
};

// How many coordinates one counter block yields.
constexpr std::size_t block_width(Kind kind) {
    return kind == Kind::rademacher ? 128 : 4;
}

// Coordinates [start, start + out.size()) of one sample. start + out.size() <= coordinate_limit is the caller's duty.
void fill(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t start, std::span<float> out);
void fill(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t start, std::span<double> out);

// Rows [first_sample, first_sample + samples), each of `blocks` whole blocks from `first_block`: row r, coordinate
// first_block * block_width + i stands at out[r * blocks * block_width + i].
void fill_rows(Kind kind, const Address& address, std::uint32_t first_sample, std::size_t samples,
               std::uint32_t first_block, std::size_t blocks, float* out);

// A whole number in [0, count), count < 2^32: the high half of count times the first word of the sample's block 0. No
// number is likelier than another by more than 2^-32.
std::size_t below(std::size_t count, const Address& address, std::uint32_t sample);

// The generator itself, with any number of rounds, for known-answer tests and for showing that tests can fail.
void threefry4x32(const std::uint32_t counter[4], const std::uint32_t key[4], unsigned rounds, std::uint32_t out[4]);

// Normals from a generator weakened to `rounds` rounds: the same mapping, for the statistical tests only.
void fill_normals_with_rounds(const Address& address, std::uint32_t sample, std::uint64_t start, unsigned rounds,
                              std::span<float> out);

}  // namespace zoopt::noise
