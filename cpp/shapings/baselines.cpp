#include "valued.hpp"

namespace zoopt {
namespace {

// The mean of the generation. Its gradient is biased by the factor (1 - 1/rows).
class MeanBaseline final : public Valued<MeanBaseline> {
   public:
    double baseline(const Costs&, std::size_t, const Sum& sum) const {
        return sum.costs / static_cast<double>(sum.count);
    }
};

// The mean of all rows that do not share the row's noise: unbiased. The antithetic partner is left out as well, since
// its cost depends on the same z; both rows of a pair then have one baseline, which their difference does not see.
class LeaveOneOut final : public Valued<LeaveOneOut> {
   public:
    double baseline(const Costs& costs, std::size_t row, const Sum& sum) const {
        const std::size_t own = costs.paired ? 2 : 1;
        const double cost = costs.paired ? costs.rows[row] + costs.rows[row ^ 1u] : costs.rows[row];
        if (sum.count == own) return cost / static_cast<double>(own);
        return (sum.costs - cost) / static_cast<double>(sum.count - own);
    }
};

// The cost of the mean of the distribution: one-sided differences. It costs one evaluation a generation.
class CentreBaseline final : public Valued<CentreBaseline> {
   public:
    bool needs_mean() const override { return true; }

    double baseline(const Costs& costs, std::size_t row, const Sum&) const {
        return std::isnan(costs.mean) ? costs.rows[row] : costs.mean;
    }
};

template <class Baseline>
std::unique_ptr<Shaping> make(const Options&, const Setup&) {
    return std::make_unique<Baseline>();
}

const Register<Shaping> mean{{"mean-baseline", "Cost less the mean of the generation.", {}, make<MeanBaseline>}};
const Register<Shaping> others{
    {"leave-one-out", "Cost less the mean of the other rows (Kool et al. 2019).", {}, make<LeaveOneOut>}};
const Register<Shaping> centre{
    {"centre-baseline", "Cost less the cost of the mean: one-sided differences.", {}, make<CentreBaseline>}};

}  // namespace
}  // namespace zoopt
