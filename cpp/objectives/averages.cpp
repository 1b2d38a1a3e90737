#include "averages.hpp"

#include "pairwise_sum.hpp"

namespace zoopt::objectives {
namespace {

enum Average : std::size_t { binary, macro, micro, weighted, samples };

double mean_of_all(const Tally& tally, const Ratio& ratio) {
    std::vector<double> values;
    values.reserve(tally.size());
    for (const Counted& counted : tally) values.push_back(ratio(counted));
    return pairwise_sum(values) / static_cast<double>(values.size());
}

double weighted_mean(const Tally& tally, const Ratio& ratio) {
    std::vector<double> products;
    std::vector<double> weights;
    for (const Counted& counted : tally) {
        weights.push_back(counted.truths);
        products.push_back(ratio(counted) * counted.truths);
    }
    const double total = pairwise_sum(weights);
    return total == 0.0 ? mean_of_all(tally, ratio) : pairwise_sum(products) / total;
}

double of_sums(const Tally& tally, const Ratio& ratio) {
    Counted total{0.0, 0.0, 0.0};
    for (const Counted& counted : tally) {
        total.hits += counted.hits;
        total.predicted += counted.predicted;
        total.truths += counted.truths;
    }
    return ratio(total);
}

TallyRule over_labels(std::size_t average, const Ratio& ratio) {
    return [average, ratio](const Tally& tally) {
        if (average == micro) return of_sums(tally, ratio);
        return average == weighted ? weighted_mean(tally, ratio) : mean_of_all(tally, ratio);
    };
}

CountRule over_classes(std::size_t average, const Ratio& ratio) {
    if (average == binary) {
        return [ratio](const Confusion& counts) {
            return ratio({counts.at(1, 1), counts.predicted_as(1), counts.of_class(1)});
        };
    }
    return [rule = over_labels(average, ratio)](const Confusion& counts) { return rule(tally(counts)); };
}

// The mean over samples of the ratio that the labels of one sample make.
class MeanOfSamples final : public SumRule {
   public:
    explicit MeanOfSamples(Ratio ratio) : ratio_(std::move(ratio)) {}
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        for (std::size_t s = 0; s < block.count; ++s) {
            Counted of_sample{0.0, 0.0, 0.0};
            for (std::size_t l = 0; l < block.outputs; ++l) {
                const bool predicted = block.at(l, s) > 0.0;
                const bool truth = targets.has(block.first + s, l);
                of_sample.hits += predicted && truth ? 1.0 : 0.0;
                of_sample.predicted += predicted ? 1.0 : 0.0;
                of_sample.truths += truth ? 1.0 : 0.0;
            }
            sums[0] += targets.weight(block.first + s) * ratio_(of_sample);
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        return sums[0] / targets.total_weight();
    }

   private:
    Ratio ratio_;
};

}  // namespace

Tally tally(const Confusion& counts) {
    Tally all;
    for (std::size_t c = 0; c < counts.classes(); ++c) {
        if (counts.occurs(c)) all.push_back({counts.at(c, c), counts.predicted_as(c), counts.of_class(c)});
    }
    return all;
}

MetricOption average_option() {
    return {
        "average",
        MetricOption::Kind::choice,
        binary,
        binary,
        samples,
        "binary: of the positive class; macro: the mean over classes or labels, a class that is neither present nor "
        "predicted left out; micro: of the sums over them; weighted: their mean weighted by how often they are true; "
        "samples: the mean over samples of what the labels of each make",
        {"binary", "macro", "micro", "weighted", "samples"}};
}

Rule averaged(const MetricOptions& options, Target target, Ratio ratio) {
    const std::size_t average = options.choice("average");
    if (target != Target::multilabel) return over_classes(average, ratio);
    if (average == samples) return std::make_shared<const MeanOfSamples>(std::move(ratio));
    return over_labels(average, ratio);
}

std::string average_unfit(const MetricOptions& options, const Targets& targets) {
    const std::size_t average = options.choice("average");
    if (average == binary && targets.kind() != Target::binary) {
        return "average='binary' needs two classes; choose average='macro', 'micro' or 'weighted'";
    }
    if (average == samples && targets.kind() != Target::multilabel) {
        return "average='samples' is for y of several labels a sample; choose average='macro', 'micro' or 'weighted'";
    }
    return "";
}

}  // namespace zoopt::objectives
