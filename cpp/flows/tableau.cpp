#include "tableau.hpp"

#include "zoopt/error.hpp"

namespace zoopt::flows {
namespace {

const Tableau euler{
    .name = "euler", .summary = "x + h f(x): gradient descent", .order = 1, .nodes = {}, .weights = {1.0}};

const Tableau midpoint{
    .name = "midpoint", .summary = "the slope half a step on", .order = 2, .nodes = {{1.0 / 2}}, .weights = {0.0, 1.0}};

const Tableau heun{.name = "heun",
                   .summary = "the mean of the slopes at both ends",
                   .order = 2,
                   .nodes = {{1.0}},
                   .weights = {1.0 / 2, 1.0 / 2}};

const Tableau rk4{.name = "rk4",
                  .summary = "the classical method",
                  .order = 4,
                  .nodes = {{1.0 / 2}, {0.0, 1.0 / 2}, {0.0, 0.0, 1.0}},
                  .weights = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}};

const Tableau rk38{.name = "rk38",
                   .summary = "Kutta's 3/8 rule",
                   .order = 4,
                   .nodes = {{1.0 / 3}, {-1.0 / 3, 1.0}, {1.0, -1.0, 1.0}},
                   .weights = {1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8}};

// Bogacki and Shampine (1989).
const Tableau bs23{.name = "bs23",
                   .summary = "Bogacki and Shampine 3(2): for coarse tolerances",
                   .order = 3,
                   .nodes = {{1.0 / 2}, {0.0, 3.0 / 4}},
                   .weights = {2.0 / 9, 1.0 / 3, 4.0 / 9},
                   .error_order = 2,
                   .error = {5.0 / 72, -1.0 / 12, -1.0 / 9, 1.0 / 8}};

// Dormand and Prince (1980); the interpolant of Shampine (1986).
const Tableau dopri5{
    .name = "dopri5",
    .summary = "Dormand and Prince 5(4)",
    .order = 5,
    .nodes = {{1.0 / 5},
              {3.0 / 40, 9.0 / 40},
              {44.0 / 45, -56.0 / 15, 32.0 / 9},
              {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
              {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656}},
    .weights = {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
    .error_order = 4,
    .error = {-71.0 / 57600, 0.0, 71.0 / 16695, -71.0 / 1920, 17253.0 / 339200, -22.0 / 525, 1.0 / 40},
    .dense = Dense::power,
    .polynomial = {{1.0, -8048581381.0 / 2820520608, 8663915743.0 / 2820520608, -12715105075.0 / 11282082432},
                   {0.0, 0.0, 0.0, 0.0},
                   {0.0, 131558114200.0 / 32700410799, -68118460800.0 / 10900136933, 87487479700.0 / 32700410799},
                   {0.0, -1754552775.0 / 470086768, 14199869525.0 / 1410260304, -10690763975.0 / 1880347072},
                   {0.0, 127303824393.0 / 49829197408, -318862633887.0 / 49829197408, 701980252875.0 / 199316789632},
                   {0.0, -282668133.0 / 205662961, 2019193451.0 / 616988883, -1453857185.0 / 822651844},
                   {0.0, 40617522.0 / 29380423, -110615467.0 / 29380423, 69997945.0 / 29380423}}};

// The cubic that has both ends and both slopes, by what stands before k: the end is x + h sum_j weights[j] k_j.
std::vector<double> hermite(const Tableau& of, double theta) {
    const double rest = 1.0 - theta;
    const double end = theta * theta * (3.0 - 2.0 * theta);
    std::vector<double> out;
    for (double weight : of.weights) out.push_back(end * weight);
    out.front() += theta * rest * rest;
    out.push_back(-theta * theta * rest);
    return out;
}

std::vector<double> power(const Tableau& of, double theta) {
    std::vector<double> out;
    for (const std::vector<double>& row : of.polynomial) {
        double sum = 0.0;
        for (std::size_t m = row.size(); m-- > 0;) sum = (sum + row[m]) * theta;
        out.push_back(sum);
    }
    return out;
}

// theta (D + rest (f - D + theta (2 D - f - f_new + rest (P_0 + theta (P_1 + rest (P_2 + theta P_3)))))) with
// D = sum_j weights[j] k_j, rest = 1 - theta and P = polynomial k.
std::vector<double> nested(const Tableau& of, double theta) {
    const std::size_t rows = of.polynomial.front().size();
    const double rest = 1.0 - theta;
    std::vector<double> out(rows, 0.0);
    for (std::size_t m = of.polynomial.size(); m-- > 0;) {
        for (std::size_t j = 0; j < rows; ++j) out[j] = (out[j] + of.polynomial[m][j]) * (m % 2 == 0 ? rest : theta);
    }
    const double inner = theta * rest;
    for (std::size_t j = 0; j < rows; ++j) {
        const double whole = j < of.stages() ? of.weights[j] : 0.0;
        const double first = j == 0 ? 1.0 : 0.0;
        const double last = j == of.stages() ? 1.0 : 0.0;
        out[j] = theta * whole + inner * ((first - whole) + theta * ((2.0 * whole - first - last) + out[j]));
    }
    return out;
}

}  // namespace

std::vector<double> Tableau::at(double theta) const {
    switch (dense) {
        case Dense::power:
            return power(*this, theta);
        case Dense::nested:
            return nested(*this, theta);
        default:
            return hermite(*this, theta);
    }
}

const std::vector<const Tableau*>& tableaus() {
    static const std::vector<const Tableau*> all = {&euler, &midpoint, &heun, &rk4, &rk38, &bs23, &dopri5, &dop853()};
    return all;
}

const Tableau& tableau(const std::string& name) {
    for (const Tableau* one : tableaus()) {
        if (one->name == name) return *one;
    }
    throw Error(ErrorKind::unknown_name, "there is no Runge-Kutta method named '" + name + "'");
}

}  // namespace zoopt::flows
