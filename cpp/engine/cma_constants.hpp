#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "zoopt/registry.hpp"

namespace zoopt {

// log(mu + offset) - log(rank) for the mu = population / 2 best, over their sum; 0 for the others.
std::vector<double> better_half(std::size_t population, double offset);

// 1 / sum w^2 of weights that sum to 1.
double selection_mass(const std::vector<double>& weights);

// The constants of CMA-ES. Those that `given` names are taken from there, the others follow from the dimension and the
// population.
struct CmaConstants {
    // Hansen's tutorial (2016, arXiv:1604.00772, table 1 and equations 49 to 58), with the weights of active CMA:
    // positive ones sum to 1, negative ones are scaled so that C stays positive definite, and times `active`.
    static CmaConstants full(std::size_t dim, std::size_t population, const Options& given = {});

    // Ros and Hansen (2008): recombination of the better half alone, and a (d + 2) / 3 times larger c_mu.
    static CmaConstants separable(std::size_t dim, std::size_t population, const Options& given = {});

    // The options that all of them share.
    static std::vector<Option> options();

    std::vector<double> weights;  // by rank, the best first
    double mu_eff;
    double c_sigma;
    double d_sigma;
    double c_c;
    double c_1;
    double c_mu;
    double stall;               // length of the step-size path, in units of chi, from which on the rank-one term waits
    std::uint64_t path_offset;  // added to the generations done where the length of a young path is corrected
    double chi;                 // length of the step-size path at which the step size stays, near E |N(0, I)|

   private:
    void set_step_size(double n, double c_sigma_offset, const Options& given);
};

}  // namespace zoopt
