#include "policy_corpus.hpp"

namespace zoopt::objectives {
namespace {

using Cells = std::vector<std::int64_t>;

Cells counts_of(const Corpus& corpus, std::span<const std::int32_t> choices) {
    Cells cells(corpus.labels * corpus.labels);
    for (std::size_t s = 0; s < choices.size(); ++s) {
        ++cells[static_cast<std::size_t>(corpus.truth[s]) * corpus.labels + static_cast<std::size_t>(choices[s])];
    }
    return cells;
}

// What the metric would be with one sample of class `truth` moved from each choice to each other one: samples of one
// class and choice are alike, so this is all there is to know.
class Moves {
   public:
    Moves(const Corpus& corpus, Cells cells)
        : corpus_(&corpus),
          values_(corpus.metric, corpus.labels),
          cells_(std::move(cells)),
          known_(cells_.size()),
          rewards_(cells_.size() * corpus.labels) {
        now_ = value();
    }

    double now() const { return now_; }

    // rewards[y] where a sample of class `truth` and label `choice` had label y.
    std::span<const double> from(std::size_t truth, std::size_t choice) {
        const std::size_t labels = corpus_->labels;
        const std::size_t cell = truth * labels + choice;
        const std::span<double> rewards(rewards_.data() + cell * labels, labels);
        if (known_[cell] != 0) return rewards;
        known_[cell] = 1;
        --cells_[cell];
        for (std::size_t y = 0; y < labels; ++y) {
            ++cells_[truth * labels + y];
            rewards[y] = y == choice ? now_ : value();
            --cells_[truth * labels + y];
        }
        ++cells_[cell];
        return rewards;
    }

   private:
    double value() { return values_.of(cells_); }

    const Corpus* corpus_;
    WholeCounts values_;
    Cells cells_;
    std::vector<char> known_;
    std::vector<double> rewards_;
    double now_ = 0.0;
};

// F1 of class c of real-valued counts, F = 2 N_cc / (N_c. + N_.c), and `weight` times its derivatives.
double add_f1(std::span<const double> counts, std::size_t labels, std::size_t c, double weight,
              std::span<double> derivatives) {
    double total = 0.0;
    for (std::size_t y = 0; y < labels; ++y) total += counts[c * labels + y] + counts[y * labels + c];
    if (!(total > 0.0)) return 0.0;
    const double f = 2.0 * counts[c * labels + c] / total;
    for (std::size_t y = 0; y < labels; ++y) {
        derivatives[c * labels + y] -= weight * f / total;
        derivatives[y * labels + c] -= weight * f / total;
    }
    derivatives[c * labels + c] += weight * 2.0 / total;
    return weight * f;
}

double f1(std::span<const double> counts, std::size_t labels, std::span<double> derivatives) {
    return add_f1(counts, labels, 1, 1.0, derivatives);
}

// The mean over the classes that have samples.
double f1_macro(std::span<const double> counts, std::size_t labels, std::span<double> derivatives) {
    std::vector<std::size_t> present;
    for (std::size_t c = 0; c < labels; ++c) {
        double samples = 0.0;
        for (std::size_t y = 0; y < labels; ++y) samples += counts[c * labels + y];
        if (samples > 0.0) present.push_back(c);
    }
    double value = 0.0;
    for (std::size_t c : present) {
        value += add_f1(counts, labels, c, 1.0 / static_cast<double>(present.size()), derivatives);
    }
    return value;
}

constexpr SmoothMetric smooth_metrics[] = {{"f1", f1}, {"f1_macro", f1_macro}};

}  // namespace

double corpus_reward(const Corpus& corpus, std::span<const std::int32_t> choices) {
    return WholeCounts(corpus.metric, corpus.labels).of(counts_of(corpus, choices));
}

double difference_rewards(const Corpus& corpus, std::span<const std::int32_t> choices, std::size_t draws,
                          std::span<double> rewards) {
    const std::size_t samples = corpus.samples();
    std::fill(rewards.begin(), rewards.end(), 0.0);
    double value = 0.0;
    for (std::size_t j = 0; j < draws; ++j) {
        const std::span<const std::int32_t> labeling = choices.subspan(j * samples, samples);
        Moves moves(corpus, counts_of(corpus, labeling));
        value += moves.now();
        for (std::size_t s = 0; s < samples; ++s) {
            const std::span<const double> moved =
                moves.from(static_cast<std::size_t>(corpus.truth[s]), static_cast<std::size_t>(labeling[s]));
            for (std::size_t y = 0; y < corpus.labels; ++y) rewards[y * samples + s] += moved[y];
        }
    }
    const auto count = static_cast<double>(draws);
    for (double& reward : rewards) reward /= count;
    return value / count;
}

const SmoothMetric* smooth_metric(const std::string& name) {
    for (const SmoothMetric& metric : smooth_metrics) {
        if (name == metric.name) return &metric;
    }
    return nullptr;
}

double expected_rewards(const Corpus& corpus, const SmoothMetric& metric, std::span<const double> p,
                        std::span<double> rewards) {
    const std::size_t samples = corpus.samples();
    const std::size_t labels = corpus.labels;
    std::vector<double> counts(labels * labels);
    for (std::size_t y = 0; y < labels; ++y) {
        for (std::size_t s = 0; s < samples; ++s) {
            counts[static_cast<std::size_t>(corpus.truth[s]) * labels + y] += p[y * samples + s];
        }
    }
    std::vector<double> derivatives(counts.size());
    const double value = metric.value(counts, labels, derivatives);
    for (std::size_t y = 0; y < labels; ++y) {
        for (std::size_t s = 0; s < samples; ++s) {
            rewards[y * samples + s] = derivatives[static_cast<std::size_t>(corpus.truth[s]) * labels + y];
        }
    }
    return value;
}

}  // namespace zoopt::objectives
