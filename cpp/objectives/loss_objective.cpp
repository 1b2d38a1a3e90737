#include "loss_objective.hpp"

#include <algorithm>
#include <limits>

#include "loss_samples.hpp"
#include "overlap_loss.hpp"

namespace zoopt::objectives {
namespace {

// A loss of samples, and how its slopes change.
template <class T>
struct Kernels {
    double (*loss)(const LossBlock<T>&);
    void (*change)(const LossBlock<T>&, const T*, T*);
};

template <class T>
Kernels<T> kernels_of(Loss loss, std::size_t outputs) {
    const LossKernels<T>& all = loss_kernels<T>();
    if (loss == Loss::squared_error) return {all.squared, all.squared_change};
    if (loss == Loss::focal) return {all.focal, all.focal_change};
    if (loss == Loss::smooth_accuracy) return {all.smooth_accuracy, all.smooth_accuracy_change};
    if (outputs == 1) return {all.logistic, all.logistic_change};
    return {all.cross_entropy, all.cross_entropy_change};
}

double in_order(std::span<const double> sums) {
    double total = 0.0;
    for (const double sum : sums) total += sum;
    return total;
}

// The losses of blocks, by candidate and block.
template <class T>
class BlockLosses final : public ScoreSink<T>, public SlopeSource<T> {
   public:
    BlockLosses(const LossSamples<T>& samples, const Kernels<T>& kernels, std::size_t candidates)
        : truth_(&samples.truth()), kernels_(kernels), blocks_(samples.blocks()), sums_(candidates * blocks_) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        sums_[candidate * blocks_ + block] = kernels_.loss(truth_->block(scores, nullptr));
    }

    void slopes(std::size_t block, const ScoreBlock<T>& scores, T* slopes) override {
        sums_[block] = kernels_.loss(truth_->block(scores, slopes));
    }

    double total(std::size_t candidate) const {
        return in_order(std::span(sums_).subspan(candidate * blocks_, blocks_));
    }

   private:
    const PackedTruth<T>* truth_;
    Kernels<T> kernels_;
    std::size_t blocks_;
    std::vector<double> sums_;
};

// Slopes of the losses and their changes.
template <class T>
class LossCurves final : public CurveSource<T> {
   public:
    LossCurves(const LossSamples<T>& samples, const Kernels<T>& kernels)
        : truth_(&samples.truth()), kernels_(kernels) {}

    void curve(std::size_t, const ScoreBlock<T>& scores, const T* changes, T* slopes, T* slope_changes) override {
        const LossBlock<T> block = truth_->block(scores, slopes);
        kernels_.loss(block);
        kernels_.change(block, changes, slope_changes);
    }

   private:
    const PackedTruth<T>* truth_;
    Kernels<T> kernels_;
};

template <class T>
class ModelLoss final : public LossObjective {
   public:
    ModelLoss(const Architecture& architecture, const Samples& samples, const LossTask& task)
        : kernels_(kernels_of<T>(task.loss, architecture.outputs)),
          terms_(task.loss == Loss::squared_error ? architecture.outputs : 1),
          samples_(architecture, samples, task) {}

    ModelLoss(const ModelLoss& from, std::vector<std::uint32_t> chosen)
        : kernels_(from.kernels_), terms_(from.terms_), samples_(from.samples_, std::move(chosen)) {}

    std::size_t dim() const override { return samples_.model().dim(); }
    std::size_t samples() const override { return samples_.count(); }

    void evaluate(const Rows& rows, std::uint64_t, unsigned threads, std::span<double> values) const override {
        BlockLosses<T> losses(samples_, kernels_, rows.count);
        samples_.forward(rows, threads, losses);
        for (std::size_t k = 0; k < rows.count; ++k) {
            const bool usable = samples_.usable({rows.data + k * rows.dim, rows.dim});
            values[k] = usable ? losses.total(k) * share() : std::numeric_limits<double>::quiet_NaN();
        }
    }

    double value_and_gradient(std::span<const double> candidate, std::uint64_t, unsigned threads,
                              std::span<double> gradient) const override {
        if (!samples_.usable(candidate)) {
            std::fill(gradient.begin(), gradient.end(), std::numeric_limits<double>::quiet_NaN());
            return std::numeric_limits<double>::quiet_NaN();
        }
        BlockLosses<T> losses(samples_, kernels_, 1);
        samples_.differentiate(candidate, threads, losses, gradient);
        for (double& partial : gradient) partial *= share();
        return losses.total(0) * share();
    }

    void hessian_vector(std::span<const double> candidate, std::span<const double> direction, std::uint64_t,
                        unsigned threads, std::span<double> product) const override {
        if (!samples_.usable(candidate)) {
            std::fill(product.begin(), product.end(), std::numeric_limits<double>::quiet_NaN());
            return;
        }
        LossCurves<T> curves(samples_, kernels_);
        samples_.differentiate_twice(candidate, direction, threads, curves, product);
        for (double& part : product) part *= share();
    }

    Precision precision() const override { return precision_of<T>; }

    std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const override {
        return std::make_unique<ModelLoss>(*this, std::move(chosen));
    }

   private:
    double share() const { return 1.0 / (samples_.truth().total() * static_cast<double>(terms_)); }

    Kernels<T> kernels_;
    std::size_t terms_;  // of the mean of a sample
    LossSamples<T> samples_;
};

bool is_overlap(Loss loss) {
    return loss == Loss::dice || loss == Loss::squared_dice;
}

}  // namespace

std::unique_ptr<LossObjective> loss_objective(const Architecture& architecture, const Samples& samples,
                                              const LossTask& task, Precision precision) {
    if (is_overlap(task.loss)) return overlap_loss(architecture, samples, task, precision);
    if (precision == Precision::float32) return std::make_unique<ModelLoss<float>>(architecture, samples, task);
    return std::make_unique<ModelLoss<double>>(architecture, samples, task);
}

}  // namespace zoopt::objectives
