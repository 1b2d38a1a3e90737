#include <mutex>
#include <utility>

#include "mlp_curvature.hpp"
#include "mlp_gradient.hpp"
#include "mlp_layers.hpp"

namespace zoopt::objectives {
namespace {

template <class T>
class Mlp final : public Model<T> {
   public:
    explicit Mlp(const Architecture& of) : layers_(layers_of(of)), activation_(of.activation) {}

    std::size_t dim() const override { return layers_.back().begin + outputs() * (layers_.back().inputs + 1); }
    std::size_t features() const override { return layers_.front().inputs; }
    std::size_t outputs() const override { return layers_.back().units; }
    std::size_t widest() const override {
        std::size_t widest = features();
        for (const Layer& layer : layers_) widest = std::max(widest, layer.units);
        return widest;
    }

    // What a unit hands on is no larger than its sum, and no larger than 1 for tanh.
    bool usable(std::span<const double> largest, std::span<const double> candidate) const override {
        std::vector<double> inputs(largest.begin(), largest.end());
        for (const Layer& layer : layers_) {
            std::vector<double> next(layer.units, 1.0);
            for (std::size_t u = 0; u < layer.units; ++u) {
                const double* row = candidate.data() + layer.begin + u * (layer.inputs + 1);
                const double bound = linear_kernels<T>().bound(row, inputs.data(), layer.inputs);
                if (!fits<T>(bound)) return false;
                if (activation_ != Activation::tanh) next[u] = std::max(1.0, bound);
            }
            inputs = std::move(next);
        }
        return true;
    }

    void forward(const PackedSamples<T>& samples, const Rows& candidates, unsigned threads,
                 ScoreSink<T>& sink) const override {
        each_patch(candidates.count, samples.blocks().count(), at_once(),
                   threads_for(samples.count(), candidates.count * dim(), threads),
                   [&](const Patch& patch) { score(samples, candidates, patch, sink); });
    }

    void differentiate(const PackedSamples<T>& samples, std::span<const double> candidate, unsigned threads,
                       SlopeSource<T>& source, std::span<double> gradient) const override {
        const std::vector<T> weights = packed(samples, {candidate.data(), 1, dim()}, 0, 1);
        std::vector<std::vector<T>> transposed;
        for (std::size_t l = 1; l < layers_.size(); ++l) {
            transposed.push_back(transposed_weights<T>(layers_[l], candidate.data(), samples.kernels().rows));
        }
        add_block_gradients<T>(samples.blocks().count(), threads_for(samples.count(), 3 * dim(), threads), gradient,
                               [&] { return MlpPass<T>(samples, layers_, activation_, weights, transposed, source); });
    }

    void differentiate_twice(const PackedSamples<T>& samples, std::span<const double> candidate,
                             std::span<const double> direction, unsigned threads, CurveSource<T>& source,
                             std::span<double> product) const override {
        const CurveWeights<T> weights(layers_, candidate, direction, samples.kernels().rows);
        add_block_gradients<T>(samples.blocks().count(), threads_for(samples.count(), 9 * dim(), threads), product,
                               [&] { return MlpCurvePass<T>(samples, layers_, activation_, weights, source); });
    }

    void count_positives(std::span<const PackedSamples<T>* const> sets, const Rows& candidates, unsigned threads,
                         std::span<std::int64_t> counts) const override {
        std::vector<std::pair<std::size_t, std::size_t>> blocks;  // of all sets: (set, block)
        std::size_t samples = 0;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            samples += sets[i]->count();
            for (std::size_t b = 0; b < sets[i]->blocks().count(); ++b) blocks.emplace_back(i, b);
        }
        std::mutex adding;
        each_patch(candidates.count, blocks.size(), at_once(), threads_for(samples, candidates.count * dim(), threads),
                   [&](const Patch& patch) {
                       const std::vector<T> weights = packed(*sets[0], candidates, patch.first, patch.last);
                       HiddenRun<T> runs(*sets[0], layers_, activation_);
                       std::vector<std::int64_t> found(counts.size());
                       for (std::size_t b = patch.first_block; b < patch.last_block; ++b) {
                           const auto [set, block] = blocks[b];
                           for (std::size_t k = patch.first; k < patch.last; ++k) {
                               found[set * candidates.count + k] +=
                                   positives(*sets[set], block, weights.data() + (k - patch.first) * dim(), runs);
                           }
                       }
                       const std::lock_guard<std::mutex> lock(adding);
                       for (std::size_t i = 0; i < found.size(); ++i) counts[i] += found[i];
                   });
    }

    void count_winners(const PackedSamples<T>& samples, LabelNumbers labels, const Rows& candidates, unsigned threads,
                       std::span<std::int64_t> cells) const override {
        const std::size_t width = outputs() * outputs();
        const std::vector<std::uint32_t> rows = cell_rows(labels, outputs());
        std::mutex adding;
        each_patch(candidates.count, samples.blocks().count(), at_once(),
                   threads_for(samples.count(), candidates.count * dim(), threads), [&](const Patch& patch) {
                       const std::vector<T> weights = packed(samples, candidates, patch.first, patch.last);
                       HiddenRun<T> runs(samples, layers_, activation_);
                       std::vector<std::int32_t> best(samples.block_stride());
                       std::vector<std::int64_t> found((patch.last - patch.first) * width);
                       for (std::size_t b = patch.first_block; b < patch.last_block; ++b) {
                           for (std::size_t k = 0; k < patch.last - patch.first; ++k) {
                               winners(samples, b, weights.data() + k * dim(), runs, best);
                               add_cells(
                                   std::span(rows).subspan(samples.blocks().begin(b), samples.blocks().samples_of(b)),
                                   best.data(), found.data() + k * width);
                           }
                       }
                       const std::lock_guard<std::mutex> lock(adding);
                       for (std::size_t i = 0; i < found.size(); ++i) cells[patch.first * width + i] += found[i];
                   });
    }

   private:
    // Bytes of packed parameters that a block of samples meets before the next block comes.
    static constexpr std::size_t weight_bytes = 256 * 1024;

    std::size_t at_once() const { return std::max<std::size_t>(1, weight_bytes / (dim() * sizeof(T))); }

    // The parameters of candidates [first, last), every layer in the groups of the kernels, where it stands in theta.
    std::vector<T> packed(const PackedSamples<T>& samples, const Rows& candidates, std::size_t first,
                          std::size_t last) const {
        std::vector<T> weights((last - first) * dim());
        for (std::size_t k = first; k < last; ++k) {
            for (const Layer& layer : layers_) {
                const std::vector<T> own = pack_weights<T>(candidates.data + k * dim() + layer.begin, layer.units,
                                                           layer.inputs, samples.kernels().rows);
                std::copy(own.begin(), own.end(),
                          weights.begin() + static_cast<std::ptrdiff_t>((k - first) * dim() + layer.begin));
            }
        }
        return weights;
    }

    // Calls body(hidden, first) for what the last hidden layer makes of each run of panels of a block; `first` is the
    // number of its first sample in the block.
    template <class Body>
    void each_run(const PackedSamples<T>& samples, std::size_t block, const T* weights, HiddenRun<T>& runs,
                  const Body& body) const {
        const Panels<T> all = samples.block_panels(block);
        for (std::size_t first = 0; first < all.count; first += runs.panels()) {
            const std::size_t here = std::min(runs.panels(), all.count - first);
            const Panels<T> run{all.data + first * samples.panel() * all.features, here, all.features};
            body(runs.through(run, weights), first * samples.panel());
        }
    }

    // scores[o * stride + s], a whole number of panels a block.
    void block_scores(const PackedSamples<T>& samples, std::size_t block, const T* weights, HiddenRun<T>& runs,
                      std::size_t stride, T* scores) const {
        const Layer& last = layers_.back();
        each_run(samples, block, weights, runs, [&](const Panels<T>& hidden, std::size_t first) {
            samples.kernels().scores(rows_of(hidden, samples.panel()), last.inputs, hidden.count, weights + last.begin,
                                     last.units, {scores + first, stride, samples.panel()});
        });
    }

    void score(const PackedSamples<T>& samples, const Rows& candidates, const Patch& patch, ScoreSink<T>& sink) const {
        const std::vector<T> weights = packed(samples, candidates, patch.first, patch.last);
        HiddenRun<T> runs(samples, layers_, activation_);
        AlignedBuffer<T> scores(outputs() * samples.block_stride());
        for (std::size_t b = patch.first_block; b < patch.last_block; ++b) {
            const std::size_t stride = samples.block_panels(b).count * samples.panel();
            for (std::size_t k = patch.first; k < patch.last; ++k) {
                block_scores(samples, b, weights.data() + (k - patch.first) * dim(), runs, stride, scores.data());
                sink.take(k, b, {scores.data(), stride, samples.blocks().begin(b), samples.blocks().samples_of(b)});
            }
        }
    }

    // The last panel may have padding, which is not counted.
    std::int64_t positives(const PackedSamples<T>& samples, std::size_t block, const T* weights,
                           HiddenRun<T>& runs) const {
        const Layer& last = layers_.back();
        const std::size_t panel = samples.panel();
        const std::size_t count = samples.blocks().samples_of(block);
        std::int64_t found = 0;
        AlignedBuffer<T> scores(panel);
        each_run(samples, block, weights, runs, [&](const Panels<T>& hidden, std::size_t first) {
            const std::size_t whole = std::min(hidden.count, (count - first) / panel);
            samples.kernels().positives({hidden.data, whole, hidden.features}, weights + last.begin, 1, &found);
            if (whole == hidden.count) return;
            const Panels<T> rest{hidden.data + whole * panel * hidden.features, 1, hidden.features};
            samples.kernels().scores(rows_of(rest, panel), last.inputs, 1, weights + last.begin, 1,
                                     {scores.data(), panel, panel});
            for (std::size_t s = 0; s < count - first - whole * panel; ++s) found += scores.data()[s] > T{0} ? 1 : 0;
        });
        return found;
    }

    void winners(const PackedSamples<T>& samples, std::size_t block, const T* weights, HiddenRun<T>& runs,
                 std::vector<std::int32_t>& best) const {
        const Layer& last = layers_.back();
        each_run(samples, block, weights, runs, [&](const Panels<T>& hidden, std::size_t first) {
            samples.kernels().winners(hidden, weights + last.begin, last.units, best.data() + first);
        });
    }

    std::vector<Layer> layers_;
    Activation activation_;
};

}  // namespace

template <class T>
std::unique_ptr<Model<T>> mlp_model(const Architecture& architecture) {
    return std::make_unique<Mlp<T>>(architecture);
}

template std::unique_ptr<Model<float>> mlp_model(const Architecture&);
template std::unique_ptr<Model<double>> mlp_model(const Architecture&);

}  // namespace zoopt::objectives
