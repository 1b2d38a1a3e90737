#include "decomposition.hpp"

#include <string>

#include "kernels.hpp"
#include "lapack.hpp"
#include "zoopt/error.hpp"

namespace zoopt {

Decomposition::Decomposition(std::size_t dim) : dim_(dim) {
    if (dim > most_dimensions) {
        throw Error(ErrorKind::invalid_input, "a full covariance has at most " + std::to_string(most_dimensions) +
                                                  " dimensions, got " + std::to_string(dim) +
                                                  "; use sep-cma-es or snes");
    }
    if (dim > most_exact) lapack::load();
}

double Decomposition::bytes(std::size_t dim) {
    return 4.0 * 8.0 * static_cast<double>(dim) * static_cast<double>(dim);
}

bool Decomposition::decompose(const std::vector<double>& matrix) {
    vectors_.resize(dim_ * dim_);
    values_.resize(dim_);
    if (dim_ > most_exact) return lapack::symmetric_eigen(matrix, vectors_, values_, work_);
    work_.resize(engine::eigen_work(dim_));
    return ZOOPT_PICK_TABLE(engine_kernels)
        .symmetric_eigen(matrix.data(), dim_, vectors_.data(), values_.data(), work_.data());
}

}  // namespace zoopt
