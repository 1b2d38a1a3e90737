#include "rerank_line.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "zoopt/threads.hpp"

namespace zoopt::objectives {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Up to a breakpoint list `list` picks hypothesis `from`, after it `to`.
struct Change {
    double at;
    std::size_t list;
    std::size_t from;
    std::size_t to;
};

// The scores of a list's hypotheses as lines: height at t = 0, and slope.
class Envelope {
   public:
    void read(const RerankLists& lists, std::size_t list, std::span<const double> x,
              std::span<const double> direction) {
        const std::size_t size = lists.hypotheses(list);
        heights_.resize(size);
        slopes_.resize(size);
        lists.scores(list, x, heights_);
        lists.scores(list, direction, slopes_);
    }

    // The hypothesis picked far to the left.
    std::size_t first() const { return hull_.front(); }

    // Which lines are the highest somewhere, from left to right. Of parallel lines only the highest can be, of equal
    // lines the first.
    void build() {
        order_.resize(heights_.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) {
            if (slopes_[a] != slopes_[b]) return slopes_[a] < slopes_[b];
            return heights_[a] != heights_[b] ? heights_[a] > heights_[b] : a < b;
        });
        hull_.clear();
        starts_.clear();
        for (std::size_t line : order_) {
            if (!hull_.empty() && slopes_[hull_.back()] == slopes_[line]) continue;
            while (hull_.size() > 1 && crossing(hull_.back(), line) <= starts_.back()) {
                hull_.pop_back();
                starts_.pop_back();
            }
            if (!hull_.empty()) starts_.push_back(crossing(hull_.back(), line));
            hull_.push_back(line);
        }
    }

    void append_changes(std::size_t list, std::vector<Change>& changes) const {
        for (std::size_t i = 0; i < starts_.size(); ++i) {
            changes.push_back({starts_[i], list, hull_[i], hull_[i + 1]});
        }
    }

   private:
    double crossing(std::size_t flatter, std::size_t steeper) const {
        return (heights_[flatter] - heights_[steeper]) / (slopes_[steeper] - slopes_[flatter]);
    }

    std::vector<double> heights_;
    std::vector<double> slopes_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t> hull_;
    std::vector<double> starts_;  // starts_[i]: where hull_[i + 1] takes over
};

// What a hypothesis costs, roughly: decides only whether threads are worth their dispatch.
constexpr double nanoseconds_per_hypothesis = 40.0;

struct Changes {
    std::vector<std::size_t> first;  // of every list, the pick far to the left
    std::vector<Change> changes;     // in ascending order
};

Changes changes_along(const RerankLists& lists, std::span<const double> x, std::span<const double> direction,
                      unsigned threads) {
    std::vector<std::vector<Change>> of_list(lists.lists());
    Changes all{std::vector<std::size_t>(lists.lists()), {}};
    const double work = nanoseconds_per_hypothesis * static_cast<double>(lists.hypotheses());
    threads::parallel(lists.lists(), threads::worthwhile(work, threads), [&](std::size_t from, std::size_t to) {
        Envelope envelope;
        for (std::size_t i = from; i < to; ++i) {
            envelope.read(lists, i, x, direction);
            envelope.build();
            all.first[i] = envelope.first();
            envelope.append_changes(i, of_list[i]);
        }
    });
    for (const std::vector<Change>& own : of_list) all.changes.insert(all.changes.end(), own.begin(), own.end());
    std::sort(all.changes.begin(), all.changes.end(),
              [](const Change& a, const Change& b) { return a.at != b.at ? a.at < b.at : a.list < b.list; });
    return all;
}

}  // namespace

RerankLine rerank_line(const RerankLists& lists, std::span<const double> x, std::span<const double> direction,
                       unsigned threads) {
    const Changes all = changes_along(lists, x, direction, threads);
    const std::size_t counts = lists.counts();
    std::vector<double> now(counts);
    for (std::size_t i = 0; i < lists.lists(); ++i) {
        for (std::size_t s = 0; s < counts; ++s) now[s] += lists.statistics(i, all.first[i])[s];
    }
    RerankLine line;
    line.totals = now;
    for (std::size_t c = 0; c < all.changes.size(); ++c) {
        const Change& change = all.changes[c];
        if (change.at == infinity) break;  // of lines so nearly parallel that they do not cross among floats
        const double* from = lists.statistics(change.list, change.from);
        const double* to = lists.statistics(change.list, change.to);
        for (std::size_t s = 0; s < counts; ++s) now[s] += to[s] - from[s];
        if (c + 1 < all.changes.size() && all.changes[c + 1].at == change.at) continue;
        if (change.at == -infinity) {
            line.totals = now;
            continue;
        }
        line.breakpoints.push_back(change.at);
        line.totals.insert(line.totals.end(), now.begin(), now.end());
    }
    return line;
}

}  // namespace zoopt::objectives
