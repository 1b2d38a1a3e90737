#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "zoopt/objective.hpp"

namespace zoopt::objectives {

// Code compiled elsewhere, reached by its address. It returns how many rows it has done: `count`, or the index of the
// row that failed, or 0 where it takes all rows as one. It needs no GIL and may be called from many threads at once.
using ForeignCall = std::int64_t (*)(const double* rows, std::int64_t count, std::int64_t dim, std::int64_t generation,
                                     double* values);

// What becomes of rows on which the code fails: the first of them ends the call, or each has the value NaN.
enum class OnFailure { stop, invalid };

// What is known of foreign code beside its address.
struct ForeignTraits {
    std::size_t dim;
    Sense sense;
    OnFailure on_failure;
    bool batch;               // it takes all rows as one
    bool threads_of_its_own;  // it must not be called from several threads at once
};

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

// An objective whose values come from foreign code.
class ForeignObjective final : public Objective {
   public:
    ForeignObjective(ForeignCall function, const ForeignTraits& traits) : function_(function), traits_(traits) {}
    std::size_t dim() const override { return traits_.dim; }
    Sense sense() const override { return traits_.sense; }
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;

   private:
    struct Task;
    struct Range;
    Range by_row(const Task& task, Range range) const;
    Range as_one(const Task& task, Range range) const;
    std::size_t call(const Task& task, Range range) const;

    ForeignCall function_;
    ForeignTraits traits_;
};

}  // namespace zoopt::objectives
