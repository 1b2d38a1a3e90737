#pragma once
#include <cstdint>
#include <span>
#include <vector>

// A linear classifier that decides, group after group of its inputs, whether to read them.
namespace zoopt::objectives {

// Group i is the features [begin[i], begin[i + 1]) of samples whose features stand in the order of reading. With g_i =
// 1 where group i is read, else 0, group j is read with the probability of the logistic function of
//     a_j + sum over read groups i < j of (c_ij + sum over features f of i of b_fj x_f),
// and the score of output o is w_o + sum over read groups i of (v_oi + sum over features f of i of w_of x_f). A single
// output is the score of label 1, beside a score 0 of label 0.
//
// Parameters: a_0 ... a_(m-1); for every group i its features' rows b_f(i+1) ... b_f(m-1) and then the row c_i; for
// every output the weights of all features, those of all groups, and w_o.
struct ReadingLayout {
    // `group_begin` says where every group begins, and where the last one ends.
    ReadingLayout(std::vector<std::size_t> group_begin, std::size_t scores);

    std::vector<std::size_t> begin;
    std::vector<std::size_t> context;  // where the rows of every group begin among the parameters, and where they end
    std::size_t outputs;

    std::size_t groups() const { return begin.size() - 1; }
    std::size_t features() const { return begin.back(); }
    std::size_t size(std::size_t group) const { return begin[group + 1] - begin[group]; }
    std::size_t labels() const { return outputs == 1 ? 2 : outputs; }
    std::size_t width() const { return features() + groups() + 1; }  // of an output
    std::size_t classifier() const { return context.back(); }
    std::size_t dim() const { return classifier() + outputs * width(); }
};

enum class ReadingReward { accuracy, log_likelihood };

struct ReadingTask {
    ReadingLayout layout;
    std::vector<double> samples;  // features of one after the other
    std::vector<std::int32_t> truth;
    double cost;  // of reading all features
    ReadingReward reward;
    bool learn_gates;
    std::size_t draws;
    std::uint64_t seed;
};

// The mean over the chosen samples and their draws of the reward, p(truth | what is read) or its logarithm, less the
// cost of the share of features read; and its gradient, which for the classifier is that of the reward and for the
// gates the score function of the draws with the mean of the sample's other draws as baseline (none where there is but
// one). Gate j of draw r of sample s is open where the uniform number (stream 5, generation, sample s, coordinate
// r * groups + j) is below its probability.
class SkipReading {
   public:
    explicit SkipReading(ReadingTask task);

    std::size_t dim() const { return task_.layout.dim(); }
    const ReadingLayout& layout() const { return task_.layout; }
    std::size_t samples() const { return task_.truth.size(); }

    double value(std::span<const double> theta, std::span<const std::uint32_t> chosen, std::uint64_t generation,
                 unsigned threads) const;
    double value_and_gradient(std::span<const double> theta, std::span<const std::uint32_t> chosen,
                              std::uint64_t generation, unsigned threads, std::span<double> gradient) const;

   private:
    ReadingTask task_;
};

// Reads other samples, `count` of them: a group where its probability is above 1/2. open[s * groups + j], and
// scores[s * outputs + o].
void read_likeliest(const ReadingLayout& layout, std::span<const double> theta, const double* samples,
                    std::size_t count, std::span<std::uint8_t> open, std::span<double> scores);

}  // namespace zoopt::objectives
