#include "policy_objective.hpp"

#include <algorithm>
#include <limits>

#include "policy_scores.hpp"

namespace zoopt::objectives {
namespace {

// Writes slopes of a block where the model wants them.
template <class T>
void put(const std::vector<double>& slopes, std::size_t outputs, const ScoreBlock<T>& scores, T* out) {
    for (std::size_t o = 0; o < outputs; ++o) {
        const double* from = slopes.data() + o * scores.count;
        for (std::size_t s = 0; s < scores.count; ++s) out[o * scores.stride + s] = static_cast<T>(from[s]);
    }
}

double in_order(std::span<const double> sums) {
    double total = 0.0;
    for (double sum : sums) total += sum;
    return total;
}

// sum over samples of weight times mean reward, in ascending samples.
double earned(const PolicyBlock& block, const std::vector<double>& weights) {
    double sum = 0.0;
    for (std::size_t s = 0; s < block.count(); ++s) sum += weights[block.first() + s] * block.means()[s];
    return sum;
}

template <class T, class Take>
class Sink final : public ScoreSink<T> {
   public:
    explicit Sink(const Take& take) : take_(&take) {}
    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        (*take_)(candidate, block, scores);
    }

   private:
    const Take* take_;
};

template <class T, class Slopes>
class Source final : public SlopeSource<T> {
   public:
    explicit Source(const Slopes& slopes) : slopes_(&slopes) {}
    void slopes(std::size_t block, const ScoreBlock<T>& scores, T* out) override { (*slopes_)(block, scores, out); }

   private:
    const Slopes* slopes_;
};

template <class T>
class Objective final : public PolicyObjective {
   public:
    Objective(PolicyTask task, std::unique_ptr<ScoreProvider<T>> scores)
        : task_(std::move(task)), scores_(std::move(scores)), shares_(samples()), inverse_(samples()) {
        total_ = in_order(task_.weights);
        for (std::size_t s = 0; s < samples(); ++s) {
            inverse_[s] = 1.0 / task_.policy.temperatures[s];
            if (!task_.corpus) shares_[s] = task_.weights[s] / total_ / task_.policy.temperatures[s];
        }
    }

    std::size_t dim() const override { return scores_->dim(); }
    std::size_t samples() const override { return task_.policy.samples; }
    std::size_t labels() const override { return task_.policy.labels(); }
    std::size_t draws() const override { return task_.sampling.draws; }
    Precision precision() const override { return precision_of<T>; }

    void values(const Rows& rows, std::uint64_t generation, unsigned threads, std::span<double> out) const override {
        if (task_.corpus) {
            for (std::size_t k = 0; k < rows.count; ++k) {
                out[k] = corpus_value({rows.data + k * rows.dim, rows.dim}, generation, threads);
            }
        } else {
            sums_by_sample(rows, threads, out);
        }
        for (std::size_t k = 0; k < rows.count; ++k) {
            if (!scores_->usable({rows.data + k * rows.dim, rows.dim})) {
                out[k] = std::numeric_limits<double>::quiet_NaN();
            }
        }
    }

    double value_and_gradient(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                              std::span<double> gradient) const override {
        if (!scores_->usable(theta)) return std::numeric_limits<double>::quiet_NaN();
        if (!task_.corpus) return by_example(theta, generation, threads, gradient);
        if (task_.estimator == PolicyEstimator::score_function) {
            return by_score_function(theta, generation, threads, gradient);
        }
        std::vector<double> rewards(samples() * labels());
        const double value = corpus_rewards(theta, generation, threads, rewards);
        along(theta, threads, gradient, [&](PolicyBlock& block, std::size_t, std::vector<double>& slopes) {
            block.earn(part(rewards, block));
            block.exact_slopes(inverse_.data(), slopes);
        });
        return value;
    }

    void choices(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                 std::span<std::int32_t> out) const override {
        over_blocks(theta, threads,
                    [&](const PolicyBlock& block) { block.choose(task_.sampling, generation, out.data(), samples()); });
    }

    void score(std::span<const double> theta, std::span<const double> weights, std::uint64_t generation,
               unsigned threads, std::span<double> gradient) const override {
        along(theta, threads, gradient, [&](PolicyBlock& block, std::size_t, std::vector<double>& slopes) {
            block.score_slopes(task_.sampling, generation, weights, inverse_.data(), slopes);
        });
    }

    void probabilities(std::span<const double> theta, unsigned threads, std::span<double> out) const override {
        over_blocks(theta, threads, [&](const PolicyBlock& block) {
            for (std::size_t y = 0; y < labels(); ++y) {
                for (std::size_t s = 0; s < block.count(); ++s) {
                    out[(block.first() + s) * labels() + y] = block.probabilities()[y * block.count() + s];
                }
            }
        });
    }

   private:
    // Calls use(block) for every block of one candidate, from several threads.
    template <class Use>
    void over_blocks(std::span<const double> theta, unsigned threads, const Use& use) const {
        const auto take = [&](std::size_t, std::size_t, const ScoreBlock<T>& scores) {
            use(PolicyBlock(task_.policy, scores));
        };
        Sink<T, decltype(take)> sink(take);
        scores_->forward({theta.data(), 1, theta.size()}, threads, sink);
    }

    // Adds to the gradient what the slopes say that find(block, number, slopes) writes.
    template <class Find>
    void along(std::span<const double> theta, unsigned threads, std::span<double> gradient, const Find& find) const {
        const std::size_t outputs = task_.policy.outputs;
        const auto slopes = [&](std::size_t number, const ScoreBlock<T>& scores, T* out) {
            PolicyBlock block(task_.policy, scores);
            std::vector<double> found(outputs * scores.count);
            find(block, number, found);
            put(found, outputs, scores, out);
        };
        Source<T, decltype(slopes)> source(slopes);
        scores_->differentiate(theta, threads, source, gradient);
    }

    void sums_by_sample(const Rows& rows, unsigned threads, std::span<double> out) const {
        const std::size_t blocks = scores_->blocks();
        std::vector<double> sums(rows.count * blocks);
        const auto take = [&](std::size_t candidate, std::size_t number, const ScoreBlock<T>& scores) {
            PolicyBlock block(task_.policy, scores);
            block.earn(task_.rewards);
            sums[candidate * blocks + number] = earned(block, task_.weights);
        };
        Sink<T, decltype(take)> sink(take);
        scores_->forward(rows, threads, sink);
        for (std::size_t k = 0; k < rows.count; ++k) {
            out[k] = in_order(std::span<const double>(sums).subspan(k * blocks, blocks)) / total_;
        }
    }

    double by_example(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                      std::span<double> gradient) const {
        std::vector<double> sums(scores_->blocks());
        along(theta, threads, gradient, [&](PolicyBlock& block, std::size_t number, std::vector<double>& slopes) {
            block.earn(task_.rewards);
            sums[number] = earned(block, task_.weights);
            if (task_.estimator == PolicyEstimator::enumeration) {
                block.exact_slopes(shares_.data(), slopes);
            } else {
                block.sampled_slopes(task_.sampling, generation, shares_.data(), slopes);
            }
        });
        return in_order(sums) / total_;
    }

    // What labelings earn less what the others earn on average, or nothing.
    double by_score_function(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                             std::span<double> gradient) const {
        std::vector<double> weights = rewards_of_draws(theta, generation, threads);
        const double sum = in_order(weights);
        const auto draws = static_cast<double>(weights.size());
        for (double& weight : weights) {
            const double others =
                task_.sampling.baseline == Baseline::leave_one_out ? (sum - weight) / (draws - 1.0) : 0.0;
            weight = (weight - others) / draws;
        }
        score(theta, weights, generation, threads, gradient);
        return sum / draws;
    }

    std::vector<double> rewards_of_draws(std::span<const double> theta, std::uint64_t generation,
                                         unsigned threads) const {
        std::vector<std::int32_t> drawn(task_.sampling.draws * samples());
        choices(theta, generation, threads, drawn);
        std::vector<double> rewards;
        for (std::size_t j = 0; j < task_.sampling.draws; ++j) {
            rewards.push_back(
                corpus_reward(*task_.corpus, std::span<const std::int32_t>(drawn).subspan(j * samples(), samples())));
        }
        return rewards;
    }

    double corpus_value(std::span<const double> theta, std::uint64_t generation, unsigned threads) const {
        if (task_.estimator == PolicyEstimator::expected_counts) {
            std::vector<double> rewards(samples() * labels());
            return corpus_rewards(theta, generation, threads, rewards);
        }
        return in_order(rewards_of_draws(theta, generation, threads)) / static_cast<double>(task_.sampling.draws);
    }

    // The value, and what every label of every sample would earn: rewards[y * samples + s].
    double corpus_rewards(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                          std::vector<double>& rewards) const {
        if (task_.estimator == PolicyEstimator::difference) {
            std::vector<std::int32_t> drawn(task_.sampling.draws * samples());
            choices(theta, generation, threads, drawn);
            return difference_rewards(*task_.corpus, drawn, task_.sampling.draws, rewards);
        }
        std::vector<double> p(samples() * labels());
        over_blocks(theta, threads, [&](const PolicyBlock& block) {
            for (std::size_t y = 0; y < labels(); ++y) {
                std::copy_n(block.probabilities() + y * block.count(), block.count(),
                            p.data() + y * samples() + block.first());
            }
        });
        return expected_rewards(*task_.corpus, *smooth_metric(task_.corpus->name), p, rewards);
    }

    // Of rewards[y * samples + s] those of a block.
    std::vector<double> part(const std::vector<double>& rewards, const PolicyBlock& block) const {
        std::vector<double> found(labels() * block.count());
        for (std::size_t y = 0; y < labels(); ++y) {
            std::copy_n(rewards.data() + y * samples() + block.first(), block.count(),
                        found.data() + y * block.count());
        }
        return found;
    }

    PolicyTask task_;
    std::unique_ptr<ScoreProvider<T>> scores_;
    std::vector<double> shares_;   // weight / total weight / temperature
    std::vector<double> inverse_;  // 1 / temperature
    double total_ = 0.0;
};

template <class Value>
std::vector<Value> taken(const std::vector<Value>& from, const std::vector<std::uint32_t>& chosen) {
    std::vector<Value> found;
    found.reserve(chosen.size());
    for (const std::uint32_t s : chosen) found.push_back(from[s]);
    return found;
}

PolicyTask taken(const PolicyTask& from, const std::vector<std::uint32_t>& chosen) {
    PolicyTask task = from;
    task.policy.samples = chosen.size();
    task.policy.temperatures = taken(from.policy.temperatures, chosen);
    task.rewards.rows = taken(from.rewards.rows, chosen);
    task.weights = taken(from.weights, chosen);
    if (from.corpus) task.corpus->truth = taken(from.corpus->truth, chosen);
    return task;
}

// A generation's is the objective of its mini-batch, whose samples are numbered anew: also for what is drawn.
template <class T>
class Batched final : public PolicyObjective {
   public:
    Batched(PolicyTask task, std::unique_ptr<Model<T>> model, const Samples& samples, const Batching& batching)
        : task_(std::move(task)),
          scores_(std::move(model), samples),
          batches_(samples.count, batching.size, batching.seed),
          whole_(part(all_of(samples.count))) {}

    std::size_t dim() const override { return whole_->dim(); }
    std::size_t samples() const override { return whole_->samples(); }
    std::size_t labels() const override { return whole_->labels(); }
    std::size_t draws() const override { return whole_->draws(); }
    Precision precision() const override { return whole_->precision(); }
    std::size_t samples_of(std::uint64_t generation) const override { return of(generation)->samples(); }

    void values(const Rows& rows, std::uint64_t generation, unsigned threads, std::span<double> out) const override {
        of(generation)->values(rows, generation, threads, out);
    }

    double value_and_gradient(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                              std::span<double> gradient) const override {
        return of(generation)->value_and_gradient(theta, generation, threads, gradient);
    }

    void choices(std::span<const double> theta, std::uint64_t generation, unsigned threads,
                 std::span<std::int32_t> out) const override {
        of(generation)->choices(theta, generation, threads, out);
    }

    void score(std::span<const double> theta, std::span<const double> weights, std::uint64_t generation,
               unsigned threads, std::span<double> gradient) const override {
        of(generation)->score(theta, weights, generation, threads, gradient);
    }

    void probabilities(std::span<const double> theta, unsigned threads, std::span<double> out) const override {
        whole_->probabilities(theta, threads, out);
    }

   private:
    using Part = Objective<T>;

    std::shared_ptr<const Part> part(std::vector<std::uint32_t> chosen) const {
        PolicyTask task = taken(task_, chosen);
        return std::make_shared<const Part>(std::move(task),
                                            std::make_unique<ModelScores<T>>(scores_, std::move(chosen)));
    }

    std::shared_ptr<const Part> of(std::uint64_t generation) const {
        if (generation == whole_set) return whole_;
        return batch_.of(batches_, generation,
                         [this](std::vector<std::uint32_t> chosen) { return part(std::move(chosen)); });
    }

    PolicyTask task_;
    ModelScores<T> scores_;
    MiniBatches batches_;
    std::shared_ptr<const Part> whole_;
    BatchPart<Part> batch_;
};

}  // namespace

template <class T>
std::unique_ptr<PolicyObjective> policy_objective(PolicyTask task, std::unique_ptr<Model<T>> model,
                                                  const Samples& samples, const Batching& batching) {
    if (batching.size > 0) return std::make_unique<Batched<T>>(std::move(task), std::move(model), samples, batching);
    return std::make_unique<Objective<T>>(std::move(task), std::make_unique<ModelScores<T>>(std::move(model), samples));
}

template std::unique_ptr<PolicyObjective> policy_objective(PolicyTask, std::unique_ptr<Model<float>>, const Samples&,
                                                           const Batching&);
template std::unique_ptr<PolicyObjective> policy_objective(PolicyTask, std::unique_ptr<Model<double>>, const Samples&,
                                                           const Batching&);

std::unique_ptr<PolicyObjective> policy_objective(PolicyTask task) {
    auto scores = std::make_unique<GivenScores>(task.policy.samples, task.policy.outputs);
    return std::make_unique<Objective<double>>(std::move(task), std::move(scores));
}

}  // namespace zoopt::objectives
