#include <algorithm>

#include "zoopt/batch.hpp"
#include "zoopt/engine.hpp"
#include "zoopt/threads.hpp"

namespace zoopt {
namespace {

// Pieces of candidates: 32 KiB at a time.
constexpr std::size_t piece_width = 256;
constexpr std::size_t piece_rows = 16;
constexpr std::size_t furthest_reach = 16;
constexpr std::size_t lanes = 16;

// Nanoseconds that a coordinate of a piece takes, roughly: to draw, and to perturb and add up.
constexpr double cost_draw = 0.8;
constexpr double cost_evaluate = 0.3;

// Candidates evaluated at a time by run(): 128 KiB of them, in cache, or two where the dimension is large; more where
// threads are to have enough work to be worth waking.
std::size_t rows_at_once(std::size_t d, unsigned threads) {
    const std::size_t doubles = std::size_t{1} << (threads > 1 ? 18 : 14), least = threads > 1 ? 4 : 2;
    return threads * std::max(least, doubles / d);
}

}  // namespace

// The same where neither candidates nor values need whole rows: every thread draws, perturbs and evaluates its own
// samples, piece by piece.
void Engine::evaluate_pieces(const Piecewise& objective, std::size_t first, Buffers& buffers) const {
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1, at_once = piece_rows / per_sample;
    const std::size_t reach = objective.reach(), terms = d - reach;
    const double each = cost_draw + cost_evaluate * static_cast<double>(per_sample);
    const double work = each * static_cast<double>(search_->samples()) * static_cast<double>(d);
    const auto share = [&](std::size_t begin, std::size_t end) {
        alignas(64) double rows[piece_rows * (piece_width + furthest_reach)];
        alignas(64) double sums[piece_rows * lanes];
        for (; begin < end; begin += at_once) {
            const std::size_t samples = std::min(at_once, end - begin), count = samples * per_sample;
            std::fill_n(sums, count * lanes, 0.0);
            for (std::size_t i = 0; i < terms; i += piece_width) {
                const std::size_t here = std::min(piece_width, terms - i), stride = piece_width + furthest_reach;
                search_->piece({begin, samples, i, here + reach, rows, stride});
                objective.add_terms(rows, stride, count, i, here, sums);
            }
            objective.fold(sums, count, &buffers.values[first + begin * per_sample]);
        }
    };
    threads::parallel(search_->samples(), threads::worthwhile(work, threads_), share);
}

// values[first] ... become those of the population, a chunk of candidates at a time.
void Engine::evaluate_chunks(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) const {
    std::vector<double>&rows = buffers.rows, &values = buffers.values;
    const std::uint64_t generation = pass.generation;
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1;
    const Piecewise* pieces = objective.piecewise();
    if (pieces != nullptr && d > piece_width && search_->comes_in_pieces() && !domain_.bounded() &&
        pieces->reach() <= furthest_reach) {
        evaluate_pieces(*pieces, first, buffers);
        return evaluate_centre(objective, pass, first, buffers);
    }
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
    evaluate_centre(objective, pass, first, buffers);
}

void Engine::evaluate_centre(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) const {
    if (!wants_mean()) return;
    buffers.rows.resize(std::max(buffers.rows.size(), width()));
    centre_row(buffers.rows.data());
    objective.evaluate({buffers.rows.data(), 1, width()}, pass.generation, 1,
                       {buffers.values.data() + first + population(), 1});
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
