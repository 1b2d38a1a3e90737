#include "objectives/foreign_objective.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"

namespace zoopt::objectives {
namespace {

constexpr double forbidden = 1e9;

// Sum of x plus the generation, row by row; a row that holds `forbidden` fails.
std::int64_t sums(const double* rows, std::int64_t count, std::int64_t dim, std::int64_t generation, double* values) {
    for (std::int64_t r = 0; r < count; ++r) {
        double sum = static_cast<double>(generation);
        for (std::int64_t i = 0; i < dim; ++i) {
            if (rows[r * dim + i] == forbidden) return r;
            sum += rows[r * dim + i];
        }
        values[r] = sum;
    }
    return count;
}

// The same for all rows as one.
std::int64_t sums_as_one(const double* rows, std::int64_t count, std::int64_t dim, std::int64_t generation,
                         double* values) {
    return sums(rows, count, dim, generation, values) == count ? count : 0;
}

// Fails where it gets more rows than one.
std::int64_t shy(const double* rows, std::int64_t count, std::int64_t dim, std::int64_t generation, double* values) {
    return count > 1 ? 0 : sums(rows, count, dim, generation, values);
}

std::vector<double> rows_of(std::size_t count) {
    std::vector<double> rows(2 * count);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = 0.5 * static_cast<double>(i);
    return rows;
}

ForeignTraits traits(OnFailure on_failure, bool batch) {
    return {2, Sense::maximise, on_failure, batch, false};
}

std::vector<double> values_of(const ForeignObjective& objective, const std::vector<double>& rows, unsigned threads) {
    std::vector<double> values(rows.size() / 2, -1.0);
    objective.evaluate({rows.data(), values.size(), 2}, 3, threads, values);
    return values;
}

}  // namespace

ZOOPT_TEST(foreign_code_gives_every_row_its_value) {
    const std::vector<double> rows = rows_of(5000);
    for (const bool batch : {false, true}) {
        const ForeignObjective objective(batch ? sums_as_one : sums, traits(OnFailure::stop, batch));
        check::that(objective.dim() == 2 && objective.sense() == Sense::maximise);
        for (const unsigned threads : {1u, 2u, 7u}) {
            const std::vector<double> values = values_of(objective, rows, threads);
            for (std::size_t r = 0; r < values.size(); ++r) check::equal(values[r], rows[2 * r] + rows[2 * r + 1] + 3);
        }
        check::that(values_of(objective, {}, 2).empty());
    }
}

ZOOPT_TEST(foreign_code_that_fails_tells_the_first_row) {
    std::vector<double> rows = rows_of(3000);
    for (const std::size_t bad : {2999u, 1700u, 5u, 0u}) {
        rows[2 * bad + 1] = forbidden;
        for (const bool batch : {false, true}) {
            const ForeignObjective objective(batch ? sums_as_one : sums, traits(OnFailure::stop, batch));
            for (const unsigned threads : {1u, 2u, 7u}) {
                try {
                    values_of(objective, rows, threads);
                    check::that(false, "did not throw");
                } catch (const CallFailed& failed) {
                    check::that(failed.rows() == std::vector<double>{rows[2 * bad], forbidden});
                    check::that(failed.dim() == 2 && failed.generation() == 3);
                }
            }
        }
    }
}

ZOOPT_TEST(foreign_failures_may_be_invalid_values) {
    std::vector<double> rows = rows_of(3000);
    const std::vector<std::size_t> bad = {0, 1, 1700, 2999};
    for (const std::size_t r : bad) rows[2 * r] = forbidden;
    for (const bool batch : {false, true}) {
        const ForeignObjective objective(batch ? sums_as_one : sums, traits(OnFailure::invalid, batch));
        for (const unsigned threads : {1u, 2u, 7u}) {
            const std::vector<double> values = values_of(objective, rows, threads);
            for (std::size_t r = 0; r < values.size(); ++r) {
                if (std::find(bad.begin(), bad.end(), r) != bad.end()) {
                    check::that(std::isnan(values[r]));
                } else {
                    check::equal(values[r], rows[2 * r] + rows[2 * r + 1] + 3);
                }
            }
        }
    }
}

ZOOPT_TEST(foreign_code_that_fails_only_together_tells_all_rows) {
    const std::vector<double> rows = rows_of(4);
    try {
        values_of(ForeignObjective(shy, traits(OnFailure::stop, true)), rows, 1);
        check::that(false, "did not throw");
    } catch (const CallFailed& failed) {
        check::that(failed.rows() == rows);
    }
    const std::vector<double> values = values_of(ForeignObjective(shy, traits(OnFailure::invalid, true)), rows, 1);
    check::equal(values[3], rows[6] + rows[7] + 3);
}

}  // namespace zoopt::objectives
