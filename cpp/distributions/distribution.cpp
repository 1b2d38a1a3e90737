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

void Distribution::redraw(const Theta&, std::span<const Replacement>, const noise::Address&) {
    throw Error(ErrorKind::invalid_input, "this distribution draws no candidates that could be drawn again");
}

void Distribution::piece(const Theta&, bool, const Piece&) const {
    throw Error(ErrorKind::invalid_input, "the candidates of this distribution do not come in pieces");
}

void Distribution::adopt_gradient(std::span<const double>) {
    throw Error(ErrorKind::invalid_input, "this algorithm estimates gradients from values and takes none");
}

void Distribution::moments(std::span<const double> w, std::span<const double> v, unsigned threads,
                           std::span<double> first, std::span<double> second) const {
    first_moment(w, threads, first);
    second_moment(v, threads, second);
}

void Distribution::centre(const Theta& theta, double* row) const {
    std::copy(theta.mean.begin(), theta.mean.end(), row);
}

}  // namespace zoopt
