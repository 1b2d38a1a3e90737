#pragma once
#include <cstddef>
#include <vector>

namespace zoopt {

// LU factors of a square matrix, row-major, with partial pivoting; the order of every sum is fixed.
class Solver {
   public:
    Solver(std::vector<double> matrix, std::size_t dim);

    // x <- matrix^-1 x.
    void solve(double* x) const;

   private:
    std::size_t dim_;
    std::vector<double> lu_;
    std::vector<std::size_t> pivots_;
};

}  // namespace zoopt
