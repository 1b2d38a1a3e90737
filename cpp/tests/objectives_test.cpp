#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "check.hpp"
#include "made_up.hpp"
#include "objectives/metric_objective.hpp"
#include "objectives/metric_sink.hpp"
#include "objectives/test_function.hpp"
#include "tiers.hpp"
#include "zoopt/error.hpp"

namespace zoopt::objectives {
namespace {

using made_up::whole_numbers;

constexpr Precision precisions[] = {Precision::float32, Precision::float64};

struct Problem {
    std::size_t samples;
    std::size_t features;
    std::size_t classes;
    std::vector<double> X;
    std::vector<std::int32_t> labels;
};

Problem problem(std::size_t samples, std::size_t features, std::size_t classes) {
    Problem made{samples, features, classes, whole_numbers(samples * features, 7), {}};
    for (std::size_t s = 0; s < samples; ++s) {
        made.labels.push_back(static_cast<std::int32_t>((s * s + s / 3) % classes));
    }
    return made;
}

std::size_t outputs(const Problem& of) {
    return of.classes == 2 ? 1 : of.classes;
}

double plain_score(const Problem& of, const double* weights, std::size_t sample) {
    double score = weights[of.features];
    for (std::size_t j = 0; j < of.features; ++j) score += weights[j] * of.X[sample * of.features + j];
    return score;
}

std::size_t plain_prediction(const Problem& of, const double* candidate, std::size_t sample) {
    if (of.classes == 2) return plain_score(of, candidate, sample) > 0 ? 1 : 0;
    std::size_t best = 0;
    for (std::size_t c = 1; c < of.classes; ++c) {
        const double* row = candidate + c * (of.features + 1);
        const double* leader = candidate + best * (of.features + 1);
        if (plain_score(of, row, sample) > plain_score(of, leader, sample)) best = c;
    }
    return best;
}

std::vector<std::int64_t> plain_counts(const Problem& of, const std::vector<double>& thetas, std::size_t candidates) {
    const std::size_t dim = outputs(of) * (of.features + 1);
    std::vector<std::int64_t> cells(candidates * of.classes * of.classes);
    for (std::size_t k = 0; k < candidates; ++k) {
        for (std::size_t s = 0; s < of.samples; ++s) {
            const std::size_t truth = static_cast<std::size_t>(of.labels[s]);
            const std::size_t predicted = plain_prediction(of, thetas.data() + k * dim, s);
            ++cells[(k * of.classes + truth) * of.classes + predicted];
        }
    }
    return cells;
}

// Confusion counts of every candidate, by the rule of a metric that writes them down.
template <class T>
std::vector<std::int64_t> seen_counts(const Problem& of, const Rows& rows, unsigned threads) {
    const Samples samples{of.X.data(), of.samples, of.features};
    const std::unique_ptr<Model<T>> model = linear_model<T>(of.features, outputs(of));
    const Targets targets = Targets::of_classes(of.labels, of.classes, {});
    std::vector<std::int64_t> cells(rows.count * of.classes * of.classes);
    const PackedSamples<T> packed = model->pack(samples, all_of(of.samples));
    std::size_t candidate = 0;
    const CountRule write = [&](const Confusion& counts) {
        for (std::size_t t = 0; t < of.classes; ++t) {
            for (std::size_t p = 0; p < of.classes; ++p) {
                cells[(candidate * of.classes + t) * of.classes + p] = static_cast<std::int64_t>(counts.at(t, p));
            }
        }
        ++candidate;
        return 0.0;
    };
    const auto sink = metric_sink<T>(write, targets, rows.count, packed.blocks());
    model->forward(packed, rows, threads, *sink);
    std::vector<double> values(rows.count);
    sink->values(1, values);
    return cells;
}

double plain_accuracy(const Problem& of, const std::int64_t* cells) {
    std::int64_t hits = 0;
    for (std::size_t c = 0; c < of.classes; ++c) hits += cells[c * of.classes + c];
    return static_cast<double>(hits) / static_cast<double>(of.samples);
}

std::unique_ptr<MetricObjective> objective(const Problem& of, Precision precision, const char* name) {
    const Samples samples{of.X.data(), of.samples, of.features};
    const Targets targets = Targets::of_classes(of.labels, of.classes, {});
    const Measure measure(name, {}, false);
    if (precision == Precision::float32) {
        return metric_objective(linear_model<float>(of.features, outputs(of)), samples, targets, measure, {});
    }
    return metric_objective(linear_model<double>(of.features, outputs(of)), samples, targets, measure, {});
}

void check_counts(const Problem& of, std::size_t candidates) {
    const std::size_t dim = outputs(of) * (of.features + 1);
    const std::vector<double> thetas = whole_numbers(candidates * dim, 1u << 20);
    const Rows rows{thetas.data(), candidates, dim};
    const std::vector<std::int64_t> expected = plain_counts(of, thetas, candidates);
    for (const unsigned threads : {1u, 2u, 8u}) {
        check::that(seen_counts<float>(of, rows, threads) == expected, "counts differ from the plain loop");
        check::that(seen_counts<double>(of, rows, threads) == expected, "counts differ from the plain loop");
        for (const Precision precision : precisions) {
            std::vector<double> values(candidates);
            const std::unique_ptr<MetricObjective> made = objective(of, precision, "accuracy");
            check::equal(made->dim(), dim);
            made->evaluate(rows, 0, threads, values);
            for (std::size_t k = 0; k < candidates; ++k) {
                check::equal(values[k], plain_accuracy(of, expected.data() + k * of.classes * of.classes));
            }
        }
    }
}

}  // namespace

ZOOPT_TEST(confusion_counts_are_those_of_a_plain_loop) {
    on_every_tier([] {
        for (const std::size_t classes : {2u, 3u, 5u, 10u, 17u}) {
            for (const std::size_t samples : {1u, 7u, 24u, 25u, 96u, 211u}) {
                check_counts(problem(samples, 3, classes), 9);
            }
            check_counts(problem(50, 1, classes), 1);
            check_counts(problem(5000, 11, classes), 5);
        }
    });
}

ZOOPT_TEST(a_model_of_samples_of_one_class_counts) {
    Problem all_negative = problem(30, 2, 2);
    for (std::int32_t& label : all_negative.labels) label = 0;
    check_counts(all_negative, 5);
}

ZOOPT_TEST(scores_stand_in_the_order_of_the_samples) {
    on_every_tier([] {
        for (const std::size_t classes : {2u, 4u}) {
            const Problem given = problem(61, 5, classes);
            const std::size_t rows = outputs(given);
            const std::vector<double> theta = whole_numbers(rows * 6, 99);
            std::vector<double> own(61 * rows);
            objective(given, Precision::float32, "accuracy")->scores(theta, own);
            for (std::size_t s = 0; s < 61; ++s) {
                for (std::size_t r = 0; r < rows; ++r) {
                    check::equal(own[s * rows + r], plain_score(given, theta.data() + r * 6, s));
                }
            }
        }
    });
}

ZOOPT_TEST(candidates_without_finite_scores_are_not_usable) {
    const Problem given = problem(20, 2, 2);
    const double huge = std::numeric_limits<double>::max();
    for (const double bad : {huge, -huge, HUGE_VAL, std::nan("")}) {
        for (std::size_t place = 0; place < 3; ++place) {
            std::vector<double> theta = {1.0, -1.0, 0.5};
            check::that(objective(given, Precision::float32, "accuracy")->usable(theta));
            theta[place] = bad;
            check::that(!objective(given, Precision::float32, "accuracy")->usable(theta));
            check::that(!objective(given, Precision::float64, "roc_auc")->usable(theta));
        }
    }
}

ZOOPT_TEST(functions_are_registered_once_and_sorted) {
    const std::vector<PickFunction> known = functions();
    for (std::size_t i = 1; i < known.size(); ++i) check::that(std::string(known[i - 1]().name) < known[i]().name);
    check::that(known.size() >= 4);
}

ZOOPT_TEST(test_functions_have_the_same_bits_on_every_tier) {
    for (const PickFunction pick : functions()) {
        for (const std::size_t dim : {2u, 15u, 16u, 17u, 100u}) {
            std::vector<double> points = whole_numbers(3 * dim, 5);
            for (double& coordinate : points) coordinate *= 0.37;
            std::vector<std::vector<double>> seen;
            on_every_tier([&] {
                const TestFunction f(pick, dim, std::vector<double>(dim, 0.25), haar_rotation(dim, 3));
                std::vector<double> values(3);
                f.evaluate({points.data(), 3, dim}, 0, 1, values);
                seen.push_back(values);
            });
            for (const std::vector<double>& values : seen) check::that(values == seen.front(), pick().name);
        }
    }
}

ZOOPT_TEST(test_functions_refuse_what_does_not_fit) {
    check::throws<Error>([] { TestFunction(function("rosenbrock"), 1, {}, {}); });
    check::throws<Error>([] { TestFunction(function("sphere"), 3, {1.0}, {}); });
    check::throws<Error>([] { TestFunction(function("sphere"), 3, {}, {1.0}); });
    check::throws<Error>([] { function("no such function"); });
}

}  // namespace zoopt::objectives
