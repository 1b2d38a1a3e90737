#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "model_walk.hpp"

namespace zoopt::objectives {

// One layer of a network: where its parameters begin, and its sizes.
struct Layer {
    std::size_t begin;
    std::size_t inputs;
    std::size_t units;
};

// The layers of a network, hidden ones first, the outputs last.
inline std::vector<Layer> layers_of(const Architecture& of) {
    std::vector<Layer> layers;
    std::size_t begin = 0;
    std::size_t inputs = of.features;
    const auto add = [&](std::size_t units) {
        layers.push_back({begin, inputs, units});
        begin += units * (inputs + 1);
        inputs = units;
    };
    for (const std::size_t units : of.hidden) add(units);
    add(of.outputs);
    return layers;
}

// What runs of samples pass through on one thread. A run is as many panels as stay in L1 between two layers.
template <class T>
class HiddenRun {
   public:
    HiddenRun(const PackedSamples<T>& samples, const std::vector<Layer>& layers, Activation activation)
        : samples_(&samples),
          layers_(&layers),
          relu_(activation == Activation::relu),
          activation_(static_cast<int>(activation)) {
        std::size_t widest = 1;
        for (std::size_t l = 0; l + 1 < layers.size(); ++l) widest = std::max(widest, layers[l].units);
        panels_ = std::max<std::size_t>(1, run_bytes / (samples.panel() * widest * sizeof(T)));
        for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
            values_.emplace_back(panels_ * samples.panel() * layers[l].units);
        }
    }

    // Panels of the longest run.
    std::size_t panels() const { return panels_; }

    // What the last hidden layer makes of a run of inputs.
    Panels<T> through(Panels<T> run, const T* weights) {
        const std::size_t panel = samples_->panel();
        for (std::size_t l = 0; l + 1 < layers_->size(); ++l) {
            const Layer& layer = (*layers_)[l];
            T* values = values_[l].data();
            const ScoreRows<T> out{values, panel, panel * layer.units};
            const auto sums = relu_ ? samples_->kernels().rectified : samples_->kernels().scores;
            sums(rows_of(run, panel), layer.inputs, run.count, weights + layer.begin, layer.units, out);
            if (!relu_) samples_->layer_kernels().activate[activation_](values, run.count * panel * layer.units);
            run = {values, run.count, layer.units};
        }
        return run;
    }

   private:
    static constexpr std::size_t run_bytes = 12 * 1024;

    const PackedSamples<T>* samples_;
    const std::vector<Layer>* layers_;
    bool relu_;  // the kernel of the sums does it by the way
    int activation_;
    std::size_t panels_;
    std::vector<AlignedBuffer<T>> values_;
};

}  // namespace zoopt::objectives
