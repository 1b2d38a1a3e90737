// Matrix products in registers: every element of the result is one sum in ascending order, whatever the tile that it
// falls into. For *.tier.cpp files only.
#pragma once
#include "vector.inl.hpp"

namespace zoopt::engine {
namespace {

constexpr int tile_rows = 4;
constexpr int tile_vectors = ZOOPT_ENGINE_VECTOR_BYTES == 64 ? 4 : 2;  // as many as the registers hold

// The left factor of a product: row r, step k stands at data[r * row + k * step].
struct Left {
    const double* data;
    std::size_t row, step;
};

// The right factor and the result have their columns next to each other.
struct Right {
    const double* data;
    std::size_t step;
};

// out[r, j] = sum over k of left[r, k] right[k, j] for Rows rows and Count vectors of columns; onto what is there
// unless Fresh.
template <int Rows, int Count, bool Fresh>
ZOOPT_LOCAL void tile(Left left, Right right, std::size_t steps, double* out, std::size_t out_row) {
    Vector sum[Rows][Count];
    for (int r = 0; r < Rows; ++r) {
        for (int b = 0; b < Count; ++b) {
            sum[r][b] = Fresh ? Vector{} : load(out + static_cast<std::size_t>(r) * out_row + b * vector_lanes);
        }
    }
    for (std::size_t k = 0; k < steps; ++k) {
        const double* m = right.data + k * right.step;
        Vector column[Count];
        for (int b = 0; b < Count; ++b) column[b] = load(m + b * vector_lanes);
        for (int r = 0; r < Rows; ++r) {
            const Vector factor = broadcast(left.data[static_cast<std::size_t>(r) * left.row + k * left.step]);
            for (int b = 0; b < Count; ++b) sum[r][b] += factor * column[b];
        }
    }
    for (int r = 0; r < Rows; ++r) {
        for (int b = 0; b < Count; ++b)
            store(out + static_cast<std::size_t>(r) * out_row + b * vector_lanes, sum[r][b]);
    }
}

// The same for `columns` columns, a whole number of vectors.
template <int Rows, bool Fresh>
ZOOPT_LOCAL void panel(Left left, Right right, std::size_t steps, std::size_t columns, double* out,
                       std::size_t out_row) {
    const auto use = [&](auto count, std::size_t j) {
        tile<Rows, count, Fresh>(left, {right.data + j, right.step}, steps, out + j, out_row);
    };
    std::size_t j = 0;
    for (; j + tile_vectors * vector_lanes <= columns; j += tile_vectors * vector_lanes) use(Number<tile_vectors>{}, j);
    if (tile_vectors > 2 && j + 2 * vector_lanes <= columns) {
        use(Number<2>{}, j);
        j += 2 * vector_lanes;
    }
    for (; j < columns; j += vector_lanes) use(Number<1>{}, j);
}

}  // namespace
}  // namespace zoopt::engine
