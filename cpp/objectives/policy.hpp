#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model.hpp"
#include "policy_kernels.hpp"
#include "zoopt/noise.hpp"

// Softmax policies: of every sample one label is chosen at random, with probability p(y) = softmax(scores /
// temperature).
namespace zoopt::objectives {

struct Policy {
    std::size_t samples;
    std::size_t outputs;               // 1: the score of label 1, beside a score 0 of label 0
    std::vector<double> temperatures;  // one a sample

    std::size_t labels() const { return outputs == 1 ? 2 : outputs; }
};

// What labels earn: label y of sample s has table[rows[s] * labels + y].
struct LabelRewards {
    std::vector<double> table;
    std::vector<std::uint32_t> rows;
};

enum class Score { softmax, gumbel };
enum class Baseline { none, mean, optimal, leave_one_out };

// How labels are drawn, and what of their rewards is compared with what. By softmax draw j of sample s is made of the
// uniform number (stream 5, generation, sample s, coordinate j): the first label whose cumulated probability is above
// it. By Gumbel noise it is the label y with the largest score / temperature + G_y, where G_y = -log(-log u) has the
// uniform number u of coordinate j * labels + y.
struct Sampling {
    std::size_t draws;
    Score score;
    Baseline baseline;
    std::uint64_t seed;
};

// The probabilities of one block, and the derivatives of what they earn. Numbers of label y and sample first + s stand
// at [y * count + s].
class PolicyBlock {
   public:
    template <class T>
    PolicyBlock(const Policy& policy, const ScoreBlock<T>& scores);

    std::size_t first() const { return first_; }
    std::size_t count() const { return count_; }
    const double* probabilities() const { return p_.data(); }
    const double* means() const { return means_.data(); }

    // Takes rewards, and makes their means.
    void earn(const LabelRewards& rewards);
    void earn(std::vector<double> rewards);

    // slopes[o, s] = factors[first + s] d mean / d score of output o, by enumeration of all labels.
    void exact_slopes(const double* factors, std::span<double> slopes) const;

    // The same, estimated from draws.
    void sampled_slopes(const Sampling& sampling, std::uint64_t generation, const double* factors,
                        std::span<double> slopes) const;

    // choices[j * stride + first + s] = the label that draw j chooses.
    void choose(const Sampling& sampling, std::uint64_t generation, std::int32_t* choices, std::size_t stride) const;

    // slopes[o, s] = factors[first + s] sum over draws j of weights[j] times the score of output o at draw j.
    void score_slopes(const Sampling& sampling, std::uint64_t generation, std::span<const double> weights,
                      const double* factors, std::span<double> slopes) const;

   private:
    template <class Visit>
    void each_sample(const Sampling& sampling, std::uint64_t generation, const Visit& visit) const;
    double baseline(const Sampling& sampling, std::size_t s) const;

    const Policy* policy_;
    std::size_t first_, count_;
    std::vector<double> p_;
    std::vector<double> rewards_;
    std::vector<double> means_;
};

}  // namespace zoopt::objectives
