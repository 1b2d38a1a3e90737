#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "made_up.hpp"
#include "objectives/measure.hpp"
#include "objectives/mini_batches.hpp"
#include "objectives/operating_point.hpp"
#include "objectives/ranking.hpp"
#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

using Numbers = std::map<std::string, double>;
constexpr double macro = 1.0;
constexpr double micro = 2.0;
constexpr double weighted = 3.0;

double of_counts(const char* name, const Numbers& options, std::vector<double> cells, std::size_t classes) {
    std::vector<std::uint8_t> occurs(classes);
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t p = 0; p < classes; ++p) {
            if (cells[t * classes + p] > 0.0) occurs[t] = occurs[p] = 1;
        }
    }
    const Metric& chosen = metric(name);
    const Rule rule =
        chosen.make(metric_options(chosen, {options}), classes == 2 ? Target::binary : Target::multiclass);
    return std::get<CountRule>(rule)(Confusion(cells, occurs));
}

// Scores of one candidate, a row for each sample.
double of_scores(const char* name, const Numbers& options, const Targets& targets, const std::vector<double>& scores,
                 unsigned threads = 1) {
    std::vector<double> value(1);
    Measure(name, {options}, false).evaluate(scores.data(), targets, threads, value);
    return value[0];
}

Targets classes(std::vector<std::int32_t> numbers, std::size_t count, std::vector<double> weights = {}) {
    return Targets::of_classes(std::move(numbers), count, std::move(weights));
}

}  // namespace

ZOOPT_TEST(metrics_of_known_counts) {
    const std::vector<double> two = {3, 1, 2, 4};
    check::equal(of_counts("accuracy", {}, two, 2), 0.7);
    check::equal(of_counts("fbeta", {}, two, 2), 8.0 / 11.0);
    check::equal(of_counts("fbeta", {{"beta", 2.0}}, two, 2), 20.0 / 29.0);
    check::equal(of_counts("fbeta", {}, {5, 0, 0, 0}, 2), 0.0);
    check::equal(of_counts("fbeta", {{"average", macro}}, two, 2), (6.0 / 9.0 + 8.0 / 11.0) / 2.0);
    check::equal(of_counts("fbeta", {{"average", macro}}, {4, 0, 0, 0, 0, 0, 0, 0, 0}, 3), 1.0);
    check::equal(of_counts("fbeta", {{"average", macro}}, {4, 0, 2, 0, 0, 0, 0, 0, 0}, 3), (0.8 + 0.0) / 2.0);
    check::equal(of_counts("fbeta", {{"average", micro}}, two, 2), 0.7);
    check::close(of_counts("fbeta", {{"average", weighted}}, two, 2), 0.4 * 6.0 / 9.0 + 0.6 * 8.0 / 11.0, 1e-15);
    check::equal(of_counts("precision", {}, two, 2), 0.8);
    check::equal(of_counts("recall", {}, two, 2), 4.0 / 6.0);
    check::equal(of_counts("jaccard", {}, two, 2), 4.0 / 7.0);
    check::equal(of_counts("balanced_accuracy", {}, two, 2), (0.75 + 4.0 / 6.0) / 2.0);
    check::equal(of_counts("zero_one_loss", {}, two, 2), 0.3);
    check::close(of_counts("matthews_corrcoef", {}, two, 2), 10.0 / std::sqrt(600.0), 1e-15);
    check::equal(of_counts("matthews_corrcoef", {}, {5, 0, 3, 0}, 2), 0.0);
    check::close(of_counts("cohen_kappa", {}, two, 2), 0.4, 1e-15);
    check::that(std::isnan(of_counts("cohen_kappa", {}, {5, 0, 0, 0}, 2)));
    check::close(of_counts("cohen_kappa", {{"weights", 2.0}}, {2, 0, 1, 0, 2, 0, 1, 0, 2}, 3), 1.0 - 8.0 / 12.0, 1e-15);
}

ZOOPT_TEST(metrics_of_known_scores) {
    const Targets four = classes({0, 1, 0, 1}, 2);
    check::equal(of_scores("roc_auc", {}, four, {1, 2, 3, 4}), 0.75);
    check::equal(of_scores("roc_auc", {}, four, {1, 1, 1, 1}), 0.5);
    check::equal(of_scores("average_precision", {}, four, {1, 2, 3, 4}), 0.5 * 1.0 + 0.5 * 2.0 / 3.0);
    check::equal(of_scores("precision_at_recall", {{"recall", 0.9}}, four, {1, 2, 3, 4}), 2.0 / 3.0);
    check::equal(of_scores("recall_at_precision", {{"precision", 0.9}}, four, {1, 2, 3, 4}), 0.5);
    check::equal(of_scores("recall_at_precision", {{"precision", 0.9}}, four, {4, 3, 2, 1}), 0.0);
    check::close(of_scores("log_loss", {}, four, {0, 0, 0, 0}), std::log(2.0), 1e-15);
    check::close(of_scores("brier_score", {}, four, {0, 0, 0, 0}), 0.25, 1e-15);
    const Targets three = classes({0, 2}, 3);
    check::equal(of_scores("top_k_accuracy", {{"k", 1.0}}, three, {5, 5, 1, 1, 2, 2}), 0.5);
    check::equal(of_scores("top_k_accuracy", {{"k", 2.0}}, three, {5, 5, 1, 1, 2, 2}), 1.0);
    const Targets line = Targets::of_quantities({1, 2, 3, 4}, {});
    check::equal(of_scores("mean_absolute_error", {}, line, {1, 2, 5, 2}), 1.0);
    check::equal(of_scores("root_mean_squared_error", {}, line, {1, 2, 5, 2}), std::sqrt(2.0));
    check::equal(of_scores("r2", {}, line, {1, 2, 5, 2}), 1.0 - 8.0 / 5.0);
    check::equal(of_scores("mean_pinball_loss", {{"alpha", 0.25}}, line, {1, 2, 5, 2}),
                 (0.75 * 2.0 + 0.25 * 2.0) / 4.0);
    check::close(of_scores("spearman", {}, line, {10, 20, 40, 30}), 0.8, 1e-15);
    check::that(std::isnan(of_scores("spearman", {}, line, {1, 1, 1, 1})));
    check::that(std::isnan(of_scores("roc_auc", {}, four, {1, 2, HUGE_VAL, 4})));
}

ZOOPT_TEST(weights_count_as_repetition_does) {
    const Targets once = classes({0, 1, 0, 1, 1}, 2, {2, 1, 0, 3, 1});
    const Targets often = classes({0, 0, 1, 1, 1, 1, 1}, 2);
    const std::vector<double> few = {1, 2, 7, 1, -1};
    const std::vector<double> many = {1, 1, 2, 1, 1, 1, -1};
    for (const char* name : {"accuracy", "fbeta", "matthews_corrcoef", "roc_auc", "average_precision", "log_loss"}) {
        check::close(of_scores(name, {}, once, few), of_scores(name, {}, often, many), 1e-14);
    }
}

ZOOPT_TEST(several_labels_are_counted_each_by_itself) {
    const Targets pairs = Targets::of_labels({1, 0, 1, 1, 0, 1}, 2, {});
    const std::vector<double> scores = {1, -1, -1, 1, 1, 1};  // label 0: hit, miss, alarm; label 1: right, hit, hit
    check::equal(of_scores("accuracy", {}, pairs, scores), 1.0 / 3.0);
    check::equal(of_scores("recall", {{"average", macro}}, pairs, scores), (0.5 + 1.0) / 2.0);
    check::equal(of_scores("precision", {{"average", micro}}, pairs, scores), 3.0 / 4.0);
    check::equal(of_scores("jaccard", {{"average", 4.0}}, pairs, scores), (1.0 + 0.5 + 0.5) / 3.0);
}

ZOOPT_TEST(scores_are_sorted_with_ties) {
    for (const std::size_t count : {1u, 5u, 63u, 64u, 1000u}) {
        std::vector<double> scores = made_up::whole_numbers(count, 3);
        for (std::size_t s = 0; s < count; s += 3) scores[s] *= -0.0;
        for (std::size_t s = 1; s < count; s += 7) scores[s] *= 1e-300;
        for (std::size_t s = 2; s < count; s += 5) scores[s] = 1.0 + 0x1p-50 * static_cast<double>(s * 7 % 13);
        Workspace work;
        const Order& order = rank(scores, work);
        check::equal(order.samples.size(), count);
        check::equal(static_cast<std::size_t>(order.ends.back()), count);
        std::vector<bool> seen(count);
        std::size_t first = 0;
        for (const std::uint32_t end : order.ends) {
            for (std::size_t i = first; i < end; ++i) {
                check::equal(scores[order.samples[i]], scores[order.samples[first]]);
                seen[order.samples[i]] = true;
            }
            if (end < count) check::that(scores[order.samples[first]] > scores[order.samples[end]]);
            first = end;
        }
        for (const bool each : seen) check::that(each);
    }
}

ZOOPT_TEST(batches_of_an_epoch_are_all_samples) {
    const MiniBatches batches(23, 5, 9);
    check::equal(batches.an_epoch(), std::size_t{5});
    std::vector<std::vector<std::uint32_t>> epochs;
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
        std::vector<std::uint32_t> all;
        for (std::uint64_t b = 0; b < 5; ++b) {
            const std::vector<std::uint32_t> batch = batches.of(5 * epoch + b);
            check::equal(batch.size(), std::size_t{b < 4 ? 5u : 3u});
            all.insert(all.end(), batch.begin(), batch.end());
        }
        epochs.push_back(all);
        std::sort(all.begin(), all.end());
        for (std::uint32_t s = 0; s < 23; ++s) check::equal(all[s], s);
    }
    check::that(epochs[0] != epochs[1] && epochs[1] != epochs[2], "epochs have an order of their own");
    check::that(batches.of(7) == MiniBatches(23, 5, 9).of(7) && batches.of(7) != MiniBatches(23, 5, 8).of(7));
}

ZOOPT_TEST(metrics_are_registered_once_and_refuse_what_does_not_fit) {
    const std::vector<const Metric*> all = metrics();
    for (std::size_t i = 1; i < all.size(); ++i) check::that(all[i - 1]->name < all[i]->name);
    check::that(all.size() >= 20);
    check::throws<Error>([] { metric("no such metric"); });
    check::throws<Error>([] { Measure("fbeta", {{{"beta", -1.0}}}, false); });
    check::throws<Error>([] { Measure("fbeta", {{{"average", 0.5}}}, false); });
    check::throws<Error>([] { Measure("accuracy", {{{"beta", 1.0}}}, false); });
    check::throws<Error>([] { Measure("r2", {}, false).check(classes({0, 1}, 2)); });
    check::throws<Error>([] { Measure("roc_auc", {}, false).check(classes({1, 1}, 2)); });
    check::throws<Error>([] { Measure("zero_one_loss", {{}, {1.0, 2.0}}, false).check(classes({0, 1}, 2)); });
}

}  // namespace zoopt::objectives
