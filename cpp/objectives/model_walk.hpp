#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "aligned_buffer.hpp"
#include "linear_weights.hpp"
#include "model.hpp"
#include "zoopt/threads.hpp"

// How models go over candidates and blocks of samples.
namespace zoopt::objectives {

// What a multiply-add of one sample costs, roughly: decides only whether threads are worth their dispatch.
constexpr double nanoseconds_per_term = 0.05;

inline unsigned threads_for(std::size_t samples, std::size_t weights, unsigned threads) {
    return threads::worthwhile(nanoseconds_per_term * static_cast<double>(samples) * static_cast<double>(weights),
                               threads);
}

// Candidates [first, last) on the blocks [first_block, last_block).
struct Patch {
    std::size_t first;
    std::size_t last;
    std::size_t first_block;
    std::size_t last_block;
};

// Splits the pairs [first, last), number k * blocks + b being candidate k on block b, into patches of at most `at_once`
// candidates.
template <class Body>
void each_patch(std::size_t first, std::size_t last, std::size_t blocks, std::size_t at_once, const Body& body) {
    while (first < last) {
        const std::size_t k = first / blocks;
        const std::size_t b = first % blocks;
        if (b > 0 || last - first < blocks) {
            const std::size_t end = std::min(blocks, b + (last - first));
            body(Patch{k, k + 1, b, end});
            first += end - b;
            continue;
        }
        const std::size_t here = std::min(at_once, (last - first) / blocks);
        body(Patch{k, k + here, 0, blocks});
        first += here * blocks;
    }
}

// Calls body(Patch) for patches that make up all pairs, evenly spread over threads.
template <class Body>
void each_patch(std::size_t candidates, std::size_t blocks, std::size_t at_once, unsigned threads, const Body& body) {
    threads::parallel(candidates * blocks, threads,
                      [&](std::size_t first, std::size_t last) { each_patch(first, last, blocks, at_once, body); });
}

// Where the cells of every sample's label begin in a table of `outputs` cells a label.
inline std::vector<std::uint32_t> cell_rows(LabelNumbers labels, std::size_t outputs) {
    std::vector<std::uint32_t> rows(labels.size());
    std::transform(labels.begin(), labels.end(), rows.begin(), [outputs](std::int32_t label) {
        return static_cast<std::uint32_t>(label) * static_cast<std::uint32_t>(outputs);
    });
    return rows;
}

// Counts each sample in the cell of its label and its winner.
inline void add_cells(std::span<const std::uint32_t> rows, const std::int32_t* winners, std::int64_t* cells) {
    for (std::size_t s = 0; s < rows.size(); ++s) ++cells[rows[s] + static_cast<std::uint32_t>(winners[s])];
}

// Adds the gradients of all blocks to `gradient`, in ascending order. Pass::add(block, out) adds the gradient of one
// block to out[0 ... size), zeros at first; there is one Pass a thread, by make().
template <class T, class Make>
void add_block_gradients(std::size_t blocks, unsigned threads, std::span<double> gradient, const Make& make) {
    if (blocks == 0) return;
    const std::size_t at_once = std::clamp<std::size_t>(threads, 1, blocks);
    using Pass = decltype(make());
    std::vector<Pass> passes;
    std::vector<std::vector<T>> partial(at_once, std::vector<T>(gradient.size()));
    for (std::size_t i = 0; i < at_once; ++i) passes.push_back(make());
    for (std::size_t first = 0; first < blocks; first += at_once) {
        const std::size_t here = std::min(at_once, blocks - first);
        threads::parallel(here, threads, [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) {
                std::fill(partial[i].begin(), partial[i].end(), T{0});
                passes[i].add(first + i, partial[i].data());
            }
        });
        for (std::size_t i = 0; i < here; ++i) {
            for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += static_cast<double>(partial[i][j]);
        }
    }
}

// Makes what stands behind the scores of the samples of a block 0.
template <class T>
void clear_padding(const ScoreBlock<T>& scores, std::size_t outputs, T* slopes) {
    for (std::size_t o = 0; o < outputs; ++o) {
        std::fill(slopes + o * scores.stride + scores.count, slopes + (o + 1) * scores.stride, T{0});
    }
}

// Asks for the slopes of a block, and makes those of the padding 0. `slopes` has the stride of the scores.
template <class T>
void slopes_of_block(SlopeSource<T>& source, std::size_t block, const ScoreBlock<T>& scores, std::size_t outputs,
                     T* slopes) {
    source.slopes(block, scores, slopes);
    clear_padding(scores, outputs, slopes);
}

// Asks for the slopes of a block and their changes in the same way.
template <class T>
void curve_of_block(CurveSource<T>& source, std::size_t block, const ScoreBlock<T>& scores, const T* changes,
                    std::size_t outputs, T* slopes, T* slope_changes) {
    source.curve(block, scores, changes, slopes, slope_changes);
    clear_padding(scores, outputs, slopes);
    clear_padding(scores, outputs, slope_changes);
}

}  // namespace zoopt::objectives
