#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "activation.hpp"
#include "packed_samples.hpp"
#include "zoopt/objective.hpp"

// The contract between models, which turn parameters and samples into scores, and what is made of scores: metrics,
// losses, policies. Everything is a template of float and double, which scores are computed in; parameters and
// gradients are always double.
//
// The score of a candidate on a sample is the same chain of operations wherever the sample stands and whatever other
// candidates, samples and threads there are: one value, bit for bit, within one CPU tier.
namespace zoopt::objectives {

// The scores of one candidate on one block of packed samples: of output o and sample first + s at data[o * stride + s],
// for s < count. `data` stands on a cache line and `stride` is a whole number of panels. What stands at s in
// [count, stride) may be read and means nothing.
template <class T>
struct ScoreBlock {
    const T* data;
    std::size_t stride;
    std::size_t first;
    std::size_t count;
};

// Where the scores of candidates go.
template <class T>
class ScoreSink {
   public:
    virtual ~ScoreSink() = default;

    // Called once for every (candidate, block). Calls come in any order and from several threads at once, even for
    // one candidate, but never twice for the same pair. So a sink adds integers atomically or in a cell of its own, and
    // keeps sums of floats by block, to be added in ascending order of blocks afterwards. The scores are gone when it
    // returns. It may throw: the first exception comes out of forward().
    virtual void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) = 0;
};

// What a gradient is taken of, by its slopes: the derivatives with respect to the scores.
template <class T>
class SlopeSource {
   public:
    virtual ~SlopeSource() = default;

    // Writes slopes[o * scores.stride + s] for s < scores.count; the rest of a row may be written and is not read.
    // Called once for every block, in any order and from several threads at once.
    virtual void slopes(std::size_t block, const ScoreBlock<T>& scores, T* slopes) = 0;
};

// What a Hessian is taken of, by its slopes and how they change along a direction.
template <class T>
class CurveSource {
   public:
    virtual ~CurveSource() = default;

    // `changes` holds the derivatives of the scores along the direction, where the scores stand. Writes the slopes, and
    // their derivatives along it, in the same places. Called as slopes() of a SlopeSource is.
    virtual void curve(std::size_t block, const ScoreBlock<T>& scores, const T* changes, T* slopes,
                       T* slope_changes) = 0;
};

// Labels in [0, classes) of packed samples, in the packed order.
using LabelNumbers = std::span<const std::int32_t>;

template <class T>
class Model {
   public:
    virtual ~Model() = default;

    // Parameters of a candidate.
    virtual std::size_t dim() const = 0;
    virtual std::size_t features() const = 0;

    // 1: a single score, of the positive class or of a quantity. Else one a class or label.
    virtual std::size_t outputs() const = 0;

    // The widest layer, inputs and outputs included: what the blocks of packed samples depend on.
    virtual std::size_t widest() const = 0;

    PackedSamples<T> pack(const Samples& samples, std::vector<std::uint32_t> chosen) const {
        return {samples, std::move(chosen), widest()};
    }

    // Whether the candidate is finite and none of its sums can overflow T on samples within `largest` (by
    // largest_features). All that follows means nothing for a candidate that is not usable, but may be called.
    virtual bool usable(std::span<const double> largest, std::span<const double> candidate) const = 0;

    // Gives all scores to the sink.
    virtual void forward(const PackedSamples<T>& samples, const Rows& candidates, unsigned threads,
                         ScoreSink<T>& sink) const = 0;

    // gradient[i] += sum over samples s and outputs o of slope(o, s) d score(o, s) / d theta[i], where `source` gives
    // the slopes and may keep what else it makes of the scores. Sums over the samples of a block are in T, those over
    // blocks in double and ascending, so that no bit depends on the threads.
    virtual void differentiate(const PackedSamples<T>& samples, std::span<const double> candidate, unsigned threads,
                               SlopeSource<T>& source, std::span<double> gradient) const = 0;

    // product[i] += the derivative along `direction` of what differentiate() adds to gradient[i], in the same order of
    // sums.
    virtual void differentiate_twice(const PackedSamples<T>& samples, std::span<const double> candidate,
                                     std::span<const double> direction, unsigned threads, CurveSource<T>& source,
                                     std::span<double> product) const = 0;

    // The same as differentiate() for slopes that are known: slopes[o * stride + s] of packed sample s <
    // samples.count() <= stride.
    void backward(const PackedSamples<T>& samples, std::span<const double> candidate, const T* slopes,
                  std::size_t stride, unsigned threads, std::span<double> gradient) const;

    // counts[i * candidates.count + k] += on how many samples of sets[i] candidate k scores above 0. Models of one
    // output; quicker than scores, because none is stored.
    virtual void count_positives(std::span<const PackedSamples<T>* const> sets, const Rows& candidates,
                                 unsigned threads, std::span<std::int64_t> counts) const = 0;

    // cells[k * outputs^2 + label * outputs + winner] += 1 for every candidate k and sample; the winner is the output
    // with the highest score, of equal ones the first. Models of two outputs and more.
    virtual void count_winners(const PackedSamples<T>& samples, LabelNumbers labels, const Rows& candidates,
                               unsigned threads, std::span<std::int64_t> cells) const = 0;
};

// out[original sample * outputs + o] = score of output o, for the samples that were chosen.
template <class T>
void copy_scores(const Model<T>& model, const PackedSamples<T>& samples, std::span<const double> candidate,
                 unsigned threads, std::span<double> out);

// The blocks of scores that come from elsewhere.
inline Blocks blocks_elsewhere(std::size_t samples) {
    return {samples, 1008};
}

// Gives scores that come from elsewhere to a sink, as forward() does: of candidate k, sample s and output o from
// scores[(k * samples + s) * outputs + o], in blocks_elsewhere(samples).
template <class T>
void deliver(const T* scores, std::size_t candidates, std::size_t samples, std::size_t outputs, unsigned threads,
             ScoreSink<T>& sink);

// What a compiled model is. Without hidden layers it is linear: score_o = b_o + sum_j w_oj x_j. Parameters stand layer
// after layer, from the inputs to the outputs, and in each layer unit after unit: its weights, then its intercept.
struct Architecture {
    std::size_t features;
    std::vector<std::size_t> hidden;  // units of every hidden layer
    std::size_t outputs;
    Activation activation;  // of the hidden units

    std::size_t dim() const;
};

template <class T>
std::unique_ptr<Model<T>> make_model(const Architecture& architecture);

template <class T>
std::unique_ptr<Model<T>> linear_model(std::size_t features, std::size_t outputs);

// One hidden layer at least.
template <class T>
std::unique_ptr<Model<T>> mlp_model(const Architecture& architecture);

extern template class Model<float>;
extern template class Model<double>;

}  // namespace zoopt::objectives
