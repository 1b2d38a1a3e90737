#include <algorithm>

#include "ranked.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// u_k = max(0, log(rows/2 + 1) - log(k)) / sum - 1/rows for rank k = 1 ... rows; costs are the utilities negated.
std::vector<double> table(std::size_t rows) {
    std::vector<double> entries(rows);
    const double count = static_cast<double>(rows);
    double sum = 0.0;
    for (std::size_t k = 0; k < rows; ++k) {
        const double rank = static_cast<double>(k) + 1.0;
        entries[k] = std::max(0.0, portable::log(count / 2.0 + 1.0) - portable::log(rank));
        sum += entries[k];
    }
    for (double& entry : entries) entry = 1.0 / count - entry / sum;
    return entries;
}

const Register<Shaping> entry{
    {"nes-utilities",
     "Log ranks of the better half, centred (Wierstra et al. 2014).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Ranked>(table(setup.rows), Ties::share); }}};

}  // namespace
}  // namespace zoopt
