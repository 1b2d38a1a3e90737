#pragma once
#include <span>
#include <vector>

#include "zoopt/shaping.hpp"

namespace zoopt {

// What rows of equal cost get. `share`: the mean of their entries, which has the least variance, and without which the
// first row of every tied antithetic pair would win; on metrics, piecewise constant as they are, ties are the rule.
// `by_position`: an entry each, in the order of the rows, as if drawn by lot where rows are independent; the length of
// the recombined step then keeps the distribution that cumulative step-size adaptation counts on.
enum class Ties { share, by_position };

// A shaping that knows only the order of the costs. table[k] belongs to rank k, the best first. Invalid rows rank last.
class Ranked : public Shaping {
   public:
    Ranked(std::vector<double> table, Ties ties) : table_(std::move(table)), ties_(ties) {}
    void shape(const Costs& costs, std::span<double> weights) const override;

   private:
    bool shape_distinct(const Costs& costs, std::span<double> weights) const;

    std::vector<double> table_;
    Ties ties_;
};

}  // namespace zoopt
