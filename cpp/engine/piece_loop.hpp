#pragma once
#include <algorithm>
#include <atomic>
#include <vector>

#include "zoopt/batch.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/search.hpp"
#include "zoopt/threads.hpp"

namespace zoopt {

// Evaluates samples of a search in pieces, 32 KiB of candidates at a time.
class PieceLoop {
   public:
    static constexpr std::size_t width = 256, rows = 16, lanes = 16;
    static constexpr std::size_t furthest_reach = 16;

    PieceLoop(const Search& search, const Piecewise& objective)
        : search_(search),
          objective_(objective),
          per_sample_(search.antithetic() ? 2 : 1),
          terms_(search.width() - objective.reach()),
          progress_(search.shares() > 1 ? search.shares() : 0) {}

    // Samples that a piece has.
    std::size_t at_once() const { return rows / per_sample_; }

    // The values of the samples [first, last).
    void samples(std::size_t first, std::size_t last, double* values) const {
        alignas(64) double sums[rows * lanes];
        for (; first < last; first += at_once()) {
            const std::size_t count = std::min(at_once(), last - first);
            std::fill_n(sums, count * per_sample_ * lanes, 0.0);
            add(first, count, 0, terms_, sums);
            objective_.fold(sums, count * per_sample_, values);
            values += count * per_sample_;
        }
    }

    // The values of the samples [first, last), every thread working on shares of the coordinates. `sums` has the lanes
    // of all rows. They pass from share to share, so that the order of the sums stays, and a share is a few samples
    // behind the one before it.
    void columns(std::size_t first, std::size_t last, unsigned threads, double* sums, double* values) {
        for (Progress& share : progress_) share.samples.store(0, std::memory_order_relaxed);
        std::fill_n(sums, (last - first) * per_sample_ * lanes, 0.0);
        threads::parallel(search_.shares(), threads, [&](std::size_t begin, std::size_t end) {
            for (std::size_t s = first; s < last; s += few) {
                const std::size_t count = std::min(few, last - s), done = s - first + count;
                double* const lane = sums + (s - first) * per_sample_ * lanes;
                if (search_.share_begin(end) - search_.share_begin(begin) <= drawn_ahead) {
                    for (std::size_t k = begin; k < end; ++k) search_.draw_share(k, s, count);
                }
                if (begin > 0) {
                    threads::await(
                        [&] { return progress_[begin - 1].samples.load(std::memory_order_acquire) >= done; });
                    for (std::size_t i = 0; i < count * per_sample_ * lanes; i += 8) __builtin_prefetch(lane + i, 1);
                }
                add(s, count, search_.share_begin(begin), std::min(terms_, search_.share_begin(end)), lane);
                progress_[end - 1].samples.store(done, std::memory_order_release);
            }
        });
        objective_.fold(sums, (last - first) * per_sample_, values);
    }

   private:
    static constexpr std::size_t drawn_ahead = 8192;  // coordinates
    static constexpr std::size_t few = 4;             // samples between two looks at how far the share before has come

    // A cache line of its own for every share.
    struct alignas(64) Progress {
        std::atomic<std::size_t> samples{0};
    };

    // Adds the terms of the coordinates [from, to).
    void add(std::size_t first, std::size_t samples, std::size_t from, std::size_t to, double* sums) const {
        constexpr std::size_t stride = width + furthest_reach;
        alignas(64) double here[rows * stride];
        for (std::size_t i = from; i < to; i += width) {
            const std::size_t terms = std::min(width, to - i);
            search_.piece({first, samples, i, terms + objective_.reach(), here, stride});
            objective_.add_terms(here, stride, samples * per_sample_, i, terms, sums);
        }
    }

    const Search& search_;
    const Piecewise& objective_;
    std::size_t per_sample_, terms_;
    std::vector<Progress> progress_;
};

}  // namespace zoopt
