#include "engine/cma_constants.hpp"
#include "ranked.hpp"

namespace zoopt {
namespace {

std::unique_ptr<Shaping> ranked(std::vector<double> entries) {
    for (double& entry : entries) entry = -entry;  // weights are costs
    return std::make_unique<Ranked>(std::move(entries), Ties::by_position);
}

const Register<Shaping> active{
    {"cma-weights",
     "Log ranks with the negative weights of active CMA-ES (Hansen 2016, equations 49 to 53).",
     {{"active", 1.0, 0.0, 1.0, "share of the negative weights that is kept; 0: CMA-ES without them"}},
     [](const Options& options, const Setup& setup) {
         return ranked(CmaConstants::full(setup.dim, setup.rows, options).weights);
     }}};

const Register<Shaping> half{
    {"recombination",
     "Log ranks of the better half, log(rows/2 + offset) - log(rank) (Ros and Hansen 2008; Loshchilov et al. 2017).",
     {{"rank_offset", 1.0, 0.1, 1e9, "added to half of the rows before the logarithm"}},
     [](const Options& options, const Setup& setup) {
         return ranked(better_half(setup.rows, options.at("rank_offset")));
     }}};

}  // namespace
}  // namespace zoopt
