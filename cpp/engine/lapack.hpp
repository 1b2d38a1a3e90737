#pragma once
#include <functional>
#include <vector>

// LAPACK of whoever hosts the core. What it computes is outside promise (a): it differs between builds and CPUs.
namespace zoopt::lapack {

// dsyevd(jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info), column-major.
using SymmetricEigen = void (*)(char*, char*, int*, double*, int*, double*, double*, int*, int*, int*, int*);

// Sets where load() gets the routine from; it throws where there is none.
void set_loader(std::function<SymmetricEigen()> loader);

// Gets the routine, once. Throws Error(state) where there is no loader.
void load();

// Eigenvalues, ascending, and eigenvectors as the rows of `vectors`, of the symmetric matrix a; `work` grows as needed.
// After load(). False where it did not converge.
bool symmetric_eigen(const std::vector<double>& a, std::vector<double>& vectors, std::vector<double>& values,
                     std::vector<double>& work);

}  // namespace zoopt::lapack
