#include "rerank_lists.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zoopt::objectives {
namespace {

std::vector<std::size_t> panels_before(const ListBegins& begins, std::size_t panel) {
    std::vector<std::size_t> before(begins.size());
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
        const auto size = static_cast<std::size_t>(begins[i + 1] - begins[i]);
        before[i + 1] = before[i] + (size + panel - 1) / panel;
    }
    return before;
}

}  // namespace

RerankLists::RerankLists(ListBegins begins, std::span<const double> features, std::size_t width,
                         std::span<const double> statistics, std::size_t counts)
    : kernels_(&ZOOPT_PICK_TABLE(rerank_kernels)),
      begins_(std::move(begins)),
      width_(width),
      counts_(counts),
      panels_(panels_before(begins_, kernels_->panel)),
      packed_(panels_.back() * kernels_->panel * width),
      statistics_(statistics.begin(), statistics.end()),
      largest_(width, 0.0) {
    const std::size_t panel = kernels_->panel;
    for (std::size_t i = 0; i < lists(); ++i) {
        const std::size_t places = (panels_[i + 1] - panels_[i]) * panel;
        for (std::size_t place = 0; place < places; ++place) {
            const std::size_t hypothesis = begin(i) + (place < hypotheses(i) ? place : 0);
            double* lane = packed_.data() + (panels_[i] + place / panel) * panel * width + place % panel;
            for (std::size_t j = 0; j < width; ++j) {
                lane[j * panel] = features[hypothesis * width + j];
                largest_[j] = std::max(largest_[j], std::abs(lane[j * panel]));
            }
        }
    }
}

bool RerankLists::usable(std::span<const double> weights) const {
    double bound = 0.0;
    for (std::size_t j = 0; j < width_; ++j) bound += std::abs(weights[j]) * std::max(1.0, largest_[j]);
    return bound <= std::numeric_limits<double>::max() / 4;
}

const double* RerankLists::feature(std::size_t list, std::size_t hypothesis) const {
    const std::size_t panel = kernels_->panel;
    return packed_.data() + (panels_[list] + hypothesis / panel) * panel * width_ + hypothesis % panel;
}

void RerankLists::scores(std::size_t list, std::span<const double> weights, std::span<double> scores) const {
    for (std::size_t h = 0; h < hypotheses(list); ++h) {
        const double* lane = feature(list, h);
        double score = 0.0;
        for (std::size_t j = 0; j < width_; ++j) score += weights[j] * lane[j * kernels_->panel];
        scores[h] = score;
    }
}

void RerankLists::unpack(std::span<double> out) const {
    for (std::size_t i = 0; i < lists(); ++i) {
        for (std::size_t h = 0; h < hypotheses(i); ++h) {
            const double* lane = feature(i, h);
            for (std::size_t j = 0; j < width_; ++j) out[(begin(i) + h) * width_ + j] = lane[j * kernels_->panel];
        }
    }
}

}  // namespace zoopt::objectives
