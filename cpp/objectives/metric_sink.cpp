#include "metric_sink.hpp"

#include <algorithm>
#include <cstring>

#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

using Class = std::uint16_t;
constexpr std::size_t bytes_at_once = std::size_t{32} << 20;
constexpr double nanoseconds_per_count = 1.0;  // of a prediction
constexpr double nanoseconds_per_rank = 15.0;  // of a score

// The predictions of all samples, counted in their order once they are known.
template <class T>
class CountSink final : public MetricSink<T> {
   public:
    CountSink(CountRule rule, const Targets& targets, std::size_t candidates)
        : rule_(std::move(rule)), targets_(targets), predicted_(candidates * targets.samples()) {}

    void take(std::size_t candidate, std::size_t, const ScoreBlock<T>& scores) override {
        Class* out = predicted_.data() + candidate * targets_.samples() + scores.first;
        if (targets_.kind() == Target::binary) {
            for (std::size_t s = 0; s < scores.count; ++s) out[s] = scores.data[s] > T{0} ? 1 : 0;
            return;
        }
        for (std::size_t s = 0; s < scores.count; ++s) out[s] = winner(scores, s);
    }

    void values(unsigned threads, std::span<double> out) override {
        const double work = nanoseconds_per_count * static_cast<double>(predicted_.size());
        threads::parallel(out.size(), threads::worthwhile(work, threads), [&](std::size_t first, std::size_t last) {
            const std::size_t classes = targets_.classes();
            std::vector<double> cells(classes * classes);
            std::vector<std::uint8_t> occurs(classes);
            for (; first < last; ++first) {
                count(first, cells, occurs);
                out[first] = rule_(Confusion(cells, occurs));
            }
        });
    }

   private:
    Class winner(const ScoreBlock<T>& scores, std::size_t s) const {
        std::size_t best = 0;
        for (std::size_t c = 1; c < targets_.classes(); ++c) {
            if (scores.data[c * scores.stride + s] > scores.data[best * scores.stride + s]) best = c;
        }
        return static_cast<Class>(best);
    }

    void count(std::size_t candidate, std::vector<double>& cells, std::vector<std::uint8_t>& occurs) const {
        const std::size_t classes = targets_.classes();
        std::fill(cells.begin(), cells.end(), 0.0);
        for (std::size_t c = 0; c < classes; ++c) occurs[c] = targets_.occurrences()[c] > 0 ? 1 : 0;
        const Class* predicted = predicted_.data() + candidate * targets_.samples();
        for (std::size_t s = 0; s < targets_.samples(); ++s) {
            cells[static_cast<std::size_t>(targets_.of(s)) * classes + predicted[s]] += targets_.weight(s);
            occurs[predicted[s]] = 1;
        }
    }

    CountRule rule_;
    const Targets& targets_;
    std::vector<Class> predicted_;
};

// Sums of every block, a row of `width` each.
class Parts {
   public:
    Parts(std::size_t candidates, std::size_t blocks, std::size_t width)
        : blocks_(blocks), width_(width), sums_(candidates * blocks * width) {}

    std::span<double> of(std::size_t candidate, std::size_t block) {
        return {sums_.data() + (candidate * blocks_ + block) * width_, width_};
    }
    std::vector<double> total(std::size_t candidate) {
        std::vector<double> total(width_);
        for (std::size_t b = 0; b < blocks_; ++b) {
            const std::span<const double> part = of(candidate, b);
            for (std::size_t i = 0; i < width_; ++i) total[i] += part[i];
        }
        return total;
    }

   private:
    std::size_t blocks_;
    std::size_t width_;
    std::vector<double> sums_;
};

// Hits of every label, then predictions.
template <class T>
class TallySink final : public MetricSink<T> {
   public:
    TallySink(TallyRule rule, const Targets& targets, std::size_t candidates, const Blocks& blocks)
        : rule_(std::move(rule)), targets_(targets), parts_(candidates, blocks.count(), 2 * targets.classes()) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        const std::size_t labels = targets_.classes();
        const std::span<double> sums = parts_.of(candidate, block);
        for (std::size_t l = 0; l < labels; ++l) {
            for (std::size_t s = 0; s < scores.count; ++s) {
                if (!(scores.data[l * scores.stride + s] > T{0})) continue;
                const double weight = targets_.weight(scores.first + s);
                if (targets_.has(scores.first + s, l)) sums[l] += weight;
                sums[labels + l] += weight;
            }
        }
    }

    void values(unsigned, std::span<double> out) override {
        const std::size_t labels = targets_.classes();
        Tally tally(labels);
        for (std::size_t k = 0; k < out.size(); ++k) {
            const std::vector<double> total = parts_.total(k);
            for (std::size_t l = 0; l < labels; ++l) tally[l] = {total[l], total[labels + l], targets_.truths()[l]};
            out[k] = rule_(tally);
        }
    }

   private:
    TallyRule rule_;
    const Targets& targets_;
    Parts parts_;
};

// Scores of one candidate in float64, each output a run of its own.
template <class T>
std::vector<double> widened(const T* scores, std::size_t stride, std::size_t count, std::size_t outputs) {
    std::vector<double> wide(outputs * count);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t s = 0; s < count; ++s) wide[o * count + s] = static_cast<double>(scores[o * stride + s]);
    }
    return wide;
}

template <class T>
class SumSink final : public MetricSink<T> {
   public:
    SumSink(std::shared_ptr<const SumRule> rule, const Targets& targets, std::size_t candidates, const Blocks& blocks)
        : rule_(std::move(rule)), targets_(targets), parts_(candidates, blocks.count(), rule_->sums()) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        const std::size_t outputs = targets_.outputs();
        const std::vector<double> wide = widened(scores.data, scores.stride, scores.count, outputs);
        rule_->add({wide.data(), scores.count, scores.first, scores.count, outputs}, targets_,
                   parts_.of(candidate, block));
    }

    void values(unsigned, std::span<double> out) override {
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = rule_->value(parts_.total(k), targets_);
    }

   private:
    std::shared_ptr<const SumRule> rule_;
    const Targets& targets_;
    Parts parts_;
};

// All scores, ranked once they are known.
template <class T>
class RankingSink final : public MetricSink<T> {
   public:
    RankingSink(RankingRule rule, const Targets& targets, std::size_t candidates)
        : rule_(std::move(rule)), targets_(targets), scores_(candidates * targets.outputs() * targets.samples()) {}

    void take(std::size_t candidate, std::size_t, const ScoreBlock<T>& scores) override {
        for (std::size_t o = 0; o < targets_.outputs(); ++o) {
            T* out = of(candidate) + o * targets_.samples() + scores.first;
            std::copy_n(scores.data + o * scores.stride, scores.count, out);
        }
    }

    void values(unsigned threads, std::span<double> out) override {
        const double work = nanoseconds_per_rank * static_cast<double>(scores_.size());
        threads::parallel(out.size(), threads::worthwhile(work, threads), [&](std::size_t first, std::size_t last) {
            const std::size_t samples = targets_.samples();
            const std::size_t outputs = targets_.outputs();
            Workspace workspace;
            for (; first < last; ++first) {
                const std::vector<double> wide = widened(of(first), samples, samples, outputs);
                out[first] = rule_({wide.data(), samples, 0, samples, outputs}, targets_, workspace);
            }
        });
    }

   private:
    T* of(std::size_t candidate) { return scores_.data() + candidate * targets_.outputs() * targets_.samples(); }

    RankingRule rule_;
    const Targets& targets_;
    std::vector<T> scores_;
};

}  // namespace

template <class T>
std::unique_ptr<MetricSink<T>> metric_sink(const Rule& rule, const Targets& targets, std::size_t candidates,
                                           const Blocks& blocks) {
    if (const auto* count = std::get_if<CountRule>(&rule)) {
        return std::make_unique<CountSink<T>>(*count, targets, candidates);
    }
    if (const auto* tally = std::get_if<TallyRule>(&rule)) {
        return std::make_unique<TallySink<T>>(*tally, targets, candidates, blocks);
    }
    if (const auto* ranking = std::get_if<RankingRule>(&rule)) {
        return std::make_unique<RankingSink<T>>(*ranking, targets, candidates);
    }
    return std::make_unique<SumSink<T>>(std::get<std::shared_ptr<const SumRule>>(rule), targets, candidates, blocks);
}

template <class T>
std::size_t candidates_at_once(const Rule& rule, const Targets& targets, const Blocks& blocks, unsigned threads) {
    std::size_t bytes = blocks.count() * sizeof(double);
    if (std::holds_alternative<CountRule>(rule)) bytes = targets.samples() * sizeof(Class);
    if (std::holds_alternative<TallyRule>(rule)) bytes *= 2 * targets.classes();
    if (std::holds_alternative<RankingRule>(rule)) bytes = targets.samples() * targets.outputs() * sizeof(T);
    return std::max<std::size_t>(threads, bytes_at_once / std::max<std::size_t>(1, bytes));
}

template std::unique_ptr<MetricSink<float>> metric_sink(const Rule&, const Targets&, std::size_t, const Blocks&);
template std::unique_ptr<MetricSink<double>> metric_sink(const Rule&, const Targets&, std::size_t, const Blocks&);
template std::size_t candidates_at_once<float>(const Rule&, const Targets&, const Blocks&, unsigned);
template std::size_t candidates_at_once<double>(const Rule&, const Targets&, const Blocks&, unsigned);

}  // namespace zoopt::objectives
