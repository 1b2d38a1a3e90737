#pragma once
#include <span>
#include <utility>
#include <vector>

#include "mlp_gradient.hpp"

namespace zoopt::objectives {

// The parameters of a candidate and of a direction, in the groups of the kernels, where they stand in theta, and turned
// as transposed_weights() does it.
template <class T>
struct CurveWeights {
    std::vector<T> own;
    std::vector<T> bare;  // without intercepts: what changes of inputs are multiplied by
    std::vector<T> along;
    std::vector<std::vector<T>> turned;
    std::vector<std::vector<T>> turned_along;

    CurveWeights(const std::vector<Layer>& layers, std::span<const double> candidate, std::span<const double> direction,
                 std::size_t limit)
        : own(candidate.size()), bare(candidate.size()), along(candidate.size()) {
        std::vector<double> without(candidate.begin(), candidate.end());
        for (const Layer& layer : layers) {
            for (std::size_t u = 0; u < layer.units; ++u) {
                without[layer.begin + u * (layer.inputs + 1) + layer.inputs] = 0.0;
            }
            place(layer, candidate.data(), limit, own);
            place(layer, without.data(), limit, bare);
            place(layer, direction.data(), limit, along);
            if (layer.begin == 0) continue;
            turned.push_back(transposed_weights<T>(layer, candidate.data(), limit));
            turned_along.push_back(transposed_weights<T>(layer, direction.data(), limit));
        }
    }

   private:
    static void place(const Layer& layer, const double* parameters, std::size_t limit, std::vector<T>& out) {
        const std::vector<T> packed = pack_weights<T>(parameters + layer.begin, layer.units, layer.inputs, limit);
        std::copy(packed.begin(), packed.end(), out.begin() + static_cast<std::ptrdiff_t>(layer.begin));
    }
};

// The products of the Hessians of blocks with a direction, on one thread: the passes of MlpPass and, beside them, the
// derivatives along the direction of all that they compute (Pearlmutter 1994, Fast exact multiplication by the
// Hessian).
template <class T>
class MlpCurvePass {
   public:
    MlpCurvePass(const PackedSamples<T>& samples, const std::vector<Layer>& layers, Activation activation,
                 const CurveWeights<T>& weights, CurveSource<T>& source)
        : samples_(&samples),
          layers_(&layers),
          activation_(static_cast<int>(activation)),
          weights_(&weights),
          source_(&source),
          scores_(layers.back().units * samples.block_stride()),
          slopes_(layers.back().units * samples.block_stride()),
          spare_(widest(layers) * samples.block_stride()) {
        for (const Layer& layer : layers) {
            more_.resize(std::max(more_.size(), layer.units * (layer.inputs + 1)));
            if (&layer != &layers.back()) hidden_.emplace_back(layer.units * samples.block_stride());
        }
    }

    void add(std::size_t block, T* product) {
        const Panels<T> panels = samples_->block_panels(block);
        const std::size_t stride = panels.count * samples_->panel();
        forward(panels);
        curve_of_block<T>(
            *source_, block,
            {scores_.at.data(), stride, samples_->blocks().begin(block), samples_->blocks().samples_of(block)},
            scores_.change.data(), layers_->back().units, slopes_.at.data(), slopes_.change.data());
        back(panels, product);
    }

   private:
    // A number and its derivative along the direction.
    struct Pair {
        AlignedBuffer<T> at;
        AlignedBuffer<T> change;
        explicit Pair(std::size_t size) : at(size), change(size) {}
    };

    struct Hidden {
        Pair values;
        AlignedBuffer<T> sum_changes;
        AlignedBuffer<T> slopes;
        AlignedBuffer<T> curvatures;
        Pair deltas;
        explicit Hidden(std::size_t size)
            : values(size), sum_changes(size), slopes(size), curvatures(size), deltas(size) {}
    };

    SampleRows<T> rows(const T* data, std::size_t units) const {
        return {data, samples_->panel(), samples_->panel() * units};
    }

    SampleRows<T> inputs_of(std::size_t layer, const Panels<T>& panels) const {
        if (layer == 0) return rows_of(panels, samples_->panel());
        return rows(hidden_[layer - 1].values.at.data(), (*layers_)[layer].inputs);
    }

    static std::size_t widest(const std::vector<Layer>& layers) {
        std::size_t units = 0;
        for (const Layer& layer : layers) units = std::max({units, layer.units, layer.inputs});
        return units;
    }

    // out = the products of rows with packed weights.
    void multiply(const SampleRows<T>& of, std::size_t inputs, std::size_t panels, const T* weights, std::size_t units,
                  const ScoreRows<T>& out) {
        samples_->kernels().scores(of, inputs, panels, weights, units, out);
    }

    // out += the same
    void add_multiplied(const SampleRows<T>& of, std::size_t inputs, std::size_t panels, const T* weights,
                        std::size_t units, const ScoreRows<T>& out) {
        multiply(of, inputs, panels, weights, units, {spare_.data(), out.row, out.panel});
        const std::size_t count = units * panels * samples_->panel();
        for (std::size_t i = 0; i < count; ++i) out.data[i] += spare_.data()[i];
    }

    void forward(const Panels<T>& panels) {
        const std::size_t panel = samples_->panel();
        const std::size_t last = layers_->size() - 1;
        for (std::size_t l = 0; l <= last; ++l) {
            const Layer& layer = (*layers_)[l];
            const SampleRows<T> inputs = inputs_of(l, panels);
            const auto place = [&](T* data) {
                return l == last ? ScoreRows<T>{data, panels.count * panel, panel}
                                 : ScoreRows<T>{data, panel, panel * layer.units};
            };
            T* sums = l == last ? scores_.at.data() : hidden_[l].values.at.data();
            T* changes = l == last ? scores_.change.data() : hidden_[l].sum_changes.data();
            multiply(inputs, layer.inputs, panels.count, weights_->own.data() + layer.begin, layer.units, place(sums));
            multiply(inputs, layer.inputs, panels.count, weights_->along.data() + layer.begin, layer.units,
                     place(changes));
            if (l > 0) {
                add_multiplied(rows(hidden_[l - 1].values.change.data(), layer.inputs), layer.inputs, panels.count,
                               weights_->bare.data() + layer.begin, layer.units, place(changes));
            }
            if (l < last) activate(hidden_[l], panels.count * panel * layer.units);
        }
    }

    void activate(Hidden& of, std::size_t count) {
        samples_->layer_kernels().activate_with_curvatures[activation_](of.values.at.data(), of.slopes.data(),
                                                                        of.curvatures.data(), count);
        for (std::size_t i = 0; i < count; ++i) {
            of.values.change.data()[i] = of.slopes.data()[i] * of.sum_changes.data()[i];
        }
    }

    void back(const Panels<T>& panels, T* product) {
        const std::size_t panel = samples_->panel();
        SampleRows<T> deltas{slopes_.at.data(), panels.count * panel, panel};
        SampleRows<T> changes{slopes_.change.data(), panels.count * panel, panel};
        for (std::size_t l = layers_->size(); l-- > 0;) {
            add_products((*layers_)[l], l, panels, deltas, changes, product);
            if (l == 0) return;
            take_back(l, panels.count, deltas, changes);
            deltas = rows(hidden_[l - 1].deltas.at.data(), (*layers_)[l].inputs);
            changes = rows(hidden_[l - 1].deltas.change.data(), (*layers_)[l].inputs);
        }
    }

    // changes * inputs + deltas * changes of inputs, and sums of changes where the intercepts stand.
    void add_products(const Layer& layer, std::size_t l, const Panels<T>& panels, const SampleRows<T>& deltas,
                      const SampleRows<T>& changes, T* product) {
        const std::size_t width = layer.inputs + 1;
        const LinearKernels<T>& kernels = samples_->kernels();
        T* own = product + layer.begin;
        kernels.products(changes, layer.units, inputs_of(l, panels), layer.inputs, panels.count, own, width);
        kernels.sums(changes, layer.units, panels.count, own + layer.inputs, width);
        if (l == 0) return;
        kernels.products(deltas, layer.units, rows(hidden_[l - 1].values.change.data(), layer.inputs), layer.inputs,
                         panels.count, more_.data(), width);
        for (std::size_t u = 0; u < layer.units; ++u) {
            for (std::size_t j = 0; j < layer.inputs; ++j) own[u * width + j] += more_[u * width + j];
        }
    }

    // From the deltas of a layer and their changes to those of the one below.
    void take_back(std::size_t l, std::size_t panels, const SampleRows<T>& deltas, const SampleRows<T>& changes) {
        const std::size_t panel = samples_->panel();
        const Layer& layer = (*layers_)[l];
        Hidden& below = hidden_[l - 1];
        const ScoreRows<T> at{below.deltas.at.data(), panel, panel * layer.inputs};
        const ScoreRows<T> change{below.deltas.change.data(), panel, panel * layer.inputs};
        const T* turned = weights_->turned[l - 1].data();
        multiply(deltas, layer.units, panels, turned, layer.inputs, at);
        multiply(changes, layer.units, panels, turned, layer.inputs, change);
        add_multiplied(deltas, layer.units, panels, weights_->turned_along[l - 1].data(), layer.inputs, change);
        const std::size_t count = panels * panel * layer.inputs;
        for (std::size_t i = 0; i < count; ++i) {
            const T slope = below.slopes.data()[i];
            const T bend = below.curvatures.data()[i] * below.sum_changes.data()[i];
            change.data[i] = change.data[i] * slope + at.data[i] * bend;
            at.data[i] *= slope;
        }
    }

    const PackedSamples<T>* samples_;
    const std::vector<Layer>* layers_;
    int activation_;
    const CurveWeights<T>* weights_;
    CurveSource<T>* source_;
    Pair scores_;
    Pair slopes_;
    std::vector<Hidden> hidden_;
    AlignedBuffer<T> spare_;
    std::vector<T> more_;
};

}  // namespace zoopt::objectives
