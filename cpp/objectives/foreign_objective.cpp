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

struct ForeignObjective::Task {
    const Rows& rows;
    std::int64_t generation;
    double* values;
};

// Rows [first, last) of the task.
struct ForeignObjective::Range {
    std::size_t first;
    std::size_t last;
    bool empty() const { return first == last; }
};

CallFailed::CallFailed(const Rows& rows, std::uint64_t generation)
    : std::runtime_error("the objective failed in compiled code"),
      rows_(rows.data, rows.data + rows.count * rows.dim),
      dim_(rows.dim),
      generation_(generation) {}

// Nothing is known of what a row costs, so where there are threads to be had the first row is timed.
void ForeignObjective::evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                                std::span<double> values) const {
    const Task task{rows, static_cast<std::int64_t>(generation), values.data()};
    std::mutex failing;
    Range failed{rows.count, rows.count};
    const auto work = [&](std::size_t first, std::size_t last) {
        const Range bad = traits_.batch ? as_one(task, {first, last}) : by_row(task, {first, last});
        if (bad.empty()) return;
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
    if (failed.empty()) return;
    throw CallFailed({rows.data + failed.first * rows.dim, failed.last - failed.first, rows.dim}, generation);
}

// The rows that were done.
std::size_t ForeignObjective::call(const Task& task, Range range) const {
    const std::size_t d = task.rows.dim;
    const auto count = static_cast<std::int64_t>(range.last - range.first);
    return static_cast<std::size_t>(function_(task.rows.data + range.first * d, count, static_cast<std::int64_t>(d),
                                              task.generation, task.values + range.first));
}

// Both return the part of the range that failed, which is empty where none did or failures are invalid values.
ForeignObjective::Range ForeignObjective::by_row(const Task& task, Range range) const {
    for (;;) {
        range.first += call(task, range);
        if (range.empty()) return range;
        if (traits_.on_failure == OnFailure::stop) return {range.first, range.first + 1};
        task.values[range.first++] = invalid_value;
    }
}

// Where all rows together fail, each is tried alone, so that what fails does not depend on how rows were cut.
ForeignObjective::Range ForeignObjective::as_one(const Task& task, Range range) const {
    const Range none{range.last, range.last};
    if (range.empty() || call(task, range) == range.last - range.first) return none;
    for (std::size_t r = range.first; r < range.last; ++r) {
        if (call(task, {r, r + 1}) == 1) continue;
        if (traits_.on_failure == OnFailure::stop) return {r, r + 1};
        task.values[r] = invalid_value;
    }
    return traits_.on_failure == OnFailure::stop ? range : none;
}

}  // namespace zoopt::objectives
