#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "confusion.hpp"
#include "scores.hpp"
#include "tally.hpp"
#include "targets.hpp"
#include "zoopt/objective.hpp"

// A metric is one file: how its number is made, and at its foot a `const RegisterMetric` that names it, its options,
// the kinds of y it takes and its maker. It says by the rule that it makes what it needs to know of the scores of a
// candidate; gathering that, over blocks, threads and mini-batches, is done in one place for all (metric_sink.hpp).
namespace zoopt::objectives {

// From confusion counts of classes.
using CountRule = std::function<double(const Confusion&)>;

// Values of counts that are whole numbers: counts[truth * classes + predicted].
class WholeCounts {
   public:
    WholeCounts(const CountRule& rule, std::size_t classes)
        : rule_(&rule), cells_(classes * classes), occurs_(classes) {}

    double of(std::span<const std::int64_t> counts);

   private:
    const CountRule* rule_;
    std::vector<double> cells_;
    std::vector<std::uint8_t> occurs_;
};

// From the counts of every label of its own: hits, predictions, truths.
using TallyRule = std::function<double(const Tally&)>;

// From sums over samples. Those of disjoint samples add.
class SumRule {
   public:
    virtual ~SumRule() = default;
    virtual std::size_t sums() const = 0;

    // Adds what the samples of the block contribute, each in its turn.
    virtual void add(const Scores& block, const Targets& targets, std::span<double> sums) const = 0;
    virtual double value(std::span<const double> sums, const Targets& targets) const = 0;
};

// From the scores of all samples at once. The workspace is the caller's, so that sorting allocates once a thread.
using RankingRule = std::function<double(const Scores&, const Targets&, Workspace&)>;

using Rule = std::variant<CountRule, TallyRule, std::shared_ptr<const SumRule>, RankingRule>;

// What a user may choose: a number in a range, a whole one, one of the words in `choices` (its index is the value), or
// one number for each pair of classes.
struct MetricOption {
    enum class Kind { real, whole, choice, table };
    std::string name;
    Kind kind;
    double value;  // the default
    double low;
    double high;
    std::string doc;
    std::vector<std::string> choices = {};
};

struct MetricOptions {
    std::map<std::string, double> numbers;
    std::vector<double> table = {};  // row-major, a row for each true class; empty where none was given

    double at(const std::string& name) const { return numbers.at(name); }
    std::size_t choice(const std::string& name) const { return static_cast<std::size_t>(numbers.at(name)); }
};

struct Metric {
    std::string name;
    std::string summary;
    Sense sense;
    std::vector<Target> targets;
    std::vector<MetricOption> options;
    std::function<Rule(const MetricOptions&, Target)> make;

    // Why every candidate has the value NaN on these targets; empty where that is not so.
    std::function<std::string(const MetricOptions&, const Targets&)> undefined = {};
};

// All registered metrics, in alphabetical order.
std::vector<const Metric*> metrics();

// Throws Error(unknown_name).
const Metric& metric(const std::string& name);

// The defaults of a metric's options, with those that are given in their place. Throws Error(invalid_option) for names
// that it does not have and values out of range.
MetricOptions metric_options(const Metric& metric, const MetricOptions& given);

class RegisterMetric {
   public:
    explicit RegisterMetric(Metric metric);
};

}  // namespace zoopt::objectives
