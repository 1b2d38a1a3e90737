#include "cma_constants.hpp"

#include <algorithm>
#include <cmath>

#include "zoopt/math.hpp"

namespace zoopt {

CmaConstants::CmaConstants(std::size_t dim, std::size_t population) : weights(population) {
    const double n = static_cast<double>(dim);
    const double half = portable::log((static_cast<double>(population) + 1.0) / 2.0);
    const std::size_t mu = population / 2;
    double positive = 0.0, positive_squares = 0.0, negative = 0.0, negative_squares = 0.0, loss = 0.0;
    for (std::size_t k = 0; k < population; ++k) {
        weights[k] = half - portable::log(static_cast<double>(k) + 1.0);
        (k < mu ? positive_squares : negative_squares) += weights[k] * weights[k];
        if (k < mu) positive += weights[k];
        if (k >= mu) negative += weights[k];
        if (weights[k] < 0.0) loss -= weights[k];
    }
    double gain = 0.0;
    for (const double w : weights) gain += w > 0.0 ? w : 0.0;
    mu_eff = positive * positive / positive_squares;
    const double mu_eff_negative = negative_squares > 0.0 ? negative * negative / negative_squares : 0.0;

    c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff);
    c_mu = std::min(1.0 - c_1 - 1e-8, 2.0 * (mu_eff - 2.0 + 1.0 / mu_eff) / ((n + 2.0) * (n + 2.0) + mu_eff));
    const double most_negative =
        std::min({1.0 + c_1 / c_mu, 1.0 + 2.0 * mu_eff_negative / (mu_eff + 2.0), (1.0 - c_1 - c_mu) / (n * c_mu)});
    for (double& w : weights) w *= w >= 0.0 ? 1.0 / gain : most_negative / loss;

    c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
    d_sigma = 1.0 + 2.0 * std::max(0.0, std::sqrt((mu_eff - 1.0) / (n + 1.0)) - 1.0) + c_sigma;
    c_c = (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n);
    chi = std::sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));
}

}  // namespace zoopt
