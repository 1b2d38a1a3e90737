#pragma once
#include <utility>
#include <vector>

#include "mlp_layers.hpp"

namespace zoopt::objectives {

// The gradients of blocks by one candidate, on one thread: forward with all layers kept, then back.
template <class T>
class MlpPass {
   public:
    // weights: packed, layer by layer; transposed: those of the layers above the first, see transposed_weights().
    MlpPass(const PackedSamples<T>& samples, const std::vector<Layer>& layers, Activation activation,
            const std::vector<T>& weights, const std::vector<std::vector<T>>& transposed, SlopeSource<T>& source)
        : samples_(&samples),
          layers_(&layers),
          activation_(static_cast<int>(activation)),
          weights_(weights.data()),
          transposed_(&transposed),
          source_(&source),
          scores_(layers.back().units * samples.block_stride()),
          slopes_(layers.back().units * samples.block_stride()) {
        for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
            const std::size_t size = layers[l].units * samples.block_stride();
            hidden_.push_back({AlignedBuffer<T>(size), AlignedBuffer<T>(size), AlignedBuffer<T>(size)});
        }
    }

    void add(std::size_t block, T* gradient) {
        const Panels<T> panels = samples_->block_panels(block);
        const std::size_t panel = samples_->panel();
        const std::size_t stride = panels.count * panel;
        forward(panels);
        slopes_of_block<T>(
            *source_, block,
            {scores_.data(), stride, samples_->blocks().begin(block), samples_->blocks().samples_of(block)},
            layers_->back().units, slopes_.data());
        back(panels, {slopes_.data(), stride, panel}, gradient);
    }

   private:
    struct Hidden {
        AlignedBuffer<T> values;
        AlignedBuffer<T> slopes;  // of the activation
        AlignedBuffer<T> deltas;  // slopes of the target with respect to the sums
    };

    SampleRows<T> inputs_of(std::size_t layer, const Panels<T>& panels) const {
        const std::size_t panel = samples_->panel();
        if (layer == 0) return rows_of(panels, panel);
        return {hidden_[layer - 1].values.data(), panel, panel * (*layers_)[layer].inputs};
    }

    void forward(const Panels<T>& panels) {
        const std::size_t panel = samples_->panel();
        const std::size_t last = layers_->size() - 1;
        for (std::size_t l = 0; l <= last; ++l) {
            const Layer& layer = (*layers_)[l];
            const ScoreRows<T> out = l == last ? ScoreRows<T>{scores_.data(), panels.count * panel, panel}
                                               : ScoreRows<T>{hidden_[l].values.data(), panel, panel * layer.units};
            samples_->kernels().scores(inputs_of(l, panels), layer.inputs, panels.count, weights_ + layer.begin,
                                       layer.units, out);
            if (l == last) return;
            samples_->layer_kernels().activate_with_slopes[activation_](
                hidden_[l].values.data(), hidden_[l].slopes.data(), panels.count * panel * layer.units);
        }
    }

    void back(const Panels<T>& panels, SampleRows<T> deltas, T* gradient) {
        const std::size_t panel = samples_->panel();
        for (std::size_t l = layers_->size(); l-- > 0;) {
            const Layer& layer = (*layers_)[l];
            const std::size_t width = layer.inputs + 1;
            T* own = gradient + layer.begin;
            samples_->kernels().products(deltas, layer.units, inputs_of(l, panels), layer.inputs, panels.count, own,
                                         width);
            samples_->kernels().sums(deltas, layer.units, panels.count, own + layer.inputs, width);
            if (l == 0) return;
            Hidden& below = hidden_[l - 1];
            samples_->kernels().scores(deltas, layer.units, panels.count, (*transposed_)[l - 1].data(), layer.inputs,
                                       {below.deltas.data(), panel, panel * layer.inputs});
            samples_->layer_kernels().multiply(below.deltas.data(), below.slopes.data(),
                                               panels.count * panel * layer.inputs);
            deltas = {below.deltas.data(), panel, panel * layer.inputs};
        }
    }

    const PackedSamples<T>* samples_;
    const std::vector<Layer>* layers_;
    int activation_;
    const T* weights_;
    const std::vector<std::vector<T>>* transposed_;
    SlopeSource<T>* source_;
    AlignedBuffer<T> scores_;
    AlignedBuffer<T> slopes_;
    std::vector<Hidden> hidden_;
};

// The weights of a layer as rows over its units, one an input, with intercepts 0: what takes slopes back.
template <class T>
std::vector<T> transposed_weights(const Layer& layer, const double* candidate, std::size_t limit) {
    std::vector<double> turned(layer.inputs * (layer.units + 1));
    for (std::size_t u = 0; u < layer.units; ++u) {
        const double* row = candidate + layer.begin + u * (layer.inputs + 1);
        for (std::size_t j = 0; j < layer.inputs; ++j) turned[j * (layer.units + 1) + u] = row[j];
    }
    return pack_weights<T>(turned.data(), layer.inputs, layer.units, limit);
}

}  // namespace zoopt::objectives
