#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "zoopt/engine.hpp"

namespace zoopt {
namespace {

// How far the median of the costs is above the best one; 0 where fewer than two have one.
double spread_of(std::span<const double> costs) {
    std::vector<double> valid;
    std::copy_if(costs.begin(), costs.end(), std::back_inserter(valid), [](double c) { return !std::isnan(c); });
    if (valid.size() < 2) return 0.0;
    std::sort(valid.begin(), valid.end());
    return valid[valid.size() / 2] - valid.front();
}

}  // namespace

// Beyond a bound the projected objective does not change, and a distribution that adapts would widen there for ever. So
// a candidate is charged for how far projection moved it: the spread of its generation, times the squares of the moves
// in units of the generation's own standard deviations.
void Engine::penalise() {
    const double spread = spread_of({gaps_.data(), population()});
    if (!(spread > 0.0) || !std::isfinite(spread)) return;
    const std::size_t d = dim(), each = search_->antithetic() ? 2 : 1;
    std::vector<double> rows(each * d), inside(d), variances(d, 0.0), charges(population(), 0.0);
    const auto visit = [&](const auto& use) {
        for (std::size_t s = 0; s < search_->samples(); ++s) {
            search_->candidates(s, 1, rows.data());
            for (std::size_t k = 0; k < each; ++k) use(s * each + k, rows.data() + k * d);
        }
    };
    visit([&](std::size_t, const double* row) {
        for (std::size_t i = 0; i < d; ++i) {
            const double gap = row[i] - theta().mean[i];
            variances[i] += gap * gap / static_cast<double>(population());
        }
    });
    visit([&](std::size_t r, const double* row) {
        std::copy_n(row, d, inside.begin());
        domain_.map(inside.data(), 1);
        for (std::size_t i = 0; i < d; ++i) {
            const double move = row[i] - inside[i];
            if (move != 0.0) charges[r] += move * move / variances[i];
        }
    });
    for (std::size_t r = 0; r < population(); ++r) gaps_[r] += spread * charges[r];
}

}  // namespace zoopt
