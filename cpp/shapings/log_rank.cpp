#include <algorithm>

#include "ranked.hpp"
#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// max(0, log((rows + 1) / 2) - log(k)) over their sum for rank k = 1 ... rows: the better half only.
std::vector<double> table(std::size_t rows) {
    std::vector<double> entries(rows);
    double sum = 0.0;
    for (std::size_t k = 0; k < rows; ++k) {
        const double rank = static_cast<double>(k) + 1.0;
        entries[k] = std::max(0.0, portable::log((static_cast<double>(rows) + 1.0) / 2.0) - portable::log(rank));
        sum += entries[k];
    }
    for (double& entry : entries) entry = sum > 0.0 ? -entry / sum : 0.0;
    return entries;
}

const Register<Shaping> entry{
    {"log-rank",
     "Logarithmic recombination weights of the better half (Hansen and Ostermeier 2001).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Ranked>(table(setup.rows), Ties::share); }}};

}  // namespace
}  // namespace zoopt
