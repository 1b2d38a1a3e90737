#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "policy.hpp"
#include "zoopt/math.hpp"

namespace zoopt::objectives {

// E over whatever noise is not the choice of ||score||^2 at choice y, over the outputs: what the best baseline weighs
// rewards by. The score of the softmax is [y = o] - p_o. That of Gumbel noise is 1 - E_o with E_o = exp(-G_o): given
// the choice E_y = p_y S, and else E_o = p_o S + S_o, with S and all S_o exponential and independent.
inline double squared_score(Score score, std::span<const double> p, std::size_t outputs, std::size_t y) {
    double sum = 0.0;
    for (std::size_t o = p.size() - outputs; o < p.size(); ++o) {
        const double chosen = o == y ? 1.0 : 0.0;
        const double mean = chosen - p[o];
        sum += mean * mean;
        if (score == Score::gumbel) sum += p[o] * p[o] + (1.0 - chosen);
    }
    return sum;
}

// The choices that are drawn for one sample after the other.
class Draws {
   public:
    Draws(const Sampling& sampling, std::size_t labels, std::uint64_t generation)
        : sampling_(&sampling),
          labels_(labels),
          address_{sampling.seed, static_cast<std::uint32_t>(noise::Stream::objective), generation},
          blocks_((numbers() + 3) / 4),
          choices_(sampling.draws),
          noise_(std::max<std::size_t>(1, at_once / blocks_) * blocks_ * 4) {}

    // Draws for one sample, whose labels have probabilities p; samples come in ascending order, up to `last`.
    void of_sample(std::size_t sample, std::size_t last, std::span<const double> p) {
        if (sample >= made_) make(sample, last);
        uniform_ = noise_.data() + (sample - from_) * blocks_ * 4;
        p_ = p;
        for (std::size_t j = 0; j < sampling_->draws; ++j) {
            choices_[j] = sampling_->score == Score::softmax ? by_sum(uniform_[j]) : by_race(uniform_ + j * labels_);
        }
    }

    std::size_t choice(std::size_t j) const { return choices_[j]; }

    // slope[o] += weight * score of output o at draw j, without the temperature.
    void add_score(std::size_t j, double weight, std::span<double> slope) const {
        const std::size_t implied = labels_ - slope.size();
        for (std::size_t o = 0; o < slope.size(); ++o) {
            const std::size_t y = o + implied;
            const double score = sampling_->score == Score::gumbel ? 1.0 - arrival(uniform_[j * labels_ + y])
                                                                   : (choices_[j] == y ? 1.0 : 0.0) - p_[y];
            slope[o] += weight * score;
        }
    }

   private:
    static constexpr std::size_t at_once = 4096;  // noise blocks of 4 numbers

    std::size_t numbers() const { return sampling_->draws * (sampling_->score == Score::gumbel ? labels_ : 1); }

    void make(std::size_t sample, std::size_t last) {
        from_ = sample;
        made_ = std::min(last, sample + noise_.size() / (4 * blocks_));
        noise::fill_rows(noise::Kind::uniform, address_, static_cast<std::uint32_t>(from_), made_ - from_, 0, blocks_,
                         noise_.data());
    }

    std::size_t by_sum(double u) const {
        double sum = 0.0;
        std::size_t possible = 0;
        for (std::size_t y = 0; y < labels_; ++y) {
            if (p_[y] > 0.0) possible = y;
            sum += p_[y];
            if (u < sum) return y;
        }
        return possible;
    }

    // exp(-G) of Gumbel noise G = -log(-log u): exponential.
    static double arrival(float u) { return -portable::log(static_cast<double>(u)); }

    // The largest log p_y + G_y is the least exp(-G_y) / p_y.
    std::size_t by_race(const float* uniform) const {
        std::size_t best = 0;
        double least = 0.0;
        bool any = false;
        for (std::size_t y = 0; y < labels_; ++y) {
            if (!(p_[y] > 0.0)) continue;
            const double time = arrival(uniform[y]) / p_[y];
            if (!any || time < least) best = y, least = time;
            any = true;
        }
        return best;
    }

    const Sampling* sampling_;
    std::size_t labels_;
    noise::Address address_;
    std::size_t blocks_;
    std::vector<std::size_t> choices_;
    std::vector<float> noise_;
    std::size_t from_ = 0;
    std::size_t made_ = 0;
    const float* uniform_ = nullptr;
    std::span<const double> p_;
};

}  // namespace zoopt::objectives
