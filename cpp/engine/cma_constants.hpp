#pragma once
#include <cstddef>
#include <vector>

namespace zoopt {

// The constants of CMA-ES as Hansen's tutorial gives them (2016, arXiv:1604.00772, table 1 and equations 49 to 58),
// with the weights of active CMA: positive ones sum to 1, negative ones are scaled so that C stays positive definite.
struct CmaConstants {
    CmaConstants(std::size_t dim, std::size_t population);

    std::vector<double> weights;  // by rank, the best first
    double mu_eff;
    double c_sigma;
    double d_sigma;
    double c_c;
    double c_1;
    double c_mu;
    double chi;  // E |N(0, I)|
};

}  // namespace zoopt
