#include "policy.hpp"

#include <algorithm>

#include "policy_draws.hpp"

namespace zoopt::objectives {
namespace {

void softmax(const PolicyScores<float>& scores, const double* temperatures, double* work, double* p) {
    ZOOPT_PICK_TABLE(policy_kernels).softmax_float32(scores, temperatures, work, p);
}

void softmax(const PolicyScores<double>& scores, const double* temperatures, double* work, double* p) {
    ZOOPT_PICK_TABLE(policy_kernels).softmax_float64(scores, temperatures, work, p);
}

}  // namespace

template <class T>
PolicyBlock::PolicyBlock(const Policy& policy, const ScoreBlock<T>& scores)
    : policy_(&policy), first_(scores.first), count_(scores.count), p_(policy.labels() * count_), means_(2 * count_) {
    softmax(PolicyScores<T>{scores.data, scores.stride, policy.outputs, count_}, policy.temperatures.data() + first_,
            means_.data(), p_.data());
}

template PolicyBlock::PolicyBlock(const Policy&, const ScoreBlock<float>&);
template PolicyBlock::PolicyBlock(const Policy&, const ScoreBlock<double>&);

void PolicyBlock::earn(const LabelRewards& rewards) {
    const std::size_t labels = policy_->labels();
    std::vector<double> of_block(labels * count_);
    for (std::size_t s = 0; s < count_; ++s) {
        const double* row = rewards.table.data() + rewards.rows[first_ + s] * labels;
        for (std::size_t y = 0; y < labels; ++y) of_block[y * count_ + s] = row[y];
    }
    earn(std::move(of_block));
}

void PolicyBlock::earn(std::vector<double> rewards) {
    rewards_ = std::move(rewards);
    ZOOPT_PICK_TABLE(policy_kernels).expect(p_.data(), rewards_.data(), policy_->labels(), count_, means_.data());
}

void PolicyBlock::exact_slopes(const double* factors, std::span<double> slopes) const {
    const std::size_t implied = policy_->labels() - policy_->outputs;
    for (std::size_t o = 0; o < policy_->outputs; ++o) {
        const std::size_t row = (o + implied) * count_;
        ZOOPT_PICK_TABLE(policy_kernels)
            .slope(p_.data() + row, rewards_.data() + row, means_.data(), factors + first_, count_,
                   slopes.data() + o * count_);
    }
}

// Calls visit(draws, s, probabilities) for every sample s of the block; probabilities[y] is that of label y.
template <class Visit>
void PolicyBlock::each_sample(const Sampling& sampling, std::uint64_t generation, const Visit& visit) const {
    const std::size_t labels = policy_->labels();
    std::vector<double> p(labels);
    Draws draws(sampling, labels, generation);
    for (std::size_t s = 0; s < count_; ++s) {
        for (std::size_t y = 0; y < labels; ++y) p[y] = p_[y * count_ + s];
        draws.of_sample(first_ + s, first_ + count_, p);
        visit(draws, s, std::span<const double>(p));
    }
}

void PolicyBlock::sampled_slopes(const Sampling& sampling, std::uint64_t generation, const double* factors,
                                 std::span<double> slopes) const {
    const std::size_t outputs = policy_->outputs;
    const auto draws_made = static_cast<double>(sampling.draws);
    std::vector<double> slope(outputs);
    each_sample(sampling, generation, [&](const Draws& draws, std::size_t s, std::span<const double>) {
        const auto reward = [&](std::size_t j) { return rewards_[draws.choice(j) * count_ + s]; };
        double sum = 0.0;
        for (std::size_t j = 0; j < sampling.draws; ++j) sum += reward(j);
        const bool others = sampling.baseline == Baseline::leave_one_out;
        const double fixed = others ? 0.0 : baseline(sampling, s);
        std::fill(slope.begin(), slope.end(), 0.0);
        for (std::size_t j = 0; j < sampling.draws; ++j) {
            const double compared = others ? (sum - reward(j)) / (draws_made - 1.0) : fixed;
            draws.add_score(j, (reward(j) - compared) / draws_made, slope);
        }
        for (std::size_t o = 0; o < outputs; ++o) slopes[o * count_ + s] = factors[first_ + s] * slope[o];
    });
}

double PolicyBlock::baseline(const Sampling& sampling, std::size_t s) const {
    if (sampling.baseline == Baseline::none) return 0.0;
    if (sampling.baseline == Baseline::mean) return means_[s];
    const std::size_t labels = policy_->labels();
    std::vector<double> p(labels);
    for (std::size_t y = 0; y < labels; ++y) p[y] = p_[y * count_ + s];
    double earned = 0.0;
    double total = 0.0;
    for (std::size_t y = 0; y < labels; ++y) {
        const double length = p[y] * squared_score(sampling.score, p, policy_->outputs, y);
        earned += rewards_[y * count_ + s] * length;
        total += length;
    }
    return total > 0.0 ? earned / total : means_[s];
}

void PolicyBlock::choose(const Sampling& sampling, std::uint64_t generation, std::int32_t* choices,
                         std::size_t stride) const {
    each_sample(sampling, generation, [&](const Draws& draws, std::size_t s, std::span<const double>) {
        for (std::size_t j = 0; j < sampling.draws; ++j) {
            choices[j * stride + first_ + s] = static_cast<std::int32_t>(draws.choice(j));
        }
    });
}

void PolicyBlock::score_slopes(const Sampling& sampling, std::uint64_t generation, std::span<const double> weights,
                               const double* factors, std::span<double> slopes) const {
    const std::size_t outputs = policy_->outputs;
    std::vector<double> slope(outputs);
    each_sample(sampling, generation, [&](const Draws& draws, std::size_t s, std::span<const double>) {
        std::fill(slope.begin(), slope.end(), 0.0);
        for (std::size_t j = 0; j < sampling.draws; ++j) draws.add_score(j, weights[j], slope);
        for (std::size_t o = 0; o < outputs; ++o) slopes[o * count_ + s] = factors[first_ + s] * slope[o];
    });
}

}  // namespace zoopt::objectives
