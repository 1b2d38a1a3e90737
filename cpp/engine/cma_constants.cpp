#include "cma_constants.hpp"

#include <algorithm>
#include <cmath>

#include "zoopt/math.hpp"

namespace zoopt {
namespace {

// The value that `given` has for `name`, or `otherwise`.
double chosen(const Options& given, const std::string& name, double otherwise) {
    const auto found = given.find(name);
    return found == given.end() || std::isnan(found->second) ? otherwise : found->second;
}

// (sum w)^2 / sum w^2 over the ranks [from, to).
double effective(const std::vector<double>& weights, std::size_t from, std::size_t to) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t k = from; k < to; ++k) {
        sum += weights[k];
        squares += weights[k] * weights[k];
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

// What the negative weights sum to (Hansen 2016, equations 50 to 53).
double most_negative(double n, double c_1, double c_mu, double mu_eff, double mu_eff_negative) {
    const double bound = 1.0 + 2.0 * mu_eff_negative / (mu_eff + 2.0);
    if (c_mu == 0.0) return bound;
    return std::min({1.0 + c_1 / c_mu, bound, (1.0 - c_1 - c_mu) / (n * c_mu)});
}

}  // namespace

std::vector<double> better_half(std::size_t population, double offset) {
    const std::size_t mu = population / 2;
    std::vector<double> weights(population, 0.0);
    double sum = 0.0;
    for (std::size_t k = 0; k < mu; ++k) {
        weights[k] = portable::log(static_cast<double>(mu) + offset) - portable::log(static_cast<double>(k) + 1.0);
        sum += weights[k];
    }
    for (std::size_t k = 0; k < mu; ++k) weights[k] /= sum;
    return weights;
}

double selection_mass(const std::vector<double>& weights) {
    return effective(weights, 0, weights.size());
}

std::vector<Option> CmaConstants::options() {
    return {
        {"c_sigma", automatic, 1e-300, 1.0, "rate of the step-size path"},
        {"d_sigma", automatic, 1e-300, unbounded, "damping of the step size"},
        {"c_c", automatic, 1e-300, 1.0, "rate of the covariance path"},
        {"c_1", automatic, 0.0, 1.0, "rate of the rank-one term of the covariance"},
        {"c_mu", automatic, 0.0, 1.0, "rate of the rank-mu term of the covariance"},
        {"stall", automatic, 0.0, unbounded,
         "length of the step-size path over E|N(0, I)| from which on the covariance path waits; automatic: 1.4 + "
         "2 / (d + 1)"},
        {"path_offset", 1.0, 0.0, 1.0,
         "0 or 1: the length of a step-size path of g generations is compared over sqrt(1 - (1 - c_sigma)^(2 (g + "
         "path_offset))); Hansen (2016) writes 2 (g + 1), his programs have 2 g"},
        {"chi", automatic, 1e-300, unbounded,
         "length of the step-size path at which the step size stays the same; automatic: sqrt(d) (1 - 1 / (4 d) + 1 / "
         "(21 d^2)), nearly E|N(0, I)|"},
    };
}

void CmaConstants::set_step_size(double n, double c_sigma_offset, const Options& given) {
    c_sigma = chosen(given, "c_sigma", (mu_eff + 2.0) / (n + mu_eff + c_sigma_offset));
    const double excess = std::max(0.0, std::sqrt((mu_eff - 1.0) / (n + 1.0)) - 1.0);
    d_sigma = chosen(given, "d_sigma", 1.0 + 2.0 * excess + c_sigma);
    path_offset = chosen(given, "path_offset", 1.0) == 0.0 ? 0 : 1;
    stall = chosen(given, "stall", 1.4 + 2.0 / (n + 1.0));
    chi = chosen(given, "chi", std::sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)));
}

CmaConstants CmaConstants::full(std::size_t dim, std::size_t population, const Options& given) {
    CmaConstants c{};
    const double n = static_cast<double>(dim);
    const double half = portable::log((static_cast<double>(population) + 1.0) / 2.0);
    const std::size_t mu = population / 2;
    double gain = 0.0, loss = 0.0;
    c.weights.resize(population);
    for (std::size_t k = 0; k < population; ++k) {
        c.weights[k] = half - portable::log(static_cast<double>(k) + 1.0);
        (c.weights[k] > 0.0 ? gain : loss) += std::fabs(c.weights[k]);
    }
    c.mu_eff = effective(c.weights, 0, mu);
    c.set_step_size(n, 5.0, given);
    c.c_c = chosen(given, "c_c", (4.0 + c.mu_eff / n) / (n + 4.0 + 2.0 * c.mu_eff / n));
    c.c_1 = chosen(given, "c_1", 2.0 / ((n + 1.3) * (n + 1.3) + c.mu_eff));
    const double rank_mu = 2.0 * (c.mu_eff - 2.0 + 1.0 / c.mu_eff) / ((n + 2.0) * (n + 2.0) + c.mu_eff);
    c.c_mu = chosen(given, "c_mu", std::max(0.0, std::min(1.0 - c.c_1 - 1e-8, rank_mu)));
    const double sum = most_negative(n, c.c_1, c.c_mu, c.mu_eff, effective(c.weights, mu, population));
    const double kept = chosen(given, "active", 1.0) * sum;
    for (double& w : c.weights) w *= w >= 0.0 ? 1.0 / gain : kept / loss;
    return c;
}

CmaConstants CmaConstants::separable(std::size_t dim, std::size_t population, const Options& given) {
    CmaConstants c{};
    const double n = static_cast<double>(dim);
    c.weights = better_half(population, 1.0);
    c.mu_eff = selection_mass(c.weights);
    c.set_step_size(n, 3.0, given);
    c.c_c = chosen(given, "c_c", 4.0 / (n + 4.0));
    c.c_1 = chosen(given, "c_1", 2.0 / ((n + 1.3) * (n + 1.3) + c.mu_eff));
    const double root = n + std::sqrt(2.0), square = (n + 2.0) * (n + 2.0);
    const double rank_mu = 2.0 / (c.mu_eff * root * root) +
                           (1.0 - 1.0 / c.mu_eff) * std::min(1.0, (2.0 * c.mu_eff - 1.0) / (square + c.mu_eff));
    c.c_mu = chosen(given, "c_mu", std::min(1.0 - c.c_1, (n + 2.0) / 3.0 * rank_mu));
    return c;
}

}  // namespace zoopt
