#include <algorithm>

#include "valued.hpp"

namespace zoopt {
namespace {

// Cost less the mean of the generation, in standard deviations of the generation or limited to some of them.
class Standardised final : public Valued<Standardised> {
   public:
    Standardised(bool divides, double clip) : divides_(divides), clip_(clip) {}

    void measure(const Costs& costs, const Sum& sum) const {
        const double count = static_cast<double>(sum.count);
        double squares = 0.0, low = unbounded, high = -unbounded;
        for (std::size_t r = 0; r < costs.rows.size(); ++r) {
            if (!usable(costs, r)) continue;
            const double gap = costs.rows[r] - sum.costs / count;
            squares += gap * gap;
            low = std::min(low, costs.rows[r]);
            high = std::max(high, costs.rows[r]);
        }
        // On a plateau the gaps are rounding errors of the mean, which dividing would blow up.
        deviation_ = low < high ? std::sqrt(squares / count) : 0.0;
    }

    double baseline(const Costs&, std::size_t, const Sum& sum) const {
        return sum.costs / static_cast<double>(sum.count);
    }

    double shaped(double gap) const {
        const double most = clip_ * deviation_;
        const double limited = std::clamp(gap, -most, most);
        if (!divides_) return limited;
        return deviation_ > 0.0 ? limited / deviation_ : 0.0;
    }

   private:
    bool divides_;
    double clip_;
    mutable double deviation_ = 0.0;
};

constexpr double no_limit = 1e300;

template <bool divides>
std::unique_ptr<Shaping> make(const Options& options, const Setup&) {
    return std::make_unique<Standardised>(divides, options.at("clip"));
}

const Register<Shaping> z_score{
    {"z-score",
     "Cost less the mean of the generation, over its standard deviation.",
     {{"clip", no_limit, 0.0, unbounded, "largest weight, in standard deviations of the generation"}},
     make<true>}};
const Register<Shaping> clipped{
    {"clipped",
     "Cost less the mean of the generation, limited to a number of its standard deviations: outliers count less.",
     {{"clip", 2.0, 0.0, unbounded, "largest distance from the mean, in standard deviations of the generation"}},
     make<false>}};

}  // namespace
}  // namespace zoopt
