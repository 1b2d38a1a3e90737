#include "stepper.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace zoopt::flows {
namespace {

constexpr std::size_t page = 512;  // doubles: rows a multiple of it apart would share lines of the cache

std::size_t rows_of(const Tableau& tableau) {
    return tableau.stages() + 1 + tableau.further.size();
}

std::size_t padded_size(std::size_t dim) {
    return (dim + padding - 1) / padding * padding;
}

std::size_t stride_of(std::size_t dim) {
    const std::size_t padded = padded_size(dim);
    return padded + (padded % page == 0 ? padding : 0);
}

}  // namespace

Stepper::Stepper(const Field& field, const Tableau& tableau, Point x0)
    : field_(field),
      tableau_(tableau),
      kernels_(ZOOPT_PICK_TABLE(step_kernels)),
      memory_((3 + rows_of(tableau)) * stride_of(x0.size())) {
    const std::size_t stride = stride_of(x0.size());
    double* next = memory_.data();
    stand_.call = field.gradient_call();
    stand_.dim = x0.size();
    stand_.padded = padded_size(x0.size());
    for (double** place : {&stand_.x, &stand_.end, &stand_.point}) *place = std::exchange(next, next + stride);
    for (std::size_t j = 0; j < rows_of(tableau); ++j) stand_.rows[j] = std::exchange(next, next + stride);
    std::copy(x0.begin(), x0.end(), stand_.x);
    unit_.count = tableau.stages();
    for (std::size_t i = 1; i < unit_.count; ++i) unit_.points[i] = combination(tableau.nodes[i - 1], 1.0);
    unit_.end = combination(tableau.weights, 1.0);
    stages_ = unit_;
    unit_errors_.sums = {combination(tableau.error, 1.0), combination(tableau.second_error, 1.0)};
    unit_errors_.count = tableau.second_error.empty() ? 1 : 2;
    errors_ = unit_errors_;
}

Stepper::~Stepper() {
    field_.add_gradients(evaluations_);
}

// The point moves against the gradient.
Combination Stepper::combination(const std::vector<double>& factors, double times) const {
    Combination of;
    for (std::size_t j = 0; j < factors.size(); ++j) {
        if (factors[j] == 0.0) continue;
        of.factors[of.terms] = -times * factors[j];
        of.rows[of.terms++] = j;
    }
    return of;
}

void Stepper::set_length(double length, bool closing) {
    const bool closed = closing || tableau_.closed();
    if (length == length_ && closed == stages_.closed) return;
    length_ = length;
    stages_.closed = closed;
    kernels_.scale(unit_.points.data(), stages_.count, length, stages_.points.data());
    kernels_.scale(&unit_.end, 1, length, &stages_.end);
}

std::uint64_t Stepper::cost(bool known) const {
    return stages_.count - (known ? 1 : 0) + (stages_.closed ? 1 : 0);
}

void Stepper::fail() {
    const Point at{std::exchange(stand_.failed, nullptr), stand_.dim};
    field_.raise_failure(at);
}

bool Stepper::begin() {
    if (!stand_.known) {
        ++evaluations_;
        if (stand_.call.function(stand_.x, stand_.call.context, stand_.rows[0]) != 0) field_.raise_failure(x());
        stand_.known = true;
    }
    const Point slope = gradient();
    return std::all_of(slope.begin(), slope.end(), [](double s) { return std::isfinite(s); });
}

std::vector<double> Stepper::gradient_after(double length) {
    kernels_.combine(combination({1.0}, length), stand_, stand_.point);
    std::vector<double> found(stand_.dim);
    ++evaluations_;
    if (stand_.call.function(stand_.point, stand_.call.context, found.data()) != 0) {
        field_.raise_failure({stand_.point, stand_.dim});
    }
    return found;
}

bool Stepper::step() {
    evaluations_ += cost(stand_.known);
    dense_ready_ = false;
    const bool well = kernels_.step(stages_, stand_);
    if (stand_.failed != nullptr) fail();
    return well;
}

std::size_t Stepper::steps(std::size_t count) {
    const bool known = stand_.known;
    const std::size_t done = kernels_.steps(stages_, count, stand_);
    const std::size_t begun = std::min(done + 1, count);
    if (begun > 0) evaluations_ += cost(known) + (begun - 1) * cost(stages_.closed);
    if (stand_.failed != nullptr) fail();
    return done;
}

void Stepper::commit() {
    std::swap(stand_.x, stand_.end);
    if (stages_.closed) std::swap(stand_.rows[0], stand_.rows[stages_.count]);
    stand_.known = stages_.closed;
}

// DOP853 has two estimates, of which that of third order damps the other.
double Stepper::error_norm(const double* atol, double rtol) {
    const auto size = static_cast<double>(stand_.dim);
    kernels_.scale(unit_errors_.sums.data(), errors_.count, length_, errors_.sums.data());
    std::array<double, 2> sums{};
    kernels_.errors(errors_, stand_, atol, rtol, sums.data());
    const auto [first, second] = sums;
    if (errors_.count == 1) return std::sqrt(first / size);
    if (first == 0.0 && second == 0.0) return 0.0;
    return first / std::sqrt((first + 0.01 * second) * size);
}

void Stepper::prepare_dense() {
    if (std::exchange(dense_ready_, true)) return;
    for (std::size_t k = 0; k < tableau_.further.size(); ++k) {
        const std::size_t row = tableau_.stages() + 1 + k;
        kernels_.combine(combination(tableau_.further[k], length_), stand_, stand_.point);
        ++evaluations_;
        if (stand_.call.function(stand_.point, stand_.call.context, stand_.rows[row]) != 0) {
            field_.raise_failure({stand_.point, stand_.dim});
        }
    }
}

void Stepper::at(double theta, double* out) {
    prepare_dense();
    kernels_.combine(combination(tableau_.at(theta), length_), stand_, stand_.point);
    std::copy(stand_.point, stand_.point + stand_.dim, out);
}

std::vector<Point> Stepper::dense_rows() {
    prepare_dense();
    std::vector<Point> rows;
    for (std::size_t j = 0; j < rows_of(tableau_); ++j) rows.emplace_back(stand_.rows[j], stand_.dim);
    return rows;
}

}  // namespace zoopt::flows
