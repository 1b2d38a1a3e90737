#include "engine/cma_constants.hpp"
#include "ranked.hpp"

namespace zoopt {
namespace {

std::vector<double> table(const Setup& setup) {
    std::vector<double> entries = CmaConstants(setup.dim, setup.rows).weights;
    for (double& entry : entries) entry = -entry;  // weights are costs
    return entries;
}

const Register<Shaping> entry{
    {"cma-weights",
     "Log ranks with the negative weights of active CMA-ES (Hansen 2016, equations 49 to 53).",
     {},
     [](const Options&, const Setup& setup) { return std::make_unique<Ranked>(table(setup), Ties::by_position); }}};

}  // namespace
}  // namespace zoopt
