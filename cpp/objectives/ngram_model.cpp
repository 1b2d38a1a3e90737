#include "ngram_model.hpp"

#include "zoopt/math.hpp"

namespace zoopt::objectives {
namespace {

std::uint64_t key(NgramModel::Word a, NgramModel::Word b, NgramModel::Word c) {
    return (std::uint64_t{a} << 42) | (std::uint64_t{b} << 21) | c;
}

}  // namespace

NgramModel::NgramModel(const Sentences& sentences, std::size_t words)
    : uniform_(1.0 / (static_cast<double>(words) + 2.0)) {
    for (std::size_t i = 0; i < sentences.count(); ++i) {
        Word before = begin;
        Word last = begin;
        for (std::int32_t token : sentences[i]) {
            count(before, last, word(token));
            before = last;
            last = word(token);
        }
        count(before, last, end);
    }
}

void NgramModel::count(Word before, Word last, Word next) {
    const std::uint64_t ngrams[] = {key(0, 0, next), key(0, last, next), key(before, last, next)};
    const std::uint64_t histories[] = {0, key(0, 0, last), key(0, before, last)};
    for (std::size_t n = 0; n < 3; ++n) {
        Context& context = contexts_[n][histories[n]];
        double& seen = counts_[n][ngrams[n]];
        context.count += 1;
        if (seen == 0) context.different += 1;
        seen += 1;
    }
}

double NgramModel::log_probability(Word before, Word last, Word next) const {
    const std::uint64_t ngrams[] = {key(0, 0, next), key(0, last, next), key(before, last, next)};
    const std::uint64_t histories[] = {0, key(0, 0, last), key(0, before, last)};
    double probability = uniform_;
    for (std::size_t n = 0; n < 3; ++n) {
        const auto context = contexts_[n].find(histories[n]);
        if (context == contexts_[n].end()) break;
        const auto seen = counts_[n].find(ngrams[n]);
        const double count = seen == counts_[n].end() ? 0.0 : seen->second;
        const Context& known = context->second;
        probability = (count + known.different * probability) / (known.count + known.different);
    }
    return portable::log(probability);
}

}  // namespace zoopt::objectives
