#include "foreign_objective.hpp"

#include <chrono>
#include <limits>
#include <mutex>

#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

constexpr double invalid_value = std::numeric_limits<double>::quiet_NaN();

double nanoseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

CallFailed::CallFailed(const Rows& rows, std::uint64_t generation)
    : std::runtime_error("the objective failed in compiled code"),
      rows_(rows.data, rows.data + rows.count * rows.dim),
      dim_(rows.dim),
      generation_(generation) {}

// Nothing is known of what a call costs, so with more than one thread the first row is timed.
void ForeignObjective::evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                                std::span<double> values) const {
    std::mutex failing;
    Range failed{rows.count, rows.count};
    const auto work = [&](std::size_t first, std::size_t last) {
        const Range bad = call(rows, {first, last}, static_cast<std::int64_t>(generation), values.data());
        if (bad.first == bad.last) return;
        const std::lock_guard<std::mutex> lock(failing);
        if (bad.first < failed.first) failed = bad;
    };
    std::size_t done = 0;
    if (traits_.threads_of_its_own) threads = 1;
    if (threads > 1 && rows.count > 1) {
        const auto start = std::chrono::steady_clock::now();
        work(0, 1);
        done = 1;
        threads = threads::worthwhile(nanoseconds_since(start) * static_cast<double>(rows.count - 1), threads);
    }
    threads::parallel(rows.count - done, threads,
                      [&](std::size_t first, std::size_t last) { work(first + done, last + done); });
    if (failed.first < failed.last) {
        throw CallFailed({rows.data + failed.first * rows.dim, failed.last - failed.first, rows.dim}, generation);
    }
}

ForeignObjective::Range ForeignPoint::call(const Rows& rows, Range range, std::int64_t generation,
                                           double* values) const {
    const auto d = static_cast<std::int64_t>(rows.dim);
    for (std::size_t r = range.first; r < range.last; ++r) {
        if (function_(rows.data + r * rows.dim, d, generation, values + r) == 0) continue;
        if (traits().on_failure == OnFailure::stop) return {r, r + 1};
        values[r] = invalid_value;
    }
    return {range.last, range.last};
}

bool ForeignBatch::together(const Rows& rows, Range range, std::int64_t generation, double* values) const {
    return function_(rows.data + range.first * rows.dim, static_cast<std::int64_t>(range.last - range.first),
                     static_cast<std::int64_t>(rows.dim), generation, values + range.first) == 0;
}

// Where all rows together fail, each is tried alone, so that what fails does not depend on how rows were cut.
ForeignObjective::Range ForeignBatch::call(const Rows& rows, Range range, std::int64_t generation,
                                           double* values) const {
    const Range none{range.last, range.last};
    if (range.first == range.last || together(rows, range, generation, values)) return none;
    for (std::size_t r = range.first; r < range.last; ++r) {
        if (together(rows, {r, r + 1}, generation, values)) continue;
        if (traits().on_failure == OnFailure::stop) return {r, r + 1};
        values[r] = invalid_value;
    }
    return traits().on_failure == OnFailure::stop ? range : none;
}

}  // namespace zoopt::objectives
