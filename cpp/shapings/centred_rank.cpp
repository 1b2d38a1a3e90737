#include "ranked.hpp"

namespace zoopt {
namespace {

// (rank / (rows - 1) - 1/2) / rows, the best at -1/2 / rows.
std::vector<double> table(std::size_t rows) {
    std::vector<double> entries(rows, 0.0);
    const double count = static_cast<double>(rows);
    for (std::size_t k = 0; rows > 1 && k < rows; ++k) {
        entries[k] = (static_cast<double>(k) / (count - 1.0) - 0.5) / count;
    }
    return entries;
}

const Register<Shaping> entry{
    {"centred-rank",
     "Ranks spread evenly over [-1/2, 1/2] (Salimans et al. 2017).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Ranked>(table(setup.rows), Ties::share); }}};

}  // namespace
}  // namespace zoopt
