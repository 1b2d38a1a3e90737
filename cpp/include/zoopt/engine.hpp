#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/batch.hpp"
#include "zoopt/distribution.hpp"
#include "zoopt/objective.hpp"
#include "zoopt/shaping.hpp"
#include "zoopt/update.hpp"

namespace zoopt {

// An algorithm: one entry of each registry, and the numbers.
struct Plan {
    std::string distribution;
    std::string shaping;
    std::string update;
    Metric metric;
    std::size_t population;  // candidates a generation, without the mean
    bool antithetic;
    Options options;  // of the three stages together; every option of each must be there
};

// Why a run ended by itself; the words for each are in Python.
enum class Stop { none = 0, diverged = 1, collapsed = 2, ill_conditioned = 3, all_invalid = 4 };

// The best point so far, in natural values.
struct Best {
    std::vector<double> x;
    double value;
    bool known = false;
};

// One recorded generation.
struct TracePoint {
    std::uint64_t evaluations;
    double best;     // best value so far, natural
    double current;  // best value of the generation, natural
    double scale;
};

// The ask/tell loop over one search distribution.
class Engine {
   public:
    Engine(const Plan& plan, std::span<const double> start, double scale, std::uint64_t seed, Sense sense,
           unsigned threads);

    std::size_t dim() const { return theta_.dim(); }
    // Rows to evaluate a generation: the population, and the mean behind it where the shaping asks for its value.
    std::size_t rows() const { return population_ + (shaping_->needs_mean() ? 1 : 0); }
    bool asked() const { return asked_; }

    // Writes rows() x dim() candidates. Asking again before tell() writes the same ones.
    void ask(double* out);
    // Natural values of the rows of ask(), in its order.
    void tell(std::span<const double> values);
    // The same for candidates of the caller's; the mean's row, where there is one, comes last in both.
    void tell(std::span<const double> values, const Rows& candidates);
    // Whole generations while evaluations() stays within `evaluations`, the best value has not reached `target` (NaN:
    // no target) and nothing stops the run.
    void run(const Objective& objective, std::uint64_t evaluations, double target);

    Stop stop() const { return stop_; }
    std::uint64_t evaluations() const { return evaluations_; }
    std::uint64_t generation() const { return generation_; }
    std::uint64_t invalid() const { return invalid_; }
    const Theta& theta() const { return theta_; }
    const Best& best() const { return best_; }
    const std::vector<TracePoint>& trace() const { return trace_; }

    void visit(Archive& archive);
    State save();
    // Restores what save() gave; the plan must be the same. Where it throws, nothing has changed.
    void load(const State& state);

   private:
    void begin();
    void learn(std::span<const double> values, const double* foreign);
    void note_best(std::span<const double> values, const double* foreign);
    void copy_row(std::size_t row, const double* foreign, std::vector<double>& out);
    void record(double current);
    void check_health(bool flat);
    void check_loaded() const;
    bool reached(double target) const;

    Sense sense_;
    unsigned threads_;
    std::uint64_t seed_;
    std::size_t population_;
    bool antithetic_;
    Metric metric_;
    Theta theta_;
    std::unique_ptr<Distribution> distribution_;
    std::unique_ptr<Shaping> shaping_;
    std::unique_ptr<Update> update_;
    Batch batch_;
    double first_scale_;
    bool asked_ = false;
    std::uint64_t generation_ = 0;
    std::uint64_t evaluations_ = 0;
    std::uint64_t invalid_ = 0;
    Stop stop_ = Stop::none;
    Best best_;
    std::vector<TracePoint> trace_;
    std::uint64_t trace_every_ = 1;
};

}  // namespace zoopt
