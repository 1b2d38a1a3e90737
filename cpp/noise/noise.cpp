#include "zoopt/noise.hpp"

#include <algorithm>

#include "kernels.hpp"
#include "threefry.inl.hpp"

namespace zoopt::noise {
namespace {

using Generate = void (*)(const Address&, const Rectangle&, float*);

Generate generator(Kind kind) {
    const Kernels& kernels = ZOOPT_PICK_TABLE(noise_kernels);
    if (kind == Kind::uniform) return kernels.uniforms;
    return kind == Kind::normal ? kernels.normals : kernels.rademacher;
}

// Calls use(first, values, count) for the coordinates [start, start + count) in chunks that a small buffer holds.
template <class Use>
void in_chunks(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t start, std::size_t count,
               Use&& use) {
    constexpr std::size_t capacity = 4096;
    alignas(64) float buffer[capacity];
    const Generate generate = generator(kind);
    const std::size_t width = block_width(kind);
    for (std::size_t done = 0; done < count;) {
        const std::uint64_t first = start + done;
        const std::size_t skip = static_cast<std::size_t>(first % width);
        const std::size_t here = std::min(count - done, capacity - skip);
        const std::size_t blocks = (skip + here + width - 1) / width;
        generate(address, {sample, 1, static_cast<std::uint32_t>(first / width), blocks}, buffer);
        use(done, buffer + skip, here);
        done += here;
    }
}

// The same without a buffer, where `out` is whole blocks; a rectangle holds fewer than 2^32 of them.
void fill_blocks(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t first, std::span<float> out) {
    constexpr std::size_t most = std::size_t{1} << 30;
    const Generate generate = generator(kind);
    const std::size_t width = block_width(kind);
    const std::size_t blocks = out.size() / width;
    for (std::size_t done = 0; done < blocks; done += most) {
        const Rectangle piece = {sample, 1, static_cast<std::uint32_t>(first + done), std::min(most, blocks - done)};
        generate(address, piece, out.data() + done * width);
    }
}

template <int Rounds>
void rounds_of(std::uint32_t (&x)[1][4], const ThreefryKey& key) {
    threefry<Rounds>(x, key);
}

using RoundsOf = void (*)(std::uint32_t (&)[1][4], const ThreefryKey&);
constexpr RoundsOf with_rounds[] = {
    rounds_of<0>,  rounds_of<1>,  rounds_of<2>,  rounds_of<3>,  rounds_of<4>,  rounds_of<5>,  rounds_of<6>,
    rounds_of<7>,  rounds_of<8>,  rounds_of<9>,  rounds_of<10>, rounds_of<11>, rounds_of<12>, rounds_of<13>,
    rounds_of<14>, rounds_of<15>, rounds_of<16>, rounds_of<17>, rounds_of<18>, rounds_of<19>, rounds_of<20>};

}  // namespace

void fill(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t start, std::span<float> out) {
    const std::size_t width = block_width(kind);
    if (start % width == 0 && out.size() % width == 0) return fill_blocks(kind, address, sample, start / width, out);
    in_chunks(kind, address, sample, start, out.size(),
              [&](std::size_t done, const float* z, std::size_t count) { std::copy_n(z, count, out.data() + done); });
}

void fill(Kind kind, const Address& address, std::uint32_t sample, std::uint64_t start, std::span<double> out) {
    const auto widen = ZOOPT_PICK_TABLE(noise_kernels).widen;
    in_chunks(kind, address, sample, start, out.size(),
              [&](std::size_t done, const float* z, std::size_t count) { widen(z, count, out.data() + done); });
}

void fill_rows(Kind kind, const Address& address, std::uint32_t first_sample, std::size_t samples,
               std::uint32_t first_block, std::size_t blocks, float* out) {
    if (samples > 0 && blocks > 0) generator(kind)(address, {first_sample, samples, first_block, blocks}, out);
}

std::size_t below(std::size_t count, const Address& address, std::uint32_t sample) {
    std::uint32_t x[1][4] = {{0, sample, static_cast<std::uint32_t>(address.generation),
                              static_cast<std::uint32_t>(address.generation >> 32)}};
    threefry<20>(x, threefry_key(address));
    return static_cast<std::size_t>((static_cast<std::uint64_t>(x[0][0]) * count) >> 32);
}

void threefry4x32(const std::uint32_t counter[4], const std::uint32_t key[4], unsigned rounds, std::uint32_t out[4]) {
    const ThreefryKey full = {{key[0], key[1], key[2], key[3], 0x1BD11BDAu ^ key[0] ^ key[1] ^ key[2] ^ key[3]}};
    std::uint32_t x[1][4] = {{counter[0], counter[1], counter[2], counter[3]}};
    with_rounds[std::min(rounds, 20u)](x, full);
    std::copy_n(x[0], 4, out);
}

void fill_normals_with_rounds(const Address& address, std::uint32_t sample, std::uint64_t start, unsigned rounds,
                              std::span<float> out) {
    const ThreefryKey key = threefry_key(address);
    for (std::size_t i = 0; i < out.size();) {
        const std::uint64_t coordinate = start + i;
        std::uint32_t x[1][4] = {{static_cast<std::uint32_t>(coordinate / 4), sample,
                                  static_cast<std::uint32_t>(address.generation),
                                  static_cast<std::uint32_t>(address.generation >> 32)}};
        with_rounds[std::min(rounds, 20u)](x, key);
        float z[2][2];
        box_muller(x[0][0], x[0][1], z[0]);
        box_muller(x[0][2], x[0][3], z[1]);
        for (unsigned r = coordinate % 4; r < 4 && i < out.size(); ++r) out[i++] = z[r / 2][r % 2];
    }
}

}  // namespace zoopt::noise
