#include <algorithm>
#include <compare>
#include <cstdlib>
#include <vector>

#include "bleu.hpp"
#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

// An n-gram of 1 to 4 tokens; places that it does not have are 0, its tokens count from 1.
struct Ngram {
    std::uint64_t front = 0;
    std::uint64_t back = 0;

    auto operator<=>(const Ngram&) const = default;
    std::size_t order() const {
        if (back != 0) return (back & 0xFFFFFFFFu) != 0 ? 4 : 3;
        return (front & 0xFFFFFFFFu) != 0 ? 2 : 1;
    }
};

struct Counted {
    Ngram ngram;
    std::int64_t count;
};

// All n-grams of a sentence, sorted.
void collect(std::span<const std::int32_t> sentence, std::vector<Ngram>& ngrams) {
    ngrams.clear();
    for (std::size_t i = 0; i < sentence.size(); ++i) {
        Ngram ngram;
        for (std::size_t n = 0; n < std::min(bleu_order, sentence.size() - i); ++n) {
            const auto token = static_cast<std::uint64_t>(sentence[i + n]) + 1;
            std::uint64_t& half = n < 2 ? ngram.front : ngram.back;
            half |= n % 2 == 0 ? token << 32 : token;
            ngrams.push_back(ngram);
        }
    }
    std::sort(ngrams.begin(), ngrams.end());
}

// Calls use(ngram, count) for every distinct n-gram, in order.
template <class Use>
void each_distinct(const std::vector<Ngram>& sorted, const Use& use) {
    for (std::size_t i = 0; i < sorted.size();) {
        std::size_t end = i + 1;
        while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
        use(sorted[i], static_cast<std::int64_t>(end - i));
        i = end;
    }
}

// The references of a segment: how often an n-gram may match, and their lengths.
class References {
   public:
    void clear() {
        counts_.clear();
        lengths_.clear();
    }

    void add(std::span<const std::int32_t> sentence) {
        lengths_.push_back(static_cast<std::int64_t>(sentence.size()));
        collect(sentence, ngrams_);
        std::vector<Counted> merged;
        auto known = counts_.begin();
        each_distinct(ngrams_, [&](const Ngram& ngram, std::int64_t count) {
            for (; known != counts_.end() && known->ngram < ngram; ++known) merged.push_back(*known);
            const bool both = known != counts_.end() && known->ngram == ngram;
            merged.push_back({ngram, both ? std::max(count, known->count) : count});
            if (both) ++known;
        });
        merged.insert(merged.end(), known, counts_.end());
        counts_.swap(merged);
    }

    std::int64_t closest(std::int64_t length) const {
        return *std::min_element(lengths_.begin(), lengths_.end(), [&](std::int64_t a, std::int64_t b) {
            const std::int64_t far_a = std::abs(a - length);
            const std::int64_t far_b = std::abs(b - length);
            return far_a != far_b ? far_a < far_b : a < b;
        });
    }

    void compare(std::span<const std::int32_t> hypothesis, double* statistics) {
        std::fill_n(statistics, bleu_width, 0.0);
        const auto length = static_cast<std::int64_t>(hypothesis.size());
        statistics[0] = static_cast<double>(length);
        statistics[1] = static_cast<double>(closest(length));
        double* matches = statistics + 2;
        double* totals = matches + bleu_order;
        for (std::size_t n = 0; n < std::min(bleu_order, hypothesis.size()); ++n) {
            totals[n] = static_cast<double>(hypothesis.size() - n);
        }
        collect(hypothesis, ngrams_);
        auto known = counts_.begin();
        each_distinct(ngrams_, [&](const Ngram& ngram, std::int64_t count) {
            while (known != counts_.end() && known->ngram < ngram) ++known;
            if (known == counts_.end() || known->ngram != ngram) return;
            matches[ngram.order() - 1] += static_cast<double>(std::min(count, known->count));
        });
    }

   private:
    std::vector<Counted> counts_;
    std::vector<std::int64_t> lengths_;
    std::vector<Ngram> ngrams_;
};

// What a token costs, roughly: decides only whether threads are worth their dispatch.
constexpr double nanoseconds_per_token = 150.0;

}  // namespace

void bleu_statistics(const Sentences& hypotheses, const Sentences& references, const Segments& segments,
                     unsigned threads, std::span<double> statistics) {
    const double work = nanoseconds_per_token * static_cast<double>(hypotheses.tokens.size());
    threads::parallel(segments.hypotheses.size() - 1, threads::worthwhile(work, threads),
                      [&](std::size_t first, std::size_t last) {
                          References known;
                          for (std::size_t i = first; i < last; ++i) {
                              known.clear();
                              for (std::int64_t r = segments.references[i]; r < segments.references[i + 1]; ++r) {
                                  known.add(references[static_cast<std::size_t>(r)]);
                              }
                              for (std::int64_t h = segments.hypotheses[i]; h < segments.hypotheses[i + 1]; ++h) {
                                  const auto at = static_cast<std::size_t>(h);
                                  known.compare(hypotheses[at], statistics.data() + at * bleu_width);
                              }
                          }
                      });
}

}  // namespace zoopt::objectives
