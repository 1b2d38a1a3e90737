#include "zoopt/distribution.hpp"

#include "zoopt/error.hpp"

namespace zoopt {

void Distribution::adapt(Theta&, const Batch&, const Adaptation&) {
    throw Error(ErrorKind::invalid_input, "this distribution has no covariance to adapt; use 'full'");
}

}  // namespace zoopt
