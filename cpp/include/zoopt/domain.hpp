#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace zoopt {

// A box, and how the search stays in it. `transform`: candidates are mapped into the box by a smooth function that is
// the identity but near the bounds, where it is a parabola, and beyond them, where it repeats in mirrors. `projection`:
// candidates are moved to the nearest point of the box, and so is the mean after every step.
class Domain {
   public:
    enum class Handling { none, transform, projection };

    Domain() = default;
    // -inf and +inf where a coordinate has no bound; lower < upper is the caller's duty.
    Domain(Handling handling, std::vector<double> lower, std::vector<double> upper);

    bool bounded() const { return handling_ != Handling::none; }
    Handling handling() const { return handling_; }
    bool contains(std::span<const double> x) const;
    std::span<const double> lower() const { return lower_; }
    std::span<const double> upper() const { return upper_; }

    // Points of the search become points of the box, row by row.
    void map(double* rows, std::size_t count) const;
    // A point of the box becomes one of the search whose map it is; of the many, the nearest to `near`, or without that
    // the one that is not beyond a bound.
    void unmap(double* row, std::span<const double> near = {}) const;
    // Under projection: moves the mean into the box.
    void settle(std::span<double> mean) const;

   private:
    double mapped(double y, std::size_t i) const;
    double unmapped(double x, std::size_t i) const;
    double nearest_image(double y, double near, std::size_t i) const;

    Handling handling_ = Handling::none;
    std::vector<double> lower_, upper_;
    std::vector<double> margin_lower_, margin_upper_;  // width of the parabola inside each bound
};

}  // namespace zoopt
