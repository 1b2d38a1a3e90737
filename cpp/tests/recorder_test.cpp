#include "zoopt/recorder.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "check.hpp"

namespace zoopt {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// The first coordinate.
class First final : public Objective {
   public:
    std::size_t dim() const override { return 2; }
    Sense sense() const override { return Sense::minimise; }
    void evaluate(const Rows& rows, std::uint64_t, unsigned, std::span<double> values) const override {
        for (std::size_t r = 0; r < rows.count; ++r) values[r] = rows.data[r * rows.dim];
    }
};

Recorder recorded(Asked asked, const std::vector<double>& values) {
    Recorder recorder(std::move(asked));
    recorder.note(values);
    return recorder;
}

ZOOPT_TEST(recorder_notes_distances_and_first_hits) {
    const Recorder r =
        recorded({.checkpoints = {1, 3, 5, 9}, .targets = {4.0, 2.0, 0.5}, .optimum = 1.0}, {6.0, 4.0, 9.0, 1.25, 2.0});
    check::that(r.curve() == std::vector<double>{5.0, 3.0, 0.25}, "curve");
    check::that(r.hits() == std::vector<std::int64_t>{2, 4, 4}, "hits");
    check::equal(r.best(), 0.25);
    check::equal(r.below(), 0.0);
}

ZOOPT_TEST(recorder_turns_what_is_maximised) {
    const Recorder r = recorded({.checkpoints = {2}, .targets = {0.5, 0.9}, .sense = Sense::maximise}, {0.2, 0.7, 0.6});
    check::that(r.curve() == std::vector<double>{0.7}, "curve");
    check::that(r.hits() == std::vector<std::int64_t>{2, -1}, "hits");
    const Recorder known = recorded({.targets = {0.5}, .optimum = 1.0, .sense = Sense::maximise}, {0.2, 0.75});
    check::equal(known.best(), 0.25);
    check::that(known.hits() == std::vector<std::int64_t>{2}, "hits");
}

ZOOPT_TEST(recorder_counts_what_is_not_finite_and_lets_it_win_nothing) {
    const Recorder r = recorded({.checkpoints = {1, 4}, .targets = {9.0}}, {no_number, -infinity, infinity, 3.0});
    check::that(std::isnan(r.curve()[0]), "there is no value yet");
    check::equal(r.curve()[1], 3.0);
    check::that(r.hits() == std::vector<std::int64_t>{4}, "hits");
    check::equal(r.invalid(), std::uint64_t{3});
}

ZOOPT_TEST(recorder_ends_with_the_value_that_reaches_the_goal) {
    const Recorder r = recorded({.targets = {0.5}, .goal = 2.0}, {3.0, 2.0, 0.1});
    check::that(r.over(), "the goal is reached");
    check::equal(r.evaluations(), std::uint64_t{2});
    check::equal(r.best(), 2.0);
    check::that(r.hits() == std::vector<std::int64_t>{-1}, "hits");
}

ZOOPT_TEST(recorder_tells_a_value_better_than_the_stated_optimum) {
    const Recorder r = recorded({.optimum = 1.0}, {2.0, 0.75});
    check::equal(r.best(), 0.0);
    check::equal(r.below(), 0.25);
}

ZOOPT_TEST(recorded_objective_disturbs_what_it_has_recorded) {
    const auto recorder = std::make_shared<Recorder>(Asked{.checkpoints = {3}});
    const RecordedObjective objective(std::make_shared<First>(), recorder, {7, 0.5});
    const std::vector<double> rows = {1.0, 0.0, 2.0, 0.0, 3.0, 0.0};
    std::vector<double> whole(3, 10.0), parts(3);
    Disturbance{7, 0.5}.disturb(0, whole);
    objective.record({rows.data(), 1, 2}, 0, 1, {parts.data(), 1});
    objective.record({rows.data() + 2, 2, 2}, 0, 1, {parts.data() + 1, 2});
    for (std::size_t k = 0; k < 3; ++k) check::close(parts[k] - rows[2 * k], whole[k] - 10.0, 1e-14);
    check::that(std::abs(whole[0] - 10.0) > 0.0, "there is noise");
    check::equal(recorder->best(), 1.0);
}

ZOOPT_TEST(recorded_objective_throws_once_the_goal_is_reached) {
    const auto recorder = std::make_shared<Recorder>(Asked{.goal = 1.0});
    const RecordedObjective objective(std::make_shared<First>(), recorder, {});
    const std::vector<double> rows = {1.0, 0.0};
    check::throws<GoalReached>([&] {
        double value = 0.0;
        objective.evaluate({rows.data(), 1, 2}, 0, 1, {&value, 1});
    });
}

}  // namespace
}  // namespace zoopt
