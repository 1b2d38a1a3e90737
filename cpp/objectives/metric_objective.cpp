#include "metric_objective.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace zoopt::objectives {
namespace {

// Confusion cells that are counted at a time: 8 MiB.
constexpr std::size_t cell_limit = std::size_t{1} << 20;

}  // namespace

void MetricObjective::evaluate(const Rows& rows, std::uint64_t, unsigned threads, std::span<double> values) const {
    const std::size_t classes = classifier_->classes();
    const std::size_t width = classes * classes;
    const std::size_t at_once = std::max<std::size_t>(1, cell_limit / width);
    for (std::size_t first = 0; first < rows.count; first += at_once) {
        const std::size_t here = std::min(at_once, rows.count - first);
        std::vector<std::int64_t> cells(here * width);
        const double* data = rows.data + first * rows.dim;
        classifier_->count({data, here, rows.dim}, threads, cells);
        for (std::size_t k = 0; k < here; ++k) {
            const bool usable = classifier_->usable({data + k * rows.dim, rows.dim});
            const Confusion counts({cells.data() + k * width, width}, classes);
            values[first + k] = usable ? metric_->value(counts) : std::numeric_limits<double>::quiet_NaN();
        }
    }
}

}  // namespace zoopt::objectives
