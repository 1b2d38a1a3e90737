#pragma once
#include <span>

#include "zoopt/shaping.hpp"

namespace zoopt {

// A shaping that keeps the values: w = (cost - baseline) / rows. An invalid row drops its antithetic partner, and the
// rest is renormalised to the rows that are left.
class Valued : public Shaping {
   public:
    void shape(const Costs& costs, std::span<double> weights) const final;

   protected:
    // Sum and number of the rows in use.
    struct Sum {
        double costs = 0.0;
        std::size_t count = 0;
    };
    static bool usable(const Costs& costs, std::size_t row);
    // Called once a generation before baseline().
    virtual void measure(const Costs&, const Sum&) const {}
    virtual double baseline(const Costs& costs, std::size_t row, const Sum& sum) const = 0;
    // What becomes of cost - baseline.
    virtual double shaped(double gap) const { return gap; }
};

}  // namespace zoopt
