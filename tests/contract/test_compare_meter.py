"""The compiled loop records what the Python meter records, and both what the values themselves say, bit for bit."""

import dataclasses
from typing import ClassVar

import numpy as np
import pytest

import zoopt
from zoopt.compare._entry import contender
from zoopt.compare._key import digest
from zoopt.compare._meter import RunMeter
from zoopt.compare._plugin import SearchOver
from zoopt.compare._plugins import objective as named
from zoopt.compare._run import Job, checkpoints_to
from zoopt.compare.objectives.functions import TARGETS, BenchmarkFunction

RUNNABLE = [
    name for name in zoopt.algorithms() if zoopt.algorithm(name).continuous and not zoopt.algorithm(name).first_order
]


class Hidden:
    """A compiled function as Python sees one, with every value that it gave."""

    def __init__(self, function):
        self._function, self.dim, self.sense, self.values = function, function.dim, function.sense, []

    def __call__(self, rows):
        found = self._function(rows)
        self.values.extend(found.tolist())
        return found


class Watched(BenchmarkFunction):
    """A test function that is evaluated by Python."""

    seen: ClassVar[list] = []

    def identity(self):
        return super().identity() | {"hidden": True}

    def prepare(self, seed):
        problem = super().prepare(seed)
        search = Hidden(problem.search)
        self.seen.append(search)
        return dataclasses.replace(problem, search=search)


def both(text, function, budget, target=None, **parameters):
    """Return the run by the compiled loop, that by the Python meter, and the values without noise."""
    found = []
    for kind in (BenchmarkFunction, Watched):
        objective = kind(function, **parameters)
        (entry,) = contender(text).entries(objective)
        identity = digest([objective.identity(), text, budget, target])  # a problem of its own
        job = Job(objective, entry, 3, budget, identity, target, TARGETS, checkpoints_to(budget))
        found += job.run()
    return *found, np.array(Watched.seen.pop().values)


def facts(run):
    return (
        run.evaluations,
        run.search,
        run.holdout,
        run.status,
        run.message,
        run.curve_evaluations.tolist(),
        run.curve_values.tolist(),
        run.hits.tolist(),
    )


def expected(values, budget):
    """Return curve and hits as the definitions have them."""
    best = np.minimum.accumulate(values)
    at = sorted({c for c in checkpoints_to(budget) if c <= values.size} | {values.size})
    hits = [int(np.argmax(best <= target)) + 1 if (best <= target).any() else -1 for target in TARGETS]
    return at, best[np.array(at) - 1].tolist(), hits


def same_bits(one, two):
    return repr(facts(one)) == repr(facts(two))  # NaN is itself there


@pytest.mark.parametrize("name", RUNNABLE)
@pytest.mark.parametrize(("dim", "budget"), [(4, 997), (7, 1500)])
def test_every_algorithm_is_recorded_alike(name, dim, budget):
    compiled, python, values = both(name, "rosenbrock", budget, dim=dim, shift=True)
    assert same_bits(compiled, python)
    at, best, hits = expected(values, budget)
    assert (compiled.curve_evaluations.tolist(), compiled.curve_values.tolist()) == (at, best)
    assert compiled.hits.tolist() == hits
    assert compiled.evaluations == values.size <= budget


@pytest.mark.parametrize(
    "text",
    [
        "cma-es:noise_handling=yes,most_effort=5",
        "snes:noise_handling=yes,population=9",
        "ipop-cma-es:tolfun=0.5",
        "bipop-cma-es:tolfun=0.5",
        "zo-svrg:epoch=3,population=7",
        "openai-es:population=30",
        "one-plus-one-es",
        "reinforce:population=11",
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_options_that_change_how_a_generation_is_evaluated(text, noise):
    compiled, python, values = both(text, "rastrigin", 1234, dim=5, rotation=True, noise=noise)
    assert same_bits(compiled, python)
    at, best, hits = expected(values, 1234)
    assert (compiled.curve_evaluations.tolist(), compiled.curve_values.tolist()) == (at, best)
    assert compiled.hits.tolist() == hits
    assert compiled.evaluations <= 1234
    assert np.isnan(compiled.holdout) == (noise == 0)


@pytest.mark.parametrize("text", ["cma-es", "openai-es", "zo-svrg", "random-search:population=500"])
@pytest.mark.parametrize("target", [5.0, 1e-300])
def test_a_goal_ends_the_run_with_the_very_evaluation_that_reaches_it(text, target):
    compiled, python, values = both(text, "sphere", 2000, target, dim=3)
    assert same_bits(compiled, python)
    reached = np.flatnonzero(values <= target)
    assert compiled.evaluations == (reached[0] + 1 if reached.size else values.size)
    assert (compiled.search <= target) == bool(reached.size)


def test_the_noise_is_that_of_stream_5_and_shared_by_evaluation():
    problem = named("sphere:dim=3,noise=0.5").prepare(11)
    rows = np.random.default_rng(0).normal(size=(40, 3))
    normals = zoopt.noise(11, 1, 0, 40, stream=5)
    clean = problem.search(rows)
    one, batch = RunMeter(problem, budget=40), RunMeter(problem, budget=40)
    told = np.concatenate([batch.costs(rows[:7]), batch.costs(rows[7:])])
    assert [one.cost(row) for row in rows] == told.tolist() == (clean + 0.5 * normals).tolist()
    assert one.recorder.best == clean.min()


def test_a_batch_that_the_budget_cuts_is_evaluated_as_far():
    problem = named("sphere:dim=2").prepare(0)
    meter = RunMeter(problem, budget=5)
    meter.costs(np.ones((3, 2)))
    with pytest.raises(SearchOver):
        meter.costs(np.vstack([np.ones((1, 2)), np.full((9, 2), 0.5)]))
    assert (meter.used, meter.left, meter.recorder.best) == (5, 0, 0.5)
    with pytest.raises(SearchOver):
        meter.cost(np.zeros(2))
    assert meter.used == 5
