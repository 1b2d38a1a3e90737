#include <mutex>
#include <numeric>

#include "linear_samples.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

// What a multiply-add of one sample costs, roughly: decides only whether threads are worth their dispatch.
constexpr double nanoseconds_per_term = 0.05;

unsigned threads_for(std::size_t samples, std::size_t weights, unsigned threads) {
    return threads::worthwhile(nanoseconds_per_term * static_cast<double>(samples) * static_cast<double>(weights),
                               threads);
}

// Splits [0, panels), lets every part add into counts of its own, and adds those up: integers, so in any
// order.
template <class Part>
void add_in_parts(std::size_t panels, unsigned threads, std::span<std::int64_t> total, const Part& part) {
    std::mutex adding;
    threads::parallel(panels, threads, [&](std::size_t first, std::size_t last) {
        std::vector<std::int64_t> counts(total.size());
        part(first, last, counts);
        const std::lock_guard<std::mutex> lock(adding);
        for (std::size_t i = 0; i < counts.size(); ++i) total[i] += counts[i];
    });
}

std::vector<std::uint32_t> all_of(std::size_t count) {
    std::vector<std::uint32_t> chosen(count);
    std::iota(chosen.begin(), chosen.end(), 0u);
    return chosen;
}

std::vector<std::uint32_t> with_label(std::span<const std::int32_t> labels, std::int32_t label) {
    std::vector<std::uint32_t> chosen;
    for (std::size_t s = 0; s < labels.size(); ++s) {
        if (labels[s] == label) chosen.push_back(static_cast<std::uint32_t>(s));
    }
    return chosen;
}

// Two classes, one row of weights. Samples are packed by class, so that counting the positive scores of each
// class is all there is to do, and the kernel needs no labels.
template <class T>
class LinearBinary final : public Classifier {
   public:
    LinearBinary(const Samples& samples, std::span<const std::int32_t> labels)
        : features_(samples.features),
          bound_(samples),
          negatives_(samples, with_label(labels, 0)),
          positives_(samples, with_label(labels, 1)) {}

    std::size_t dim() const override { return features_ + 1; }
    std::size_t classes() const override { return 2; }
    std::size_t samples() const override { return negatives_.count() + positives_.count(); }
    std::size_t features() const override { return features_; }
    void copy_samples(std::span<double> out, std::span<std::int32_t> labels) const override {
        negatives_.unpack(out);
        positives_.unpack(out);
        std::fill(labels.begin(), labels.end(), 0);
        for (std::size_t s = 0; s < positives_.count(); ++s) labels[positives_.original(s)] = 1;
    }
    bool usable(std::span<const double> candidate) const override { return bound_.holds(candidate.data()); }

    void count(const Rows& rows, unsigned threads, std::span<std::int64_t> cells) const override {
        const LinearKernels<T>& kernels = negatives_.kernels();
        const std::vector<T> weights = pack_weights<T>(rows.data, rows.count, features_, kernels.rows);
        // Predicted as positive: first of all negatives, then of all positives; padding still included.
        std::vector<std::int64_t> predicted(2 * rows.count);
        add_in_parts(negatives_.panels() + positives_.panels(), threads_for(samples(), weights.size(), threads),
                     predicted, [&](std::size_t first, std::size_t last, std::vector<std::int64_t>& counts) {
                         const std::size_t border = negatives_.panels();
                         if (first < border) {
                             kernels.positives(negatives_.slice(first, std::min(last, border)), weights.data(),
                                               rows.count, counts.data());
                         }
                         if (last > border) {
                             kernels.positives(positives_.slice(std::max(first, border) - border, last - border),
                                               weights.data(), rows.count, counts.data() + rows.count);
                         }
                     });
        for (std::size_t k = 0; k < rows.count; ++k) {
            const bool padding_counts = static_cast<T>(rows.data[k * dim() + features_]) > T{0};
            add_row(predicted[k], negatives_, padding_counts, cells.subspan(4 * k, 2));
            add_row(predicted[rows.count + k], positives_, padding_counts, cells.subspan(4 * k + 2, 2));
        }
    }

    void scores(std::span<const double> candidate, std::span<double> out) const override {
        const std::vector<T> weights = pack_weights<T>(candidate.data(), 1, features_, negatives_.kernels().rows);
        negatives_.scores(weights.data(), 1, out);
        positives_.scores(weights.data(), 1, out);
    }

   private:
    // The score of a padding sample (all zeros) is the intercept.
    static void add_row(std::int64_t predicted, const LinearSamples<T>& of_class, bool padding_counts,
                        std::span<std::int64_t> row) {
        const std::int64_t real = predicted - (padding_counts ? static_cast<std::int64_t>(of_class.padding()) : 0);
        row[0] += static_cast<std::int64_t>(of_class.count()) - real;
        row[1] += real;
    }

    std::size_t features_;
    ScoreBound<T> bound_;
    LinearSamples<T> negatives_;
    LinearSamples<T> positives_;
};

// More classes, a row of weights each.
template <class T>
class LinearMulticlass final : public Classifier {
   public:
    LinearMulticlass(const Samples& samples, std::span<const std::int32_t> labels, std::size_t classes)
        : features_(samples.features),
          classes_(classes),
          labels_(labels.begin(), labels.end()),
          bound_(samples),
          samples_(samples, all_of(samples.count)) {}

    std::size_t dim() const override { return classes_ * (features_ + 1); }
    std::size_t classes() const override { return classes_; }
    std::size_t samples() const override { return samples_.count(); }
    std::size_t features() const override { return features_; }
    void copy_samples(std::span<double> out, std::span<std::int32_t> labels) const override {
        samples_.unpack(out);
        std::copy(labels_.begin(), labels_.end(), labels.begin());
    }

    bool usable(std::span<const double> candidate) const override {
        for (std::size_t c = 0; c < classes_; ++c) {
            if (!bound_.holds(candidate.data() + c * (features_ + 1))) return false;
        }
        return true;
    }

    void count(const Rows& rows, unsigned threads, std::span<std::int64_t> cells) const override {
        std::vector<T> weights(rows.count * dim());
        for (std::size_t k = 0; k < rows.count; ++k) {
            const std::vector<T> packed = packed_candidate(rows.data + k * dim());
            std::copy(packed.begin(), packed.end(), weights.begin() + static_cast<std::ptrdiff_t>(k * dim()));
        }
        add_in_parts(samples_.panels(), threads_for(samples_.count(), weights.size(), threads), cells,
                     [&](std::size_t first, std::size_t last, std::vector<std::int64_t>& counts) {
                         count_panels(weights, rows.count, first, last, counts);
                     });
    }

    void scores(std::span<const double> candidate, std::span<double> out) const override {
        samples_.scores(packed_candidate(candidate.data()).data(), classes_, out);
    }

   private:
    // Bytes of samples that all candidates pass over before the next ones are fetched.
    static constexpr std::size_t block_bytes = 64 * 1024;

    std::vector<T> packed_candidate(const double* candidate) const {
        return pack_weights<T>(candidate, classes_, features_, samples_.kernels().rows);
    }

    void count_panels(const std::vector<T>& weights, std::size_t candidates, std::size_t first, std::size_t last,
                      std::vector<std::int64_t>& counts) const {
        const std::size_t block = std::max<std::size_t>(1, block_bytes / samples_.panel_bytes());
        std::vector<std::int32_t> winners(block * samples_.kernels().panel);
        for (; first < last; first += block) {
            const Panels<T> panels = samples_.slice(first, std::min(first + block, last));
            const std::size_t begin = first * samples_.kernels().panel;
            const std::size_t here = std::min(panels.count * samples_.kernels().panel, samples_.count() - begin);
            for (std::size_t k = 0; k < candidates; ++k) {
                samples_.kernels().winners(panels, weights.data() + k * dim(), classes_, winners.data());
                std::int64_t* cells = counts.data() + k * classes_ * classes_;
                const std::int32_t* labels = labels_.data() + begin;
                for (std::size_t s = 0; s < here; ++s) {
                    ++cells[static_cast<std::size_t>(labels[s]) * classes_ + static_cast<std::size_t>(winners[s])];
                }
            }
        }
    }

    std::size_t features_;
    std::size_t classes_;
    std::vector<std::int32_t> labels_;
    ScoreBound<T> bound_;
    LinearSamples<T> samples_;
};

template <class T>
std::unique_ptr<Classifier> make(const Samples& samples, std::span<const std::int32_t> labels, std::size_t classes) {
    if (classes == 2) return std::make_unique<LinearBinary<T>>(samples, labels);
    return std::make_unique<LinearMulticlass<T>>(samples, labels, classes);
}

template <class T>
void scores_of(const Samples& samples, std::span<const double> candidate, std::size_t outputs, std::span<double> out) {
    const LinearSamples<T> packed(samples, all_of(samples.count));
    const std::vector<T> weights = pack_weights<T>(candidate.data(), outputs, samples.features, packed.kernels().rows);
    packed.scores(weights.data(), outputs, out);
}

}  // namespace

std::unique_ptr<Classifier> linear_classifier(const Samples& samples, std::span<const std::int32_t> labels,
                                              std::size_t classes, Precision precision) {
    return precision == Precision::float32 ? make<float>(samples, labels, classes)
                                           : make<double>(samples, labels, classes);
}

void linear_scores(const Samples& samples, std::span<const double> candidate, std::size_t outputs, Precision precision,
                   std::span<double> out) {
    if (precision == Precision::float32) return scores_of<float>(samples, candidate, outputs, out);
    scores_of<double>(samples, candidate, outputs, out);
}

}  // namespace zoopt::objectives
