#include <algorithm>
#include <chrono>

#include "piece_loop.hpp"
#include "zoopt/engine.hpp"
#include "zoopt/threads.hpp"

namespace zoopt {
namespace {

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

constexpr std::size_t samples_shared = 1024;  // evaluated at a time where threads share coordinates

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

// Where neither candidates nor values need whole rows: every thread draws, perturbs and evaluates its own samples, or
// its own coordinates, piece by piece.
void Engine::evaluate_pieces(const Piecewise& objective, std::size_t first, Buffers& buffers) {
    PieceLoop loop(*search_, objective);
    const bool shared = objective.reach() == 0 && search_->shares() > 1;
    const std::size_t per_sample = search_->antithetic() ? 2 : 1, samples = search_->samples();
    const std::size_t most = shared ? std::min(samples, samples_shared) : samples;
    if (shared) buffers.sums.resize(most * per_sample * PieceLoop::lanes);
    const double each = (cost_draw + cost_evaluate * static_cast<double>(per_sample)) * static_cast<double>(width());
    in_chunks({samples, per_sample, most, threads_ * loop.at_once()}, buffers, [&](std::size_t s, std::size_t count) {
        const unsigned threads = threads::worthwhile(each * static_cast<double>(count), threads_);
        double* const values = &buffers.values[first + s * per_sample];
        if (shared) return loop.columns(s, s + count, threads, buffers.sums.data(), values);
        threads::parallel(count, threads, [&](std::size_t from, std::size_t to) {
            loop.samples(s + from, s + to, values + from * per_sample);
        });
    });
}

// values[first] ... become those of the population, a chunk of candidates at a time.
void Engine::evaluate_chunks(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) {
    std::vector<double>&rows = buffers.rows, &values = buffers.values;
    const std::uint64_t generation = pass.generation;
    const std::size_t d = width(), per_sample = search_->antithetic() ? 2 : 1;
    const Piecewise* pieces = objective.piecewise();
    if (pieces != nullptr && d > PieceLoop::width && search_->comes_in_pieces() && !domain_.bounded() &&
        pieces->reach() <= PieceLoop::furthest_reach) {
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
