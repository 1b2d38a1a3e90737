#include "phrase_decoder.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <tuple>

namespace zoopt::objectives {
namespace {

using Word = NgramModel::Word;
constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr std::size_t none = ~std::size_t{0};

// Whole ways looked at for each translation wanted: many ways make the same words.
constexpr std::size_t ways_per_translation = 50;

// What the future of a partial translation depends on.
struct State {
    std::uint64_t covered;
    std::size_t end;  // of the source phrase translated last
    Word before;
    Word last;

    auto operator<=>(const State&) const = default;
};

// A way into a node: from another, by an option. `score` is what the step adds.
struct Arc {
    std::size_t from;
    std::size_t option;
    double score;
    double language_model;
    double jump;
};

struct Node {
    State state;
    double score;  // of the best way into it
    std::vector<Arc> arcs;
};

std::uint64_t span_bits(std::size_t first, std::size_t last) {
    return ((std::uint64_t{1} << (last - first)) - 1) << first;
}

class Search {
   public:
    Search(std::size_t source_words, const std::vector<PhraseOption>& options, const NgramModel& model,
           const DecoderSettings& settings)
        : source_(source_words),
          options_(options),
          model_(model),
          settings_(settings),
          features_{settings.weights.size() - 4},
          starting_(source_words),
          stacks_(source_words + 1) {
        for (std::size_t o = 0; o < options.size(); ++o) {
            starting_[options[o].first].push_back(o);
            table_scores_.push_back(table_score(options[o]));
        }
        estimate_spans();
    }

    std::vector<Translation> run() {
        nodes_.push_back({{0, 0, NgramModel::begin, NgramModel::begin}, 0.0, {}});
        stacks_[0].push_back(0);
        for (std::size_t covered = 0; covered < source_; ++covered) {
            prune(stacks_[covered]);
            for (std::size_t node : stacks_[covered]) extend(node);
            known_.erase(covered);
        }
        return best_ways();
    }

   private:
    double table_score(const PhraseOption& option) const {
        double score = settings_.weights[features_.phrases()];
        score += settings_.weights[features_.words()] * static_cast<double>(option.words.size());
        for (std::size_t j = 0; j < features_.table; ++j) score += settings_.weights[j] * option.scores[j];
        return score;
    }

    // What the language model adds for the option's words behind two others; these become the last two.
    double language_model(const PhraseOption& option, Word& before, Word& last) const {
        double sum = 0.0;
        for (std::int32_t token : option.words) {
            const Word next = NgramModel::word(token);
            sum += model_.log_probability(before, last, next);
            before = last;
            last = next;
        }
        return sum;
    }

    // The best that the words of a span may come to by themselves, the language model without its context.
    void estimate_spans() {
        spans_.assign((source_ + 1) * (source_ + 1), impossible);
        for (std::size_t o = 0; o < options_.size(); ++o) {
            Word before = NgramModel::begin;
            Word last = NgramModel::begin;
            const double language = language_model(options_[o], before, last);
            const double score = table_scores_[o] + settings_.weights[features_.language_model()] * language;
            double& best = span(options_[o].first, options_[o].last);
            best = std::max(best, score);
        }
        for (std::size_t width = 2; width <= source_; ++width) {
            for (std::size_t first = 0; first + width <= source_; ++first) {
                double& best = span(first, first + width);
                for (std::size_t cut = first + 1; cut < first + width; ++cut) {
                    best = std::max(best, span(first, cut) + span(cut, first + width));
                }
            }
        }
    }

    double& span(std::size_t first, std::size_t last) { return spans_[first * (source_ + 1) + last]; }

    double to_come(std::uint64_t covered) {
        double sum = 0.0;
        for (std::size_t first = 0; first < source_;) {
            if ((covered >> first & 1) != 0) {
                ++first;
                continue;
            }
            const auto gap = static_cast<std::size_t>(std::countr_zero(covered >> first));
            const std::size_t last = std::min(source_, first + gap);
            sum += span(first, last);
            first = last;
        }
        return sum;
    }

    // The best nodes of a stack, in a fixed order.
    void prune(std::vector<std::size_t>& stack) {
        std::vector<std::pair<double, std::size_t>> ranked;
        for (std::size_t node : stack)
            ranked.push_back({-(nodes_[node].score + to_come(nodes_[node].state.covered)), node});
        std::sort(ranked.begin(), ranked.end());
        if (ranked.size() > settings_.beam) ranked.resize(settings_.beam);
        stack.clear();
        for (const auto& entry : ranked) stack.push_back(entry.second);
    }

    void extend(std::size_t from) {
        const State state = nodes_[from].state;
        const auto gap = static_cast<std::size_t>(std::countr_one(state.covered));
        for (std::size_t first = gap; first < source_ && first <= gap + settings_.distortion_limit; ++first) {
            const std::size_t jump = first > state.end ? first - state.end : state.end - first;
            if (jump > settings_.distortion_limit) continue;
            for (std::size_t o : starting_[first]) {
                const PhraseOption& option = options_[o];
                if ((state.covered & span_bits(option.first, option.last)) != 0) continue;
                // Whoever leaves a gap must be able to jump back to it.
                if (first > gap && option.last - gap > settings_.distortion_limit) continue;
                step(from, o, static_cast<double>(jump));
            }
        }
    }

    void step(std::size_t from, std::size_t option, double jump) {
        const PhraseOption& chosen = options_[option];
        State state = nodes_[from].state;
        state.covered |= span_bits(chosen.first, chosen.last);
        state.end = chosen.last;
        double language = language_model(chosen, state.before, state.last);
        const auto covered = static_cast<std::size_t>(std::popcount(state.covered));
        if (covered == source_) language += model_.log_probability(state.before, state.last, NgramModel::end);
        const double score = table_scores_[option] + settings_.weights[features_.language_model()] * language -
                             settings_.weights[features_.distortion()] * jump;
        add({from, option, score, language, jump}, state, covered);
    }

    void add(const Arc& arc, const State& state, std::size_t covered) {
        const auto [place, fresh] = known_[covered].try_emplace(state, nodes_.size());
        if (fresh) {
            nodes_.push_back({state, impossible, {}});
            stacks_[covered].push_back(place->second);
        }
        Node& node = nodes_[place->second];
        node.score = std::max(node.score, nodes_[arc.from].score + arc.score);
        node.arcs.push_back(arc);
    }

    // The end of a way: the arc that it begins with, and the rest.
    struct Tail {
        const Arc* arc;
        std::size_t rest;
    };

    struct Open {
        double score;  // of the best whole way with this end
        std::size_t number;
        std::size_t node;
        std::size_t tail;
        double behind;  // what the tail adds

        bool operator<(const Open& other) const {
            return score != other.score ? score < other.score : number > other.number;
        }
    };

    // Ways from the end backwards, best first: what is in front of a tail is known exactly, so they come in order.
    std::vector<Translation> best_ways() {
        std::priority_queue<Open> open;
        std::vector<Tail> tails;
        std::size_t number = 0;
        for (std::size_t node : stacks_[source_]) open.push({nodes_[node].score, number++, node, none, 0.0});
        std::vector<Translation> found;
        std::set<std::vector<std::int32_t>> different;
        std::size_t whole = 0;
        while (!open.empty() && found.size() < settings_.best && whole < ways_per_translation * settings_.best) {
            const Open now = open.top();
            open.pop();
            if (now.node == 0) {
                ++whole;
                Translation translation = spelt(tails, now.tail, now.score);
                if (different.insert(translation.words).second) found.push_back(std::move(translation));
                continue;
            }
            for (const Arc& arc : nodes_[now.node].arcs) {
                const double behind = now.behind + arc.score;
                tails.push_back({&arc, now.tail});
                open.push({nodes_[arc.from].score + behind, number++, arc.from, tails.size() - 1, behind});
            }
        }
        return found;
    }

    Translation spelt(const std::vector<Tail>& tails, std::size_t tail, double score) const {
        Translation made{{}, std::vector<double>(features_.count()), score};
        for (; tail != none; tail = tails[tail].rest) {
            const Arc& arc = *tails[tail].arc;
            const PhraseOption& option = options_[arc.option];
            made.words.insert(made.words.end(), option.words.begin(), option.words.end());
            for (std::size_t j = 0; j < features_.table; ++j) made.features[j] += option.scores[j];
            made.features[features_.language_model()] += arc.language_model;
            made.features[features_.words()] += static_cast<double>(option.words.size());
            made.features[features_.phrases()] += 1.0;
            made.features[features_.distortion()] -= arc.jump;
        }
        return made;
    }

    std::size_t source_;
    const std::vector<PhraseOption>& options_;
    const NgramModel& model_;
    DecoderSettings settings_;
    PhraseFeatures features_;
    std::vector<std::vector<std::size_t>> starting_;  // options by their first source word
    std::vector<double> table_scores_;
    std::vector<double> spans_;
    std::vector<Node> nodes_;
    std::vector<std::vector<std::size_t>> stacks_;  // nodes by the number of source words covered
    std::map<std::size_t, std::map<State, std::size_t>> known_;
};

}  // namespace

std::vector<Translation> decode(std::size_t source_words, const std::vector<PhraseOption>& options,
                                const NgramModel& model, const DecoderSettings& settings) {
    return Search(source_words, options, model, settings).run();
}

}  // namespace zoopt::objectives
