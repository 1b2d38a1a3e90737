#include "zoopt/distribution.hpp"

#include <algorithm>

#include "zoopt/error.hpp"

namespace zoopt {

void Distribution::adapt(Theta&, const Adaptation&) {
    throw Error(ErrorKind::invalid_input, "this distribution has no covariance to adapt; use 'full' or 'diagonal'");
}

void Distribution::stretch(Theta&, const Stretch&) {
    throw Error(ErrorKind::invalid_input, "this distribution has no factor to stretch; use 'factored'");
}

void Distribution::start_from(Theta&, std::span<const double>) {
    throw Error(ErrorKind::invalid_input, "this distribution has no covariance to start from; leave covariance out");
}

void Distribution::adopt_gradient(std::span<const double>) {
    throw Error(ErrorKind::invalid_input, "this algorithm estimates gradients from values and takes none");
}

void Distribution::centre(const Theta& theta, double* row) const {
    std::copy(theta.mean.begin(), theta.mean.end(), row);
}

}  // namespace zoopt
