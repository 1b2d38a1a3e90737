"""Tuning: trials on the same problem, the best by the search value goes on, every evaluation is charged when asked."""

import numpy as np
import pytest

from zoopt.compare import Experiment, FunctionObjective, FunctionOptimizer, configured
from zoopt.compare._entry import contender
from zoopt.errors import InvalidInput, InvalidOption


def stepper():
    """An optimiser that evaluates start + step * k for k = 1, 2, ... and so ends where step * evaluations is."""
    seen = []

    def walk(task):
        seen.append((task.options["step"], task.budget, task.seed, task.start.copy()))
        for k in range(1, task.budget + 1):
            task.meter.cost(task.start + k * task.options["step"])

    return FunctionOptimizer(walk, name="walk", version="1", options={"step": 1.0}), seen


def line():
    return FunctionObjective(lambda x: abs(float(x[0]) - 100.0), 1, name="line", version="1", optimum=0.0)


def run_of(given, budget=120, objective=None, **options):
    (job,) = Experiment([given], [objective or line()], seeds=[3], budget=budget, **options).jobs()
    (run,) = job.run()
    return run


def test_a_grid_tries_every_combination_and_goes_on_with_the_best():
    walk, seen = stepper()
    run = run_of(configured(walk, step=[0.5, 1.0, 4.0], tuning="grid"))
    assert [step for step, *_ in seen] == [0.5, 1.0, 4.0, 4.0]
    assert [budget for _, budget, *_ in seen] == [20, 20, 20, 60]
    assert len({seed for *_, seed, _ in seen}) == 4
    assert all(np.array_equal(start, seen[0][3]) for *_, start in seen)
    assert run.evaluations == 120
    assert run.search == 0.0  # 4 * 25
    assert run.message == "tuned to step=4 by 60 evaluations"


def test_the_charged_curve_is_the_best_so_far_of_trials_and_run_together():
    walk, _ = stepper()
    run = run_of(configured(walk, step=[0.5, 1.0, 4.0], tuning="grid"))
    visited = [0.5 * k for k in range(1, 21)] + [1.0 * k for k in range(1, 21)]
    visited += [4.0 * k for k in range(1, 21)] + [4.0 * k for k in range(1, 61)]
    best = np.minimum.accumulate(np.abs(np.array(visited) - 100.0))
    assert run.curve_values.tolist() == best[run.curve_evaluations - 1].tolist()
    assert run.curve_evaluations[-1] == 120
    targets = line().targets
    hits = [int(np.argmax(best <= t)) + 1 if (best <= t).any() else -1 for t in targets]
    assert run.hits.tolist() == hits


def test_trials_that_are_not_charged_come_beside_the_budget():
    walk, seen = stepper()
    run = run_of(configured(walk, step=[0.5, 4.0], tuning="grid", charge=False, tuning_share=0.25))
    assert [budget for _, budget, *_ in seen] == [15, 15, 120]
    assert run.evaluations == 120
    assert run.curve_evaluations[0] == 1
    assert run.curve_values[0] == 96.0  # the first step of the run proper
    assert run.message == "tuned to step=4 by 30 evaluations beside the budget"


def test_random_tuning_draws_within_the_range_the_same_for_each_run():
    walk, seen = stepper()
    given = configured(walk, step=(0.01, 10.0), tuning="random", trials=6)
    one, again = run_of(given), run_of(given)
    steps = [step for step, *_ in seen]
    assert steps[:7] == steps[7:]
    assert len(set(steps[:6])) == 6
    assert all(0.01 <= step <= 10.0 for step in steps)
    assert np.ptp(np.log10(steps[:6])) > 1.0  # on a logarithmic scale
    assert steps[6] in steps[:6]
    assert (one.search, one.message) == (again.search, again.message)


def test_a_goal_reached_in_a_trial_ends_it_all():
    walk, seen = stepper()
    run = run_of(configured(walk, step=[0.5, 10.0, 4.0], tuning="grid"), target=1.0)
    assert [step for step, *_ in seen] == [0.5, 10.0]
    assert run.evaluations == 20 + 10
    assert run.message == "ended in the trial of step=10"


def test_zoopt_algorithms_are_tuned_on_functions_and_metrics():
    experiment = Experiment(
        ["openai-es:learning_rate=0.01|0.1|1,tuning=grid", "snes:population=8..40,tuning=random,trials=3"],
        ["sphere:dim=4", "diabetes:f1"],
        seeds=2,
        budget=1000,
    )
    for job in experiment.jobs():
        for run, again in zip(job.run(), job.run(), strict=True):
            assert run.status == "done"
            assert run.evaluations <= 1000
            assert run.search == again.search
            assert run.baseline or run.message.startswith("tuned to ")
            assert sorted(set(run.curve_evaluations.tolist())) == run.curve_evaluations.tolist()
            assert run.baseline or run.curve_values[-1] == run.search


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("snes:population=8|9", InvalidInput, "population=8|9 has several values; add tuning=grid or tuning=random"),
        ("snes:tuning=grid", InvalidInput, "tuning is of no use; no option has several values"),
        ("snes:population=8..9,tuning=grid", InvalidInput, "a grid needs single values of population"),
        ("snes:population=9..8,tuning=random", InvalidOption, "the range of population must go up, got 9..8"),
        ("snes:population=8|0,tuning=grid", InvalidOption, "population must lie in"),
        ("snes:population=8|8,tuning=grid", InvalidOption, "population names a value twice"),
        ("snes:population=8|9,tuning=grid,trials=3", InvalidInput, "trials is of no use to a grid"),
        ("snes:population=8|9,tuning=best", InvalidOption, "tuning must be one of grid, random"),
        ("snes:population=8|9,tuning=grid,tuning_share=1", InvalidOption, "tuning_share must lie in"),
        ("snes:scale=1|2,tuning=grid", InvalidInput, "scale cannot be tuned"),
        ("snes:noise_handling=no..yes,tuning=random", InvalidOption, "has no range; list its values"),
        ("snes:popul=8|9,tuning=grid", InvalidInput, "popul cannot be tuned"),
    ],
)
def test_mistakes_are_named(text, error, message):
    with pytest.raises(error, match=message.replace("|", r"\|")):
        contender(text)


def test_trials_that_are_too_small_are_refused_before_anything_runs():
    with pytest.raises(InvalidInput, match="too small: openai-es needs 64"):
        Experiment(["openai-es:learning_rate=0.01|0.1,tuning=grid"], ["sphere"], budget=200)
