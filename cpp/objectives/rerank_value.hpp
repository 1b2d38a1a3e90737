#pragma once
#include <cstddef>
#include <span>

#include "bleu.hpp"

namespace zoopt::objectives {

// A corpus metric as a function of added-up statistics.
class RerankValue {
   public:
    virtual ~RerankValue() = default;

    // Numbers that there are of a hypothesis.
    virtual std::size_t width() const = 0;

    // values[r] becomes the metric of totals[r * width] ...; false where it cannot be computed.
    virtual bool values(std::span<const double> totals, std::span<double> values) const = 0;
};

class BleuValue final : public RerankValue {
   public:
    explicit BleuValue(const BleuSettings& settings) : settings_(settings) {}

    std::size_t width() const override { return bleu_width; }
    bool values(std::span<const double> totals, std::span<double> values) const override {
        for (std::size_t r = 0; r < values.size(); ++r) {
            values[r] = bleu(totals.subspan(r * bleu_width).first<bleu_width>(), settings_);
        }
        return true;
    }

   private:
    BleuSettings settings_;
};

}  // namespace zoopt::objectives
