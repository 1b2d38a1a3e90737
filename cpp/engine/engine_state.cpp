#include "zoopt/engine.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>

#include "zoopt/error.hpp"

namespace zoopt {

void Engine::replay(const Record& generation) {
    const std::vector<double>& weights = generation.weights;
    if (driver_->restarts() || driver_->anchored() || handles_noise() || exact()) {
        throw Error(ErrorKind::state,
                    "weights alone make a run again only without restarts, control variates, noise handling and told "
                    "gradients");
    }
    if (weights.size() != population()) {
        throw Error(ErrorKind::invalid_input, "a generation of the record has " + std::to_string(weights.size()) +
                                                  " weights, this optimizer needs " + std::to_string(population()));
    }
    const bool remembered = driver_->remembers_parent() && search_->generation() > 0;
    const std::size_t replaced = generation.redraws.size() * (search_->antithetic() ? 2 : 1);
    evaluations_ += population() + replaced + (search_->needs_mean() && !remembered ? 1 : 0);
    if (!std::isnan(weights[0])) {
        begin();
        redraw_again(generation.redraws);
        search_->move(weights, search_->antithetic());
        domain_.settle(search_->mean());
    }
    ++generation_;
    asked_ = false;
}

void Engine::visit(Archive& archive) {
    visit_leg(archive);
    search_->visit(archive);
    stopping_->visit(archive);
    driver_->visit(archive);
    visit_progress(archive);
    if (driver_->anchored()) {
        archive.field("anchor.measured", anchors_);
        archive.field("anchor.point", anchor_);
        archive.field("anchor.gradient", anchor_gradient_);
    }
    if (handles_noise()) {
        archive.field("passes", passes_);
        uncertainty_->visit(archive);
    }
    visit_redraws(archive);
}

// The leg in force, begun anew where it is another, so that what follows finds room of its size.
void Engine::visit_leg(Archive& archive) {
    Leg leg = leg_;
    std::uint64_t population = leg.population;
    archive.field("leg.index", leg.index);
    archive.field("leg.population", population);
    archive.field("leg.scale", leg.scale);
    archive.field("leg.most_evaluations", leg.most_evaluations);
    archive.field("leg.began", leg_began_);
    archive.field("seed", seed_);
    visit_legs(archive);
    leg.population = static_cast<std::size_t>(population);
    for (const double scale : {first_leg_.scale, leg.scale}) {
        if (!(std::isfinite(scale) && scale > 0.0))
            throw Error(ErrorKind::state, "the state has no scale to start from");
    }
    if (!driver_->restarts() && (leg.index != leg_.index || leg.population != leg_.population)) {
        throw Error(ErrorKind::state, "the state has a leg that this optimizer, which does not restart, cannot have");
    }
    if (population == 0 || static_cast<double>(population) > most_candidates(plan_.memory_limit)) {
        throw Error(ErrorKind::state, "the state has a leg with a population that cannot be");
    }
    if (leg.index != leg_.index || leg.population != leg_.population || leg.scale != leg_.scale) {
        start(leg, start_of(leg));
    }
    leg_ = leg;
}

void Engine::visit_progress(Archive& archive) {
    std::uint64_t asked = asked_ ? 1 : 0, stopped = static_cast<std::uint64_t>(stop_), known = best_.known ? 1 : 0;
    std::uint64_t parent = parent_known_ ? 1 : 0;
    archive.field("generation", generation_);
    archive.field("evaluations", evaluations_);
    archive.field("dropped", dropped_);
    archive.field("invalid", invalid_);
    archive.field("asked", asked);
    archive.field("stop", stopped);
    archive.field("best.known", known);
    archive.field("best.value", best_.value);
    archive.field("best.x", best_.x);
    archive.field("parent.known", parent);
    archive.field("parent.cost", parent_cost_);
    asked_ = asked != 0;
    stop_ = static_cast<Stop>(stopped);
    best_.known = known != 0;
    parent_known_ = parent != 0;
}

// What later legs start from: it belongs to the run, not to the optimizer that goes on with it.
void Engine::visit_legs(Archive& archive) {
    if (!driver_->restarts()) return;
    archive.field("origin", origin_);
    archive.field("first.scale", first_leg_.scale);
    std::vector<double> flat;
    for (const LegRecord& leg : ended_) {
        flat.insert(flat.end(), {static_cast<double>(leg.population), leg.scale, static_cast<double>(leg.evaluations),
                                 static_cast<double>(leg.stop)});
    }
    visit_entries(archive, "legs", flat, 4);
    ended_.clear();
    for (std::size_t k = 0; k < flat.size(); k += 4) {
        ended_.push_back({static_cast<std::size_t>(flat[k]), flat[k + 1], static_cast<std::uint64_t>(flat[k + 2]),
                          static_cast<Stop>(static_cast<int>(flat[k + 3]))});
    }
}

State Engine::save() {
    Saver saver;
    visit(saver);
    return saver.state;
}

void Engine::load(const State& state) {
    const State before = save();
    try {
        Loader loader(state);
        visit(loader);
        check_loaded();
        redraw_loaded();
    } catch (const std::exception& error) {
        Loader undo(before);
        visit(undo);
        redraw_loaded();
        throw Error(ErrorKind::state, error.what());
    }
    trace_.clear();
    record_.clear();
}

// A run that ended may have any numbers; one that is to go on must be able to.
void Engine::check_loaded() const {
    if (stop_ < Stop::none || stop_ > Stop::last) {
        throw Error(ErrorKind::state, "state field 'stop' holds no known reason");
    }
    if (stop_ == Stop::none && (!std::isfinite(theta().size()) || !(theta().scale > 0.0))) {
        throw Error(ErrorKind::state,
                    "the state has a mean, scale or covariance that is not finite, or no scale at all");
    }
}

}  // namespace zoopt
