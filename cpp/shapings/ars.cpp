#include <algorithm>
#include <numeric>
#include <vector>

#include "valued.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

// Augmented random search (Mania, Guy and Recht 2018): the best directions alone, a direction being as good as the
// better of its two candidates, and costs in standard deviations of those in use. Less their mean, which differences of
// pairs do not see. Candidates that come without partners are directions of their own.
class Ars final : public Shaping {
   public:
    explicit Ars(double top) : top_(top) {}

    void shape(const Costs& costs, std::span<double> weights) const override {
        const std::size_t own = costs.paired ? 2 : 1;
        std::fill(weights.begin(), weights.end(), 0.0);
        std::vector<std::size_t> directions = usable_directions(costs, own);
        keep_the_best(costs, own, directions);
        if (directions.empty()) return;

        const double used = static_cast<double>(directions.size() * own);
        double sum = 0.0, squares = 0.0;
        each_row(directions, own, [&](std::size_t r) { sum += costs.rows[r]; });
        const double mean = sum / used;
        each_row(directions, own, [&](std::size_t r) { squares += (costs.rows[r] - mean) * (costs.rows[r] - mean); });
        if (!(squares > 0.0)) return;
        const double unit = static_cast<double>(directions.size()) * std::sqrt(squares / used);
        each_row(directions, own, [&](std::size_t r) { weights[r] = (costs.rows[r] - mean) / unit; });
    }

   private:
    static std::vector<std::size_t> usable_directions(const Costs& costs, std::size_t own) {
        std::vector<std::size_t> found;
        for (std::size_t s = 0; s < costs.rows.size() / own; ++s) {
            if (usable(costs, own * s)) found.push_back(s);
        }
        return found;
    }

    // The first of equals go before the others; what is left stands in the order of the rows.
    void keep_the_best(const Costs& costs, std::size_t own, std::vector<std::size_t>& directions) const {
        const double all = static_cast<double>(costs.rows.size() / own);
        const std::size_t wanted = std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(top_ * all + 0.5)));
        if (directions.size() <= wanted) return;
        const auto cost = [&](std::size_t s) { return std::min(costs.rows[own * s], costs.rows[own * s + own - 1]); };
        std::stable_sort(directions.begin(), directions.end(),
                         [&](std::size_t a, std::size_t b) { return cost(a) < cost(b); });
        directions.resize(wanted);
        std::sort(directions.begin(), directions.end());
    }

    template <class Action>
    static void each_row(const std::vector<std::size_t>& directions, std::size_t own, const Action& action) {
        for (const std::size_t s : directions) {
            for (std::size_t r = own * s; r < own * (s + 1); ++r) action(r);
        }
    }

    double top_;
};

std::unique_ptr<Shaping> make(const Options& options, const Setup& setup) {
    if (setup.samples == setup.rows) {
        throw Error(ErrorKind::invalid_input,
                    "the shaping 'ars' compares directions, so it needs antithetic pairs; make the cell with "
                    "antithetic=True");
    }
    return std::make_unique<Ars>(options.at("top"));
}

const Register<Shaping> entry{
    {"ars",
     "Costs of the best directions alone, in standard deviations of those costs (Mania, Guy and Recht 2018).",
     {{"top", 1.0, 1e-9, 1.0,
       "share of the directions that is used, those with the best candidates; rounded, one at least"}},
     make}};

}  // namespace
}  // namespace zoopt
