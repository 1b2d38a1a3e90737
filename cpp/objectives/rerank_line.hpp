#pragma once
#include <span>
#include <vector>

#include "rerank.hpp"

namespace zoopt::objectives {

// What the picks do along the line x + t direction: they change at the ascending breakpoints only, and `totals` has
// their added-up statistics in every interval between, the two without end included: one row more than breakpoints.
struct RerankLine {
    std::vector<double> breakpoints;
    std::vector<double> totals;
};

// Och (2003): the score of each hypothesis is a line in t, so that the picks of a list follow the upper envelope of its
// lines; the breakpoints are those of all lists merged. x and direction are usable.
RerankLine rerank_line(const RerankLists& lists, std::span<const double> x, std::span<const double> direction,
                       unsigned threads);

}  // namespace zoopt::objectives
