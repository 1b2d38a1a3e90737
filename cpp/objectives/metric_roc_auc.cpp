#include <algorithm>
#include <limits>

#include "label_averages.hpp"
#include "pairwise_sum.hpp"

namespace zoopt::objectives {
namespace {

enum MultiClass : std::size_t { ovr, ovo };
enum Average : std::size_t { macro, micro, weighted, samples };

// Share of the pairs of one that is true and one that is not, ties by half, that are in the right order; NaN where
// there is no such pair.
double area(const Curve& curve) {
    const double pairs = curve.hits.back() * curve.alarms.back();
    if (!(pairs > 0.0)) return std::numeric_limits<double>::quiet_NaN();
    double twice = 0.0;
    double hits = 0.0;
    double alarms = 0.0;
    for (std::size_t g = 0; g < curve.hits.size(); ++g) {
        twice += (curve.alarms[g] - alarms) * (curve.hits[g] + hits);
        hits = curve.hits[g];
        alarms = curve.alarms[g];
    }
    return twice / (2.0 * pairs);
}

// Of two classes of several: the mean of the areas with the one and with the other as what is true.
class Pairs {
   public:
    Pairs(const Scores& scores, const Targets& targets, Workspace& work) : targets_(targets), work_(work) {
        ranked_numbers(scores, Target::multiclass, true, numbers_);
        members_.resize(targets.classes());
        for (std::size_t s = 0; s < targets.samples(); ++s) {
            members_[static_cast<std::size_t>(targets.of(s))].push_back(s);
        }
    }

    double mean(bool by_prevalence) {
        std::vector<double> values;
        std::vector<double> weights;
        for (std::size_t a = 0; a < members_.size(); ++a) {
            for (std::size_t b = a + 1; b < members_.size(); ++b) {
                if (members_[a].empty() || members_[b].empty()) continue;
                const double weight = static_cast<double>(members_[a].size() + members_[b].size());
                weights.push_back(by_prevalence ? weight : 1.0);
                values.push_back((of(a, b) + of(b, a)) / 2.0 * weights.back());
            }
        }
        return pairwise_sum(values) / pairwise_sum(weights);
    }

   private:
    double of(std::size_t positive, std::size_t negative) {
        const double* own = numbers_.data() + positive * targets_.samples();
        both_.clear();
        for (std::size_t s : members_[positive]) both_.push_back(own[s]);
        for (std::size_t s : members_[negative]) both_.push_back(own[s]);
        const std::size_t border = members_[positive].size();
        return area(
            curve(both_, work_, [border](std::size_t i) { return i < border; }, [](std::size_t) { return 1.0; }));
    }

    const Targets& targets_;
    Workspace& work_;
    std::vector<double> numbers_;
    std::vector<std::vector<std::size_t>> members_;
    std::vector<double> both_;
};

Rule make(const MetricOptions& options, Target target) {
    if (target != Target::multiclass || options.choice("multi_class") == ovr) {
        return averaged_curves(options, target, area, true);
    }
    const bool by_prevalence = options.choice("average") == weighted;
    return [by_prevalence](const Scores& scores, const Targets& targets, Workspace& work) {
        return Pairs(scores, targets, work).mean(by_prevalence);
    };
}

std::string undefined_over_labels(std::size_t average, const Targets& targets) {
    if (average != macro) return "";
    for (std::size_t l = 0; l < targets.classes(); ++l) {
        const std::size_t with = targets.occurrences()[l];
        if (with == 0 || with == targets.samples()) {
            return "it is the mean over labels, but label " + std::to_string(l) + " is " +
                   (with == 0 ? "never" : "always") + " true; leave it out, or choose average='weighted' or 'micro'";
        }
    }
    return "";
}

std::string undefined(const MetricOptions& options, const Targets& targets) {
    const std::string unfit = ranking_average_unfit(options, targets);
    if (!unfit.empty()) return unfit;
    const std::size_t average = options.choice("average");
    if (targets.kind() == Target::multilabel) return undefined_over_labels(average, targets);
    const bool pairs = targets.kind() == Target::multiclass && options.choice("multi_class") == ovo;
    if (pairs && average != macro && average != weighted) {
        return "multi_class='ovo' goes with average='macro' or 'weighted'";
    }
    if (pairs && targets.weighted()) {
        return "multi_class='ovo' has no sample_weight, here as in scikit-learn; choose multi_class='ovr'";
    }
    const auto& seen = targets.occurrences();
    const auto present = std::count_if(seen.begin(), seen.end(), [](std::size_t count) { return count > 0; });
    if (present < 2) return "it needs samples of two classes at least, y holds one only";
    const bool every = targets.kind() == Target::multiclass && !pairs && average == macro;
    if (every && static_cast<std::size_t>(present) < seen.size()) {
        return "it is the mean over classes, each against all others, but y lacks some; choose "
               "average='weighted' or multi_class='ovo'";
    }
    return "";
}

const RegisterMetric entry{
    {"roc_auc",
     "share of pairs of a positive and a negative sample whose scores are in that order: area under the ROC curve",
     Sense::maximise,
     {Target::binary, Target::multiclass, Target::multilabel},
     {ranking_average_option(),
      {"multi_class",
       MetricOption::Kind::choice,
       ovr,
       ovr,
       ovo,
       "several classes: each against all others, or the mean over pairs of classes; ranked by softmax probabilities",
       {"ovr", "ovo"}}},
     make,
     undefined}};

}  // namespace
}  // namespace zoopt::objectives
