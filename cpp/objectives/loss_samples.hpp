#pragma once
#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "loss_objective.hpp"
#include "model_tables.hpp"

// What losses are computed from.
namespace zoopt::objectives {

// What is known of packed samples beside their features, filled up to whole panels with samples of weight 0.
template <class T>
class PackedTruth {
   public:
    PackedTruth(const PackedSamples<T>& samples, const LossTask& task, std::size_t outputs)
        : rows_(task.loss == Loss::squared_error ? outputs : 1),
          stride_(samples.panels() * samples.panel()),
          truth_(rows_ * stride_),
          weights_(stride_),
          offsets_(outputs),
          focusing_(static_cast<T>(task.focusing)) {
        std::transform(task.offsets.begin(), task.offsets.end(), offsets_.begin(),
                       [](double offset) { return static_cast<T>(offset); });
        for (std::size_t s = 0; s < samples.count(); ++s) {
            const std::size_t original = samples.original(s);
            for (std::size_t r = 0; r < rows_; ++r) {
                truth_.data()[r * stride_ + s] = static_cast<T>(task.truth[original * rows_ + r]);
            }
            weights_.data()[s] = static_cast<T>(task.weights[original]);
            total_ += task.weights[original];
        }
    }

    PackedTruth(const PackedTruth& from, const PackedSamples<T>& samples)
        : rows_(from.rows_),
          stride_(samples.panels() * samples.panel()),
          truth_(rows_ * stride_),
          weights_(stride_),
          offsets_(from.offsets_),
          focusing_(from.focusing_) {
        for (std::size_t s = 0; s < samples.count(); ++s) {
            const std::size_t original = samples.original(s);
            for (std::size_t r = 0; r < rows_; ++r) {
                truth_.data()[r * stride_ + s] = from.truth_.data()[r * from.stride_ + original];
            }
            weights_.data()[s] = from.weights_.data()[original];
            total_ += static_cast<double>(weights_.data()[s]);
        }
    }

    double total() const { return total_; }

    std::size_t outputs() const { return offsets_.size(); }

    LossBlock<T> block(const ScoreBlock<T>& scores, T* slopes) const {
        return {scores.data,
                scores.stride,
                scores.stride,
                outputs(),
                truth_.data() + scores.first,
                stride_,
                weights_.data() + scores.first,
                offsets_.data(),
                focusing_,
                slopes};
    }

   private:
    std::size_t rows_;
    std::size_t stride_;
    AlignedBuffer<T> truth_;
    AlignedBuffer<T> weights_;
    std::vector<T> offsets_;
    T focusing_;
    double total_ = 0.0;
};

// A model and samples with their truth.
template <class T>
class LossSamples {
   public:
    LossSamples(const Architecture& architecture, const Samples& samples, const LossTask& task)
        : model_(make_model<T>(architecture)),
          largest_(largest_features(samples)),
          samples_(model_->pack(samples, all_of(samples.count))),
          truth_(samples_, task, architecture.outputs) {}

    LossSamples(const LossSamples& from, std::vector<std::uint32_t> chosen)
        : model_(from.model_),
          largest_(from.largest_),
          samples_(from.samples_, std::move(chosen)),
          truth_(from.truth_, samples_) {}

    const Model<T>& model() const { return *model_; }
    const PackedTruth<T>& truth() const { return truth_; }
    std::size_t outputs() const { return truth_.outputs(); }
    std::size_t count() const { return samples_.count(); }
    std::size_t blocks() const { return samples_.blocks().count(); }
    bool usable(std::span<const double> candidate) const { return model_->usable(largest_, candidate); }

    void forward(const Rows& rows, unsigned threads, ScoreSink<T>& sink) const {
        model_->forward(samples_, rows, threads, sink);
    }

    void differentiate(std::span<const double> candidate, unsigned threads, SlopeSource<T>& source,
                       std::span<double> gradient) const {
        std::fill(gradient.begin(), gradient.end(), 0.0);
        model_->differentiate(samples_, candidate, threads, source, gradient);
    }

    void differentiate_twice(std::span<const double> candidate, std::span<const double> direction, unsigned threads,
                             CurveSource<T>& source, std::span<double> product) const {
        std::fill(product.begin(), product.end(), 0.0);
        model_->differentiate_twice(samples_, candidate, direction, threads, source, product);
    }

   private:
    std::shared_ptr<const Model<T>> model_;
    std::vector<double> largest_;
    PackedSamples<T> samples_;
    PackedTruth<T> truth_;
};

}  // namespace zoopt::objectives
