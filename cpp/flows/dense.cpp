#include "dense.hpp"

#include <algorithm>
#include <functional>

namespace zoopt::flows {

void DenseFlow::add(Stepper& stepper, double to) {
    const Point x = stepper.x();
    Piece piece{stepper.length(), {x.begin(), x.end()}, {}};
    for (Point row : stepper.dense_rows()) piece.rows.insert(piece.rows.end(), row.begin(), row.end());
    pieces_.push_back(std::move(piece));
    times_.push_back(to);
}

// Of two steps that meet at t the first is asked.
void DenseFlow::at(double t, Slots out) const {
    const bool forward = times_.back() >= times_.front();
    const auto behind = forward ? std::lower_bound(times_.begin(), times_.end(), t)
                                : std::lower_bound(times_.begin(), times_.end(), t, std::greater<>());
    const std::ptrdiff_t past =
        std::clamp<std::ptrdiff_t>(behind - times_.begin(), 1, static_cast<std::ptrdiff_t>(pieces_.size()));
    const auto k = static_cast<std::size_t>(past - 1);
    const Piece& piece = pieces_[k];
    std::copy(piece.x.begin(), piece.x.end(), out.begin());
    const std::vector<double> factors = tableau_.at((t - times_[k]) / piece.length);
    for (std::size_t j = 0; j < factors.size(); ++j) {
        const double* row = piece.rows.data() + j * dim_;
        for (std::size_t i = 0; i < dim_; ++i) out[i] -= piece.length * factors[j] * row[i];
    }
}

}  // namespace zoopt::flows
