#pragma once
#include <memory>
#include <vector>

#include "model.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {

// Where the scores of a policy come from, and where the slopes by them go.
template <class T>
class ScoreProvider {
   public:
    virtual ~ScoreProvider() = default;
    virtual std::size_t dim() const = 0;
    virtual std::size_t blocks() const = 0;
    virtual bool usable(std::span<const double> theta) const = 0;
    virtual void forward(const Rows& rows, unsigned threads, ScoreSink<T>& sink) const = 0;
    virtual void differentiate(std::span<const double> theta, unsigned threads, SlopeSource<T>& source,
                               std::span<double> gradient) const = 0;
};

template <class T>
class ModelScores final : public ScoreProvider<T> {
   public:
    ModelScores(std::unique_ptr<Model<T>> model, const Samples& samples)
        : model_(std::move(model)),
          largest_(largest_features(samples)),
          packed_(model_->pack(samples, all_of(samples.count))) {}

    ModelScores(const ModelScores& from, std::vector<std::uint32_t> chosen)
        : model_(from.model_), largest_(from.largest_), packed_(from.packed_, std::move(chosen)) {}

    std::size_t dim() const override { return model_->dim(); }
    std::size_t blocks() const override { return packed_.blocks().count(); }
    bool usable(std::span<const double> theta) const override { return model_->usable(largest_, theta); }
    void forward(const Rows& rows, unsigned threads, ScoreSink<T>& sink) const override {
        model_->forward(packed_, rows, threads, sink);
    }
    void differentiate(std::span<const double> theta, unsigned threads, SlopeSource<T>& source,
                       std::span<double> gradient) const override {
        model_->differentiate(packed_, theta, threads, source, gradient);
    }

   private:
    std::shared_ptr<const Model<T>> model_;
    std::vector<double> largest_;
    PackedSamples<T> packed_;
};

// Scores that are the parameters themselves, theta[o * samples + s].
class GivenScores final : public ScoreProvider<double> {
   public:
    GivenScores(std::size_t samples, std::size_t outputs) : blocks_{samples, 512}, outputs_(outputs) {}

    std::size_t dim() const override { return blocks_.samples * outputs_; }
    std::size_t blocks() const override { return blocks_.count(); }
    bool usable(std::span<const double>) const override { return true; }
    void forward(const Rows& rows, unsigned threads, ScoreSink<double>& sink) const override {
        threads::parallel(rows.count * blocks_.count(), threads, [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) {
                const std::size_t k = i / blocks_.count();
                const std::size_t b = i % blocks_.count();
                sink.take(k, b, block(rows.data + k * rows.dim, b));
            }
        });
    }
    void differentiate(std::span<const double> theta, unsigned threads, SlopeSource<double>& source,
                       std::span<double> gradient) const override {
        threads::parallel(blocks_.count(), threads, [&](std::size_t from, std::size_t to) {
            for (std::size_t b = from; b < to; ++b) {
                source.slopes(b, block(theta.data(), b), gradient.data() + blocks_.begin(b));
            }
        });
    }

   private:
    ScoreBlock<double> block(const double* theta, std::size_t b) const {
        return {theta + blocks_.begin(b), blocks_.samples, blocks_.begin(b), blocks_.samples_of(b)};
    }

    Blocks blocks_;
    std::size_t outputs_;
};

}  // namespace zoopt::objectives
