#include "zoopt/domain.hpp"

#include <algorithm>
#include <cmath>

namespace zoopt {
namespace {

// The parabola takes a twentieth of the size of the bound, or half of the box where that is less.
double margin(double bound, double width) {
    return std::isinf(bound) ? 0.0 : std::min(width / 2.0, (1.0 + std::fabs(bound)) / 20.0);
}

// y reflected at the ends of [low, high] until it lies within; one of them may be infinite.
double reflect(double y, double low, double high) {
    if (y >= low && y <= high) return y;
    if (std::isinf(high)) return 2.0 * low - y;
    if (std::isinf(low)) return 2.0 * high - y;
    const double width = high - low;
    const double turned = std::fabs(y - low);
    const double rest = turned - 2.0 * width * std::floor(turned / (2.0 * width));
    return low + (rest <= width ? rest : 2.0 * width - rest);
}

}  // namespace

Domain::Domain(Handling handling, std::vector<double> lower, std::vector<double> upper)
    : handling_(handling), lower_(std::move(lower)), upper_(std::move(upper)) {
    for (std::size_t i = 0; i < lower_.size(); ++i) {
        margin_lower_.push_back(margin(lower_[i], upper_[i] - lower_[i]));
        margin_upper_.push_back(margin(upper_[i], upper_[i] - lower_[i]));
    }
}

bool Domain::contains(std::span<const double> x) const {
    for (std::size_t i = 0; bounded() && i < x.size(); ++i) {
        if (!(x[i] >= lower_[i] && x[i] <= upper_[i])) return false;
    }
    return true;
}

double Domain::mapped(double y, std::size_t i) const {
    const double low = lower_[i], high = upper_[i];
    if (handling_ == Handling::projection) return std::clamp(y, low, high);
    const double a = margin_lower_[i], b = margin_upper_[i];
    const double inside = reflect(y, low - a, high + b);
    double x = inside;
    if (inside < low + a) {
        const double t = (inside - (low - a)) / (2.0 * a);
        x = low + a * t * t;
    } else if (inside > high - b) {
        const double t = (inside - (high + b)) / (2.0 * b);
        x = high - b * t * t;
    }
    return std::clamp(x, low, high);
}

double Domain::unmapped(double x, std::size_t i) const {
    if (handling_ == Handling::projection) return x;
    const double low = lower_[i], high = upper_[i], a = margin_lower_[i], b = margin_upper_[i];
    if (x < low + a) return low - a + 2.0 * a * std::sqrt((x - low) / a);
    if (x > high - b) return high + b - 2.0 * b * std::sqrt((high - x) / b);
    return x;
}

void Domain::map(double* rows, std::size_t count) const {
    for (std::size_t r = 0; bounded() && r < count; ++r) {
        double* row = rows + r * lower_.size();
        for (std::size_t i = 0; i < lower_.size(); ++i) row[i] = mapped(row[i], i);
    }
}

// y lies between the mirrors; so do its reflections in them, and all of these moved by whole periods, map to one point.
double Domain::nearest_image(double y, double near, std::size_t i) const {
    const double left = lower_[i] - margin_lower_[i], right = upper_[i] + margin_upper_[i];
    if (std::isinf(left) && std::isinf(right)) return y;
    const double mirrored = 2.0 * (std::isinf(left) ? right : left) - y;
    const double period = std::isinf(left) || std::isinf(right) ? 0.0 : 2.0 * (right - left);
    const auto moved = [&](double image) {
        return period > 0.0 ? image + period * std::floor((near - image) / period + 0.5) : image;
    };
    const double one = moved(y), other = moved(mirrored);
    return std::fabs(other - near) < std::fabs(one - near) ? other : one;
}

void Domain::unmap(double* row, std::span<const double> near) const {
    for (std::size_t i = 0; bounded() && i < lower_.size(); ++i) {
        row[i] = unmapped(row[i], i);
        if (handling_ == Handling::transform && !near.empty()) row[i] = nearest_image(row[i], near[i], i);
    }
}

void Domain::settle(std::span<double> mean) const {
    if (handling_ != Handling::projection) return;
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = std::clamp(mean[i], lower_[i], upper_[i]);
}

}  // namespace zoopt
