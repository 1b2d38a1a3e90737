#include "model.hpp"

#include <algorithm>

#include "model_walk.hpp"

namespace zoopt::objectives {
namespace {

// Slopes that stand ready for all packed samples.
template <class T>
class KnownSlopes final : public SlopeSource<T> {
   public:
    KnownSlopes(const T* slopes, std::size_t stride, std::size_t outputs)
        : slopes_(slopes), stride_(stride), outputs_(outputs) {}

    void slopes(std::size_t, const ScoreBlock<T>& scores, T* slopes) override {
        for (std::size_t o = 0; o < outputs_; ++o) {
            std::copy_n(slopes_ + o * stride_ + scores.first, scores.count, slopes + o * scores.stride);
        }
    }

   private:
    const T* slopes_;
    std::size_t stride_;
    std::size_t outputs_;
};

// Every score in the place of its sample.
template <class T>
class CopiedScores final : public ScoreSink<T> {
   public:
    CopiedScores(const PackedSamples<T>& samples, std::size_t outputs, std::span<double> out)
        : samples_(&samples), outputs_(outputs), out_(out) {}

    void take(std::size_t, std::size_t, const ScoreBlock<T>& scores) override {
        for (std::size_t s = 0; s < scores.count; ++s) {
            double* place = out_.data() + samples_->original(scores.first + s) * outputs_;
            for (std::size_t o = 0; o < outputs_; ++o)
                place[o] = static_cast<double>(scores.data[o * scores.stride + s]);
        }
    }

   private:
    const PackedSamples<T>* samples_;
    std::size_t outputs_;
    std::span<double> out_;
};

}  // namespace

std::size_t Architecture::dim() const {
    std::size_t count = 0;
    std::size_t inputs = features;
    for (const std::size_t units : hidden) {
        count += units * (inputs + 1);
        inputs = units;
    }
    return count + outputs * (inputs + 1);
}

template <class T>
std::unique_ptr<Model<T>> make_model(const Architecture& architecture) {
    if (architecture.hidden.empty()) return linear_model<T>(architecture.features, architecture.outputs);
    return mlp_model<T>(architecture);
}

template <class T>
void Model<T>::backward(const PackedSamples<T>& samples, std::span<const double> candidate, const T* slopes,
                        std::size_t stride, unsigned threads, std::span<double> gradient) const {
    KnownSlopes<T> source(slopes, stride, outputs());
    differentiate(samples, candidate, threads, source, gradient);
}

template <class T>
void copy_scores(const Model<T>& model, const PackedSamples<T>& samples, std::span<const double> candidate,
                 unsigned threads, std::span<double> out) {
    CopiedScores<T> sink(samples, model.outputs(), out);
    model.forward(samples, {candidate.data(), 1, candidate.size()}, threads, sink);
}

template <class T>
void deliver(const T* scores, std::size_t candidates, std::size_t samples, std::size_t outputs, unsigned threads,
             ScoreSink<T>& sink) {
    const Blocks blocks = blocks_elsewhere(samples);
    each_patch(candidates, blocks.count(), candidates, threads, [&](const Patch& patch) {
        AlignedBuffer<T> turned(outputs * blocks.size);
        for (std::size_t b = patch.first_block; b < patch.last_block; ++b) {
            const std::size_t first = blocks.begin(b);
            const std::size_t count = blocks.samples_of(b);
            for (std::size_t k = patch.first; k < patch.last; ++k) {
                const T* from = scores + (k * samples + first) * outputs;
                for (std::size_t s = 0; s < count; ++s) {
                    for (std::size_t o = 0; o < outputs; ++o)
                        turned.data()[o * blocks.size + s] = from[s * outputs + o];
                }
                sink.take(k, b, {turned.data(), blocks.size, first, count});
            }
        }
    });
}

template std::unique_ptr<Model<float>> make_model(const Architecture&);
template std::unique_ptr<Model<double>> make_model(const Architecture&);
template class Model<float>;
template class Model<double>;
template void copy_scores(const Model<float>&, const PackedSamples<float>&, std::span<const double>, unsigned,
                          std::span<double>);
template void copy_scores(const Model<double>&, const PackedSamples<double>&, std::span<const double>, unsigned,
                          std::span<double>);
template void deliver(const float*, std::size_t, std::size_t, std::size_t, unsigned, ScoreSink<float>&);
template void deliver(const double*, std::size_t, std::size_t, std::size_t, unsigned, ScoreSink<double>&);

}  // namespace zoopt::objectives
