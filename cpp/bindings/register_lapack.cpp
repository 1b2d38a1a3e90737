#include <cstring>

#include "bindings.hpp"
#include "engine/lapack.hpp"
#include "zoopt/error.hpp"

namespace zoopt::bindings {
namespace {

constexpr char signature[] = "void (char *, char *, int *, ";  // how its name begins: integers of the default width

// dsyevd as scipy exports it. scipy is imported here, when a covariance first needs it, and not with the package.
lapack::SymmetricEigen from_scipy() {
    const py::gil_scoped_acquire hold;
    try {
        const py::dict routines = py::module_::import("scipy.linalg.cython_lapack").attr("__pyx_capi__");
        const py::capsule capsule = routines["dsyevd"];
        if (std::strncmp(capsule.name(), signature, std::strlen(signature)) == 0) {
            return reinterpret_cast<lapack::SymmetricEigen>(capsule.get_pointer());
        }
    } catch (py::error_already_set& error) {
        throw Error(ErrorKind::state,
                    "a covariance in more than 128 dimensions needs scipy's LAPACK, which cannot be had here (" +
                        std::string(error.what()) + "); mend the installation of scipy, or use sep-cma-es");
    }
    throw Error(ErrorKind::state,
                "a covariance in more than 128 dimensions needs scipy's LAPACK with 32-bit integers, which this scipy "
                "has not; install a wheel of scipy, or use sep-cma-es");
}

}  // namespace

void register_lapack(py::module_&) {
    lapack::set_loader(from_scipy);
}

}  // namespace zoopt::bindings
