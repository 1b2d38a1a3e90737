#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "model.hpp"

namespace zoopt::objectives {

// A model of classification on labelled samples: candidates in, confusion counts out.
class Classifier {
   public:
    virtual ~Classifier() = default;
    virtual std::size_t dim() const = 0;
    virtual std::size_t classes() const = 0;
    virtual std::size_t samples() const = 0;
    virtual std::size_t features() const = 0;

    // Writes the samples (rounded to the precision of the model) and their labels, in their original order.
    virtual void copy_samples(std::span<double> out, std::span<std::int32_t> labels) const = 0;

    // Adds every sample to cells[k * classes^2 + truth * classes + predicted], for each candidate k.
    virtual void count(const Rows& rows, unsigned threads, std::span<std::int64_t> cells) const = 0;

    // False where a candidate is not finite, or so large that a score could overflow: its counts mean
    // nothing.
    virtual bool usable(std::span<const double> candidate) const = 0;

    // Scores of every sample in its original place: one a sample for two classes (class 1 where it is above
    // 0), else `classes` a sample.
    virtual void scores(std::span<const double> candidate, std::span<double> out) const = 0;
};

// labels[s] in [0, classes); a model of one output for two classes, of one a class for more.
template <class T>
std::unique_ptr<Classifier> classifier(std::unique_ptr<Model<T>> model, const Samples& samples, LabelNumbers labels,
                                       std::size_t classes);

std::unique_ptr<Classifier> linear_classifier(const Samples& samples, LabelNumbers labels, std::size_t classes,
                                              Precision precision);

// Scores of samples without labels, `outputs` a sample, by the same kernels and so with the same bits.
void linear_scores(const Samples& samples, std::span<const double> candidate, std::size_t outputs, Precision precision,
                   std::span<double> out);

}  // namespace zoopt::objectives
