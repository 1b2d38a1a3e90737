#include "kernels.hpp"

#include "threefry.inl.hpp"

namespace zoopt::noise {
namespace {

constexpr int wide = 64;    // lanes of a full tile: 256 normals, all of it in L1
constexpr int middle = 32;  // lanes of a tile at the end, and of the last one
constexpr int narrow = 16;

// Where a rectangle's next tile begins.
struct Cursor {
    std::uint32_t row;
    std::uint32_t column;
};

// The counters of one tile, one a lane: words 0 and 1 differ between lanes, the generation does not.
template <int N>
struct Lanes {
    alignas(64) std::uint32_t block[N];
    alignas(64) std::uint32_t sample[N];
};

// The random words of one tile: word w of lane j stands at at[w % 2][w / 2][j], so that a normal's radius
// words lie side by side, and its angle words.
template <int N>
struct Words {
    alignas(64) std::uint32_t at[2][2][N];
};

ZOOPT_INLINE Cursor advanced(Cursor cursor, std::uint32_t blocks, std::uint32_t lanes) {
    if (blocks - cursor.column > lanes) return {cursor.row, cursor.column + lanes};
    const std::uint32_t beyond = lanes - (blocks - cursor.column);
    return {cursor.row + 1 + beyond / blocks, beyond % blocks};
}

// Lanes at the cursor and after it, row-major. Division by a small number of blocks is exact as a
// multiplication: the dividend stays below 2 * wide.
template <int N>
ZOOPT_INLINE void place(Lanes<N>& lanes, const Rectangle& r, Cursor cursor) {
    const std::uint32_t blocks = static_cast<std::uint32_t>(r.blocks);
    const std::uint32_t block = r.first_block + cursor.column;
    const std::uint32_t sample = r.first_sample + cursor.row;
    const std::uint32_t left = blocks - cursor.column;
    if (left >= N) {
        for (std::uint32_t j = 0; j < N; ++j) lanes.block[j] = block + j;
        for (std::uint32_t j = 0; j < N; ++j) lanes.sample[j] = sample;
    } else if (blocks >= N) {
        for (std::uint32_t j = 0; j < N; ++j) lanes.block[j] = block + j - (j >= left ? blocks : 0u);
        for (std::uint32_t j = 0; j < N; ++j) lanes.sample[j] = sample + (j >= left ? 1u : 0u);
    } else {
        const std::uint32_t reciprocal = 65536u / blocks + 1;
        for (std::uint32_t j = 0; j < N; ++j) {
            const std::uint32_t rows = ((cursor.column + j) * reciprocal) >> 16;
            lanes.block[j] = block + j - rows * blocks;
            lanes.sample[j] = sample + rows;
        }
    }
}

template <int N>
ZOOPT_INLINE void generate(const Lanes<N>& lanes, const Address& address, const ThreefryKey& key, Words<N>& words) {
    const std::uint32_t low = static_cast<std::uint32_t>(address.generation);
    const std::uint32_t high = static_cast<std::uint32_t>(address.generation >> 32);
    constexpr int half = N / 2;
    for (int j = 0; j < half; ++j) {
        std::uint32_t x[2][4] = {{lanes.block[j], lanes.sample[j], low, high},
                                 {lanes.block[j + half], lanes.sample[j + half], low, high}};
        threefry<20>(x, key);
        ZOOPT_EACH(c, 2) {
            ZOOPT_EACH(w, 4) words.at[w % 2][w / 2][j + c * half] = x[c][w];
        }
    }
}

// The 2 N radii of a tile, then its 4 N normals: two loops, because one over the whole would be longer than
// the window in which a processor finds independent work.
template <int N>
ZOOPT_INLINE void radii(const std::uint32_t* words, float* __restrict out) {
    constexpr int chains = 4;
    constexpr int part = 2 * N / chains;
    for (int j = 0; j < part; ++j) {
        std::uint32_t word[chains];
        float length[chains];
        ZOOPT_EACH(c, chains) word[c] = words[j + c * part];
        radius(word, length);
        ZOOPT_EACH(c, chains) out[j + c * part] = length[c];
    }
}

template <int N>
ZOOPT_INLINE void turns(const float* lengths, const std::uint32_t* words, float* __restrict out) {
    constexpr int chains = 4;
    constexpr int half = N / 2;
    for (int j = 0; j < half; ++j) {
        std::uint32_t word[chains];
        float length[chains], z[2 * chains];
        ZOOPT_EACH(c, chains) word[c] = words[j + (c % 2) * N + (c / 2) * half];
        ZOOPT_EACH(c, chains) length[c] = lengths[j + (c % 2) * N + (c / 2) * half];
        around(length, word, z);
        ZOOPT_EACH(i, 4) out[4 * j + i] = z[i];
        ZOOPT_EACH(i, 4) out[4 * (j + half) + i] = z[4 + i];
    }
}

template <int N>
ZOOPT_INLINE void normal_tile(const Rectangle& r, Cursor cursor, const Address& address, const ThreefryKey& key,
                              float* out) {
    Lanes<N> lanes;
    Words<N> words;
    alignas(64) float lengths[2 * N];
    place(lanes, r, cursor);
    generate(lanes, address, key, words);
    radii<N>(&words.at[0][0][0], lengths);
    turns<N>(lengths, &words.at[1][0][0], out);
}

void normals(const Address& address, const Rectangle& r, float* out) {
    const ThreefryKey key = threefry_key(address);
    const std::uint32_t blocks = static_cast<std::uint32_t>(r.blocks);
    std::size_t left = r.samples * r.blocks;
    Cursor cursor = {0, 0};
    for (; left >= wide; left -= wide, out += 4 * wide) {
        normal_tile<wide>(r, cursor, address, key, out);
        cursor = advanced(cursor, blocks, wide);
    }
    if (left >= middle) {
        normal_tile<middle>(r, cursor, address, key, out);
        cursor = advanced(cursor, blocks, middle);
        left -= middle;
        out += 4 * middle;
    }
    for (;; cursor = advanced(cursor, blocks, narrow), left -= narrow, out += 4 * narrow) {
        if (left == 0) return;
        alignas(64) float tile[4 * narrow];
        normal_tile<narrow>(r, cursor, address, key, tile);
        const std::size_t here = left < narrow ? left : std::size_t{narrow};
        __builtin_memcpy(out, tile, 4 * here * sizeof(float));
        if (left <= narrow) return;
    }
}

// Multipliers that bring bit b of a word to the top: a shift by 31 - b that x86-64-v2, too, has for every lane at
// once.
constexpr std::uint32_t to_top[32] = {1u << 31, 1u << 30, 1u << 29, 1u << 28, 1u << 27, 1u << 26, 1u << 25, 1u << 24,
                                      1u << 23, 1u << 22, 1u << 21, 1u << 20, 1u << 19, 1u << 18, 1u << 17, 1u << 16,
                                      1u << 15, 1u << 14, 1u << 13, 1u << 12, 1u << 11, 1u << 10, 1u << 9,  1u << 8,
                                      1u << 7,  1u << 6,  1u << 5,  1u << 4,  1u << 3,  1u << 2,  1u << 1,  1u << 0};

// Bit b of the word becomes the sign of out[b]. The barrier keeps clang from folding the table into 32 cases of its
// own, and from turning the loops inside out with scattered stores.
ZOOPT_INLINE void signs(std::uint32_t word, float* __restrict out) {
    const std::uint32_t* table = to_top;
    __asm__ volatile("" : "+r"(table));
    for (int b = 0; b < 32; ++b) out[b] = as_float(0x3F800000u | ((word * table[b]) & 0x80000000u));
}

struct Sign {
    static constexpr int each = 32;
    ZOOPT_INLINE void from(std::uint32_t word, float* __restrict out) { signs(word, out); }
};

struct Uniform {
    static constexpr int each = 1;
    ZOOPT_INLINE void from(std::uint32_t word, float* __restrict out) {
        const std::uint32_t high = word >> 9;
        out[0] = (static_cast<float>(static_cast<std::int32_t>(high)) + 0.5f) * 0x1p-23f;
    }
};

// Kinds whose words are used one by one, each for `each` numbers.
template <class Kind>
void word_by_word(const Address& address, const Rectangle& r, float* out) {
    const ThreefryKey key = threefry_key(address);
    const std::uint32_t blocks = static_cast<std::uint32_t>(r.blocks);
    Cursor cursor = {0, 0};
    for (std::size_t left = r.samples * r.blocks; left > 0;) {
        Lanes<narrow> lanes;
        Words<narrow> words;
        place(lanes, r, cursor);
        generate(lanes, address, key, words);
        const std::size_t here = left < narrow ? left : std::size_t{narrow};
        for (std::size_t j = 0; j < here; ++j, out += 4 * Kind::each) {
            ZOOPT_EACH(w, 4) Kind::from(words.at[w % 2][w / 2][j], out + Kind::each * w);
        }
        cursor = advanced(cursor, blocks, narrow);
        left -= here;
    }
}

void widen(const float* in, std::size_t count, double* __restrict out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<double>(in[i]);
}

}  // namespace
}  // namespace zoopt::noise

namespace zoopt::ZOOPT_TIER {
extern const noise::Kernels noise_kernels = {noise::normals, noise::word_by_word<noise::Sign>,
                                             noise::word_by_word<noise::Uniform>, noise::widen};
}
