#include <algorithm>

#include "zoopt/engine.hpp"

namespace zoopt {
namespace {

// Candidates evaluated at a time by run(): 128 KiB, in cache, or so many where the dimension is large.
// Candidates evaluated at a time by run(): 128 KiB of them, in cache, or two where the dimension is large; more where
// threads are to have enough work to be worth waking.
std::size_t rows_at_once(std::size_t d, unsigned threads) {
    const std::size_t doubles = std::size_t{1} << (threads > 1 ? 18 : 14), least = threads > 1 ? 4 : 2;
    return threads * std::max(least, doubles / d);
}

}  // namespace

// values[first] ... become those of the population, a chunk of candidates at a time.
void Engine::evaluate_chunks(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) const {
    std::vector<double>&rows = buffers.rows, &values = buffers.values;
    const std::uint64_t generation = pass.generation;
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1;
    const std::size_t fit = rows_at_once(d, threads_) / per_sample;
    const std::size_t chunk = std::max<std::size_t>(1, std::min(search_->samples(), fit));
    rows.resize(chunk * per_sample * d);
    for (std::size_t s = 0; s < search_->samples(); s += chunk) {
        const std::size_t count = std::min(chunk, search_->samples() - s);
        search_->candidates(s, count, rows.data());
        domain_.map(rows.data(), count * per_sample);
        objective.evaluate({rows.data(), count * per_sample, d}, generation, threads_,
                           {values.data() + first + s * per_sample, count * per_sample});
    }
    if (!wants_mean()) return;
    centre_row(rows.data());
    objective.evaluate({rows.data(), 1, d}, generation, 1, {values.data() + first + population(), 1});
}

// The first rows of the block once more.
void Engine::evaluate_again(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) const {
    buffers.rows.resize(pass.rows * width());
    for (std::size_t r = 0; r < pass.rows; ++r) row(r, &buffers.rows[r * width()]);
    objective.evaluate({buffers.rows.data(), pass.rows, width()}, pass.generation, threads_,
                       {buffers.values.data() + first, pass.rows});
}

void Engine::evaluate(const Objective& objective, Buffers& buffers) {
    buffers.values.resize(rows());
    const std::vector<Pass> all = passes();
    std::size_t first = 0;
    for (const Pass& pass : all) {
        if (pass.rows < block()) {
            evaluate_again(objective, pass, first, buffers);
        } else {
            evaluate_chunks(objective, pass, first, buffers);
        }
        first += pass.rows;
    }
    if (!compares()) return;
    std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
    evaluate_chunks(objective, all.front(), block(), buffers);
    std::swap_ranges(anchor_.begin(), anchor_.end(), search_->mean().begin());
}

void Engine::run(const Objective& objective, std::uint64_t evaluations, double target) {
    Buffers buffers;
    while (stop_ == Stop::none && !reached(target) && evaluations_ + rows() <= evaluations) {
        begin();
        evaluate(objective, buffers);
        tell(buffers.values);
    }
}

}  // namespace zoopt
