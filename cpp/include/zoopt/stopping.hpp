#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "zoopt/archive.hpp"
#include "zoopt/distribution.hpp"
#include "zoopt/registry.hpp"
#include "zoopt/theta.hpp"

namespace zoopt {

// Why a run ended by itself; the words for each are in Python.
enum class Stop {
    none = 0,
    diverged = 1,
    collapsed = 2,
    ill_conditioned = 3,
    all_invalid = 4,
    values_settled = 5,
    steps_settled = 6,
    plateau = 7,
    stagnation = 8,
    restarts_used = 9,
    last = restarts_used,
};

// What automatic tolerances depend on.
struct Habits {
    std::size_t dim;
    std::size_t population;
    bool adapts_scale;
    bool restarts;
};

// When to stop a leg by itself: convergence in values or steps, plateaus, stagnation, and distributions past repair.
class Stopping {
   public:
    // Every rule is an option of every algorithm; 0 switches it off.
    static const std::vector<Option>& options();

    Stopping(const Options& options, const Habits& habits, double first_scale);

    // `costs` of the generation just learned, NaN where invalid, and what the distribution has become.
    Stop check(std::span<const double> costs, const Theta& theta, const Distribution& distribution);

    void visit(Archive& archive);

   private:
    Stop past_repair(const Theta& theta, const Distribution& distribution, bool flat) const;
    Stop settled(double best, double worst, double reach);
    Stop stuck(double best, bool flat);

    double first_scale_;
    double tolfun_, tolx_, condition_;
    std::uint64_t plateau_, stagnation_;
    std::vector<double> recent_;  // ring of the best costs of the last generations
    std::uint64_t generation_ = 0, flat_ = 0, since_best_ = 0;
    double best_;
};

}  // namespace zoopt
