#include "classifier.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace zoopt::objectives {
namespace {

std::vector<std::uint32_t> with_label(LabelNumbers labels, std::int32_t label) {
    std::vector<std::uint32_t> chosen;
    for (std::size_t s = 0; s < labels.size(); ++s) {
        if (labels[s] == label) chosen.push_back(static_cast<std::uint32_t>(s));
    }
    return chosen;
}

// Two classes, one score. Samples are packed by class, so that counting the positive scores of each class is all there
// is to do, and the kernels need no labels.
template <class T>
class BinaryClassifier final : public Classifier {
   public:
    BinaryClassifier(std::unique_ptr<Model<T>> model, const Samples& samples, LabelNumbers labels)
        : model_(std::move(model)),
          largest_(largest_features(samples)),
          negatives_(model_->pack(samples, with_label(labels, 0))),
          positives_(model_->pack(samples, with_label(labels, 1))) {}

    std::size_t dim() const override { return model_->dim(); }
    std::size_t classes() const override { return 2; }
    std::size_t samples() const override { return negatives_.count() + positives_.count(); }
    std::size_t features() const override { return model_->features(); }
    void copy_samples(std::span<double> out, std::span<std::int32_t> labels) const override {
        negatives_.unpack(out);
        positives_.unpack(out);
        std::fill(labels.begin(), labels.end(), 0);
        for (std::size_t s = 0; s < positives_.count(); ++s) labels[positives_.original(s)] = 1;
    }
    bool usable(std::span<const double> candidate) const override { return model_->usable(largest_, candidate); }

    void count(const Rows& rows, unsigned threads, std::span<std::int64_t> cells) const override {
        const PackedSamples<T>* const sets[] = {&negatives_, &positives_};
        std::vector<std::int64_t> predicted(2 * rows.count);
        model_->count_positives(sets, rows, threads, predicted);
        for (std::size_t truth = 0; truth < 2; ++truth) {
            for (std::size_t k = 0; k < rows.count; ++k) {
                const std::int64_t positive = predicted[truth * rows.count + k];
                cells[4 * k + 2 * truth] += static_cast<std::int64_t>(sets[truth]->count()) - positive;
                cells[4 * k + 2 * truth + 1] += positive;
            }
        }
    }

    void scores(std::span<const double> candidate, std::span<double> out) const override {
        copy_scores(*model_, negatives_, candidate, 1, out);
        copy_scores(*model_, positives_, candidate, 1, out);
    }

   private:
    std::unique_ptr<Model<T>> model_;
    std::vector<double> largest_;
    PackedSamples<T> negatives_;
    PackedSamples<T> positives_;
};

// More classes, a score each.
template <class T>
class WinnerClassifier final : public Classifier {
   public:
    WinnerClassifier(std::unique_ptr<Model<T>> model, const Samples& samples, LabelNumbers labels)
        : model_(std::move(model)),
          labels_(labels.begin(), labels.end()),
          largest_(largest_features(samples)),
          samples_(model_->pack(samples, all_of(samples.count))) {}

    std::size_t dim() const override { return model_->dim(); }
    std::size_t classes() const override { return model_->outputs(); }
    std::size_t samples() const override { return samples_.count(); }
    std::size_t features() const override { return model_->features(); }
    void copy_samples(std::span<double> out, std::span<std::int32_t> labels) const override {
        samples_.unpack(out);
        std::copy(labels_.begin(), labels_.end(), labels.begin());
    }
    bool usable(std::span<const double> candidate) const override { return model_->usable(largest_, candidate); }

    void count(const Rows& rows, unsigned threads, std::span<std::int64_t> cells) const override {
        model_->count_winners(samples_, labels_, rows, threads, cells);
    }

    void scores(std::span<const double> candidate, std::span<double> out) const override {
        copy_scores(*model_, samples_, candidate, 1, out);
    }

   private:
    std::unique_ptr<Model<T>> model_;
    std::vector<std::int32_t> labels_;
    std::vector<double> largest_;
    PackedSamples<T> samples_;
};

template <class T>
void scores_of(const Samples& samples, std::span<const double> candidate, std::size_t outputs, std::span<double> out) {
    const std::unique_ptr<Model<T>> model = linear_model<T>(samples.features, outputs);
    copy_scores(*model, model->pack(samples, all_of(samples.count)), candidate, 1, out);
}

}  // namespace

template <class T>
std::unique_ptr<Classifier> classifier(std::unique_ptr<Model<T>> model, const Samples& samples, LabelNumbers labels,
                                       std::size_t classes) {
    if (classes == 2) return std::make_unique<BinaryClassifier<T>>(std::move(model), samples, labels);
    return std::make_unique<WinnerClassifier<T>>(std::move(model), samples, labels);
}

template std::unique_ptr<Classifier> classifier(std::unique_ptr<Model<float>>, const Samples&, LabelNumbers,
                                                std::size_t);
template std::unique_ptr<Classifier> classifier(std::unique_ptr<Model<double>>, const Samples&, LabelNumbers,
                                                std::size_t);

std::unique_ptr<Classifier> linear_classifier(const Samples& samples, LabelNumbers labels, std::size_t classes,
                                              Precision precision) {
    const std::size_t outputs = classes == 2 ? 1 : classes;
    if (precision == Precision::float32) {
        return classifier(linear_model<float>(samples.features, outputs), samples, labels, classes);
    }
    return classifier(linear_model<double>(samples.features, outputs), samples, labels, classes);
}

void linear_scores(const Samples& samples, std::span<const double> candidate, std::size_t outputs, Precision precision,
                   std::span<double> out) {
    if (precision == Precision::float32) return scores_of<float>(samples, candidate, outputs, out);
    scores_of<double>(samples, candidate, outputs, out);
}

}  // namespace zoopt::objectives
