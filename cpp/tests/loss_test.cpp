#include "objectives/loss_objective.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "tiers.hpp"

namespace zoopt::objectives {
namespace {

constexpr Precision precisions[] = {Precision::float32, Precision::float64};

double accuracy(Precision precision) {
    return precision == Precision::float32 ? 1e-6 : 1e-14;
}

// The squared error of one hidden unit on one sample: weights 1, intercepts 0, wanted score 0.
double squared_unit(const char* kind, double z, Precision precision, std::vector<double>& gradient) {
    const Architecture unit{1, {1}, 1, activation(kind)};
    const auto loss = loss_objective(unit, {&z, 1, 1}, {Loss::squared_error, {0.0}, {1.0}}, precision);
    gradient.assign(4, 0.0);
    return loss->value_and_gradient(std::vector<double>{1.0, 0.0, 1.0, 0.0}, 0, 1, gradient);
}

struct Known {
    const char* kind;
    double z;
    double value;
    double slope;
    double curvature;
};

// By mpmath in 30 digits.
constexpr Known known[] = {
    {"relu", 1.5, 1.5, 1.0, 0.0},
    {"relu", -1.5, 0.0, 0.0, 0.0},
    {"tanh", 0.5, 0.462117157260009758502, 0.786447732965927410150, -0.726861981383587275540},
    {"tanh", -2.0, -0.964027580075816883946, 0.0706508248531644739, 0.136218687427113041172},
    {"gelu", 1.0, 0.841344746068542948586, 1.08331547058768562984, 0.241970724519143349798},
    {"gelu", -2.0, -0.0455002638963584144, -0.0852318010781969377, -0.107981933026376103901},
};

}  // namespace

ZOOPT_TEST(activations_and_their_slopes_at_known_places) {
    on_every_tier([] {
        for (const Precision precision : precisions) {
            for (const Known& at : known) {
                std::vector<double> gradient;
                const double value = squared_unit(at.kind, at.z, precision, gradient);
                check::close(value, at.value * at.value, accuracy(precision));
                check::close(gradient[1], 2.0 * at.value * at.slope, 4 * accuracy(precision));
                check::close(gradient[2], 2.0 * at.value * at.value, 4 * accuracy(precision));
            }
        }
    });
}

// Along the intercept of the hidden unit: 2 (slope^2 + value curvature).
ZOOPT_TEST(curvatures_of_activations_at_known_places) {
    on_every_tier([] {
        for (const Precision precision : precisions) {
            for (const Known& at : known) {
                const Architecture unit{1, {1}, 1, activation(at.kind)};
                const auto loss = loss_objective(unit, {&at.z, 1, 1}, {Loss::squared_error, {0.0}, {1.0}}, precision);
                std::vector<double> product(4);
                loss->hessian_vector(std::vector<double>{1.0, 0.0, 1.0, 0.0}, std::vector<double>{0.0, 1.0, 0.0, 0.0},
                                     0, 1, product);
                check::close(product[1], 2.0 * (at.slope * at.slope + at.value * at.curvature),
                             8 * accuracy(precision));
                check::close(product[0], at.z * product[1], 16 * accuracy(precision));
                check::close(product[3], 2.0 * at.slope, 8 * accuracy(precision));
            }
        }
    });
}

// The slope of log(1 + exp(s)) changes by p (1 - p), that of the softmax of (s, 0) by the same.
ZOOPT_TEST(curvatures_of_known_scores) {
    on_every_tier([] {
        const std::vector<double> X{1.0, 1.0};
        for (const Precision precision : precisions) {
            for (const double score : {-30.0, -1.0, 0.25, 3.0, 50.0}) {
                const double p = 1.0 / (1.0 + std::exp(-score));
                const double change = std::exp(-std::abs(score)) * std::max(p, 1.0 - p) * std::max(p, 1.0 - p);
                for (const std::size_t outputs : {1u, 2u}) {
                    const Architecture line{1, {}, outputs, Activation::relu};
                    const auto loss =
                        loss_objective(line, {X.data(), 2, 1}, {Loss::cross_entropy, {1, 0}, {1, 3}}, precision);
                    std::vector<double> theta(2 * outputs);
                    std::vector<double> along(2 * outputs);
                    theta[0] = score;
                    along[0] = 1.0;
                    std::vector<double> product(2 * outputs);
                    loss->hessian_vector(theta, along, 0, 1, product);
                    check::close(product[0], change, 4 * accuracy(precision));
                    check::equal(product[1], product[0]);
                    if (outputs == 2) check::close(product[2], -change, 4 * accuracy(precision));
                }
            }
        }
    });
}

ZOOPT_TEST(cross_entropy_of_equal_scores_is_the_logarithm_of_the_classes) {
    on_every_tier([] {
        const std::vector<double> X{1.0, -2.0, 0.5};
        for (const Precision precision : precisions) {
            for (const std::size_t outputs : {1u, 3u, 7u}) {
                const Architecture line{1, {}, outputs, Activation::relu};
                const auto loss =
                    loss_objective(line, {X.data(), 3, 1}, {Loss::cross_entropy, {0, 1, 0}, {1, 2, 1}}, precision);
                std::vector<double> value(1);
                const std::vector<double> zeros(line.dim());
                loss->evaluate({zeros.data(), 1, line.dim()}, 0, 1, value);
                const double classes = outputs == 1 ? 2.0 : static_cast<double>(outputs);
                check::close(value[0], std::log(classes), accuracy(precision));
            }
        }
    });
}

// Two samples with score s and labels 1 and 0: the mean is log(1 + exp(s)) - s / 2.
ZOOPT_TEST(logistic_losses_and_slopes_of_known_scores) {
    on_every_tier([] {
        const std::vector<double> X{1.0, 1.0};
        const Architecture line{1, {}, 1, Activation::relu};
        for (const Precision precision : precisions) {
            const auto loss = loss_objective(line, {X.data(), 2, 1}, {Loss::cross_entropy, {1, 0}, {1, 1}}, precision);
            for (const double score : {-30.0, -1.0, 0.25, 3.0, 50.0}) {
                std::vector<double> gradient(2);
                const double value = loss->value_and_gradient(std::vector<double>{score, 0.0}, 0, 1, gradient);
                const double size = 1.0 + std::abs(score);
                check::close(value, std::log1p(std::exp(score)) - score / 2, accuracy(precision) * size);
                check::close(gradient[0], 1.0 / (1.0 + std::exp(-score)) - 0.5, accuracy(precision));
                check::equal(gradient[0], gradient[1]);
            }
        }
    });
}

// One sample of class 1 with score s, so that its probability is p = 1 / (1 + exp(-s)).
ZOOPT_TEST(losses_of_the_probability_and_their_slopes_at_known_scores) {
    on_every_tier([] {
        const double X = 1.0;
        const Architecture line{1, {}, 1, Activation::relu};
        for (const Precision precision : precisions) {
            const auto focal = loss_objective(line, {&X, 1, 1}, {Loss::focal, {1}, {1}, {}, 2.0}, precision);
            const auto smooth = loss_objective(line, {&X, 1, 1}, {Loss::smooth_accuracy, {1}, {1}}, precision);
            for (const double score : {-6.0, -1.0, 0.0, 0.25, 3.0}) {
                const double p = 1.0 / (1.0 + std::exp(-score));
                const double q = 1.0 - p;
                std::vector<double> gradient(2);
                const std::vector<double> theta{score, 0.0};
                const double least = 10 * accuracy(precision);
                check::close(focal->value_and_gradient(theta, 0, 1, gradient), -q * q * std::log(p), least);
                check::close(gradient[1], -q * (q * q - 2.0 * p * q * std::log(p)), least);
                check::close(smooth->value_and_gradient(theta, 0, 1, gradient), q, least);
                check::close(gradient[1], -p * q, least);
            }
        }
    });
}

// Samples of classes 1, 0, 0 with probabilities 1/2: 2 (1/2) / (1 + 3/2) = 2/5, and of squares 2 (1/2) / (1 + 3/4) =
// 4/7.
ZOOPT_TEST(overlaps_are_made_of_sums_over_all_samples) {
    on_every_tier([] {
        const std::vector<double> X{1.0, 0.0, 0.0};
        const Architecture line{1, {}, 1, Activation::relu};
        for (const Precision precision : precisions) {
            for (const bool squared : {false, true}) {
                const Loss kind = squared ? Loss::squared_dice : Loss::dice;
                const auto loss = loss_objective(line, {X.data(), 3, 1}, {kind, {1, 0, 0}, {1, 1, 1}}, precision);
                const double overlap = squared ? 4.0 / 7.0 : 2.0 / 5.0;
                const double size = squared ? 1.75 : 2.5;
                std::vector<double> gradient(2);
                check::close(loss->value_and_gradient(std::vector<double>{0.0, 0.0}, 0, 1, gradient), 1.0 - overlap,
                             accuracy(precision));
                check::close(gradient[0], -2.0 / size * (1.0 - overlap / 2.0) / 4.0, accuracy(precision));
                check::close(gradient[1], -2.0 / size * (1.0 - 3.0 * overlap / 2.0) / 4.0, accuracy(precision));
            }
        }
    });
}

ZOOPT_TEST(offsets_are_added_to_the_scores_of_their_outputs) {
    on_every_tier([] {
        const double X = 1.0;
        const Architecture line{1, {}, 3, Activation::relu};
        for (const Loss kind : {Loss::cross_entropy, Loss::focal, Loss::smooth_accuracy, Loss::squared_dice}) {
            for (const Precision precision : precisions) {
                const auto moved = loss_objective(line, {&X, 1, 1}, {kind, {2}, {1}, {0.5, -1.0, 2.0}}, precision);
                const auto plain = loss_objective(line, {&X, 1, 1}, {kind, {2}, {1}}, precision);
                std::vector<double> value(2);
                moved->evaluate({std::vector<double>(6).data(), 1, 6}, 0, 1, {&value[0], 1});
                const std::vector<double> shifted{0.0, 0.5, 0.0, -1.0, 0.0, 2.0};
                plain->evaluate({shifted.data(), 1, 6}, 0, 1, {&value[1], 1});
                check::equal(value[0], value[1]);
            }
        }
    });
}

ZOOPT_TEST(losses_of_chosen_samples_count_them_as_often_as_they_are_chosen) {
    on_every_tier([] {
        const std::vector<double> X{1.0, -2.0, 0.5};
        const Architecture line{1, {}, 1, Activation::relu};
        const auto loss = loss_objective(line, {X.data(), 3, 1}, {Loss::squared_error, {3.0, 0.0, 1.0}, {1, 1, 2}},
                                         Precision::float64);
        std::vector<double> gradient(2);
        const auto part = loss->of_chosen({0, 2, 2});
        check::equal(part->samples(), std::size_t{3});
        const double value = part->value_and_gradient(std::vector<double>{2.0, 0.0}, 0, 1, gradient);
        check::close(value, (1.0 + 2.0 * 0.0 + 2.0 * 0.0) / 5.0, 1e-15);
        check::close(gradient[0], 2.0 * -1.0 * 1.0 / 5.0, 1e-15);
    });
}

}  // namespace zoopt::objectives
