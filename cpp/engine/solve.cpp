#include "solve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zoopt {

Solver::Solver(std::vector<double> matrix, std::size_t dim) : dim_(dim), lu_(std::move(matrix)), pivots_(dim) {
    for (std::size_t k = 0; k < dim; ++k) {
        std::size_t p = k;
        for (std::size_t i = k + 1; i < dim; ++i) {
            if (std::fabs(lu_[i * dim + k]) > std::fabs(lu_[p * dim + k])) p = i;
        }
        pivots_[k] = p;
        if (p != k) std::swap_ranges(&lu_[k * dim], &lu_[k * dim] + dim, &lu_[p * dim]);
        for (std::size_t i = k + 1; i < dim; ++i) {
            const double factor = lu_[i * dim + k] /= lu_[k * dim + k];
            for (std::size_t j = k + 1; j < dim; ++j) lu_[i * dim + j] -= factor * lu_[k * dim + j];
        }
    }
}

void Solver::solve(double* x) const {
    for (std::size_t k = 0; k < dim_; ++k) std::swap(x[k], x[pivots_[k]]);
    for (std::size_t i = 0; i < dim_; ++i) {
        for (std::size_t j = 0; j < i; ++j) x[i] -= lu_[i * dim_ + j] * x[j];
    }
    for (std::size_t i = dim_; i-- > 0;) {
        for (std::size_t j = i + 1; j < dim_; ++j) x[i] -= lu_[i * dim_ + j] * x[j];
        x[i] /= lu_[i * dim_ + i];
    }
}

}  // namespace zoopt
