"""What every optimiser and every objective that experiments can name keeps."""

import math

import numpy as np
import pytest

from zoopt.compare import Experiment, FunctionObjective
from zoopt.compare._applicability import obstacle
from zoopt.compare._entry import contender
from zoopt.compare._meter import RunMeter
from zoopt.compare._plugin import Task
from zoopt.compare._plugins import objective as named
from zoopt.compare._plugins import objectives, optimizers
from zoopt.errors import InvalidInput, MissingDependency

BUDGET = 150
OBJECTIVES = (
    "sphere:dim=3,shift=yes",
    "rosenbrock:dim=4,rotation=yes,noise=0.1",
    "diabetes:f1",
)


class Listening(RunMeter):
    """A meter that keeps what it told."""

    def natural(self, rows):
        found = super().natural(rows)
        self.told = [*getattr(self, "told", ()), *found.tolist()]
        return found


def runs_on(text, objective, budget=BUDGET, seeds=(0, 7)):
    try:
        entries = [e for e in contender(text).entries(objective) if not obstacle(e, objective, budget)]
    except MissingDependency as missing:
        pytest.skip(str(missing))
    if not entries:
        pytest.skip(f"{text} cannot run on {objective.name}")
    jobs = Experiment([text], [objective], seeds=seeds, budget=budget).jobs()
    return [(job, job.run()[0]) for job in jobs if job.entry is not None]


@pytest.mark.parametrize("name", optimizers())
@pytest.mark.parametrize("text", OBJECTIVES)
def test_a_run_keeps_to_its_budget_and_is_the_same_again(name, text):
    objective = named(text)
    for job, run in runs_on(name, objective):
        assert run.status == "done", run.message
        assert 0 < run.evaluations <= BUDGET
        assert run.key == job.key
        (again,) = job.run()
        assert (run.search, run.evaluations, run.message) == (again.search, again.evaluations, again.message)
        assert repr(run.holdout) == repr(again.holdout)
        assert run.curve_values.tolist() == again.curve_values.tolist()
        assert run.hits.tolist() == again.hits.tolist()
        spent = run.curve_evaluations.tolist()
        assert spent == sorted(set(spent))
        assert spent[0] >= 1
        assert spent[-1] <= run.evaluations
        assert len(spent) <= 201
        assert run.curve_values[-1] == run.search
        assert math.isfinite(run.score)
        assert math.isnan(run.holdout) == (text == OBJECTIVES[0])


@pytest.mark.parametrize("name", optimizers())
def test_hits_agree_with_the_curve(name):
    objective = named("sphere:dim=3")
    for job, run in runs_on(name, objective):
        assert (np.diff(run.curve_values) <= 0).all()
        for target, hit in zip(job.targets, run.hits.tolist(), strict=True):
            by_then = run.curve_values[run.curve_evaluations >= hit]
            before = run.curve_values[run.curve_evaluations < hit]
            assert (hit == -1) == (run.search > target)
            if hit > 0:
                assert (by_then <= target).all()
                assert (before > target).all()


@pytest.mark.parametrize("text", [*objectives(), *OBJECTIVES, "two_causes:f1"])
def test_problems_of_a_seed_are_the_same_and_of_others_are_not(text):
    try:
        objective = named(text)
    except (MissingDependency, InvalidInput) as missing:
        pytest.skip(str(missing))
    one, again, other = (objective.prepare(seed) for seed in (3, 3, 4))
    assert tuple(one.starts) == objective.starts
    assert tuple(one.baselines) == objective.baselines
    rows = np.random.default_rng(0).normal(size=(5, one.search.dim))
    assert np.array_equal(one.search(rows), again.search(rows))
    for start, point in one.starts.items():
        assert np.array_equal(point, again.starts[start])
        assert point.shape == (one.search.dim,)
        assert one.scales[start] > 0
    if one.search.dim == other.search.dim:  # a split may drop other features

        def told(problem):
            return np.concatenate([*problem.starts.values(), problem.search(rows)])

        assert not np.array_equal(told(one), told(other))


def test_all_optimisers_share_start_and_noise():
    objective = FunctionObjective(lambda x: 0.0, 2, name="flat", version="1", start=[(-9, 9)] * 2, noise=1.0)
    problem, again = objective.prepare(5), objective.prepare(5)
    assert np.array_equal(problem.starts[""], again.starts[""])
    assert (problem.noise, problem.seed) == (again.noise, again.seed)
    seen = {}
    for name in ("snes", "cma-es", "random-search"):
        meter = Listening(problem, budget=60)
        optimizers()[name].run(Task(meter, problem, problem.starts[""], 1.0, None, 1, 60, {}))
        seen[name] = meter.told[:40]
    assert seen["snes"] == seen["cma-es"] == seen["random-search"]
    assert np.std(seen["snes"]) > 0.5


def test_a_lucky_draw_does_not_win():
    """On a flat function with noise every optimiser has the same score: what it says without noise."""
    objective = FunctionObjective(lambda x: 1.0, 2, name="flat", version="2", noise=1.0)
    for _, run in [pair for name in ("snes", "random-search", "cma-es") for pair in runs_on(name, objective)]:
        assert run.score == 1.0
        assert (run.curve_values == 1.0).all()


def test_noise_of_one_s_own_is_recorded_without():
    rng = np.random.default_rng(0)
    objective = FunctionObjective(
        lambda x: float(x @ x) + 50 * rng.normal(),
        2,
        name="own noise",
        version="1",
        start=[3.0, 3.0],
        optimum=0.0,
        noise_free=lambda x: float(x @ x),
    )
    ((_, run),) = runs_on("random-search", objective, seeds=(0,))
    assert run.status == "done"  # a value below the optimum would be a failure
    assert run.holdout >= run.search >= 0  # the luckiest is no better than the best


def test_an_entry_that_has_no_such_start_is_shown_with_its_reason():
    experiment = Experiment(["snes:start=warm"], ["sphere:dim=3", "diabetes:f1"], seeds=1, budget=100)
    assert experiment.not_applicable == {
        ("sphere:dim=3", "snes (warm)"): "sphere:dim=3 has no start 'warm'; it has no choice of starts"
    }
    assert experiment.runs == 1


def test_bounds_are_kept():
    box = FunctionObjective(
        lambda x: float(np.abs(x).max()), 3, name="box", version="1", bounds=[(1, 2), (-3, -1), (0, 1)], optimum=1.0
    )
    for name in ("cma-es", "snes", "openai-es"):
        for _, run in runs_on(name, box, budget=600):
            assert run.status == "done"
            assert 0 <= run.search < 1
