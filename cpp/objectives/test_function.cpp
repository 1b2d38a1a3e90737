#include "test_function.hpp"

#include <algorithm>
#include <string_view>

#include "rotation_kernels.hpp"
#include "zoopt/error.hpp"
#include "zoopt/noise.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

constexpr std::size_t rows_at_once = 32;
constexpr double nanoseconds_per_coordinate = 0.2;

std::vector<PickFunction>& registered() {
    static std::vector<PickFunction> all;
    return all;
}

}  // namespace

std::vector<PickFunction> functions() {
    std::vector<PickFunction> sorted = registered();
    std::sort(sorted.begin(), sorted.end(),
              [](PickFunction a, PickFunction b) { return std::string_view(a().name) < b().name; });
    return sorted;
}

PickFunction function(const std::string& name) {
    for (PickFunction pick : registered()) {
        if (name == pick().name) return pick;
    }
    throw Error(ErrorKind::unknown_name, "there is no test function named '" + name + "'");
}

RegisterFunction::RegisterFunction(PickFunction pick) {
    registered().push_back(pick);
}

TestFunction::TestFunction(PickFunction pick, std::size_t dim, std::vector<double> shift, std::vector<double> rotation)
    : pick_(pick), dim_(dim), shift_(std::move(shift)), rotation_(std::move(rotation)) {
    if (dim < pick().least_dim) {
        throw Error(ErrorKind::invalid_input, std::string(pick().name) + " needs a dimension of at least " +
                                                  std::to_string(pick().least_dim) + ", not " + std::to_string(dim));
    }
    if ((!shift_.empty() && shift_.size() != dim) || (!rotation_.empty() && rotation_.size() != dim * dim)) {
        throw Error(ErrorKind::invalid_input, "shift must have dim entries and rotation dim x dim");
    }
    if (pick().prepare == nullptr) return;
    weights_.resize(dim);
    pick().prepare(dim, weights_.data());
}

void TestFunction::transformed(const double* rows, std::size_t count, double* values) const {
    std::vector<double> points(rows, rows + count * dim_);
    if (!shift_.empty()) {
        for (std::size_t i = 0; i < points.size(); ++i) points[i] -= shift_[i % dim_];
    }
    if (!rotation_.empty()) {
        std::vector<double> rotated(points.size());
        ZOOPT_PICK_TABLE(rotation_kernels).rotate(rotation_.data(), dim_, points.data(), count, rotated.data());
        points.swap(rotated);
    }
    pick_().values(points.data(), count, dim_, weights_.data(), values);
}

void TestFunction::evaluate(const Rows& rows, std::uint64_t, unsigned threads, std::span<double> values) const {
    const double coordinates = static_cast<double>(rows.count) * static_cast<double>(dim_);
    const double work = coordinates * (rotation_.empty() ? 1.0 : static_cast<double>(dim_));
    const unsigned used = threads::worthwhile(nanoseconds_per_coordinate * work, threads);
    threads::parallel(rows.count, used, [&](std::size_t first, std::size_t last) {
        if (shift_.empty() && rotation_.empty()) {
            return pick_().values(rows.data + first * dim_, last - first, dim_, weights_.data(), values.data() + first);
        }
        for (; first < last; first += rows_at_once) {
            transformed(rows.data + first * dim_, std::min(rows_at_once, last - first), values.data() + first);
        }
    });
}

void TestFunction::add_terms(double* rows, std::size_t stride, std::size_t count, std::size_t from, std::size_t width,
                             double* lanes) const {
    for (std::size_t r = 0; !shift_.empty() && r < count; ++r) {
        for (std::size_t i = 0; i < width + reach(); ++i) rows[r * stride + i] -= shift_[from + i];
    }
    pick_().add(rows, stride, count, width, weights_.empty() ? nullptr : weights_.data() + from, lanes);
}

void TestFunction::fold(double* lanes, std::size_t count, double* values) const {
    pick_().fold(lanes, count, values);
}

std::vector<double> haar_rotation(std::size_t dim, std::uint64_t seed) {
    std::vector<double> rows(dim * dim);
    const noise::Address address{seed, static_cast<std::uint32_t>(noise::Stream::objective), 0};
    for (std::size_t i = 0; i < dim; ++i) {
        noise::fill(noise::Kind::normal, address, static_cast<std::uint32_t>(i), 0,
                    std::span<double>(rows.data() + i * dim, dim));
    }
    ZOOPT_PICK_TABLE(rotation_kernels).orthonormalise(rows.data(), dim);
    return rows;
}

}  // namespace zoopt::objectives
