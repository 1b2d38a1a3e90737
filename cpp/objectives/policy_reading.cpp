#include "policy_reading.hpp"

#include <algorithm>
#include <cmath>

#include "policy_reading_kernels.hpp"
#include "zoopt/math.hpp"
#include "zoopt/noise.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

constexpr std::size_t least_block = 32;   // samples whose gradients are added up together
constexpr std::size_t most_blocks = 256;  // of a call, as each has a gradient of its own

double logistic(double z) {
    const double e = portable::exp(-std::abs(z));
    return (z < 0.0 ? e : 1.0) / (1.0 + e);
}

std::size_t padded(std::size_t width) {
    return (width + 7) / 8 * 8;
}

// The numbers that reading works on. An input is a feature, or that a group was read, which is always 1 and stands
// behind the features of its group. Every input has a row: what it adds to the logits of all gates (0 for gates that it
// comes after), and then, from `scores_at` on, to the scores. What is added to before anything is read is a row too.
struct ReadingRows {
    explicit ReadingRows(const ReadingLayout& layout)
        : scores_at(padded(layout.groups())),
          width(scores_at + padded(layout.outputs)),
          inputs(layout.features() + layout.groups()) {}

    // Calls visit(row, column, parameter) for every number of the rows that is a parameter; row `inputs` is the start.
    template <class Visit>
    void each(const ReadingLayout& layout, const Visit& visit) const {
        const std::size_t groups = layout.groups();
        for (std::size_t j = 0; j < groups; ++j) visit(inputs, j, j);
        for (std::size_t i = 0; i < groups; ++i) {
            std::size_t parameter = layout.context[i];
            for (std::size_t e = first(layout, i); e < first(layout, i + 1); ++e) {
                for (std::size_t j = i + 1; j < groups; ++j) visit(e, j, parameter++);
            }
        }
        for (std::size_t o = 0; o < layout.outputs; ++o) {
            const std::size_t own = layout.classifier() + o * layout.width();
            for (std::size_t i = 0; i < groups; ++i) {
                for (std::size_t f = layout.begin[i]; f < layout.begin[i + 1]; ++f)
                    visit(f + i, scores_at + o, own + f);
                visit(layout.begin[i + 1] + i, scores_at + o, own + layout.features() + i);
            }
            visit(inputs, scores_at + o, own + layout.features() + groups);
        }
    }

    // The first input of a group.
    static std::size_t first(const ReadingLayout& layout, std::size_t group) { return layout.begin[group] + group; }

    std::size_t scores_at;
    std::size_t width;
    std::size_t inputs;
};

// The parameters as rows.
std::vector<double> rows_of(const ReadingLayout& layout, const ReadingRows& shape, std::span<const double> theta) {
    std::vector<double> rows((shape.inputs + 1) * shape.width);
    shape.each(layout, [&](std::size_t row, std::size_t column, std::size_t parameter) {
        rows[row * shape.width + column] = theta[parameter];
    });
    return rows;
}

// A sample as inputs.
void put_inputs(const ReadingLayout& layout, const double* sample, double* inputs) {
    for (std::size_t i = 0; i < layout.groups(); ++i) {
        inputs = std::copy(sample + layout.begin[i], sample + layout.begin[i + 1], inputs);
        *inputs++ = 1.0;
    }
}

// What is read of one sample, and what comes of it.
struct Reading {
    Reading(const ReadingLayout& layout, const ReadingRows& shape)
        : open(layout.groups()), probability(layout.groups()), sums(shape.width), slopes(shape.width) {}

    const double* scores(const ReadingRows& shape) const { return sums.data() + shape.scores_at; }

    std::vector<std::uint8_t> open;
    std::vector<double> probability;
    std::vector<double> sums;    // logits and scores
    std::vector<double> slopes;  // of the score function by the logits, and of the reward by the scores
    double share = 0.0;
    double reward = 0.0;
};

// Opens gates in order, gate j where opens(j, probability).
template <class Opens>
void read(const ReadingLayout& layout, const ReadingRows& shape, const std::vector<double>& rows, const double* inputs,
          const Opens& opens, Reading& reading) {
    const auto add_rows = ZOOPT_PICK_TABLE(reading_kernels).add_rows;
    std::copy_n(rows.data() + shape.inputs * shape.width, shape.width, reading.sums.data());
    std::size_t features = 0;
    for (std::size_t i = 0; i < layout.groups(); ++i) {
        reading.probability[i] = logistic(reading.sums[i]);
        reading.open[i] = opens(i, reading.probability[i]) ? 1 : 0;
        if (reading.open[i] == 0) continue;
        features += layout.size(i);
        const std::size_t first = ReadingRows::first(layout, i);
        add_rows(inputs + first, rows.data() + first * shape.width, layout.size(i) + 1, shape.width,
                 reading.sums.data());
    }
    reading.share = static_cast<double>(features) / static_cast<double>(layout.features());
}

// The reward, and its slopes by the scores.
void judge(const ReadingTask& task, const ReadingRows& shape, std::size_t truth, Reading& reading) {
    const std::size_t outputs = task.layout.outputs;
    const std::size_t implied = task.layout.labels() - outputs;
    const double* scores = reading.scores(shape);
    double* p = reading.slopes.data() + shape.scores_at;
    const double top = implied == 0 ? *std::max_element(scores, scores + outputs) : std::max(scores[0], 0.0);
    double total = implied == 0 ? 0.0 : portable::exp(-top);
    for (std::size_t o = 0; o < outputs; ++o) total += p[o] = portable::exp(scores[o] - top);
    for (std::size_t o = 0; o < outputs; ++o) p[o] /= total;
    const double of_truth = truth < implied ? -top : scores[truth - implied] - top;
    const double chance = portable::exp(of_truth) / total;
    const bool likelihood = task.reward == ReadingReward::log_likelihood;
    reading.reward = (likelihood ? of_truth - portable::log(total) : chance) - task.cost * reading.share;
    const double factor = likelihood ? 1.0 : chance;
    for (std::size_t o = 0; o < outputs; ++o) p[o] = factor * ((o + implied == truth ? 1.0 : 0.0) - p[o]);
}

// The readings that are drawn for one sample.
class Draws {
   public:
    Draws(const ReadingTask& task, const ReadingRows& shape, std::uint64_t generation)
        : task_(&task),
          shape_(&shape),
          address_{task.seed, static_cast<std::uint32_t>(noise::Stream::objective), generation},
          inputs_(shape.inputs),
          uniform_(task.draws * task.layout.groups()),
          readings_(task.draws, Reading(task.layout, shape)) {}

    // Returns the sum of the rewards.
    double of(const std::vector<double>& rows, std::size_t sample) {
        const ReadingLayout& layout = task_->layout;
        noise::fill(noise::Kind::uniform, address_, static_cast<std::uint32_t>(sample), 0, std::span<float>(uniform_));
        put_inputs(layout, task_->samples.data() + sample * layout.features(), inputs_.data());
        double sum = 0.0;
        for (std::size_t r = 0; r < task_->draws; ++r) {
            const float* u = uniform_.data() + r * layout.groups();
            const auto opens = [u](std::size_t j, double probability) {
                return static_cast<double>(u[j]) < probability;
            };
            read(layout, *shape_, rows, inputs_.data(), opens, readings_[r]);
            judge(*task_, *shape_, static_cast<std::size_t>(task_->truth[sample]), readings_[r]);
            sum += readings_[r].reward;
        }
        return sum;
    }

    // Adds what the last sample says, whose rewards have this sum.
    void add_to(std::vector<double>& gradient, double sum) {
        const auto others = static_cast<double>(task_->draws) - 1.0;
        for (Reading& reading : readings_) {
            const double baseline = others > 0.0 ? (sum - reading.reward) / others : 0.0;
            const double advantage = task_->learn_gates ? reading.reward - baseline : 0.0;
            for (std::size_t j = 0; j < task_->layout.groups(); ++j) {
                reading.slopes[j] = advantage * (static_cast<double>(reading.open[j]) - reading.probability[j]);
            }
            add(gradient, reading);
        }
    }

   private:
    void add(std::vector<double>& gradient, const Reading& reading) const {
        const ReadingLayout& layout = task_->layout;
        const std::size_t width = shape_->width;
        const auto add_outer = ZOOPT_PICK_TABLE(reading_kernels).add_outer;
        const double one = 1.0;
        for (std::size_t i = 0; i < layout.groups(); ++i) {
            if (reading.open[i] == 0) continue;
            const std::size_t first = ReadingRows::first(layout, i);
            add_outer(inputs_.data() + first, reading.slopes.data(), layout.size(i) + 1, width,
                      gradient.data() + first * width);
        }
        add_outer(&one, reading.slopes.data(), 1, width, gradient.data() + shape_->inputs * width);
    }

    const ReadingTask* task_;
    const ReadingRows* shape_;
    noise::Address address_;
    std::vector<double> inputs_;
    std::vector<float> uniform_;
    std::vector<Reading> readings_;
};

std::size_t block_of(std::size_t count) {
    return std::max(least_block, (count + most_blocks - 1) / most_blocks);
}

// Calls use(draws, block, position) for all chosen samples, block by block, which several threads share.
template <class Use>
void over_blocks(const ReadingTask& task, const ReadingRows& shape, std::size_t count, std::uint64_t generation,
                 unsigned threads, const Use& use) {
    const std::size_t size = block_of(count);
    threads::parallel((count + size - 1) / size, threads, [&](std::size_t first, std::size_t last) {
        Draws draws(task, shape, generation);
        for (std::size_t b = first; b < last; ++b) {
            for (std::size_t s = b * size; s < std::min(count, (b + 1) * size); ++s) use(draws, b, s);
        }
    });
}

std::size_t blocks_of(std::size_t count) {
    return (count + block_of(count) - 1) / block_of(count);
}

}  // namespace

ReadingLayout::ReadingLayout(std::vector<std::size_t> group_begin, std::size_t scores)
    : begin(std::move(group_begin)), outputs(scores) {
    context.push_back(groups());
    for (std::size_t i = 0; i < groups(); ++i) context.push_back(context[i] + (size(i) + 1) * (groups() - i - 1));
}

SkipReading::SkipReading(ReadingTask task) : task_(std::move(task)) {}

double SkipReading::value(std::span<const double> theta, std::span<const std::uint32_t> chosen,
                          std::uint64_t generation, unsigned threads) const {
    const ReadingRows shape(task_.layout);
    const std::vector<double> rows = rows_of(task_.layout, shape, theta);
    std::vector<double> sums(blocks_of(chosen.size()));
    over_blocks(task_, shape, chosen.size(), generation, threads,
                [&](Draws& draws, std::size_t b, std::size_t s) { sums[b] += draws.of(rows, chosen[s]); });
    double total = 0.0;
    for (double sum : sums) total += sum;
    return total / static_cast<double>(chosen.size() * task_.draws);
}

double SkipReading::value_and_gradient(std::span<const double> theta, std::span<const std::uint32_t> chosen,
                                       std::uint64_t generation, unsigned threads, std::span<double> gradient) const {
    const ReadingRows shape(task_.layout);
    const std::vector<double> rows = rows_of(task_.layout, shape, theta);
    const std::size_t blocks = blocks_of(chosen.size());
    std::vector<double> sums(blocks);
    std::vector<std::vector<double>> parts(blocks, std::vector<double>(rows.size()));
    over_blocks(task_, shape, chosen.size(), generation, threads, [&](Draws& draws, std::size_t b, std::size_t s) {
        const double sum = draws.of(rows, chosen[s]);
        draws.add_to(parts[b], sum);
        sums[b] += sum;
    });
    double total = 0.0;
    for (double sum : sums) total += sum;
    for (std::size_t b = 1; b < blocks; ++b) {
        for (std::size_t i = 0; i < rows.size(); ++i) parts[0][i] += parts[b][i];
    }
    const auto count = static_cast<double>(chosen.size() * task_.draws);
    shape.each(task_.layout, [&](std::size_t row, std::size_t column, std::size_t parameter) {
        gradient[parameter] = parts[0][row * shape.width + column] / count;
    });
    return total / count;
}

void read_likeliest(const ReadingLayout& layout, std::span<const double> theta, const double* samples,
                    std::size_t count, std::span<std::uint8_t> open, std::span<double> scores) {
    const ReadingRows shape(layout);
    const std::vector<double> rows = rows_of(layout, shape, theta);
    std::vector<double> inputs(shape.inputs);
    Reading reading(layout, shape);
    const auto likelier = [](std::size_t, double probability) { return probability > 0.5; };
    for (std::size_t s = 0; s < count; ++s) {
        put_inputs(layout, samples + s * layout.features(), inputs.data());
        read(layout, shape, rows, inputs.data(), likelier, reading);
        std::copy(reading.open.begin(), reading.open.end(), open.data() + s * layout.groups());
        std::copy_n(reading.scores(shape), layout.outputs, scores.data() + s * layout.outputs);
    }
}

}  // namespace zoopt::objectives
