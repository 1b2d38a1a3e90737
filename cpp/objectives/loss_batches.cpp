#include "loss_objective.hpp"

namespace zoopt::objectives {
namespace {

class BatchedLoss final : public LossObjective {
   public:
    BatchedLoss(std::unique_ptr<LossObjective> whole, const Batching& batching)
        : whole_(std::move(whole)), batches_(whole_->samples(), batching.size, batching.seed) {}

    std::size_t dim() const override { return whole_->dim(); }
    std::size_t samples() const override { return whole_->samples(); }

    void evaluate(const Rows& rows, std::uint64_t generation, unsigned threads,
                  std::span<double> values) const override {
        batch(generation)->evaluate(rows, generation, threads, values);
    }

    double value_and_gradient(std::span<const double> candidate, std::uint64_t generation, unsigned threads,
                              std::span<double> gradient) const override {
        return batch(generation)->value_and_gradient(candidate, generation, threads, gradient);
    }

    void hessian_vector(std::span<const double> candidate, std::span<const double> direction, std::uint64_t generation,
                        unsigned threads, std::span<double> product) const override {
        batch(generation)->hessian_vector(candidate, direction, generation, threads, product);
    }

    Precision precision() const override { return whole_->precision(); }

    std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const override {
        return whole_->of_chosen(std::move(chosen));
    }

   private:
    std::shared_ptr<const LossObjective> batch(std::uint64_t generation) const {
        if (generation == whole_set) return whole_;
        return batch_.of(batches_, generation, [this](std::vector<std::uint32_t> chosen) {
            return std::shared_ptr<const LossObjective>(whole_->of_chosen(std::move(chosen)));
        });
    }

    std::shared_ptr<const LossObjective> whole_;
    MiniBatches batches_;
    BatchPart<LossObjective> batch_;
};

}  // namespace

std::unique_ptr<LossObjective> in_mini_batches(std::unique_ptr<LossObjective> whole, const Batching& batching) {
    return std::make_unique<BatchedLoss>(std::move(whole), batching);
}

}  // namespace zoopt::objectives
