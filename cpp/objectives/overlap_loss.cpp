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

// The sums of blocks, by candidate and block.
template <class T>
class BlockSums final : public ScoreSink<T> {
   public:
    BlockSums(const LossSamples<T>& samples, bool squared, std::size_t candidates)
        : truth_(&samples.truth()),
          kernel_(squared ? overlap_kernels<T>().squared_sums : overlap_kernels<T>().sums),
          blocks_(samples.blocks()),
          classes_(samples.outputs()),
          hits_(candidates * blocks_ * classes_),
          sizes_(hits_.size()) {}

    void take(std::size_t candidate, std::size_t block, const ScoreBlock<T>& scores) override {
        AlignedBuffer<T> probabilities(classes_ * scores.stride);
        const LossBlock<T> here = truth_->block(scores, probabilities.data());
        overlap_kernels<T>().probabilities(here);
        const std::size_t place = (candidate * blocks_ + block) * classes_;
        kernel_(here, &hits_[place], &sizes_[place]);
    }

    Sums total(std::size_t candidate) const {
        Sums sums{std::vector<double>(classes_), std::vector<double>(classes_)};
        for (std::size_t b = 0; b < blocks_; ++b) {
            const std::size_t place = (candidate * blocks_ + b) * classes_;
            for (std::size_t o = 0; o < classes_; ++o) {
                sums.hits[o] += hits_[place + o];
                sums.sizes[o] += sizes_[place + o];
            }
        }
        return sums;
    }

   private:
    const PackedTruth<T>* truth_;
    void (*kernel_)(const LossBlock<T>&, double*, double*);
    std::size_t blocks_;
    std::size_t classes_;
    std::vector<double> hits_;
    std::vector<double> sizes_;
};

// The slopes, once the sums over all samples are known. With F = 2 hits / sizes,
// d F / d p = 2 / sizes ([in the class] - F / 2), or ([in the class] - F p) of squares.
template <class T>
class OverlapSlopes final : public SlopeSource<T> {
   public:
    OverlapSlopes(const LossSamples<T>& samples, bool squared, const Sums& sums)
        : truth_(&samples.truth()),
          kernel_(squared ? overlap_kernels<T>().squared_slopes : overlap_kernels<T>().slopes) {
        const std::size_t classes = samples.outputs();
        for (std::size_t o = 0; o < classes; ++o) {
            const double gain = 2.0 / (sums.sizes[o] * static_cast<double>(classes));
            gains_.push_back(static_cast<T>(gain));
            costs_.push_back(static_cast<T>(gain * overlap(sums, o) * (squared ? 1.0 : 0.5)));
        }
    }

    void slopes(std::size_t, const ScoreBlock<T>& scores, T* slopes) override {
        const LossBlock<T> here = truth_->block(scores, slopes);
        overlap_kernels<T>().probabilities(here);
        kernel_(here, gains_.data(), costs_.data());
    }

   private:
    const PackedTruth<T>* truth_;
    void (*kernel_)(const LossBlock<T>&, const T*, const T*);
    std::vector<T> gains_;
    std::vector<T> costs_;
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
        BlockSums<T> sums(samples_, squared_, 1);
        samples_.forward({candidate.data(), 1, candidate.size()}, threads, sums);
        const Sums total = sums.total(0);
        OverlapSlopes<T> slopes(samples_, squared_, total);
        samples_.differentiate(candidate, threads, slopes, gradient);
        return value_of(total);
    }

    std::unique_ptr<LossObjective> of_chosen(std::vector<std::uint32_t> chosen) const override {
        return std::make_unique<OverlapLoss>(*this, std::move(chosen));
    }

   private:
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
