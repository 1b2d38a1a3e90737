#pragma once
#include "metric.hpp"

namespace zoopt::objectives {

// A metric made from the weighted mean over samples of a loss of (true, predicted).
class MeanOfResiduals final : public SumRule {
   public:
    using Loss = std::function<double(double truth, double predicted)>;
    using Finish = std::function<double(double mean)>;

    explicit MeanOfResiduals(
        Loss loss, Finish finish = [](double mean) { return mean; })
        : loss_(std::move(loss)), finish_(std::move(finish)) {}

    std::size_t sums() const override { return 1; }
    void add(const Scores& block, const Targets& targets, std::span<double> sums) const override {
        for (std::size_t s = 0; s < block.count; ++s) {
            const std::size_t sample = block.first + s;
            sums[0] += targets.weight(sample) * loss_(targets.quantity(sample), block.at(0, s));
        }
    }
    double value(std::span<const double> sums, const Targets& targets) const override {
        return finish_(sums[0] / targets.total_weight());
    }

   private:
    Loss loss_;
    Finish finish_;
};

}  // namespace zoopt::objectives
