#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ngram_model.hpp"

namespace zoopt::objectives {

// What a run of source words [first, last) may be translated by: words, and the logarithms that the phrase table has.
struct PhraseOption {
    std::size_t first;
    std::size_t last;
    std::span<const std::int32_t> words;
    std::span<const double> scores;
};

// Features of a translation: those of the phrase table added up, then the logarithm of its probability as a sentence,
// its words, its phrases, and, negative, how many source words were jumped over from phrase to phrase.
struct PhraseFeatures {
    std::size_t table;
    std::size_t language_model() const { return table; }
    std::size_t words() const { return table + 1; }
    std::size_t phrases() const { return table + 2; }
    std::size_t distortion() const { return table + 3; }
    std::size_t count() const { return table + 4; }
};

struct DecoderSettings {
    std::span<const double> weights;  // of the features
    std::size_t beam;                 // partial translations kept that cover as many source words
    std::size_t distortion_limit;     // source words that may be jumped over; 0 translates in order
    std::size_t best;                 // different translations wanted
};

struct Translation {
    std::vector<std::int32_t> words;
    std::vector<double> features;
    double score;
};

inline constexpr std::size_t longest_source = 63;

// The best different translations that a beam search over phrases finds, best first; each in its best derivation.
// There are fewer where no more are found. Partial translations that nothing to come can tell apart are one; all
// ways into it are kept, and the best of the whole ways are enumerated.
std::vector<Translation> decode(std::size_t source_words, const std::vector<PhraseOption>& options,
                                const NgramModel& model, const DecoderSettings& settings);

}  // namespace zoopt::objectives
