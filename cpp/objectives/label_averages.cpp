#include "label_averages.hpp"

#include "pairwise_sum.hpp"
#include "probabilities.hpp"

namespace zoopt::objectives {
namespace {

enum Average : std::size_t { macro, micro, weighted, samples };

bool is_true(const Targets& targets, std::size_t sample, std::size_t output) {
    if (targets.kind() == Target::multilabel) return targets.has(sample, output);
    const std::size_t positive = targets.kind() == Target::binary ? 1 : output;
    return static_cast<std::size_t>(targets.of(sample)) == positive;
}

double of_output(std::span<const double> scores, const Targets& targets, std::size_t output, CurveValue value,
                 Workspace& work) {
    return value(curve(
        scores, work, [&](std::size_t s) { return is_true(targets, s, output); },
        [&](std::size_t s) { return targets.weight(s); }));
}

double mean(const std::vector<double>& values, const std::vector<double>& weights) {
    if (weights.empty()) return pairwise_sum(values) / static_cast<double>(values.size());
    std::vector<double> products(values.size());
    // What weighs nothing counts nothing, even where it is undefined.
    for (std::size_t i = 0; i < values.size(); ++i) products[i] = weights[i] == 0.0 ? 0.0 : values[i] * weights[i];
    const double total = pairwise_sum(weights);
    return total == 0.0 ? 0.0 : pairwise_sum(products) / total;
}

double over_outputs(const std::vector<double>& numbers, const Targets& targets, bool by_truths, CurveValue value,
                    Workspace& work) {
    const std::size_t count = targets.samples();
    std::vector<double> values(targets.classes());
    for (std::size_t o = 0; o < values.size(); ++o) {
        values[o] = of_output({numbers.data() + o * count, count}, targets, o, value, work);
    }
    return mean(values, by_truths ? targets.truths() : std::vector<double>{});
}

double over_all(const std::vector<double>& numbers, const Targets& targets, CurveValue value, Workspace& work) {
    const std::size_t count = targets.samples();
    return value(curve(
        numbers, work, [&](std::size_t i) { return is_true(targets, i % count, i / count); },
        [&](std::size_t i) { return targets.weight(i % count); }));
}

double over_samples(const std::vector<double>& numbers, const Targets& targets, CurveValue value, Workspace& work) {
    const std::size_t count = targets.samples();
    std::vector<double> values(count);
    std::vector<double> weights(targets.weighted() ? count : 0);
    std::vector<double> of_sample(targets.classes());
    for (std::size_t s = 0; s < count; ++s) {
        for (std::size_t o = 0; o < of_sample.size(); ++o) of_sample[o] = numbers[o * count + s];
        values[s] = value(curve(
            of_sample, work, [&](std::size_t o) { return is_true(targets, s, o); }, [](std::size_t) { return 1.0; }));
        if (!weights.empty()) weights[s] = targets.weight(s);
    }
    return mean(values, weights);
}

}  // namespace

MetricOption ranking_average_option() {
    return {
        "average",
        MetricOption::Kind::choice,
        macro,
        macro,
        samples,
        "of several classes or labels; macro: the mean over them; micro: of all scores together; weighted: their mean "
        "weighted by how often they are true; samples: the mean over samples of what the labels of each make",
        {"macro", "micro", "weighted", "samples"}};
}

void ranked_numbers(const Scores& scores, Target target, bool tempered, std::vector<double>& out) {
    out.resize(scores.outputs * scores.count);
    if (!tempered || target != Target::multiclass) {
        for (std::size_t o = 0; o < scores.outputs; ++o) {
            const std::span<const double> own = scores.of(o);
            std::copy(own.begin(), own.end(), out.begin() + static_cast<std::ptrdiff_t>(o * scores.count));
        }
        return;
    }
    std::vector<double> chances(scores.outputs);
    for (std::size_t s = 0; s < scores.count; ++s) {
        probabilities(scores, s, target, chances);
        for (std::size_t o = 0; o < scores.outputs; ++o) out[o * scores.count + s] = chances[o];
    }
}

RankingRule averaged_curves(const MetricOptions& options, Target target, CurveValue value, bool tempered) {
    if (target == Target::binary) {
        return [value](const Scores& scores, const Targets& targets, Workspace& work) {
            return of_output(scores.of(0), targets, 0, value, work);
        };
    }
    const std::size_t average = options.choice("average");
    return [=](const Scores& scores, const Targets& targets, Workspace& work) {
        std::vector<double> numbers;
        ranked_numbers(scores, target, tempered, numbers);
        if (average == micro) return over_all(numbers, targets, value, work);
        if (average == samples) return over_samples(numbers, targets, value, work);
        return over_outputs(numbers, targets, average == weighted, value, work);
    };
}

std::string ranking_average_unfit(const MetricOptions& options, const Targets& targets) {
    if (options.choice("average") != samples || targets.kind() == Target::multilabel) return "";
    return "average='samples' is for y of several labels a sample; choose average='macro', 'micro' or 'weighted'";
}

}  // namespace zoopt::objectives
