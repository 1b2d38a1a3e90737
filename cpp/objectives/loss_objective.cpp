#include "loss_objective.hpp"

#include <algorithm>
#include <limits>

#include "model_tables.hpp"

namespace zoopt::objectives {
namespace {

// What is known of packed samples beside their features, filled up to whole panels with samples of weight 0.
template <class T>
class PackedTruth {
   public:
    PackedTruth(const PackedSamples<T>& samples, const LossTask& task, std::size_t rows)
        : rows_(rows), stride_(samples.panels() * samples.panel()), truth_(rows * stride_), weights_(stride_) {
        for (std::size_t s = 0; s < samples.count(); ++s) {
            const std::size_t original = samples.original(s);
            for (std::size_t r = 0; r < rows; ++r) {
                truth_.data()[r * stride_ + s] = static_cast<T>(task.truth[original * rows + r]);
            }
            weights_.data()[s] = static_cast<T>(task.weights[original]);
            total_ += task.weights[original];
        }
    }

    PackedTruth(const PackedTruth& from, const PackedSamples<T>& samples)
        : rows_(from.rows_), stride_(samples.panels() * samples.panel()), truth_(rows_ * stride_), weights_(stride_) {
        for (std::size_t s = 0; s < samples.count(); ++s) {
            const std::size_t original = samples.original(s);
            for (std::size_t r = 0; r < rows_; ++r) {
                truth_.data()[r * stride_ + s] = from.truth_.data()[r * from.stride_ + original];
            }
            weights_.data()[s] = from.weights_.data()[original];
            total_ += static_cast<double>(weights_.data()[s]);
        }
    }

    double total() const { return total_; }

    LossBlock<T> block(const ScoreBlock<T>& scores, std::size_t outputs, T* slopes) const {
        return {scores.data,
                scores.stride,
                scores.stride,
                outputs,
                truth_.data() + scores.first,
                stride_,
                weights_.data() + scores.first,
                slopes};
    }

   private:
    std::size_t rows_;
    std::size_t stride_;
    AlignedBuffer<T> truth_;
    AlignedBuffer<T> weights_;
    double total_ = 0.0;
};

template <class T>
using LossKernel = double (*)(const LossBlock<T>&);

template <class T>
using ChangeKernel = void (*)(const LossBlock<T>&, const T*, T*);

template <class T>
ChangeKernel<T> change_kernel_of(Loss loss, std::size_t outputs) {
    const LossKernels<T>& kernels = loss_kernels<T>();
    if (loss == Loss::squared_error) return kernels.squared_change;
    return outputs == 1 ? kernels.logistic_change : kernels.cross_entropy_change;
}

template <class T>
LossKernel<T> kernel_of(Loss loss, std::size_t outputs) {
    const LossKernels<T>& kernels = loss_kernels<T>();
    if (loss == Loss::squared_error) return kernels.squared;
    return outputs == 1 ? kernels.logistic : kernels.cross_entropy;
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
    BlockLosses(const PackedTruth<T>& truth, LossKernel<T> kernel, std::size_t outputs, std::size_t candidates,
                std::size_t blocks)
        : truth_(&truth), kernel_(kernel), outputs_(outputs), blocks_(blocks), sums_(candidates * blocks) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        sums_[candidate * blocks_ + block] = kernel_(truth_->block(scores, outputs_, nullptr));
    }

    void slopes(std::size_t block, const ScoreBlock<T>& scores, T* slopes) override {
        sums_[block] = kernel_(truth_->block(scores, outputs_, slopes));
    }

    double total(std::size_t candidate) const {
        return in_order(std::span(sums_).subspan(candidate * blocks_, blocks_));
    }

   private:
    const PackedTruth<T>* truth_;
    LossKernel<T> kernel_;
    std::size_t outputs_;
    std::size_t blocks_;
    std::vector<double> sums_;
};

// Slopes of the losses and their changes.
template <class T>
class LossCurves final : public CurveSource<T> {
   public:
    LossCurves(const PackedTruth<T>& truth, LossKernel<T> kernel, ChangeKernel<T> change, std::size_t outputs)
        : truth_(&truth), kernel_(kernel), change_(change), outputs_(outputs) {}

    void curve(std::size_t, const ScoreBlock<T>& scores, const T* changes, T* slopes, T* slope_changes) override {
        const LossBlock<T> block = truth_->block(scores, outputs_, slopes);
        kernel_(block);
        change_(block, changes, slope_changes);
    }

   private:
    const PackedTruth<T>* truth_;
    LossKernel<T> kernel_;
    ChangeKernel<T> change_;
    std::size_t outputs_;
};

template <class T>
class ModelLoss final : public LossObjective {
   public:
    ModelLoss(const Architecture& architecture, const Samples& samples, const LossTask& task)
        : model_(make_model<T>(architecture)),
          loss_(task.loss),
          kernel_(kernel_of<T>(task.loss, architecture.outputs)),
          change_(change_kernel_of<T>(task.loss, architecture.outputs)),
          largest_(largest_features(samples)),
          samples_(model_->pack(samples, all_of(samples.count))),
          truth_(samples_, task, task.loss == Loss::squared_error ? architecture.outputs : 1) {}

    ModelLoss(const ModelLoss& from, std::vector<std::uint32_t> chosen)
        : model_(from.model_),
          loss_(from.loss_),
          kernel_(from.kernel_),
          change_(from.change_),
          largest_(from.largest_),
          samples_(from.samples_, std::move(chosen)),
          truth_(from.truth_, samples_) {}

    std::size_t dim() const override { return model_->dim(); }
    std::size_t samples() const override { return samples_.count(); }

    void evaluate(const Rows& rows, std::uint64_t, unsigned threads, std::span<double> values) const override {
        BlockLosses<T> losses = empty(rows.count);
        model_->forward(samples_, rows, threads, losses);
        for (std::size_t k = 0; k < rows.count; ++k) {
            const bool usable = model_->usable(largest_, {rows.data + k * rows.dim, rows.dim});
            values[k] = usable ? losses.total(k) * share() : std::numeric_limits<double>::quiet_NaN();
        }
    }

    double value_and_gradient(std::span<const double> candidate, std::uint64_t, unsigned threads,
                              std::span<double> gradient) const override {
        if (!model_->usable(largest_, candidate)) {
            std::fill(gradient.begin(), gradient.end(), std::numeric_limits<double>::quiet_NaN());
            return std::numeric_limits<double>::quiet_NaN();
        }
        BlockLosses<T> losses = empty(1);
        std::fill(gradient.begin(), gradient.end(), 0.0);
        model_->differentiate(samples_, candidate, threads, losses, gradient);
        for (double& partial : gradient) partial *= share();
        return losses.total(0) * share();
    }

    void hessian_vector(std::span<const double> candidate, std::span<const double> direction, std::uint64_t,
                        unsigned threads, std::span<double> product) const override {
        if (!model_->usable(largest_, candidate)) {
            std::fill(product.begin(), product.end(), std::numeric_limits<double>::quiet_NaN());
            return;
        }
        LossCurves<T> curves(truth_, kernel_, change_, model_->outputs());
        std::fill(product.begin(), product.end(), 0.0);
        model_->differentiate_twice(samples_, candidate, direction, threads, curves, product);
        for (double& part : product) part *= share();
    }

    Precision precision() const override { return precision_of<T>; }

    std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const override {
        return std::make_unique<ModelLoss>(*this, std::move(chosen));
    }

   private:
    BlockLosses<T> empty(std::size_t candidates) const {
        return {truth_, kernel_, model_->outputs(), candidates, samples_.blocks().count()};
    }

    double share() const {
        const std::size_t terms = loss_ == Loss::squared_error ? model_->outputs() : 1;
        return 1.0 / (truth_.total() * static_cast<double>(terms));
    }

    std::shared_ptr<const Model<T>> model_;
    Loss loss_;
    LossKernel<T> kernel_;
    ChangeKernel<T> change_;
    std::vector<double> largest_;
    PackedSamples<T> samples_;
    PackedTruth<T> truth_;
};

}  // namespace

std::unique_ptr<LossObjective> loss_objective(const Architecture& architecture, const Samples& samples,
                                              const LossTask& task, Precision precision) {
    if (precision == Precision::float32) return std::make_unique<ModelLoss<float>>(architecture, samples, task);
    return std::make_unique<ModelLoss<double>>(architecture, samples, task);
}

}  // namespace zoopt::objectives
