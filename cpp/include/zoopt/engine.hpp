#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/domain.hpp"
#include "zoopt/driver.hpp"
#include "zoopt/interrupt.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/search.hpp"
#include "zoopt/stopping.hpp"
#include "zoopt/trace.hpp"
#include "zoopt/uncertainty.hpp"

namespace zoopt {

// The best point so far, in natural values.
struct Best {
    std::vector<double> x;
    double value = 0.0;
    bool known = false;
};

// Rows of ask() that are to be evaluated in one generation of the objective, which chooses its mini-batch.
struct Pass {
    std::size_t rows;
    std::uint64_t generation;
};

// A sample of a generation that was drawn again, in the round-th call of resample().
struct Redraw {
    std::uint64_t round;
    std::size_t sample;
};

// What makes a generation again without its values.
struct Record {
    std::vector<double> weights;  // NaN: no candidate had a value
    std::vector<Redraw> redraws;
};

// How a leg went, or goes.
struct LegRecord {
    std::size_t population;
    double scale;
    std::uint64_t evaluations;
    Stop stop;
};

// Populations that so many bytes are enough for. Restarts that grow beyond are not begun.
double most_candidates(double memory_limit);

// A run: ask and tell, the best so far, the driver with its legs, and why it ended.
class Engine {
   public:
    Engine(const Plan& plan, std::span<const double> start, double scale, std::uint64_t seed, Sense sense,
           const Domain& domain, unsigned threads);

    std::size_t dim() const { return search_->dim(); }
    // Coordinates of a candidate.
    std::size_t width() const { return search_->width(); }
    // Rows of the next generation: the population, the mean behind it where its value is wanted, and all of that again
    // at the anchor where the driver has one; where noise is handled, all of that `effort` times, and then the first of
    // them `effort` times more.
    std::size_t rows() const;
    bool asked() const { return asked_; }
    std::size_t population() const { return search_->population(); }
    std::uint64_t leg() const { return leg_.index; }
    bool exact() const { return search_->distribution().exact(); }

    // The same by generations of the objective; they add up to rows().
    std::vector<Pass> passes() const;
    // The first of them.
    std::uint64_t objective_generation() const { return passes().front().generation; }

    // Writes rows() x width() candidates. Asking again before tell() writes the same ones.
    void ask(double* out);
    // Natural values of the rows of ask(), in its order.
    void tell(std::span<const double> values);
    // The same for candidates of the caller's; the mean's row, where there is one, comes last in both.
    void tell(std::span<const double> values, const Rows& candidates);
    // Value and gradient at the mean, natural both, where exact().
    void tell(double value, std::span<const double> gradient);
    // Draws those samples again whose candidates have no finite value, pairs as a whole, and returns their rows; none
    // where a sample has been drawn again often enough or could only be drawn as it is, and never the mean. What is
    // replaced counts as evaluated.
    std::vector<std::size_t> resample(std::span<const double> values);
    // One candidate of the population, or the mean.
    void row(std::size_t row, double* out) const;
    // Whole generations while evaluations() stays within `evaluations`, the best value has not reached `target` (NaN:
    // no target) and nothing stops the run. `ask` is called every 50 milliseconds; where it throws, what the open
    // generation has evaluated is counted and forgotten.
    void run(const Objective& objective, std::uint64_t evaluations, double target, Interrupt::Ask ask);

    // All generations so far, from here on, in their order; and a generation made again.
    void keep_record(bool keep) { keeps_record_ = keep; }
    const std::vector<Record>& record() const { return record_; }
    void replay(const Record& generation);

    Stop stop() const { return stop_; }
    // All that were made, also those of generations that were interrupted.
    std::uint64_t evaluations() const { return evaluations_ + dropped_; }
    std::uint64_t generation() const { return generation_; }
    std::uint64_t invalid() const { return invalid_; }
    const Theta& theta() const { return search_->theta(); }
    // The mean as a candidate: in the box, or the mode of a discrete distribution.
    std::vector<double> centre() const;
    const Best& best() const { return best_; }
    const Trace& trace() const { return trace_; }
    // All legs, the current one last.
    std::vector<LegRecord> legs() const;
    bool handles_noise() const { return uncertainty_.has_value(); }
    // Evaluations of a candidate in the generation to come.
    std::size_t effort() const { return handles_noise() ? uncertainty_->effort() : 1; }

    State save();
    // Restores what save() gave; the plan must be the same. Where it throws, nothing has changed.
    void load(const State& state);

   private:
    std::size_t block() const { return population() + (wants_mean() ? 1 : 0); }
    // Noise makes no memory of the parent's value last.
    bool remembers_parent() const { return driver_->remembers_parent() && !handles_noise(); }
    bool wants_mean() const { return search_->needs_mean() && !(remembers_parent() && parent_known_); }
    bool measures_anchor() const;
    bool compares() const { return driver_->anchored() && !measures_anchor(); }

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
    static constexpr std::uint64_t first_replacement = std::uint64_t{1} << 31;
    static constexpr std::uint64_t most_redraws = 20;

    // What run() holds from generation to generation.
    struct Buffers {
        std::vector<double> rows, values;
        Interrupt interrupt;
        std::size_t evaluated = 0;  // rows of this generation
        std::vector<double> sums{};
    };

    // Samples that are evaluated with so many rows each, at most so many at a time, and best in multiples of the grain.
    struct Chunks {
        std::size_t samples, rows_each, most, grain;
    };

    void start(const Leg& leg, std::span<const double> from);
    void next_leg();
    void end_leg(Stop before);
    LegRecord running() const;
    std::vector<double> start_of(const Leg& leg) const;
    void begin();
    void centre_row(double* row) const;
    void learn(std::span<const double> told, const double* foreign);
    void skip();
    void penalise();
    double best_of(std::span<const double> values) const;
    std::span<const double> averaged(std::span<const double> told);
    std::vector<std::uint64_t> attempts() const;
    std::uint64_t number_of_replacement(std::size_t sample, std::uint64_t attempt) const;
    void redraw(std::span<const std::size_t> samples);
    void redraw_again(std::span<const Redraw> wanted);
    void redraw_loaded();
    std::size_t note_costs(std::span<const double> values);
    void note_best(std::span<const double> values, const double* foreign);
    void move(bool paired);
    void note_parent(double mean);
    void copy_row(std::size_t row, const double* foreign, std::vector<double>& out) const;
    bool reached(double target) const;
    void visit(Archive& archive);
    void visit_leg(Archive& archive);
    void visit_legs(Archive& archive);
    void visit_progress(Archive& archive);
    void visit_redraws(Archive& archive);
    void check_loaded() const;
    void evaluate(const Objective& objective, Buffers& buffers);
    template <class Work>
    void in_chunks(const Chunks& chunks, Buffers& buffers, Work&& work);
    void set_pace(std::size_t count, Interrupt::Clock::duration took);
    void evaluate_chunks(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers);
    void evaluate_pieces(const Piecewise& objective, std::size_t first, Buffers& buffers);
    void evaluate_centre(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers) const;
    void evaluate_again(const Objective& objective, const Pass& pass, std::size_t first, Buffers& buffers);

    Plan plan_;
    Sense sense_;
    unsigned threads_;
    std::uint64_t seed_;
    Domain domain_;
    std::vector<double> origin_;  // where the first leg started, in the coordinates of the search
    std::unique_ptr<Driver> driver_;
    Leg first_leg_, leg_;
    std::uint64_t leg_began_ = 0;  // evaluations before this leg
    std::unique_ptr<Search> search_;
    std::unique_ptr<Stopping> stopping_;
    bool asked_ = false;
    std::uint64_t generation_ = 0;
    std::uint64_t evaluations_ = 0;  // of what was told or replaced
    std::uint64_t dropped_ = 0;      // of what was interrupted; no driver decides by them
    std::size_t pace_ = 16;          // samples that run() evaluates between two looks at the clock
    bool quick_ = false;             // whether the last generation that was timed took next to no time
    std::uint64_t invalid_ = 0;
    Stop stop_ = Stop::none;
    Best best_;
    Trace trace_;
    bool parent_known_ = false;
    double parent_cost_ = 0.0;
    std::uint64_t anchors_ = 0;  // generations spent on measuring anchors
    std::vector<double> anchor_, anchor_gradient_;
    std::vector<double> costs_, gaps_;
    std::optional<Uncertainty> uncertainty_;
    std::uint64_t passes_ = 0;  // generations of the objective so far, where noise is handled
    bool helpless_ = false;     // whether noise won over all effort in this generation
    std::vector<double> averages_;
    std::vector<Redraw> redraws_;  // of this generation, in their order
    std::vector<LegRecord> ended_;
    bool keeps_record_ = false;
    std::vector<Record> record_;
};

}  // namespace zoopt
