#include "metric.hpp"

namespace zoopt::objectives {
namespace {

// Of classes with the same score the last comes first, as in scikit-learn.
class TopK final : public SumRule {
   public:
    explicit TopK(std::size_t k) : k_(k) {}
    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        for (std::size_t s = 0; s < block.count; ++s) {
            const auto truth = static_cast<std::size_t>(targets.of(block.first + s));
            const double own = block.at(truth, s);
            std::size_t above = 0;
            for (std::size_t c = 0; c < block.outputs; ++c) {
                above += block.at(c, s) > own || (c > truth && block.at(c, s) == own);
            }
            if (above < k_) sums[0] += targets.weight(block.first + s);
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        return sums[0] / targets.total_weight();
    }

   private:
    std::size_t k_;
};

const RegisterMetric entry{
    {"top_k_accuracy",
     "share of samples whose class is among the k with the highest scores",
     Sense::maximise,
     {Target::multiclass},
     {{"k", MetricOption::Kind::whole, 2.0, 1.0, 1000.0, "how many classes may be named"}},
     [](const MetricOptions& options, Target) -> Rule { return std::make_shared<const TopK>(options.choice("k")); }}};

}  // namespace
}  // namespace zoopt::objectives
