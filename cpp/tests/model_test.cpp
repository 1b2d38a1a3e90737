#include "objectives/model.hpp"

#include <atomic>
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
    const auto model = linear_model<T>(of.features, of.outputs);
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
    const auto model = linear_model<T>(of.features, of.outputs);
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

}  // namespace

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
