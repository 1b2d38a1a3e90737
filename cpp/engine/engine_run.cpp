#include <algorithm>
#include <chrono>

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

using std::chrono::milliseconds;

// The mean is where the anchor is, and the anchor where the mean is, as long as this lives.
class AtAnchor {
   public:
    AtAnchor(std::vector<double>& anchor, std::span<double> mean) : anchor_(anchor), mean_(mean) { swap(); }
    ~AtAnchor() { swap(); }
    AtAnchor(const AtAnchor&) = delete;
    AtAnchor& operator=(const AtAnchor&) = delete;

   private:
    void swap() { std::swap_ranges(anchor_.begin(), anchor_.end(), mean_.begin()); }

    std::vector<double>& anchor_;
    std::span<double> mean_;
};

constexpr milliseconds short_chunk{10}, quick_chunk{1};
constexpr std::uint64_t timed_every = 16;  // generations, where they are quick: a look at the clock takes some 25 ns

}  // namespace

// Calls work(first, count) for all samples, so few at a time that a call takes no longer than the patience of an
// interrupt, which is asked in between.
template <class Work>
void Engine::in_chunks(const Chunks& chunks, Buffers& buffers, Work&& work) {
    const std::size_t most = chunks.most;
    const bool timed = !quick_ || generation_ % timed_every == 0;
    quick_ = true;
    for (std::size_t s = 0; s < chunks.samples;) {
        const std::size_t wanted = timed ? (pace_ + chunks.grain - 1) / chunks.grain * chunks.grain : most;
        const std::size_t count = std::min({wanted, most, chunks.samples - s});
        const Interrupt::Clock::time_point start = timed ? Interrupt::Clock::now() : Interrupt::Clock::time_point{};
        work(s, count);
        s += count;
        buffers.evaluated += count * chunks.rows_each;
        if (!timed) continue;
        const Interrupt::Clock::time_point now = Interrupt::Clock::now();
        set_pace(count, now - start);
        buffers.interrupt.poll(now);
    }
}

// Fewer at a time where `count` samples took long, more where they took little.
void Engine::set_pace(std::size_t count, Interrupt::Clock::duration took) {
    if (took > quick_chunk) quick_ = false;
    if (took > Interrupt::patience) {
        const double share = std::chrono::duration<double>(Interrupt::patience) / (2.0 * took);
        pace_ = std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(count)));
    }
    if (took < short_chunk && count >= pace_) pace_ = 4 * count;
}

// Where neither candidates nor values need whole rows: every thread draws, perturbs and evaluates its own
// samples, piece by piece.
void Engine::evaluate_pieces(const Piecewise& objective, std::size_t first, Buffers& buffers) {
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1, at_once = piece_rows / per_sample;
    const std::size_t reach = objective.reach(), terms = d - reach;
    const double each = cost_draw + cost_evaluate * static_cast<double>(per_sample);
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
    const std::size_t samples = search_->samples();
    in_chunks({samples, per_sample, samples, threads_ * at_once}, buffers, [&](std::size_t begin, std::size_t count) {
        const double work = each * static_cast<double>(count) * static_cast<double>(d);
        threads::parallel(count, threads::worthwhile(work, threads_),
                          [&](std::size_t from, std::size_t to) { share(begin + from, begin + to); });
    });
}

// values[first] ... become those of the population, a chunk of candidates at a time.
void Engine::evaluate_chunks(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) {
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
    in_chunks({search_->samples(), per_sample, chunk, 1}, buffers, [&](std::size_t s, std::size_t count) {
        search_->candidates(s, count, rows.data());
        domain_.map(rows.data(), count * per_sample);
        objective.evaluate({rows.data(), count * per_sample, d}, generation, threads_,
                           {values.data() + first + s * per_sample, count * per_sample});
    });
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
void Engine::evaluate_again(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) {
    const std::size_t d = width(), most = std::min(pass.rows, rows_at_once(d, threads_));
    buffers.rows.resize(most * d);
    in_chunks({pass.rows, 1, most, 1}, buffers, [&](std::size_t begin, std::size_t count) {
        for (std::size_t r = 0; r < count; ++r) row(begin + r, &buffers.rows[r * d]);
        objective.evaluate({buffers.rows.data(), count, d}, pass.generation, threads_,
                           {buffers.values.data() + first + begin, count});
    });
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
    const AtAnchor there(anchor_, search_->mean());
    evaluate_chunks(objective, all.front(), block(), buffers);
}

// A generation that ends by an exception stays open, as after ask(): it has not moved anything, and is evaluated from
// its beginning where the run goes on.
void Engine::run(const Objective& objective, std::uint64_t evaluations, double target, Interrupt::Ask ask) {
    Buffers buffers{{}, {}, Interrupt(std::move(ask))};
    while (stop_ == Stop::none && !reached(target) && this->evaluations() + rows() <= evaluations) {
        begin();
        buffers.evaluated = 0;
        try {
            evaluate(objective, buffers);
        } catch (...) {
            dropped_ += buffers.evaluated;
            throw;
        }
        tell(buffers.values);
    }
}

}  // namespace zoopt
