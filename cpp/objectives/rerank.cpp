#include "rerank.hpp"

#include <algorithm>
#include <limits>

#include "foreign_objective.hpp"
#include "zoopt/error.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t lists_at_once = 32;
constexpr std::size_t rows_at_once = 256;

// What a score costs, roughly: decides only whether threads are worth their dispatch.
constexpr double nanoseconds_per_term = 0.08;

// Weights of all rows in groups that the kernel takes; zeros for those that no score can be had from.
struct PackedWeights {
    struct Group {
        std::size_t first;
        std::size_t size;
    };
    std::vector<Group> groups;
    std::vector<double> weights;

    PackedWeights(const RerankLists& lists, const Rows& rows) : weights(rows.count * rows.dim) {
        for (std::size_t first = 0; first < rows.count; first += lists.kernels().candidates) {
            const std::size_t size = std::min(lists.kernels().candidates, rows.count - first);
            groups.push_back({first, size});
            double* group = weights.data() + first * rows.dim;
            for (std::size_t r = 0; r < size; ++r) {
                const std::span<const double> row(rows.data + (first + r) * rows.dim, rows.dim);
                if (!lists.usable(row)) continue;
                for (std::size_t j = 0; j < rows.dim; ++j) group[j * size + r] = row[j];
            }
        }
    }
};

void add(const double* statistics, std::size_t counts, double* totals) {
    for (std::size_t s = 0; s < counts; ++s) totals[s] += statistics[s];
}

}  // namespace

// Every block of lists adds up by itself, and blocks are added in order: threads change no bit.
std::vector<double> Rerank::totals(const Rows& rows, unsigned threads) const {
    const RerankLists& lists = *lists_;
    const std::size_t counts = lists.counts();
    const std::size_t blocks = (lists.lists() + lists_at_once - 1) / lists_at_once;
    const PackedWeights packed(lists, rows);
    std::vector<double> partial(blocks * rows.count * counts);
    const double terms = static_cast<double>(lists.hypotheses() * lists.width()) * static_cast<double>(rows.count);
    const unsigned used = threads::worthwhile(nanoseconds_per_term * terms, threads);
    threads::parallel(blocks, used, [&](std::size_t first, std::size_t last) {
        std::vector<std::int32_t> picks(lists.kernels().candidates);
        const std::size_t end = std::min(last * lists_at_once, lists.lists());
        for (std::size_t i = first * lists_at_once; i < end; ++i) {
            const PackedList list = lists.packed(i);
            double* block = partial.data() + i / lists_at_once * rows.count * counts;
            for (const PackedWeights::Group& group : packed.groups) {
                lists.kernels().pick(list, packed.weights.data() + group.first * rows.dim, group.size, picks.data());
                for (std::size_t r = 0; r < group.size; ++r) {
                    const double* statistics = lists.statistics(i, static_cast<std::size_t>(picks[r]));
                    add(statistics, counts, block + (group.first + r) * counts);
                }
            }
        }
    });
    for (std::size_t b = 1; b < blocks; ++b) {
        add(partial.data() + b * rows.count * counts, rows.count * counts, partial.data());
    }
    partial.resize(rows.count * counts);
    return partial;
}

void Rerank::evaluate(const Rows& rows, std::uint64_t generation, unsigned threads, std::span<double> values) const {
    for (std::size_t first = 0; first < rows.count; first += rows_at_once) {
        const Rows here{rows.data + first * rows.dim, std::min(rows_at_once, rows.count - first), rows.dim};
        finish(here, generation, totals(here, threads), values.subspan(first, here.count));
    }
}

void Rerank::finish(const Rows& rows, std::uint64_t generation, std::span<const double> totals,
                    std::span<double> values) const {
    if (!value_->values(totals, values)) {
        if (on_no_value_ == OnNoValue::stop) throw CallFailed(rows, generation);
        for (std::size_t r = 0; r < rows.count; ++r) {
            const std::span<const double> own = totals.subspan(r * lists_->counts(), lists_->counts());
            if (!value_->values(own, values.subspan(r, 1))) values[r] = nan;
        }
    }
    for (std::size_t r = 0; r < rows.count; ++r) {
        if (!lists_->usable({rows.data + r * rows.dim, rows.dim})) values[r] = nan;
    }
}

void Rerank::picks(std::span<const double> candidate, std::span<std::int32_t> picks) const {
    for (std::size_t i = 0; i < lists_->lists(); ++i) {
        lists_->kernels().pick(lists_->packed(i), candidate.data(), 1, &picks[i]);
    }
}

std::vector<double> Rerank::totals(std::span<const std::int32_t> picks) const {
    std::vector<double> sum(lists_->counts());
    for (std::size_t i = 0; i < lists_->lists(); ++i) {
        add(lists_->statistics(i, static_cast<std::size_t>(picks[i])), sum.size(), sum.data());
    }
    return sum;
}

}  // namespace zoopt::objectives
