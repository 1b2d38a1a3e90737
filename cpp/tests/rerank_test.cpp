#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "check.hpp"
#include "objectives/phrase_decoder.hpp"
#include "objectives/rerank.hpp"
#include "objectives/rerank_line.hpp"
#include "tiers.hpp"

namespace zoopt::objectives {
namespace {

// Whole numbers in [-3, 3] that follow no pattern: every score is exact, and ties are frequent.
double small_whole(std::uint64_t index) {
    const std::uint64_t mixed = (index + 1) * 0x9E3779B97F4A7C15ull;
    return static_cast<double>((mixed >> 40) % 7) - 3.0;
}

struct Problem {
    ListBegins begins{0};
    std::size_t width;
    std::vector<double> features;
    std::vector<double> statistics;  // one number a hypothesis
};

Problem problem(std::size_t lists, std::size_t longest, std::size_t width) {
    Problem made{{0}, width, {}, {}};
    for (std::size_t i = 0; i < lists; ++i) {
        const std::size_t size = 1 + (i * i + 3 * i) % longest;
        made.begins.push_back(made.begins.back() + static_cast<std::int64_t>(size));
        for (std::size_t h = 0; h < size; ++h) {
            for (std::size_t j = 0; j < width; ++j) made.features.push_back(small_whole(made.features.size()));
            made.statistics.push_back(small_whole(1000000 + made.statistics.size()) + 4.0);
        }
    }
    return made;
}

// The sum of the statistics itself.
class SumValue final : public RerankValue {
   public:
    std::size_t width() const override { return 1; }
    bool values(std::span<const double> totals, std::span<double> values) const override {
        std::copy(totals.begin(), totals.end(), values.begin());
        return true;
    }
};

Rerank objective(const Problem& of) {
    auto lists = std::make_shared<RerankLists>(of.begins, of.features, of.width, of.statistics, std::size_t{1});
    return Rerank(lists, std::make_shared<SumValue>(), Sense::maximise, OnNoValue::stop);
}

double score(const Problem& of, std::size_t hypothesis, const double* theta) {
    double sum = 0.0;
    for (std::size_t j = 0; j < of.width; ++j) sum += theta[j] * of.features[hypothesis * of.width + j];
    return sum;
}

template <class Score>
double sum_of_best(const Problem& of, const Score& score_of) {
    double total = 0.0;
    for (std::size_t i = 0; i + 1 < of.begins.size(); ++i) {
        auto best = static_cast<std::size_t>(of.begins[i]);
        for (std::size_t h = best; h < static_cast<std::size_t>(of.begins[i + 1]); ++h) {
            if (score_of(h) > score_of(best)) best = h;
        }
        total += of.statistics[best];
    }
    return total;
}

double plain_value(const Problem& of, const double* theta) {
    return sum_of_best(of, [&](std::size_t h) { return score(of, h, theta); });
}

// The value at x + t direction, the scores as straight lines: those of equal lines are equal.
double value_on_line(const Problem& of, const double* x, const double* direction, double t) {
    return sum_of_best(of, [&](std::size_t h) { return score(of, h, x) + t * score(of, h, direction); });
}

ZOOPT_TEST(values_of_picks_are_those_of_a_plain_loop_on_every_tier) {
    on_every_tier([] {
        for (const std::size_t width : {1u, 3u, 8u}) {
            const Problem of = problem(75, 50, width);
            const Rerank made = objective(of);
            const std::size_t count = 9;
            std::vector<double> thetas;
            for (std::size_t i = 0; i < count * width; ++i) thetas.push_back(small_whole(77 + i));
            for (const unsigned threads : {1u, 2u, 8u}) {
                std::vector<double> values(count);
                made.evaluate({thetas.data(), count, width}, 0, threads, values);
                for (std::size_t k = 0; k < count; ++k) {
                    check::equal(values[k], plain_value(of, thetas.data() + k * width));
                }
            }
        }
    });
}

ZOOPT_TEST(a_candidate_without_scores_has_no_value_and_disturbs_no_other) {
    const Problem of = problem(40, 20, 2);
    const std::vector<double> thetas = {1.0, 2.0, std::numeric_limits<double>::quiet_NaN(), 1.0, 1e308, 1e308,
                                        2.0, 1.0};
    std::vector<double> values(4);
    objective(of).evaluate({thetas.data(), 4, 2}, 0, 1, values);
    check::equal(values[0], plain_value(of, thetas.data()));
    check::that(std::isnan(values[1]) && std::isnan(values[2]), "no value was expected");
    check::equal(values[3], plain_value(of, thetas.data() + 6));
}

ZOOPT_TEST(a_line_has_the_values_of_its_intervals) {
    on_every_tier([] {
        const Problem of = problem(60, 40, 4);
        const Rerank made = objective(of);
        for (std::uint64_t trial = 0; trial < 20; ++trial) {
            std::vector<double> x(4);
            std::vector<double> direction(4);
            for (std::size_t j = 0; j < 4; ++j) {
                x[j] = small_whole(31 * trial + j);
                direction[j] = small_whole(17 * trial + j + 5000);
            }
            const RerankLine line = rerank_line(made.lists(), x, direction, 2);
            check::equal(line.totals.size(), line.breakpoints.size() + 1);
            for (std::size_t i = 0; i < line.totals.size(); ++i) {
                const double low = i > 0                      ? line.breakpoints[i - 1]
                                   : line.breakpoints.empty() ? 0.0
                                                              : line.breakpoints[0] - 2;
                const double high = i < line.breakpoints.size() ? line.breakpoints[i] : low + 2;
                check::equal(line.totals[i], value_on_line(of, x.data(), direction.data(), 0.5 * (low + high)));
            }
        }
    });
}

ZOOPT_TEST(climbing_takes_the_best_of_every_list_where_the_metric_is_a_sum) {
    const Problem of = problem(30, 20, 2);
    const Rerank made = objective(of);
    std::vector<std::int32_t> picks(30);
    check::that(climb(made, 5, picks), "the value can be computed");
    double best = 0.0;
    for (std::size_t i = 0; i < 30; ++i) {
        best += *std::max_element(of.statistics.begin() + of.begins[i], of.statistics.begin() + of.begins[i + 1]);
    }
    check::equal(made.totals(picks)[0], best);
}

ZOOPT_TEST(bleu_of_a_worked_example) {
    // "the cat sat on it" against "the cat sat on me now": 4, 3, 2, 1 of 5, 4, 3, 2 match.
    const std::vector<std::int32_t> tokens = {0, 1, 2, 3, 4};
    const std::vector<std::int32_t> reference = {0, 1, 2, 3, 5, 6};
    const std::vector<std::int64_t> begins = {0, 5};
    const std::vector<std::int64_t> reference_begins = {0, 6};
    const std::vector<std::int64_t> one = {0, 1};
    std::vector<double> statistics(bleu_width);
    bleu_statistics({tokens, begins}, {reference, reference_begins}, {one, one}, 1, statistics);
    check::that(statistics == std::vector<double>({5, 6, 4, 3, 2, 1, 5, 4, 3, 2}), "the counts");
    const double precisions = 4.0 / 5 * 3 / 4 * 2 / 3 * 1 / 2;
    const double expected = 100 * std::exp(1.0 - 6.0 / 5) * std::pow(precisions, 0.25);
    check::close(bleu(std::span<const double, bleu_width>(statistics), {}), expected, 1e-12);
}

ZOOPT_TEST(a_decoder_joins_phrases_and_adds_up_their_features) {
    const std::vector<std::int32_t> text = {0, 1, 0, 1, 2};
    const std::vector<std::int64_t> begins = {0, 2, 5};
    const NgramModel model({text, begins}, 3);
    const std::vector<std::int32_t> words = {0, 1, 2};
    const std::vector<double> scores = {-1.0, -2.0, -0.5};
    const auto part = [](const auto& all, std::size_t i) { return std::span(all).subspan(i, 1); };
    const std::vector<PhraseOption> options = {{0, 1, part(words, 0), part(scores, 0)},
                                               {1, 2, part(words, 1), part(scores, 1)},
                                               {1, 2, part(words, 2), part(scores, 2)}};
    const std::vector<double> weights = {1.0, 0.0, 0.0, 0.0, 1.0};
    const std::vector<Translation> found = decode(2, options, model, {weights, 10, 2, 5});
    check::equal(found.size(), std::size_t{4});
    check::that(found[0].words == std::vector<std::int32_t>({0, 2}), "the best words");
    check::close(found[0].score, -1.5, 1e-12);
    check::close(found[0].features[0], -1.5, 1e-12);
    check::that(found[2].words == std::vector<std::int32_t>({2, 0}), "turned, at the cost of jumps");
    check::close(found[2].features[4], -3.0, 0.0);
    check::close(found[2].score, -4.5, 1e-12);
}

}  // namespace
}  // namespace zoopt::objectives
