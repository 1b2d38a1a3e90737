#pragma once
#include <cstdint>
#include <functional>
#include <optional>

#include "zoopt/archive.hpp"
#include "zoopt/registry.hpp"

namespace zoopt {

// One search from a start to its end; restarts make several of a run.
struct Leg {
    std::uint64_t index;
    std::size_t population;
    double scale;
    std::uint64_t most_evaluations;  // of this leg alone
};

// What a driver may know when a leg has ended. `uniform(k)` is a number in (0, 1) that belongs to the leg to come.
struct Ended {
    const Leg& first;
    const Leg& last;
    std::uint64_t evaluations;  // of the last leg
    std::function<double(std::uint32_t)> uniform;
};

// What goes round the generations.
class Driver {
   public:
    virtual ~Driver() = default;

    // Whether the value of the mean is remembered from the candidate that it was, instead of being evaluated again.
    virtual bool remembers_parent() const { return false; }

    // Whether every candidate is evaluated at an anchor too, with its noise: a control variate. Generations counted
    // from 0; `measures_anchor` says in which one the gradient at the mean is measured anew.
    virtual bool anchored() const { return false; }
    virtual bool measures_anchor(std::uint64_t) const { return false; }

    // Whether legs end and begin, and so whether the stopping rules are to be those of restarts.
    virtual bool restarts() const { return false; }
    // The leg after one that has ended; nothing where the run is over.
    virtual std::optional<Leg> next(const Ended&) { return std::nullopt; }
    // Standard deviations, in units of the first scale, by which the starts of later legs vary round x0.
    virtual double spread() const { return 0.0; }

    virtual void visit(Archive&) {}
};

}  // namespace zoopt
