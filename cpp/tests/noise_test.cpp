#include "zoopt/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "check.hpp"
#include "noise/threefry.inl.hpp"
#include "tiers.hpp"

namespace zoopt {
namespace {

using Words = std::array<std::uint32_t, 4>;

constexpr noise::Address address = {0x0123456789ABCDEFull, 3, 0xFEDCBA9876543210ull};
constexpr std::size_t sizes[] = {1, 3, 4, 5, 12, 60, 63, 64, 65, 128, 255, 256, 257, 300, 1000, 4096, 5000};
constexpr std::uint64_t starts[] = {0, 1, 4, 127, 128, noise::coordinate_limit - 8192};

Words threefry(const Words& counter, const Words& key) {
    Words out;
    noise::threefry4x32(counter.data(), key.data(), 20, out.data());
    return out;
}

std::vector<float> one_by_one(noise::Kind kind, std::uint32_t sample, std::uint64_t start, std::size_t size) {
    std::vector<float> out(size);
    if (kind == noise::Kind::normal) {
        noise::fill_normals_with_rounds(address, sample, start, 20, out);
        return out;
    }
    const Words key = {static_cast<std::uint32_t>(address.seed), static_cast<std::uint32_t>(address.seed >> 32),
                       address.stream, noise::version};
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t coordinate = start + i;
        const Words words = threefry(
            {static_cast<std::uint32_t>(coordinate / 128), sample, static_cast<std::uint32_t>(address.generation),
             static_cast<std::uint32_t>(address.generation >> 32)},
            key);
        const std::uint32_t bit = words[coordinate / 32 % 4] >> (coordinate % 32) & 1u;
        out[i] = bit == 1 ? -1.0f : 1.0f;
    }
    return out;
}

void fill_is_one_by_one(noise::Kind kind) {
    for (const std::uint64_t start : starts) {
        for (const std::size_t size : sizes) {
            const std::vector<float> expected = one_by_one(kind, 7, start, size);
            std::vector<float> narrow(size);
            noise::fill(kind, address, 7, start, std::span<float>(narrow));
            check::that(narrow == expected, "float32 noise differs from the mapping taken one number at a time");
            std::vector<double> wide(size);
            noise::fill(kind, address, 7, start, std::span<double>(wide));
            check::that(std::equal(wide.begin(), wide.end(), expected.begin()), "float64 noise is not float32 widened");
        }
    }
}

void rows_are_fills(noise::Kind kind, std::size_t samples, std::size_t blocks, std::uint32_t first_block) {
    const std::size_t width = blocks * noise::block_width(kind);
    std::vector<float> rows(samples * width + 1, 99.0f);
    noise::fill_rows(kind, address, 11, samples, first_block, blocks, rows.data());
    check::equal(rows.back(), 99.0f);
    for (std::size_t row = 0; row < samples; ++row) {
        std::vector<float> expected(width);
        noise::fill(kind, address, 11 + static_cast<std::uint32_t>(row), first_block * noise::block_width(kind),
                    std::span<float>(expected));
        check::that(std::equal(expected.begin(), expected.end(), rows.begin() + static_cast<long>(row * width)),
                    "a row of a rectangle differs from the row on its own");
    }
}

double exact_radius(std::uint32_t word) {
    return std::sqrt(-2.0 *
                     std::log((static_cast<double>(static_cast<float>(word & 0x7FFFFFFFu) + 0.5f)) / 2147483648.0));
}

}  // namespace

ZOOPT_TEST(threefry_gives_the_published_words) {
    const Words zeros = {0, 0, 0, 0};
    const Words ones = {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu};
    check::that(threefry(zeros, zeros) == Words{0x9C6CA96Au, 0xE17EAE66u, 0xFC10ECD4u, 0x5256A7D8u}, "zeros");
    check::that(threefry(ones, ones) == Words{0x2A881696u, 0x57012287u, 0xF6C7446Eu, 0xA16A6732u}, "ones");
    check::that(threefry({0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u},
                         {0xA4093822u, 0x299F31D0u, 0x082EFA98u, 0xEC4E6C89u}) ==
                    Words{0x59CD1DBBu, 0xB8879579u, 0x86B5D00Cu, 0xAC8B6D84u},
                "digits of pi");
}

ZOOPT_TEST(normals_are_the_mapping_on_every_tier) {
    on_every_tier([] { fill_is_one_by_one(noise::Kind::normal); });
}

ZOOPT_TEST(rademacher_is_the_mapping_on_every_tier) {
    on_every_tier([] { fill_is_one_by_one(noise::Kind::rademacher); });
}

ZOOPT_TEST(rectangles_are_rows) {
    on_every_tier([] {
        for (const std::size_t samples : {1u, 2u, 5u, 33u, 70u}) {
            for (const std::size_t blocks : {1u, 2u, 3u, 5u, 15u, 16u, 17u, 31u, 62u, 63u, 64u, 65u, 70u, 130u}) {
                rows_are_fills(noise::Kind::normal, samples, blocks, 0);
                rows_are_fills(noise::Kind::normal, samples, blocks, 1000);
            }
        }
        for (const std::size_t blocks : {1u, 3u, 15u, 16u, 17u}) rows_are_fills(noise::Kind::rademacher, 19, blocks, 5);
    });
}

ZOOPT_TEST(box_muller_is_accurate_to_the_ends) {
    const std::uint32_t radius_words[] = {0u,          1u,          2u,          0x00B504F3u, 0x3FFFFFFFu, 0x40000000u,
                                          0x5A827999u, 0x5A82799Au, 0x7FFFFF00u, 0x7FFFFFBFu, 0x7FFFFFFFu, 0xFFFFFFFFu};
    for (const std::uint32_t radius_word : radius_words) {
        for (std::uint32_t step = 0; step < 64; ++step) {
            const std::uint32_t angle_word = step * 0x04000000u + (step % 3 == 0 ? 0u : 0x01234567u);
            float z[2];
            noise::box_muller(radius_word, angle_word, z);
            const double radius = exact_radius(radius_word);
            check::that(std::isfinite(z[0]) && std::isfinite(z[1]), "a normal is not finite");
            check::close(std::hypot(static_cast<double>(z[0]), static_cast<double>(z[1])), radius, 4e-7 * radius);
            const double turns = std::ldexp(static_cast<std::int32_t>(angle_word << 2), -32);
            const double along = std::cos(turns * M_PI_2) * (angle_word >> 31 == 1 ? -1 : 1);
            const double across = std::sin(turns * M_PI_2);
            const bool swapped = (angle_word >> 30 & 1u) == 1;
            check::close(z[0], radius * (swapped ? across : along), 4e-7 * radius);
            check::close(z[1], radius * (swapped ? along : across), 4e-7 * radius);
        }
    }
    float extreme[2];
    noise::box_muller(0, 0, extreme);
    check::close(extreme[0], 6.6604, 1e-4);
    check::equal(extreme[1], 0.0f);
}

}  // namespace zoopt
