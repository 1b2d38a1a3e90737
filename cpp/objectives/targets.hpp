#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zoopt::objectives {

// The kinds of y: one of two classes, one of several, any number of labels, a quantity.
enum class Target { binary, multiclass, multilabel, quantity };

// What samples truly are, and how much each counts.
class Targets {
   public:
    // classes[s] in [0, count).
    static Targets of_classes(std::vector<std::int32_t> classes, std::size_t count, std::vector<double> weights);
    // Label l of sample s at labels[s * count + l].
    static Targets of_labels(std::vector<std::uint8_t> labels, std::size_t count, std::vector<double> weights);
    static Targets of_quantities(std::vector<double> quantities, std::vector<double> weights);

    Target kind() const { return kind_; }
    std::size_t samples() const { return samples_; }
    std::size_t classes() const { return count_; }  // or labels; 1 for a quantity
    std::size_t outputs() const { return kind_ == Target::binary ? 1 : count_; }

    std::int32_t of(std::size_t sample) const { return classes_[sample]; }
    bool has(std::size_t sample, std::size_t label) const { return labels_[sample * count_ + label] != 0; }
    std::span<const std::int32_t> numbers() const { return classes_; }
    double quantity(std::size_t sample) const { return quantities_[sample]; }

    bool weighted() const { return !weights_.empty(); }
    double weight(std::size_t sample) const { return weights_.empty() ? 1.0 : weights_[sample]; }
    double total_weight() const { return total_weight_; }

    // Weight of the samples of each class, or with each label.
    const std::vector<double>& truths() const { return truths_; }
    // How many samples there are of each class, or with each label, whatever their weights.
    const std::vector<std::size_t>& occurrences() const { return occurrences_; }

    Targets chosen(std::span<const std::uint32_t> samples) const;

   private:
    Targets(Target kind, std::size_t samples, std::size_t count, std::vector<double> weights);
    void count_truths();

    Target kind_;
    std::size_t samples_;
    std::size_t count_;
    std::vector<std::int32_t> classes_;
    std::vector<std::uint8_t> labels_;
    std::vector<double> quantities_;
    std::vector<double> weights_;
    double total_weight_ = 0.0;
    std::vector<double> truths_;
    std::vector<std::size_t> occurrences_;
};

}  // namespace zoopt::objectives
