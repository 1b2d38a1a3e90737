#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace zoopt::objectives {

// Confusion counts of one candidate: how many samples of class `truth` were predicted as class `predicted`, or what
// they weigh. Whole numbers are exact. Counts of disjoint samples add, which is what makes every metric of them
// independent of blocking and threads.
class Confusion {
   public:
    // occurs[c]: whether any sample, whatever its weight, is of class c or predicted as it.
    Confusion(std::span<const double> cells, std::span<const std::uint8_t> occurs) : cells_(cells), occurs_(occurs) {}

    std::size_t classes() const { return occurs_.size(); }
    bool occurs(std::size_t of) const { return occurs_[of] != 0; }
    double at(std::size_t truth, std::size_t predicted) const { return cells_[truth * classes() + predicted]; }

    double samples() const {
        double total = 0.0;
        for (double cell : cells_) total += cell;
        return total;
    }
    double hits() const {
        double total = 0.0;
        for (std::size_t c = 0; c < classes(); ++c) total += at(c, c);
        return total;
    }
    double of_class(std::size_t truth) const {
        double total = 0.0;
        for (std::size_t c = 0; c < classes(); ++c) total += at(truth, c);
        return total;
    }
    double predicted_as(std::size_t predicted) const {
        double total = 0.0;
        for (std::size_t c = 0; c < classes(); ++c) total += at(c, predicted);
        return total;
    }

   private:
    std::span<const double> cells_;
    std::span<const std::uint8_t> occurs_;
};

}  // namespace zoopt::objectives
