#include "targets.hpp"

#include <utility>

namespace zoopt::objectives {

Targets::Targets(Target kind, std::size_t samples, std::size_t count, std::vector<double> weights)
    : kind_(kind), samples_(samples), count_(count), weights_(std::move(weights)) {
    for (std::size_t s = 0; s < samples_; ++s) total_weight_ += weight(s);
}

Targets Targets::of_classes(std::vector<std::int32_t> classes, std::size_t count, std::vector<double> weights) {
    const Target kind = count == 2 ? Target::binary : Target::multiclass;
    Targets made(kind, classes.size(), count, std::move(weights));
    made.classes_ = std::move(classes);
    made.count_truths();
    return made;
}

Targets Targets::of_labels(std::vector<std::uint8_t> labels, std::size_t count, std::vector<double> weights) {
    Targets made(Target::multilabel, labels.size() / count, count, std::move(weights));
    made.labels_ = std::move(labels);
    made.count_truths();
    return made;
}

Targets Targets::of_quantities(std::vector<double> quantities, std::vector<double> weights) {
    Targets made(Target::quantity, quantities.size(), 1, std::move(weights));
    made.quantities_ = std::move(quantities);
    return made;
}

void Targets::count_truths() {
    truths_.assign(count_, 0.0);
    occurrences_.assign(count_, 0);
    const auto add = [this](std::size_t of, std::size_t sample) {
        truths_[of] += weight(sample);
        ++occurrences_[of];
    };
    for (std::size_t s = 0; s < samples_; ++s) {
        if (kind_ != Target::multilabel) {
            add(static_cast<std::size_t>(of(s)), s);
            continue;
        }
        for (std::size_t l = 0; l < count_; ++l) {
            if (has(s, l)) add(l, s);
        }
    }
}

Targets Targets::chosen(std::span<const std::uint32_t> samples) const {
    std::vector<double> weights;
    if (weighted()) {
        for (std::uint32_t s : samples) weights.push_back(weights_[s]);
    }
    Targets made(kind_, samples.size(), count_, std::move(weights));
    for (std::uint32_t s : samples) {
        if (kind_ == Target::quantity) {
            made.quantities_.push_back(quantities_[s]);
        } else if (kind_ == Target::multilabel) {
            const auto row = labels_.begin() + static_cast<std::ptrdiff_t>(s * count_);
            made.labels_.insert(made.labels_.end(), row, row + static_cast<std::ptrdiff_t>(count_));
        } else {
            made.classes_.push_back(classes_[s]);
        }
    }
    if (kind_ != Target::quantity) made.count_truths();
    return made;
}

}  // namespace zoopt::objectives
