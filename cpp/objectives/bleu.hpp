#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace zoopt::objectives {

inline constexpr std::size_t bleu_order = 4;

// What BLEU needs to know of a hypothesis or, added up, of a corpus: tokens of the hypothesis and of its closest
// reference, then for n = 1 ... 4 how many n-grams match, then how many there are.
inline constexpr std::size_t bleu_width = 2 + 2 * bleu_order;

enum class BleuSmoothing { none, floor, add_k, exp };

struct BleuSettings {
    BleuSmoothing smoothing = BleuSmoothing::exp;
    double smoothing_value = 0.0;  // of floor and add_k
    bool effective_order = false;  // leave out the orders for which the hypotheses have no n-grams
};

// BLEU in [0, 100] of added-up statistics (Papineni et al. 2002); smoothing as Chen and Cherry (2014) number it: floor
// is their method 1, add_k method 2, exp method 3.
double bleu(std::span<const double, bleu_width> statistics, const BleuSettings& settings);

// Sentences one after the other: sentence i holds the tokens [begins[i], begins[i + 1]).
struct Sentences {
    std::span<const std::int32_t> tokens;
    std::span<const std::int64_t> begins;

    std::size_t count() const { return begins.size() - 1; }
    std::span<const std::int32_t> operator[](std::size_t i) const {
        const auto first = static_cast<std::size_t>(begins[i]);
        return tokens.subspan(first, static_cast<std::size_t>(begins[i + 1]) - first);
    }
};

// Which sentences belong to segment i: the hypotheses [hypotheses[i], hypotheses[i + 1]) have the references
// [references[i], references[i + 1]), at least one.
struct Segments {
    std::span<const std::int64_t> hypotheses;
    std::span<const std::int64_t> references;
};

// The statistics of every hypothesis, bleu_width numbers each. An n-gram matches as often as it occurs in the reference
// that has most of it; the closest reference is the one whose length differs least, of several the shortest. Tokens are
// numbers from 0 on.
void bleu_statistics(const Sentences& hypotheses, const Sentences& references, const Segments& segments,
                     unsigned threads, std::span<double> statistics);

}  // namespace zoopt::objectives
