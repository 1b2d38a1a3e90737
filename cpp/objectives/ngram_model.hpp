#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>

#include "bleu.hpp"

namespace zoopt::objectives {

// A trigram language model with Witten-Bell smoothing: p(w | h) = (c(h w) + t(h) p(w | h')) / (c(h) + t(h)), where c
// counts, t is the number of different words seen behind h, and h' is h without its first word; at the end stands the
// uniform distribution over the words, the end of a sentence and one for all that are unknown.
class NgramModel {
   public:
    using Word = std::uint32_t;
    static constexpr Word begin = 0, end = 1;  // of a sentence; words count from 2
    static constexpr Word most_words = (1u << 21) - 1;

    // The sentences that it is counted on, of `words` words numbered from 0.
    NgramModel(const Sentences& sentences, std::size_t words);

    // log p(word | before, last).
    double log_probability(Word before, Word last, Word word) const;

    static Word word(std::int32_t token) { return static_cast<Word>(token) + 2; }

   private:
    struct Context {
        double count = 0;
        double different = 0;
    };

    void count(Word before, Word last, Word next);

    double uniform_;
    Context all_;
    std::unordered_map<std::uint64_t, double> counts_[3];     // of n-grams
    std::unordered_map<std::uint64_t, Context> contexts_[3];  // by the n - 1 words before; [0] is all_
};

}  // namespace zoopt::objectives
