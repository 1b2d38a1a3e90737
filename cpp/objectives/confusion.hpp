#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace zoopt::objectives {

// Confusion counts of one candidate: how many samples of class `truth` were predicted as class `predicted`.
// Counts of disjoint samples add, which is what makes every metric below independent of blocking and threads.
class Confusion {
   public:
    Confusion(std::span<const std::int64_t> cells, std::size_t classes) : cells_(cells), classes_(classes) {}

    std::size_t classes() const { return classes_; }
    std::int64_t at(std::size_t truth, std::size_t predicted) const { return cells_[truth * classes_ + predicted]; }

    std::int64_t samples() const {
        std::int64_t total = 0;
        for (std::int64_t cell : cells_) total += cell;
        return total;
    }
    std::int64_t hits() const {
        std::int64_t total = 0;
        for (std::size_t c = 0; c < classes_; ++c) total += at(c, c);
        return total;
    }
    std::int64_t of_class(std::size_t truth) const {
        std::int64_t total = 0;
        for (std::size_t c = 0; c < classes_; ++c) total += at(truth, c);
        return total;
    }
    std::int64_t predicted_as(std::size_t predicted) const {
        std::int64_t total = 0;
        for (std::size_t c = 0; c < classes_; ++c) total += at(c, predicted);
        return total;
    }

   private:
    std::span<const std::int64_t> cells_;
    std::size_t classes_;
};

}  // namespace zoopt::objectives
