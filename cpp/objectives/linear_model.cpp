#include <mutex>

#include "model_walk.hpp"

namespace zoopt::objectives {
namespace {

// Splits [0, items), lets every part add into counts of its own, and adds those up: integers, so in any order.
template <class Part>
void add_in_parts(std::size_t items, unsigned threads, std::span<std::int64_t> total, const Part& part) {
    std::mutex adding;
    threads::parallel(items, threads, [&](std::size_t first, std::size_t last) {
        std::vector<std::int64_t> counts(total.size());
        part(first, last, counts);
        const std::lock_guard<std::mutex> lock(adding);
        for (std::size_t i = 0; i < counts.size(); ++i) total[i] += counts[i];
    });
}

template <class T>
class Linear final : public Model<T> {
   public:
    Linear(std::size_t features, std::size_t outputs) : features_(features), outputs_(outputs) {}

    std::size_t dim() const override { return outputs_ * (features_ + 1); }
    std::size_t features() const override { return features_; }
    std::size_t outputs() const override { return outputs_; }
    std::size_t widest() const override { return std::max(features_, outputs_); }

    bool usable(std::span<const double> largest, std::span<const double> candidate) const override {
        for (std::size_t o = 0; o < outputs_; ++o) {
            const double* row = candidate.data() + o * (features_ + 1);
            if (!fits<T>(linear_kernels<T>().bound(row, largest.data(), features_))) return false;
        }
        return true;
    }

    void forward(const PackedSamples<T>& samples, const Rows& candidates, unsigned threads,
                 ScoreSink<T>& sink) const override {
        // As many candidates as fill a group of rows: they share what is read of the samples.
        const std::size_t at_once = std::max<std::size_t>(1, samples.kernels().rows / outputs_);
        each_patch(candidates.count, samples.blocks().count(), at_once,
                   threads_for(samples.count(), candidates.count * dim(), threads),
                   [&](const Patch& patch) { score(samples, candidates, patch, sink); });
    }

    void differentiate(const PackedSamples<T>& samples, std::span<const double> candidate, unsigned threads,
                       SlopeSource<T>& source, std::span<double> gradient) const override {
        const std::vector<T> weights = packed(samples, candidate.data(), outputs_);
        add_block_gradients<T>(samples.blocks().count(), threads_for(samples.count(), 2 * dim(), threads), gradient,
                               [&] { return Pass(samples, outputs_, weights, source); });
    }

    void differentiate_twice(const PackedSamples<T>& samples, std::span<const double> candidate,
                             std::span<const double> direction, unsigned threads, CurveSource<T>& source,
                             std::span<double> product) const override {
        const std::vector<T> weights = packed(samples, candidate.data(), outputs_);
        const std::vector<T> changes = packed(samples, direction.data(), outputs_);
        add_block_gradients<T>(samples.blocks().count(), threads_for(samples.count(), 3 * dim(), threads), product,
                               [&] { return CurvePass(samples, outputs_, weights, changes, source); });
    }

    // Panels of all sets in one line, so that threads share them evenly.
    void count_positives(std::span<const PackedSamples<T>* const> sets, const Rows& candidates, unsigned threads,
                         std::span<std::int64_t> counts) const override {
        std::size_t panels = 0;
        std::size_t samples = 0;
        for (const PackedSamples<T>* set : sets) {
            panels += set->panels();
            samples += set->count();
        }
        const std::vector<T> weights = packed(*sets[0], candidates.data, candidates.count);
        add_in_parts(panels, threads_for(samples, weights.size(), threads), counts,
                     [&](std::size_t first, std::size_t last, std::vector<std::int64_t>& found) {
                         std::size_t begin = 0;
                         for (std::size_t i = 0; i < sets.size(); begin += sets[i++]->panels()) {
                             const std::size_t from = std::max(first, begin);
                             const std::size_t to = std::min(last, begin + sets[i]->panels());
                             if (from >= to) continue;
                             sets[i]->kernels().positives(sets[i]->slice(from - begin, to - begin), weights.data(),
                                                          candidates.count, found.data() + i * candidates.count);
                         }
                     });
        for (std::size_t i = 0; i < sets.size(); ++i) {
            for (std::size_t k = 0; k < candidates.count; ++k) {
                // The score of a padding sample, all zeros, is the intercept.
                const bool padding = static_cast<T>(candidates.data[k * dim() + features_]) > T{0};
                if (padding) counts[i * candidates.count + k] -= static_cast<std::int64_t>(sets[i]->padding());
            }
        }
    }

    void count_winners(const PackedSamples<T>& samples, LabelNumbers labels, const Rows& candidates, unsigned threads,
                       std::span<std::int64_t> cells) const override {
        std::vector<T> weights(candidates.count * dim());
        for (std::size_t k = 0; k < candidates.count; ++k) {
            const std::vector<T> own = packed(samples, candidates.data + k * dim(), outputs_);
            std::copy(own.begin(), own.end(), weights.begin() + static_cast<std::ptrdiff_t>(k * dim()));
        }
        const std::vector<std::uint32_t> cells_of = cell_rows(labels, outputs_);
        add_in_parts(samples.panels(), threads_for(samples.count(), weights.size(), threads), cells,
                     [&](std::size_t first, std::size_t last, std::vector<std::int64_t>& counts) {
                         count_panels(samples, cells_of, weights, candidates.count, first, last, counts);
                     });
    }

   private:
    // Bytes of samples that all candidates pass over before the next ones are fetched.
    static constexpr std::size_t run_bytes = 24 * 1024;

    std::vector<T> packed(const PackedSamples<T>& samples, const double* rows, std::size_t count) const {
        return pack_weights<T>(rows, count, features_, samples.kernels().rows);
    }

    void score(const PackedSamples<T>& samples, const Rows& candidates, const Patch& patch, ScoreSink<T>& sink) const {
        const std::size_t rows = (patch.last - patch.first) * outputs_;
        const std::vector<T> weights = packed(samples, candidates.data + patch.first * dim(), rows);
        AlignedBuffer<T> scores(rows * samples.block_stride());
        for (std::size_t b = patch.first_block; b < patch.last_block; ++b) {
            const Panels<T> panels = samples.block_panels(b);
            const std::size_t stride = panels.count * samples.panel();
            samples.kernels().scores(rows_of(panels, samples.panel()), features_, panels.count, weights.data(), rows,
                                     {scores.data(), stride, samples.panel()});
            for (std::size_t k = patch.first; k < patch.last; ++k) {
                const T* own = scores.data() + (k - patch.first) * outputs_ * stride;
                sink.take(k, b, {own, stride, samples.blocks().begin(b), samples.blocks().samples_of(b)});
            }
        }
    }

    // What one thread needs for the gradients of blocks.
    class Pass {
       public:
        Pass(const PackedSamples<T>& samples, std::size_t outputs, const std::vector<T>& weights,
             SlopeSource<T>& source)
            : samples_(&samples),
              outputs_(outputs),
              weights_(weights.data()),
              source_(&source),
              scores_(outputs * samples.block_stride()),
              slopes_(outputs * samples.block_stride()) {}

        void add(std::size_t block, T* gradient) {
            const Panels<T> panels = samples_->block_panels(block);
            const LinearKernels<T>& kernels = samples_->kernels();
            const std::size_t stride = panels.count * kernels.panel;
            const SampleRows<T> inputs = rows_of(panels, kernels.panel);
            kernels.scores(inputs, panels.features, panels.count, weights_, outputs_,
                           {scores_.data(), stride, kernels.panel});
            slopes_of_block<T>(
                *source_, block,
                {scores_.data(), stride, samples_->blocks().begin(block), samples_->blocks().samples_of(block)},
                outputs_, slopes_.data());
            const std::size_t features = panels.features;
            const SampleRows<T> slopes{slopes_.data(), stride, kernels.panel};
            kernels.products(slopes, outputs_, inputs, features, panels.count, gradient, features + 1);
            kernels.sums(slopes, outputs_, panels.count, gradient + features, features + 1);
        }

       private:
        const PackedSamples<T>* samples_;
        std::size_t outputs_;
        const T* weights_;
        SlopeSource<T>* source_;
        AlignedBuffer<T> scores_;
        AlignedBuffer<T> slopes_;
    };

    // What one thread needs for the products of blocks with a Hessian. Scores are linear, so that only slopes change.
    class CurvePass {
       public:
        CurvePass(const PackedSamples<T>& samples, std::size_t outputs, const std::vector<T>& weights,
                  const std::vector<T>& changes, CurveSource<T>& source)
            : samples_(&samples),
              outputs_(outputs),
              weights_(weights.data()),
              changes_(changes.data()),
              source_(&source),
              scores_(outputs * samples.block_stride()),
              score_changes_(outputs * samples.block_stride()),
              slopes_(outputs * samples.block_stride()),
              slope_changes_(outputs * samples.block_stride()) {}

        void add(std::size_t block, T* product) {
            const Panels<T> panels = samples_->block_panels(block);
            const LinearKernels<T>& kernels = samples_->kernels();
            const std::size_t stride = panels.count * kernels.panel;
            const std::size_t features = panels.features;
            const SampleRows<T> inputs = rows_of(panels, kernels.panel);
            kernels.scores(inputs, features, panels.count, weights_, outputs_, {scores_.data(), stride, kernels.panel});
            kernels.scores(inputs, features, panels.count, changes_, outputs_,
                           {score_changes_.data(), stride, kernels.panel});
            curve_of_block<T>(
                *source_, block,
                {scores_.data(), stride, samples_->blocks().begin(block), samples_->blocks().samples_of(block)},
                score_changes_.data(), outputs_, slopes_.data(), slope_changes_.data());
            const SampleRows<T> changes{slope_changes_.data(), stride, kernels.panel};
            kernels.products(changes, outputs_, inputs, features, panels.count, product, features + 1);
            kernels.sums(changes, outputs_, panels.count, product + features, features + 1);
        }

       private:
        const PackedSamples<T>* samples_;
        std::size_t outputs_;
        const T* weights_;
        const T* changes_;
        CurveSource<T>* source_;
        AlignedBuffer<T> scores_;
        AlignedBuffer<T> score_changes_;
        AlignedBuffer<T> slopes_;
        AlignedBuffer<T> slope_changes_;
    };

    void count_panels(const PackedSamples<T>& samples, std::span<const std::uint32_t> cells_of,
                      const std::vector<T>& weights, std::size_t candidates, std::size_t first, std::size_t last,
                      std::vector<std::int64_t>& counts) const {
        const std::size_t run = std::max<std::size_t>(1, run_bytes / samples.panel_bytes());
        std::vector<std::int32_t> winners(run * samples.panel());
        for (; first < last; first += run) {
            const Panels<T> panels = samples.slice(first, std::min(first + run, last));
            const std::size_t begin = first * samples.panel();
            const std::size_t here = std::min(panels.count * samples.panel(), samples.count() - begin);
            for (std::size_t k = 0; k < candidates; ++k) {
                samples.kernels().winners(panels, weights.data() + k * dim(), outputs_, winners.data());
                add_cells(cells_of.subspan(begin, here), winners.data(), counts.data() + k * outputs_ * outputs_);
            }
        }
    }

    std::size_t features_;
    std::size_t outputs_;
};

}  // namespace

template <class T>
std::unique_ptr<Model<T>> linear_model(std::size_t features, std::size_t outputs) {
    return std::make_unique<Linear<T>>(features, outputs);
}

template std::unique_ptr<Model<float>> linear_model(std::size_t, std::size_t);
template std::unique_ptr<Model<double>> linear_model(std::size_t, std::size_t);

}  // namespace zoopt::objectives
