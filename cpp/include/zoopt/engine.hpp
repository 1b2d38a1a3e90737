#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/domain.hpp"
#include "zoopt/driver.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/search.hpp"
#include "zoopt/stopping.hpp"
#include "zoopt/trace.hpp"

namespace zoopt {

// The best point so far, in natural values.
struct Best {
    std::vector<double> x;
    double value = 0.0;
    bool known = false;
};

// A run: ask and tell, the best so far, the driver with its legs, and why it ended.
class Engine {
   public:
    Engine(const Plan& plan, std::span<const double> start, double scale, std::uint64_t seed, Sense sense,
           const Domain& domain, unsigned threads);

    std::size_t dim() const { return search_->dim(); }
    // Coordinates of a candidate.
    std::size_t width() const { return search_->width(); }
    // Rows of the next generation: the population, the mean behind it where its value is wanted, and all of that again
    // at the anchor where the driver has one.
    std::size_t rows() const { return block() * (compares() ? 2 : 1); }
    bool asked() const { return asked_; }
    std::size_t population() const { return search_->population(); }
    std::uint64_t leg() const { return leg_.index; }
    bool exact() const { return search_->distribution().exact(); }

    // What the objective is to be told of the generation, which chooses its mini-batch.
    std::uint64_t objective_generation() const;

    // Writes rows() x width() candidates. Asking again before tell() writes the same ones.
    void ask(double* out);
    // Natural values of the rows of ask(), in its order.
    void tell(std::span<const double> values);
    // The same for candidates of the caller's; the mean's row, where there is one, comes last in both.
    void tell(std::span<const double> values, const Rows& candidates);
    // Value and gradient at the mean, natural both, where exact().
    void tell(double value, std::span<const double> gradient);
    // Whole generations while evaluations() stays within `evaluations`, the best value has not reached `target` (NaN:
    // no target) and nothing stops the run.
    void run(const Objective& objective, std::uint64_t evaluations, double target);

    // Weights of all generations so far, from here on, in their order; and a run made again from them.
    void keep_record(bool keep) { keeps_record_ = keep; }
    const std::vector<std::vector<double>>& record() const { return record_; }
    void replay(std::span<const double> weights);

    Stop stop() const { return stop_; }
    std::uint64_t evaluations() const { return evaluations_; }
    std::uint64_t generation() const { return generation_; }
    std::uint64_t invalid() const { return invalid_; }
    const Theta& theta() const { return search_->theta(); }
    // The mean as a candidate: in the box, or the mode of a discrete distribution.
    std::vector<double> centre() const;
    const Best& best() const { return best_; }
    const Trace& trace() const { return trace_; }

    State save();
    // Restores what save() gave; the plan must be the same. Where it throws, nothing has changed.
    void load(const State& state);

   private:
    std::size_t block() const { return population() + (wants_mean() ? 1 : 0); }
    bool wants_mean() const { return search_->needs_mean() && !(driver_->remembers_parent() && parent_known_); }
    bool compares() const { return driver_->anchored() && !driver_->measures_anchor(search_->generation() + anchors_); }

    void start(const Leg& leg, std::span<const double> from);
    void next_leg();
    std::vector<double> start_of(const Leg& leg) const;
    void begin();
    void centre_row(double* row) const;
    void learn(std::span<const double> values, const double* foreign);
    std::size_t note_costs(std::span<const double> values);
    void note_best(std::span<const double> values, const double* foreign);
    void move(bool paired);
    void note_parent(double mean);
    void copy_row(std::size_t row, const double* foreign, std::vector<double>& out) const;
    bool reached(double target) const;
    void visit(Archive& archive);
    void check_loaded() const;
    void evaluate_chunks(const Objective& objective, std::size_t first, std::vector<double>& rows,
                         std::vector<double>& values) const;

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
    std::uint64_t evaluations_ = 0;
    std::uint64_t invalid_ = 0;
    Stop stop_ = Stop::none;
    Best best_;
    Trace trace_;
    bool parent_known_ = false;
    double parent_cost_ = 0.0;
    std::uint64_t anchors_ = 0;  // generations spent on measuring anchors
    std::vector<double> anchor_, anchor_gradient_;
    std::vector<double> costs_;
    bool keeps_record_ = false;
    std::vector<std::vector<double>> record_;
};

}  // namespace zoopt
