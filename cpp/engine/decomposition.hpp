#pragma once
#include <cstddef>
#include <vector>

namespace zoopt {

// The symmetric eigenproblem at any size: our own kernel, bit-exact, where it is small, and LAPACK above.
class Decomposition {
   public:
    static constexpr std::size_t most_exact = 128;         // dimensions
    static constexpr std::size_t most_dimensions = 32000;  // above, LAPACK's work space has more entries than its int

    // Throws Error(invalid_input) above most_dimensions, and Error(state) where LAPACK is needed and cannot be had.
    explicit Decomposition(std::size_t dim);

    // Bytes it will hold, before any of it is allocated.
    static double bytes(std::size_t dim);

    // matrix = vectors^T diag(values) vectors; false where the iteration did not converge or an entry is not finite.
    bool decompose(const std::vector<double>& matrix);

    std::vector<double>& vectors() { return vectors_; }
    const std::vector<double>& values() const { return values_; }

   private:
    std::size_t dim_;
    std::vector<double> vectors_, values_, work_;
};

}  // namespace zoopt
