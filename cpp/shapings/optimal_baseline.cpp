#include "valued.hpp"

namespace zoopt {
namespace {

// The baseline of least variance, E[f |z|^2] / E|z|^2, estimated from the other samples so that the gradient stays
// unbiased. The rows of a pair share their z and so their baseline.
class OptimalBaseline final : public Valued<OptimalBaseline> {
   public:
    bool needs_norms() const override { return true; }

    void measure(const Costs& costs, const Sum&) const {
        weighted_ = norms_ = 0.0;
        for (std::size_t r = 0; r < costs.rows.size(); ++r) {
            if (!usable(costs, r)) continue;
            weighted_ += costs.rows[r] * norm(costs, r);
            norms_ += norm(costs, r);
        }
    }

    double baseline(const Costs& costs, std::size_t row, const Sum&) const {
        const double own = (costs.paired ? 2.0 : 1.0) * norm(costs, row);
        const double cost = costs.paired ? costs.rows[row] + costs.rows[row ^ 1u] : costs.rows[row];
        const double left = norms_ - own;
        if (!(left > 0.0)) return cost / (costs.paired ? 2.0 : 1.0);
        return (weighted_ - cost * norm(costs, row)) / left;
    }

   private:
    static double norm(const Costs& costs, std::size_t row) { return costs.norms[costs.paired ? row / 2 : row]; }

    mutable double weighted_ = 0.0, norms_ = 0.0;
};

const Register<Shaping> entry{{"optimal-baseline",
                               "Cost less the baseline of least variance, E f|z|^2 / E|z|^2, of the other samples.",
                               {},
                               [](const Options&, const Setup&) { return std::make_unique<OptimalBaseline>(); }}};

}  // namespace
}  // namespace zoopt
