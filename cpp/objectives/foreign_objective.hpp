#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "zoopt/objective.hpp"

namespace zoopt::objectives {

// Code compiled elsewhere, reached by its address. It returns 0 where it wrote what it was asked for; anything else is
// a failure, after which what it wrote means nothing. It needs no GIL and may be called from many threads at once.
using PointCall = std::int64_t (*)(const double* x, std::int64_t dim, std::int64_t generation, double* value);
using BatchCall = std::int64_t (*)(const double* rows, std::int64_t count, std::int64_t dim, std::int64_t generation,
                                   double* values);

// What becomes of rows on which the code fails: the first of them ends the call, or each has the value NaN.
enum class OnFailure { stop, invalid };

// The code failed. Whoever catches this calls the function again where it can say why, on these rows: the first row
// that fails, or, where no row fails alone, all that were passed together.
class CallFailed : public std::runtime_error {
   public:
    CallFailed(const Rows& rows, std::uint64_t generation);
    const std::vector<double>& rows() const noexcept { return rows_; }
    std::size_t dim() const noexcept { return dim_; }
    std::uint64_t generation() const noexcept { return generation_; }

   private:
    std::vector<double> rows_;
    std::size_t dim_;
    std::uint64_t generation_;
};

// What is known of foreign code beside its address.
struct ForeignTraits {
    std::size_t dim;
    Sense sense;
    OnFailure on_failure;
    bool threads_of_its_own;  // such code is called from one thread only
};

// An objective whose values come from foreign code; the subclasses know how it is called.
class ForeignObjective : public Objective {
   public:
    explicit ForeignObjective(const ForeignTraits& traits) : traits_(traits) {}
    std::size_t dim() const override { return traits_.dim; }
    Sense sense() const override { return traits_.sense; }
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;

   protected:
    // Rows [first, last) of what was passed.
    struct Range {
        std::size_t first;
        std::size_t last;
    };
    // Evaluates a range and returns the part of it that failed; empty where none did.
    virtual Range call(const Rows& rows, Range range, std::int64_t generation, double* values) const = 0;

    const ForeignTraits& traits() const { return traits_; }

   private:
    ForeignTraits traits_;
};

class ForeignPoint final : public ForeignObjective {
   public:
    ForeignPoint(PointCall function, const ForeignTraits& traits) : ForeignObjective(traits), function_(function) {}

   protected:
    Range call(const Rows& rows, Range range, std::int64_t generation, double* values) const override;

   private:
    PointCall function_;
};

class ForeignBatch final : public ForeignObjective {
   public:
    ForeignBatch(BatchCall function, const ForeignTraits& traits) : ForeignObjective(traits), function_(function) {}

   protected:
    Range call(const Rows& rows, Range range, std::int64_t generation, double* values) const override;

   private:
    bool together(const Rows& rows, Range range, std::int64_t generation, double* values) const;

    BatchCall function_;
};

}  // namespace zoopt::objectives
