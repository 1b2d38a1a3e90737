#pragma once
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "rerank_lists.hpp"
#include "rerank_value.hpp"
#include "zoopt/objective.hpp"

namespace zoopt::objectives {

// What to do where the value cannot be computed: say so, or take it as NaN.
enum class OnNoValue { stop, invalid };

// A corpus metric of the hypotheses that a candidate, one weight a feature, picks out of n-best lists: of each list the
// one with the highest score, of equal ones the first. Statistics of the picks are added up in blocks of lists that
// depend on the number of lists only. A candidate whose scores could overflow has the value NaN.
class Rerank final : public Objective {
   public:
    Rerank(std::shared_ptr<const RerankLists> lists, std::shared_ptr<const RerankValue> value, Sense sense,
           OnNoValue on_no_value)
        : lists_(std::move(lists)), value_(std::move(value)), sense_(sense), on_no_value_(on_no_value) {}

    std::size_t dim() const override { return lists_->width(); }
    Sense sense() const override { return sense_; }
    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override;

    // picks[i] of list i, for a usable candidate.
    void picks(std::span<const double> candidate, std::span<std::int32_t> picks) const;

    // The statistics of these picks, added up.
    std::vector<double> totals(std::span<const std::int32_t> picks) const;

    const RerankLists& lists() const { return *lists_; }
    const RerankValue& value() const { return *value_; }

    // The same lists and value with another answer to what cannot be computed.
    std::shared_ptr<Rerank> answering(OnNoValue on_no_value) const {
        return std::make_shared<Rerank>(lists_, value_, sense_, on_no_value);
    }

   private:
    std::vector<double> totals(const Rows& rows, unsigned threads) const;
    void finish(const Rows& rows, std::uint64_t generation, std::span<const double> totals,
                std::span<double> values) const;

    std::shared_ptr<const RerankLists> lists_;
    std::shared_ptr<const RerankValue> value_;
    Sense sense_;
    OnNoValue on_no_value_;
};

// Picks that hill-climbing from the picks given ends at: lists are gone through in order, and each takes the hypothesis
// with which the metric of all is best, until no list changes or `passes` are over. A bound from below of the best
// that any picks have. Where the value cannot be computed, false.
bool climb(const Rerank& objective, std::size_t passes, std::span<std::int32_t> picks);

}  // namespace zoopt::objectives
