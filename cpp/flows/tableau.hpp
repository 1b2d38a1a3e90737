#pragma once
#include <string>
#include <vector>

namespace zoopt::flows {

// How a method knows what is between two steps, at the share theta of the step:
// hermite  the cubic of both ends and their slopes;
// power    x + h sum over j of k_j sum over m of polynomial[j][m] theta^(m + 1);
// nested   the polynomial of DOP853: the Hermite cubic, and four terms more of which `polynomial` has the rows.
enum class Dense { hermite, power, nested };

// An explicit Runge-Kutta method for x' = f(x): k_0 = f(x), k_i = f(x + h sum_j nodes[i - 1][j] k_j), and
// x_new = x + h sum_j weights[j] k_j. The row behind the stages is f(x_new), which is k_0 of the next step.
struct Tableau {
    std::string name;
    std::string summary;
    int order;
    std::vector<std::vector<double>> nodes;
    std::vector<double> weights;
    int error_order = 0;                    // of the estimate; 0: there is none, and steps are fixed
    std::vector<double> error = {};         // of the stages and f(x_new)
    std::vector<double> second_error = {};  // of DOP853
    Dense dense = Dense::hermite;
    std::vector<std::vector<double>> polynomial = {};
    std::vector<std::vector<double>> further = {};  // stages that the interpolant alone needs

    std::size_t stages() const { return weights.size(); }
    bool adaptive() const { return error_order > 0; }
    bool closed() const { return adaptive(); }  // whether a step ends by f(x_new)

    // What stands before the rows k at the share theta: x(theta) = x + h sum_j out[j] k_j.
    std::vector<double> at(double theta) const;
};

const Tableau& dop853();

// In the order in which they are listed.
const std::vector<const Tableau*>& tableaus();

// Throws Error(unknown_name).
const Tableau& tableau(const std::string& name);

}  // namespace zoopt::flows
