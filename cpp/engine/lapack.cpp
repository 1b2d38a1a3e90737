#include "lapack.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "zoopt/error.hpp"

namespace zoopt::lapack {
namespace {

std::atomic<SymmetricEigen> routine{nullptr};

std::function<SymmetricEigen()>& loader() {
    static std::function<SymmetricEigen()> held;
    return held;
}

}  // namespace

void set_loader(std::function<SymmetricEigen()> from) {
    loader() = std::move(from);
}

void load() {
    if (routine.load() != nullptr) return;
    if (!loader()) throw Error(ErrorKind::state, "a covariance of this size needs LAPACK, which nobody has provided");
    routine.store(loader()());
}

bool symmetric_eigen(const std::vector<double>& a, std::vector<double>& vectors, std::vector<double>& values,
                     std::vector<double>& work) {
    if (!std::all_of(a.begin(), a.end(), [](double x) { return std::isfinite(x); })) return false;
    char with_vectors = 'V', lower = 'L';
    int n = static_cast<int>(values.size()), info = 0, ask = -1, whole = 0;
    double most = 0.0;
    const SymmetricEigen solve = routine.load();
    solve(&with_vectors, &lower, &n, vectors.data(), &n, values.data(), &most, &ask, &whole, &ask, &info);
    int work_size = static_cast<int>(most), whole_size = whole;
    work.resize(std::max(work.size(), static_cast<std::size_t>(work_size)));
    std::vector<int> whole_work(static_cast<std::size_t>(whole_size));
    std::copy(a.begin(), a.end(), vectors.begin());
    solve(&with_vectors, &lower, &n, vectors.data(), &n, values.data(), work.data(), &work_size, whole_work.data(),
          &whole_size, &info);
    return info == 0;
}

}  // namespace zoopt::lapack
