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
    virtual double baseline(const Costs& costs, std::size_t row, const Sum& sum) const = 0;
};

}  // namespace zoopt
