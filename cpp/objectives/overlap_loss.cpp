#include "overlap_loss.hpp"

#include <algorithm>
#include <limits>

#include "loss_samples.hpp"

namespace zoopt::objectives {
namespace {

// Of one class each.
struct Sums {
    std::vector<double> hits;
    std::vector<double> sizes;
};

// A class that no sample is of has overlap 0: sizes is above 0 even then.
double overlap(const Sums& sums, std::size_t output) {
    return 2.0 * sums.hits[output] / sums.sizes[output];
}

double value_of(const Sums& sums) {
    const std::size_t classes = sums.hits.size();
    double total = 0.0;
    for (std::size_t o = 0; o < classes; ++o) total += overlap(sums, o);
    return 1.0 - total / static_cast<double>(classes);
}

// Sums by candidate and block, to be added in ascending order.
class SumsOfBlocks {
   public:
    SumsOfBlocks(std::size_t blocks, std::size_t classes, std::size_t candidates)
        : blocks_(blocks), classes_(classes), hits_(candidates * blocks * classes), sizes_(hits_.size()) {}

    double* hits(std::size_t candidate, std::size_t block) { return &hits_[place(candidate, block)]; }
    double* sizes(std::size_t candidate, std::size_t block) { return &sizes_[place(candidate, block)]; }

    Sums total(std::size_t candidate) const {
        Sums sums{std::vector<double>(classes_), std::vector<double>(classes_)};
        for (std::size_t b = 0; b < blocks_; ++b) {
            for (std::size_t o = 0; o < classes_; ++o) {
                sums.hits[o] += hits_[place(candidate, b) + o];
                sums.sizes[o] += sizes_[place(candidate, b) + o];
            }
        }
        return sums;
    }

   private:
    std::size_t place(std::size_t candidate, std::size_t block) const {
        return (candidate * blocks_ + block) * classes_;
    }

    std::size_t blocks_;
    std::size_t classes_;
    std::vector<double> hits_;
    std::vector<double> sizes_;
};

template <class T>
class BlockSums final : public ScoreSink<T> {
   public:
    BlockSums(const LossSamples<T>& samples, bool squared, std::size_t candidates)
        : truth_(&samples.truth()),
          kernel_(squared ? overlap_kernels<T>().squared_sums : overlap_kernels<T>().sums),
          sums_(samples.blocks(), samples.outputs(), candidates) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        AlignedBuffer<T> probabilities(truth_->outputs() * scores.stride);
        const LossBlock<T> here = truth_->block(scores, probabilities.data());
        overlap_kernels<T>().probabilities(here);
        kernel_(here, sums_.hits(candidate, block), sums_.sizes(candidate, block));
    }

    Sums total(std::size_t candidate) const { return sums_.total(candidate); }

   private:
    const PackedTruth<T>* truth_;
    void (*kernel_)(const LossBlock<T>&, double*, double*);
    SumsOfBlocks sums_;
};

// What the slopes are made of, once the sums over all samples are known, and its derivative along a direction. With
// F = 2 hits / sizes, d F / d p = 2 / sizes ([in the class] - F / 2), or ([in the class] - F p) of squares.
template <class T>
class Factors {
   public:
    Factors(const Sums& sums, bool squared) {
        for (std::size_t o = 0; o < sums.hits.size(); ++o) {
            gains_.push_back(static_cast<T>(gain(sums, o)));
            costs_.push_back(static_cast<T>(gain(sums, o) * overlap(sums, o) * share(squared)));
        }
    }

    Factors(const Sums& sums, const Sums& changes, bool squared) {
        for (std::size_t o = 0; o < sums.hits.size(); ++o) {
            const double shrink = changes.sizes[o] / sums.sizes[o];
            const double moved = 2.0 * changes.hits[o] / sums.sizes[o] - overlap(sums, o) * shrink;
            gains_.push_back(static_cast<T>(-gain(sums, o) * shrink));
            costs_.push_back(static_cast<T>(gain(sums, o) * (moved - overlap(sums, o) * shrink) * share(squared)));
        }
    }

    ClassFactors<T> view() const { return {gains_.data(), costs_.data()}; }

   private:
    static double gain(const Sums& sums, std::size_t o) {
        return 2.0 / (sums.sizes[o] * static_cast<double>(sums.hits.size()));
    }
    static double share(bool squared) { return squared ? 1.0 : 0.5; }

    std::vector<T> gains_;
    std::vector<T> costs_;
};

template <class T>
class OverlapSlopes final : public SlopeSource<T> {
   public:
    OverlapSlopes(const LossSamples<T>& samples, bool squared, const Sums& sums)
        : truth_(&samples.truth()),
          kernel_(squared ? overlap_kernels<T>().squared_slopes : overlap_kernels<T>().slopes),
          factors_(sums, squared) {}

    void slopes(std::size_t, const ScoreBlock<T>& scores, T* slopes) override {
        const LossBlock<T> here = truth_->block(scores, slopes);
        overlap_kernels<T>().probabilities(here);
        kernel_(here, factors_.view());
    }

   private:
    const PackedTruth<T>* truth_;
    void (*kernel_)(const LossBlock<T>&, const ClassFactors<T>&);
    Factors<T> factors_;
};

// The changes of the sums along a direction; a model that asks for it adds up nothing.
template <class T>
class SumChanges final : public CurveSource<T> {
   public:
    SumChanges(const LossSamples<T>& samples, bool squared)
        : truth_(&samples.truth()),
          kernel_(squared ? overlap_kernels<T>().squared_sum_changes : overlap_kernels<T>().sum_changes),
          sums_(samples.blocks(), samples.outputs(), 1) {}

    void curve(std::size_t block, const ScoreBlock<T>& scores, const T* changes, T* slopes, T* slope_changes) override {
        const LossBlock<T> here = truth_->block(scores, slopes);
        overlap_kernels<T>().probabilities(here);
        overlap_kernels<T>().probability_changes(here, changes, slope_changes);
        kernel_(here, slope_changes, sums_.hits(0, block), sums_.sizes(0, block));
        std::fill_n(slopes, truth_->outputs() * scores.stride, T{0});
        std::fill_n(slope_changes, truth_->outputs() * scores.stride, T{0});
    }

    Sums total() const { return sums_.total(0); }

   private:
    const PackedTruth<T>* truth_;
    void (*kernel_)(const LossBlock<T>&, const T*, double*, double*);
    SumsOfBlocks sums_;
};

template <class T>
class OverlapCurves final : public CurveSource<T> {
   public:
    OverlapCurves(const LossSamples<T>& samples, bool squared, const Sums& sums, const Sums& changes)
        : truth_(&samples.truth()), squared_(squared), factors_(sums, squared), moved_(sums, changes, squared) {}

    void curve(std::size_t, const ScoreBlock<T>& scores, const T* changes, T* slopes, T* slope_changes) override {
        const OverlapKernels<T>& kernels = overlap_kernels<T>();
        const LossBlock<T> here = truth_->block(scores, slopes);
        kernels.probabilities(here);
        kernels.probability_changes(here, changes, slope_changes);
        (squared_ ? kernels.squared_slope_changes : kernels.slope_changes)(here, factors_.view(), moved_.view(),
                                                                           slope_changes);
        (squared_ ? kernels.squared_slopes : kernels.slopes)(here, factors_.view());
    }

   private:
    const PackedTruth<T>* truth_;
    bool squared_;
    Factors<T> factors_;
    Factors<T> moved_;
};

template <class T>
class OverlapLoss final : public LossObjective {
   public:
    OverlapLoss(const Architecture& architecture, const Samples& samples, const LossTask& task)
        : squared_(task.loss == Loss::squared_dice), samples_(architecture, samples, task) {}

    OverlapLoss(const OverlapLoss& from, std::vector<std::uint32_t> chosen)
        : squared_(from.squared_), samples_(from.samples_, std::move(chosen)) {}

    std::size_t dim() const override { return samples_.model().dim(); }
    std::size_t samples() const override { return samples_.count(); }

    void evaluate(const Rows& rows, std::uint64_t, unsigned threads, std::span<double> values) const override {
        BlockSums<T> sums(samples_, squared_, rows.count);
        samples_.forward(rows, threads, sums);
        for (std::size_t k = 0; k < rows.count; ++k) {
            const bool usable = samples_.usable({rows.data + k * rows.dim, rows.dim});
            values[k] = usable ? value_of(sums.total(k)) : std::numeric_limits<double>::quiet_NaN();
        }
    }

    // The slope of a sample depends on all samples, so that the model is asked twice.
    double value_and_gradient(std::span<const double> candidate, std::uint64_t, unsigned threads,
                              std::span<double> gradient) const override {
        if (!samples_.usable(candidate)) {
            std::fill(gradient.begin(), gradient.end(), std::numeric_limits<double>::quiet_NaN());
            return std::numeric_limits<double>::quiet_NaN();
        }
        const Sums total = sums_at(candidate, threads);
        OverlapSlopes<T> slopes(samples_, squared_, total);
        samples_.differentiate(candidate, threads, slopes, gradient);
        return value_of(total);
    }

    void hessian_vector(std::span<const double> candidate, std::span<const double> direction, std::uint64_t,
                        unsigned threads, std::span<double> product) const override {
        if (!samples_.usable(candidate)) {
            std::fill(product.begin(), product.end(), std::numeric_limits<double>::quiet_NaN());
            return;
        }
        const Sums total = sums_at(candidate, threads);
        SumChanges<T> changes(samples_, squared_);
        samples_.differentiate_twice(candidate, direction, threads, changes, product);
        OverlapCurves<T> curves(samples_, squared_, total, changes.total());
        samples_.differentiate_twice(candidate, direction, threads, curves, product);
    }

    Precision precision() const override { return sizeof(T) == 4 ? Precision::float32 : Precision::float64; }

    std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const override {
        return std::make_unique<OverlapLoss>(*this, std::move(chosen));
    }

   private:
    Sums sums_at(std::span<const double> candidate, unsigned threads) const {
        BlockSums<T> sums(samples_, squared_, 1);
        samples_.forward({candidate.data(), 1, candidate.size()}, threads, sums);
        return sums.total(0);
    }

    bool squared_;
    LossSamples<T> samples_;
};

}  // namespace

std::unique_ptr<LossObjective> overlap_loss(const Architecture& architecture, const Samples& samples,
                                            const LossTask& task, Precision precision) {
    if (precision == Precision::float32) return std::make_unique<OverlapLoss<float>>(architecture, samples, task);
    return std::make_unique<OverlapLoss<double>>(architecture, samples, task);
}

}  // namespace zoopt::objectives
