#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "aligned_buffer.hpp"
#include "rerank_kernels.hpp"

namespace zoopt::objectives {

// Where the hypotheses of list i stand: [begins[i], begins[i + 1]), at least one.
using ListBegins = std::vector<std::int64_t>;

// n-best lists: features and statistics of every hypothesis. Belongs to the tier it was packed for.
class RerankLists {
   public:
    // features: `width` numbers a hypothesis; statistics: `counts` numbers a hypothesis.
    RerankLists(ListBegins begins, std::span<const double> features, std::size_t width,
                std::span<const double> statistics, std::size_t counts);

    std::size_t lists() const { return begins_.size() - 1; }
    std::size_t hypotheses() const { return static_cast<std::size_t>(begins_.back()); }
    std::size_t hypotheses(std::size_t list) const { return begin(list + 1) - begin(list); }
    std::size_t begin(std::size_t list) const { return static_cast<std::size_t>(begins_[list]); }
    std::size_t width() const { return width_; }
    std::size_t counts() const { return counts_; }
    const RerankKernels& kernels() const { return *kernels_; }

    PackedList packed(std::size_t list) const {
        const std::size_t panels = panels_[list + 1] - panels_[list];
        return {packed_.data() + panels_[list] * kernels_->panel * width_, panels, width_};
    }

    const double* statistics(std::size_t list, std::size_t hypothesis) const {
        return statistics_.data() + (begin(list) + hypothesis) * counts_;
    }

    // Whether no score of these weights can overflow; false for weights that are not finite.
    bool usable(std::span<const double> weights) const;

    // scores[h] = the score of the list's hypothesis h.
    void scores(std::size_t list, std::span<const double> weights, std::span<double> scores) const;

    // out[h * width + j] = feature j of hypothesis h, of all lists.
    void unpack(std::span<double> out) const;
    std::span<const double> statistics() const { return statistics_; }
    const ListBegins& begins() const { return begins_; }

   private:
    const double* feature(std::size_t list, std::size_t hypothesis) const;

    const RerankKernels* kernels_;
    ListBegins begins_;
    std::size_t width_;
    std::size_t counts_;
    std::vector<std::size_t> panels_;  // those of list i are [panels_[i], panels_[i + 1])
    AlignedBuffer<double> packed_;
    std::vector<double> statistics_;
    std::vector<double> largest_;  // of every feature, in size
};

}  // namespace zoopt::objectives
