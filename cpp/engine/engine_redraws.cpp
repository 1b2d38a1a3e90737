#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "zoopt/engine.hpp"
#include "zoopt/error.hpp"

namespace zoopt {

std::vector<std::size_t> Engine::resample(std::span<const double> values) {
    if (!asked_) throw Error(ErrorKind::state, "resample() without ask(): there are no candidates to replace");
    if (handles_noise() || driver_->anchored() || exact()) {
        throw Error(ErrorKind::invalid_input,
                    "candidates that are evaluated more than once, or not drawn, cannot be replaced; use "
                    "on_invalid='worst'");
    }
    note_best(values.first(block()), nullptr);
    const std::size_t each = search_->antithetic() ? 2 : 1;
    std::vector<std::size_t> rows;
    for (std::size_t s = 0; s < search_->samples(); ++s) {
        const auto own = values.subspan(s * each, each);
        const auto bad = std::count_if(own.begin(), own.end(), [](double v) { return !std::isfinite(v); });
        if (bad == 0 || !redraw(s)) continue;
        for (std::size_t k = 0; k < each; ++k) rows.push_back(s * each + k);
        evaluations_ += each;
        invalid_ += static_cast<std::uint64_t>(bad);
    }
    return rows;
}

// The numbers of replacements begin where no sample's number can be, nor those that legs use.
bool Engine::redraw(std::size_t sample) {
    const std::uint64_t attempts = redraws_.contains(sample) ? redraws_[sample] : 0;
    const std::uint64_t number = first_replacement + attempts * search_->samples() + sample;
    if (attempts >= most_redraws || number >= noise::sample_limit) return false;
    redraws_[sample] = attempts + 1;
    const noise::Address address{seed_, static_cast<std::uint32_t>(noise::Stream::resample), generation_};
    search_->distribution().redraw(theta(), sample, address, static_cast<std::uint32_t>(number));
    return true;
}

// The candidates that were asked for, with their replacements, which the addresses of their noise make again.
void Engine::redraw_loaded() {
    const std::map<std::size_t, std::uint64_t> wanted = std::move(redraws_);
    redraws_.clear();
    if (!asked_) return;
    asked_ = false;
    begin();
    for (const auto& [sample, attempts] : wanted) {
        if (sample >= search_->samples() || attempts == 0 || attempts > most_redraws) {
            throw Error(ErrorKind::state, "the state has replaced candidates that this optimizer cannot have");
        }
        redraws_[sample] = attempts - 1;
        redraw(sample);
    }
}

}  // namespace zoopt
