#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "mini_batches.hpp"
#include "policy.hpp"
#include "policy_corpus.hpp"

namespace zoopt::objectives {

// How the derivative of the expected reward by the scores is found: by enumeration of the labels of a sample; by the
// score function of drawn labels; for rewards of a corpus also by enumeration of a sample's labels while the others
// have drawn ones, or by the derivative of the metric of expected counts.
enum class PolicyEstimator { enumeration, score_function, difference, expected_counts };

// What a policy is to be rewarded for, and how its gradient is estimated. Without `corpus` labels have rewards of their
// own, of which the mean weighted by `weights` is taken.
struct PolicyTask {
    Policy policy;
    LabelRewards rewards;
    std::vector<double> weights;
    std::optional<Corpus> corpus;
    PolicyEstimator estimator;
    Sampling sampling;
};

// The expected reward of a softmax policy as a function of the parameters that its scores are made of. With
// mini-batches the generation chooses the samples that it is made from; whole_set takes all.
class PolicyObjective {
   public:
    virtual ~PolicyObjective() = default;
    virtual std::size_t dim() const = 0;
    virtual std::size_t samples() const = 0;
    virtual std::size_t labels() const = 0;
    virtual std::size_t draws() const = 0;
    virtual Precision precision() const = 0;

    // Samples that a generation has.
    virtual std::size_t samples_of(std::uint64_t) const { return samples(); }

    // values[r] = the expected reward of row r, exact where samples have rewards of their own, else the mean of the
    // draws of the generation, or the metric of expected counts. NaN for rows whose scores are not all finite.
    virtual void values(const Rows& rows, std::uint64_t generation, unsigned threads,
                        std::span<double> values) const = 0;

    // The same of one candidate, and its gradient.
    virtual double value_and_gradient(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                                      std::span<double> gradient) const = 0;

    // choices[j * samples_of(generation) + s]: what draw j chooses.
    virtual void choices(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                         std::span<std::int32_t> choices) const = 0;

    // The sum over those draws of weights[j] times the score function of all its choices.
    virtual void score(std::span<const double> theta, std::span<const double> weights, std::uint64_t generation,
                       unsigned threads, std::span<double> gradient) const = 0;

    // out[s * labels + y]
    virtual void probabilities(std::span<const double> theta, unsigned threads, std::span<double> out) const = 0;
};

// Of the scores of a model on samples. No mini-batch may be without weight.
template <class T>
std::unique_ptr<PolicyObjective> policy_objective(PolicyTask task, std::unique_ptr<Model<T>> model,
                                                  const Samples& samples, const Batching& batching);

// Of the scores themselves: theta[o * samples + s].
std::unique_ptr<PolicyObjective> policy_objective(PolicyTask task);

}  // namespace zoopt::objectives
