#include "objectives/model.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include "check.hpp"
#include "made_up.hpp"
#include "tiers.hpp"

namespace zoopt::objectives {
namespace {

using made_up::whole_numbers;

constexpr unsigned thread_counts[] = {1, 2, 8};

// Scores by candidate, sample and output; every pair must come once, in a block that fits the split.
template <class T>
class Gathered final : public ScoreSink<T> {
   public:
    Gathered(std::size_t candidates, const Blocks& blocks, std::size_t outputs)
        : scores(candidates * blocks.samples * outputs),
          blocks_(blocks),
          outputs_(outputs),
          seen_(candidates * blocks.count()) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& given) override {
        const int before = seen_[candidate * blocks_.count() + block]++;
        check::equal(before, 0);
        check::equal(given.first, blocks_.begin(block));
        check::equal(given.count, blocks_.samples_of(block));
        check::that(given.stride >= given.count, "a row of scores is too short");
        for (std::size_t s = 0; s < given.count; ++s) {
            for (std::size_t o = 0; o < outputs_; ++o) {
                scores[(candidate * blocks_.samples + given.first + s) * outputs_ + o] =
                    given.data[o * given.stride + s];
            }
        }
    }

    void check_complete() const {
        for (const std::atomic<int>& pair : seen_) check::equal(pair.load(), 1);
    }

    std::vector<T> scores;

   private:
    Blocks blocks_;
    std::size_t outputs_;
    std::vector<std::atomic<int>> seen_;
};

struct Sizes {
    std::size_t samples;
    std::size_t features;
    std::size_t outputs;
    std::size_t candidates;
};

constexpr Sizes sizes[] = {{1, 1, 1, 1},     {47, 3, 1, 9},     {49, 5, 3, 2},
                           {1500, 2, 1, 17}, {1100, 40, 10, 5}, {300, 700, 2, 3}};

double plain_score(const double* row, const double* sample, std::size_t features) {
    double score = row[features];
    for (std::size_t j = 0; j < features; ++j) score += row[j] * sample[j];
    return score;
}

template <class T>
void check_scores(const Sizes& of) {
    const std::vector<double> X = whole_numbers(of.samples * of.features, 3);
    const auto model = make_model<T>({of.features, {}, of.outputs, Activation::relu});
    const std::vector<double> thetas = whole_numbers(of.candidates * model->dim(), 77);
    const PackedSamples<T> packed = model->pack({X.data(), of.samples, of.features}, all_of(of.samples));
    for (const unsigned threads : thread_counts) {
        Gathered<T> sink(of.candidates, packed.blocks(), of.outputs);
        model->forward(packed, {thetas.data(), of.candidates, model->dim()}, threads, sink);
        sink.check_complete();
        for (std::size_t k = 0, at = 0; k < of.candidates; ++k) {
            for (std::size_t s = 0; s < of.samples; ++s) {
                for (std::size_t o = 0; o < of.outputs; ++o, ++at) {
                    const double* row = thetas.data() + k * model->dim() + o * (of.features + 1);
                    check::equal(sink.scores[at],
                                 static_cast<T>(plain_score(row, X.data() + s * of.features, of.features)));
                }
            }
        }
    }
}

template <class T>
void check_gradient(const Sizes& of) {
    const std::vector<double> X = whole_numbers(of.samples * of.features, 3);
    const auto model = make_model<T>({of.features, {}, of.outputs, Activation::relu});
    const std::vector<double> theta = whole_numbers(model->dim(), 77);
    const std::vector<double> given = whole_numbers(of.outputs * of.samples, 1000);
    const std::vector<T> slopes(given.begin(), given.end());
    const PackedSamples<T> packed = model->pack({X.data(), of.samples, of.features}, all_of(of.samples));
    for (const unsigned threads : thread_counts) {
        std::vector<double> gradient(model->dim(), 0.5);
        model->backward(packed, theta, slopes.data(), of.samples, threads, gradient);
        for (std::size_t o = 0; o < of.outputs; ++o) {
            for (std::size_t j = 0; j <= of.features; ++j) {
                double expected = 0.5;
                for (std::size_t s = 0; s < of.samples; ++s) {
                    expected += given[o * of.samples + s] * (j < of.features ? X[s * of.features + j] : 1.0);
                }
                check::equal(gradient[o * (of.features + 1) + j], expected);
            }
        }
    }
}

// What every layer of a network with ReLU makes of one sample: the inputs first, the scores last.
std::vector<std::vector<double>> plain_layers(const std::vector<double>& theta, const std::vector<std::size_t>& widths,
                                              const double* sample) {
    std::vector<std::vector<double>> values{{sample, sample + widths[0]}};
    const double* row = theta.data();
    for (std::size_t l = 1; l < widths.size(); ++l) {
        std::vector<double> next(widths[l]);
        for (double& unit : next) {
            unit = plain_score(row, values.back().data(), widths[l - 1]);
            if (l + 1 < widths.size()) unit = std::max(unit, 0.0);
            row += widths[l - 1] + 1;
        }
        values.push_back(next);
    }
    return values;
}

// Adds the gradient of sum slopes[o] score_o on one sample.
void add_plain_gradient(const std::vector<double>& theta, const std::vector<std::size_t>& widths, const double* sample,
                        std::vector<double> slopes, std::vector<double>& gradient) {
    const std::vector<std::vector<double>> values = plain_layers(theta, widths, sample);
    std::size_t begin = theta.size();
    for (std::size_t l = widths.size() - 1; l > 0; --l) {
        const std::size_t inputs = widths[l - 1];
        begin -= widths[l] * (inputs + 1);
        std::vector<double> below(inputs);
        for (std::size_t u = 0; u < widths[l]; ++u) {
            for (std::size_t j = 0; j <= inputs; ++j) {
                const std::size_t at = begin + u * (inputs + 1) + j;
                gradient[at] += slopes[u] * (j < inputs ? values[l - 1][j] : 1.0);
                if (j < inputs && values[l - 1][j] > 0) below[j] += slopes[u] * theta[at];
            }
        }
        slopes = below;
    }
}

struct Network {
    std::size_t samples;
    std::vector<std::size_t> widths;
    std::size_t candidates;
};

const Network networks[] = {{1, {1, 1, 1}, 1},      {50, {3, 2, 1}, 9},        {700, {5, 33, 3}, 3},
                            {49, {60, 9, 4, 2}, 2}, {300, {2, 70, 17, 10}, 2}, {1500, {1, 1, 1, 1}, 2}};

template <class T>
std::unique_ptr<Model<T>> model_of(const Network& of) {
    return make_model<T>(
        {of.widths.front(), {of.widths.begin() + 1, of.widths.end() - 1}, of.widths.back(), Activation::relu});
}

// Sparse parameters in [-1, 1], so that sums stay exact in float32 through two hidden layers.
std::vector<double> small_parameters(std::size_t count) {
    std::vector<double> theta = whole_numbers(count, 77);
    for (double& weight : theta) weight = weight > 2 ? 1.0 : weight < -2 ? -1.0 : 0.0;
    return theta;
}

template <class T>
void check_network(const Network& of) {
    const std::size_t features = of.widths.front();
    const std::size_t outputs = of.widths.back();
    const std::vector<double> X = whole_numbers(of.samples * features, 3);
    const auto model = model_of<T>(of);
    const std::size_t dim = model->dim();
    const std::vector<double> thetas = small_parameters(of.candidates * dim);
    const Rows rows{thetas.data(), of.candidates, dim};
    const PackedSamples<T> packed = model->pack({X.data(), of.samples, features}, all_of(of.samples));
    std::vector<std::int32_t> labels(of.samples);
    for (std::size_t s = 0; s < of.samples; ++s)
        labels[s] = static_cast<std::int32_t>(s % std::max<std::size_t>(2, outputs));
    for (const unsigned threads : thread_counts) {
        Gathered<T> sink(of.candidates, packed.blocks(), outputs);
        model->forward(packed, rows, threads, sink);
        sink.check_complete();
        std::vector<std::int64_t> positive(2 * of.candidates);
        std::vector<std::int64_t> cells(of.candidates * outputs * outputs);
        const PackedSamples<T>* const sets[] = {&packed, &packed};
        if (outputs == 1) model->count_positives(sets, rows, threads, positive);
        if (outputs > 1) model->count_winners(packed, labels, rows, threads, cells);
        for (std::size_t k = 0; k < of.candidates; ++k) {
            const std::vector<double> theta(thetas.begin() + static_cast<std::ptrdiff_t>(k * dim),
                                            thetas.begin() + static_cast<std::ptrdiff_t>((k + 1) * dim));
            for (std::size_t s = 0; s < of.samples; ++s) {
                const std::vector<double> expected = plain_layers(theta, of.widths, X.data() + s * features).back();
                for (std::size_t o = 0; o < outputs; ++o) {
                    check::equal(sink.scores[(k * of.samples + s) * outputs + o], static_cast<T>(expected[o]));
                }
                const auto best = std::max_element(expected.begin(), expected.end()) - expected.begin();
                for (std::size_t set = 0; set < 2; ++set) positive[set * of.candidates + k] -= expected[0] > 0 ? 1 : 0;
                if (outputs > 1) {
                    --cells[(k * outputs + static_cast<std::size_t>(labels[s])) * outputs +
                            static_cast<std::size_t>(best)];
                }
            }
        }
        if (outputs == 1) check::that(positive == std::vector<std::int64_t>(positive.size()), "positives differ");
        check::that(cells == std::vector<std::int64_t>(cells.size()), "winners differ");
    }
}

template <class T>
void check_network_gradient(const Network& of) {
    const std::size_t features = of.widths.front();
    const std::size_t outputs = of.widths.back();
    const std::vector<double> X = whole_numbers(of.samples * features, 3);
    const auto model = model_of<T>(of);
    const std::vector<double> theta = small_parameters(model->dim());
    const std::vector<double> given = whole_numbers(outputs * of.samples, 1000);
    const std::vector<T> slopes(given.begin(), given.end());
    std::vector<double> expected(model->dim());
    for (std::size_t s = 0; s < of.samples; ++s) {
        std::vector<double> own;
        for (std::size_t o = 0; o < outputs; ++o) own.push_back(given[o * of.samples + s]);
        add_plain_gradient(theta, of.widths, X.data() + s * features, own, expected);
    }
    const PackedSamples<T> packed = model->pack({X.data(), of.samples, features}, all_of(of.samples));
    for (const unsigned threads : thread_counts) {
        std::vector<double> gradient(model->dim());
        model->backward(packed, theta, slopes.data(), of.samples, threads, gradient);
        for (std::size_t i = 0; i < gradient.size(); ++i) check::equal(gradient[i], expected[i]);
    }
}

}  // namespace

ZOOPT_TEST(networks_give_the_scores_and_counts_of_a_plain_loop) {
    on_every_tier([] {
        for (const Network& of : networks) {
            check_network<float>(of);
            check_network<double>(of);
        }
    });
}

ZOOPT_TEST(networks_give_the_gradients_of_a_plain_loop) {
    on_every_tier([] {
        for (const Network& of : networks) {
            check_network_gradient<float>(of);
            check_network_gradient<double>(of);
        }
    });
}

ZOOPT_TEST(a_network_whose_sums_could_overflow_is_not_usable) {
    const auto model = make_model<float>({1, {2}, 1, Activation::relu});
    const auto bounded = make_model<float>({1, {2}, 1, Activation::tanh});
    const std::vector<double> largest{2.0};
    std::vector<double> theta(model->dim(), 1e18);
    check::that(model->usable(largest, theta));
    theta[0] = 1e30;
    check::that(!model->usable(largest, theta), "1e30 times 1e18 fits no float");
    check::that(bounded->usable(largest, theta), "tanh bounds what the second layer adds up");
    for (const double bad : {1e39, HUGE_VAL, std::nan("")}) {
        for (std::size_t place = 0; place < theta.size(); ++place) {
            std::vector<double> other(theta.size(), 1.0);
            other[place] = bad;
            check::that(!model->usable(largest, other) && !bounded->usable(largest, other));
        }
    }
}

ZOOPT_TEST(linear_scores_come_once_a_block_and_are_those_of_a_plain_loop) {
    on_every_tier([] {
        for (const Sizes& of : sizes) {
            check_scores<float>(of);
            check_scores<double>(of);
        }
    });
}

ZOOPT_TEST(linear_gradients_are_those_of_a_plain_loop) {
    on_every_tier([] {
        for (const Sizes& of : sizes) {
            check_gradient<float>(of);
            check_gradient<double>(of);
        }
    });
}

ZOOPT_TEST(blocks_of_samples_do_not_depend_on_the_tier) {
    std::set<std::size_t> seen;
    const std::vector<double> X = whole_numbers(5000 * 30, 0);
    on_every_tier([&] { seen.insert(PackedSamples<float>({X.data(), 5000, 30}, all_of(5000), 64).blocks().size); });
    check::equal(seen.size(), std::size_t{1});
}

ZOOPT_TEST(scores_from_elsewhere_are_delivered_like_those_of_a_model) {
    const std::vector<double> scores = whole_numbers(3 * 2100 * 2, 5);
    for (const unsigned threads : thread_counts) {
        Gathered<double> sink(3, blocks_elsewhere(2100), 2);
        deliver(scores.data(), 3, 2100, 2, threads, sink);
        sink.check_complete();
        check::that(sink.scores == scores, "scores have changed on the way");
    }
}

}  // namespace zoopt::objectives
