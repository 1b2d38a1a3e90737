#include <algorithm>
#include <cmath>
#include <string>

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
    const auto bad_rows = [&](std::size_t s) {
        const auto own = values.subspan(s * each, each);
        return std::count_if(own.begin(), own.end(), [](double v) { return !std::isfinite(v); });
    };
    const std::vector<std::uint64_t> tried = attempts();
    std::vector<std::size_t> samples;
    for (std::size_t s = 0; s < search_->samples(); ++s) {
        const bool may = tried[s] < most_redraws && number_of_replacement(s, tried[s]) < noise::sample_limit;
        if (may && bad_rows(s) > 0) samples.push_back(s);
    }
    search_->distribution().keep_replaceable(samples);
    std::vector<std::size_t> rows;
    for (const std::size_t s : samples) {
        for (std::size_t k = 0; k < each; ++k) rows.push_back(s * each + k);
        evaluations_ += each;
        invalid_ += static_cast<std::uint64_t>(bad_rows(s));
    }
    if (!samples.empty()) redraw(samples);
    return rows;
}

// How often each sample of this generation was drawn again.
std::vector<std::uint64_t> Engine::attempts() const {
    std::vector<std::uint64_t> counts(search_->samples(), 0);
    for (const Redraw& redraw : redraws_) ++counts[redraw.sample];
    return counts;
}

// The numbers of replacements begin where no sample's number can be, nor those that legs use.
std::uint64_t Engine::number_of_replacement(std::size_t sample, std::uint64_t attempt) const {
    return first_replacement + attempt * search_->samples() + sample;
}

// Replaces samples, in ascending order, all in one round.
void Engine::redraw(std::span<const std::size_t> samples) {
    const std::vector<std::uint64_t> tried = attempts();
    const std::uint64_t round = redraws_.empty() ? 0 : redraws_.back().round + 1;
    std::vector<Replacement> replacements;
    for (const std::size_t s : samples) {
        replacements.push_back({s, static_cast<std::uint32_t>(number_of_replacement(s, tried[s]))});
        redraws_.push_back({round, s});
    }
    const noise::Address address{seed_, static_cast<std::uint32_t>(noise::Stream::resample), generation_};
    search_->distribution().redraw(theta(), replacements, address);
}

// Rounds in their order: what a replacement is may depend on those before it.
void Engine::redraw_again(std::span<const Redraw> wanted) {
    const auto fails = [] {
        throw Error(ErrorKind::state, "the state or record has replaced candidates that this optimizer cannot have");
    };
    for (std::size_t k = 0; k < wanted.size();) {
        const std::vector<std::uint64_t> tried = attempts();
        const std::uint64_t round = wanted[k].round, expected = redraws_.empty() ? 0 : redraws_.back().round + 1;
        if (round != expected) fails();
        std::vector<std::size_t> samples;
        for (; k < wanted.size() && wanted[k].round == round; ++k) {
            const std::size_t s = wanted[k].sample;
            const bool ascends = samples.empty() || samples.back() < s;
            if (!ascends || s >= search_->samples() || tried[s] >= most_redraws ||
                number_of_replacement(s, tried[s]) >= noise::sample_limit) {
                fails();
            }
            samples.push_back(s);
        }
        redraw(samples);
    }
}

// The candidates that were asked for, with their replacements, which the addresses of their noise make again.
void Engine::redraw_loaded() {
    const std::vector<Redraw> wanted = std::move(redraws_);
    redraws_.clear();
    if (!asked_) return;
    asked_ = false;
    begin();
    redraw_again(wanted);
}

void Engine::visit_redraws(Archive& archive) {
    std::vector<double> flat;
    for (const auto& [round, sample] : redraws_) {
        flat.insert(flat.end(), {static_cast<double>(round), static_cast<double>(sample)});
    }
    visit_entries(archive, "redrawn", flat, 2);
    redraws_.clear();
    const bool whole = std::all_of(flat.begin(), flat.end(), [](double x) { return x >= 0.0 && x < 0x1p53; });
    if (!whole) throw Error(ErrorKind::state, "state field 'redrawn' holds numbers that count nothing");
    for (std::size_t k = 0; k < flat.size(); k += 2) {
        redraws_.push_back({static_cast<std::uint64_t>(flat[k]), static_cast<std::size_t>(flat[k + 1])});
    }
}

}  // namespace zoopt
