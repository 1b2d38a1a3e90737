#include "keeper.hpp"

#include <algorithm>

namespace zoopt::flows {
namespace {

constexpr std::size_t usual = 1024;  // points

}  // namespace

Keeper::Keeper(const Keeping& keeping, std::size_t dim, std::uint64_t steps)
    : at_(keeping.at),
      dim_(dim),
      most_(std::max<std::size_t>(keeping.most, 2)),
      thins_(keeping.every == 0),
      every_(keeping.every > 0 ? keeping.every : std::max<std::uint64_t>(1, (steps + most_ - 1) / most_)) {}

void Keeper::add(double t, Point x) {
    kept_.t.push_back(t);
    kept_.x.insert(kept_.x.end(), x.begin(), x.end());
}

// Room for what is usual is asked for at once, and taken up as it is used.
void Keeper::begin(double t, Point x) {
    if (!at_ && thins_) kept_.x.reserve(std::min(most_, usual) * dim_);
    if (!at_) return add(t, x);
    while (next_time_ < at_->size() && (*at_)[next_time_] == t) {
        add(t, x);
        ++next_time_;
    }
}

// The times of the step, its end among them.
void Keeper::add_times(Stepper& stepper, double from, double to) {
    std::vector<double> point(dim_);
    const double direction = stepper.length() < 0.0 ? -1.0 : 1.0;
    while (next_time_ < at_->size() && direction * ((*at_)[next_time_] - to) <= 0.0) {
        const double t = (*at_)[next_time_++];
        stepper.at((t - from) / stepper.length(), point.data());
        add(t, point);
    }
}

// Of all that is kept every other goes.
void Keeper::thin() {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < kept_.t.size(); k += 2, ++kept) {
        kept_.t[kept] = kept_.t[k];
        std::copy_n(kept_.x.begin() + static_cast<std::ptrdiff_t>(k * dim_), dim_,
                    kept_.x.begin() + static_cast<std::ptrdiff_t>(kept * dim_));
    }
    kept_.t.resize(kept);
    kept_.x.resize(kept * dim_);
    every_ *= 2;
}

void Keeper::step(std::uint64_t step, Stepper& stepper, double from, double to) {
    at_ ? add_times(stepper, from, to) : this->step(step, to, stepper.end());
}

void Keeper::step(std::uint64_t step, double t, Point x) {
    if (step % every_ != 0) return;
    if (thins_ && kept_.t.size() > most_) thin();
    if (step % every_ == 0) add(t, x);
}

void Keeper::end_within(Stepper& stepper, double from, double to, Point x) {
    at_ ? add_times(stepper, from, to) : add(to, x);
}

Found Keeper::finish(double t, Point x) {
    if (!at_ && kept_.t.back() != t) add(t, x);
    return std::move(kept_);
}

}  // namespace zoopt::flows
