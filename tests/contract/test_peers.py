"""What every optimiser of another package has to keep to, whichever it is: budget, seed, start, bounds, ends."""

import importlib.util
import time
from types import SimpleNamespace

import numpy as np
import pytest

from zoopt.compare import Experiment
from zoopt.compare._entry import contender
from zoopt.compare._plugins import objective as named
from zoopt.compare._plugins import optimizers
from zoopt.compare._problem import Problem
from zoopt.compare._search import Terms, search
from zoopt.compare.optimizers import evosax, nlopt, pypop7
from zoopt.compare.optimizers._peer import Peer
from zoopt.errors import InvalidInput, MissingDependency

PEERS = {name: plugin for name, plugin in optimizers().items() if isinstance(plugin, Peer)}
ALWAYS = {"cma", "cmaes", "scipy"}  # what the tests install
DIM, BUDGET, SCALE = 2, 60, 0.5
START = np.array([1.5, -0.5])
LOW, HIGH = np.array([1.2, -2.0]), np.array([3.0, 0.5])  # the optimum lies outside
WEIGHTS, CENTRE, LEAST = np.array([1.0, 5.0, 2.0]), np.array([0.2, 0.7, -1.0]), 1.0

DETERMINISTIC = {
    *("scipy-nelder-mead", "scipy-powell", "scipy-cobyqa", "scipy-l-bfgs-b"),
    *(f"nlopt:algorithm={name}" for name in ("newuoa", "nelder-mead", "sbplx", "cobyla", "direct-l")),
    "nlopt",
}
UNBOUNDED = {"nlopt:algorithm=praxis", "nlopt:algorithm=newuoa"}
EARLY = {"nlopt:algorithm=direct-l"}


class Counted:
    """A parabola, askew, that keeps every point that it was asked for, and in what batches."""

    sense = "min"

    def __init__(self, dim=DIM, hole=-np.inf):
        self.dim, self.hole, self.points, self.batches = dim, hole, [], []

    def __call__(self, rows):
        self.points.extend(rows.copy())
        self.batches.append(len(rows))
        values = np.array([self.value(row) for row in rows])
        return np.where(rows[:, 0] < self.hole, np.nan, values)

    def value(self, x):
        moved = x - CENTRE[: self.dim]
        return float(LEAST + moved**2 @ WEIGHTS[: self.dim] + 0.8 * moved.sum() ** 2 + 0.1 * (moved**4).sum())

    @property
    def values(self):
        return np.array([self.value(x) for x in self.points])


def variants():
    """Return every peer, and each of the methods that it offers by a choice."""
    texts = list(PEERS)
    for family, option, choices in (
        ("nlopt", "algorithm", nlopt.METHODS),
        ("pypop7", "algorithm", pypop7.METHODS),
        ("evosax", "algorithm", evosax.METHODS),
        ("optuna", "sampler", ("gp", "cmaes", "random")),
        ("nevergrad", "algorithm", ("CMA", "OnePlusOne", "Shiwa", "TwoPointsDE", "PSO")),
    ):
        default = PEERS[family].given[option].default
        texts += [f"{family}:{option}={choice}" for choice in choices if choice != default]
    return [f"{text},population=4" if "lm-ma-es" in text else text for text in texts]


def parameter(text):
    """Return a test parameter that is skipped where the package, or what its method needs, is missing."""
    peer = PEERS[text.partition(":")[0]]
    options = contender(text).options
    absent = importlib.util.find_spec(peer.module) is None and peer.package not in ALWAYS
    reason = f"{peer.package} is not installed" if absent else ""
    if not reason and "torch" in (found := peer.obstacle(DIM, BUDGET, False, options)):
        reason = found
    marks = [pytest.mark.skip(reason=reason)] if reason else []
    slow = peer.name == "evosax" or text.endswith("sampler=gp")
    return pytest.param(text, marks=[*marks, pytest.mark.slow] if slow else marks)


every_variant = pytest.mark.parametrize("text", [parameter(text) for text in variants()])
every_peer = pytest.mark.parametrize("text", [parameter(text) for text in PEERS])


def run(text, seed=1, budget=BUDGET, bounds=None, dim=DIM, goal=None, deadline=None, hole=-np.inf):
    """Return what a search found, and the objective that it was run on."""
    if text.endswith("sampler=gp"):
        budget = min(budget, 14)  # its trials take ever longer
    (entry,) = contender(text).entries(named("sphere"))
    counted = Counted(dim, hole)
    start = np.resize(START, dim)
    problem = Problem(search=counted, starts={"": start}, scales={"": SCALE}, bounds=bounds)
    terms = Terms("parabola", seed, budget, "best", goal=goal, deadline=deadline)
    obstacle = entry.plugin.obstacle(dim, budget, bounds is not None, entry.options)
    if obstacle:
        return SimpleNamespace(obstacle=obstacle), counted
    found = search(problem, entry, terms)
    assert found.status in ("done", "timeout"), found.message
    return found, counted


def test_the_packages_of_the_tests_are_there():
    assert not [peer.package for peer in PEERS.values() if peer.package in ALWAYS and peer.obstacle(2, 99, False, {})]
    assert {"cma", "cmaes", "cmaes-sep", "nevergrad", "optuna", "nlopt", "pypop7", "evosax"} <= set(PEERS)
    assert {name for name in PEERS if name.startswith("scipy-")} >= {
        f"scipy-{method}" for method in ("nelder-mead", "powell", "cobyqa", "differential-evolution", "l-bfgs-b")
    }


@every_variant
def test_the_budget_is_kept_and_the_answer_is_worth_it(text):
    found, counted = run(text)
    budget = 14 if text.endswith("sampler=gp") else BUDGET
    assert found.record.evaluations == len(counted.points) <= budget
    assert (
        found.record.evaluations == budget
        or (found.message and text in EARLY | {"nlopt", "scipy-cobyqa"})
        or (found.message and found.record.search - LEAST < 1e-8)
    )
    assert found.record.search == counted.values.min() < counted.values[0]
    assert np.isfinite(found.record.point).all()


@every_variant
def test_seeds(text):
    (one, first), (_, again), (_, other) = run(text), run(text), run(text, seed=2)
    assert np.array_equal(first.points, again.points)
    assert (np.shape(first.points) == np.shape(other.points) and np.array_equal(first.points, other.points)) == (
        text in DETERMINISTIC
    )
    assert one.record.evaluations == len(again.points)


@every_variant
def test_the_search_starts_at_the_shared_start(text):
    _, counted = run(text)
    generation = np.array(counted.points[:6])  # what all populations hold
    at_start = np.allclose(generation[0], START, rtol=0, atol=1e-12)
    assert at_start or np.abs(generation.mean(axis=0) - START).max() <= 1.5 * SCALE  # 3.7 deviations of a mean of six


@every_variant
def test_bounds_hold(text):
    found, counted = run(text, bounds=(LOW, HIGH))
    if text in UNBOUNDED:
        assert "knows no bounds" in found.obstacle
        return
    points = np.array(counted.points)
    assert np.all(points >= LOW)
    assert np.all(points <= HIGH)
    assert np.all((found.record.point >= LOW) & (found.record.point <= HIGH))


@every_variant
def test_a_goal_ends_the_run_with_the_evaluation_that_reaches_it(text):
    _, free = run(text)
    goal = float(np.minimum.accumulate(free.values)[len(free.points) // 2])
    found, counted = run(text, goal=goal)
    reached = np.flatnonzero(free.values <= goal)[0] + 1
    assert found.reached
    assert found.record.evaluations == reached
    assert np.array_equal(counted.points[:reached], free.points[:reached])


@every_variant
def test_a_time_limit_ends_the_run(text):
    found, counted = run(text, deadline=time.perf_counter())
    assert found.status == "timeout"
    assert len(counted.batches) == 1


@every_peer
def test_a_budget_of_one(text):
    found, counted = run(text, budget=1)
    assert found.record.evaluations == len(counted.points) == 1


@every_peer
def test_one_variable(text):
    found, counted = run(text, dim=1)
    if text in ("cmaes", "cmaes-sep", "nlopt"):
        assert "at least two variables" in found.obstacle
    else:
        assert len(counted.points) == found.record.evaluations > 1


@every_peer
def test_values_that_are_not_numbers_are_survived(text):
    found, counted = run(text, hole=0.5)
    assert np.isfinite(found.record.search)
    assert len(counted.points) == found.record.evaluations <= BUDGET


CHANGED = {
    "cma": {"population": "20", "active": "no", "restarts": "ipop"},
    "cmaes": {"population": "20", "lr_adapt": "yes"},
    "cmaes-sep": {"population": "20"},
    "evosax": {"algorithm": "snes", "population": "20"},
    "nevergrad": {"algorithm": "OnePlusOne"},
    "nlopt": {"algorithm": "sbplx", "xtol_abs": "0.1"},
    "optuna": {"sampler": "random"},
    "pypop7": {"algorithm": "snes", "population": "20"},
    "scipy-cobyqa": {"final_tr_radius": "0.1"},
    "scipy-differential-evolution": {
        "strategy": "rand1bin", "popsize": "5", "recombination": "0.3", "tol": "0.9", "polish": "yes",
    },
    "scipy-l-bfgs-b": {"eps": "1e-3", "ftol": "0.9", "maxcor": "1"},
    "scipy-nelder-mead": {"xatol": "1", "fatol": "1", "adaptive": "no"},
    "scipy-powell": {"xtol": "0.9", "ftol": "0.9"},
}  # fmt: skip
UNSEEN = {("scipy-nelder-mead", "xatol"), ("scipy-nelder-mead", "fatol")}  # both have to be small


EVERY_CHANGE = [
    pytest.param(name, key, value, marks=parameter(name).marks)
    for name, options in CHANGED.items()
    for key, value in options.items()
]


def test_every_option_is_tried():
    assert {name: set(options) for name, options in CHANGED.items()} == {n: set(p.given) for n, p in PEERS.items()}


@pytest.mark.parametrize(("name", "key", "value"), EVERY_CHANGE)
def test_options_are_passed_on(name, key, value):
    budget = 1200 if (name, key) in {("cma", "restarts"), ("scipy-differential-evolution", "polish")} else 150
    dim = 3 if key in {"maxcor", "adaptive"} else DIM
    text = f"{name}:xatol=1,fatol=1" if (name, key) in UNSEEN else f"{name}:{key}={value}"
    (_, plain), (_, changed) = run(name, budget=budget, dim=dim), run(text, budget=budget, dim=dim)
    shared = min(len(plain.points), len(changed.points))
    assert len(plain.points) != len(changed.points) or not np.array_equal(
        plain.points[:shared], changed.points[:shared]
    )


@pytest.mark.parametrize("text", [parameter(text) for text in ("cmaes", "cmaes-sep", "evosax")])
def test_a_population_is_evaluated_at_once(text):
    _, counted = run(f"{text}:population=12")
    assert counted.batches == [12] * 5


@pytest.mark.parametrize("name", PEERS)
def test_a_missing_package_is_named_with_what_installs_it(name, monkeypatch):
    peer, find_spec = PEERS[name], importlib.util.find_spec
    monkeypatch.setattr(
        "zoopt.compare.optimizers._peer.importlib.util.find_spec",
        lambda module, *rest: None if module == peer.module else find_spec(module, *rest),
    )
    message = rf"{name} needs {peer.package}, which is not installed; run: pip install "
    assert peer.obstacle(2, 100, False, {}).startswith(message)
    with pytest.raises(MissingDependency, match=message):
        peer.version()


@pytest.mark.parametrize("text", [parameter(text) for text in PEERS])
def test_the_version_names_the_package(text):
    package, number = PEERS[text].version().split()
    assert package == PEERS[text].package
    assert number[0].isdigit()


@pytest.mark.parametrize(
    ("text", "objective", "budget", "message"),
    [
        ("cmaes", "sphere:dim=1", 100, "the package cmaes needs at least two variables"),
        ("nlopt:algorithm=newuoa", "sphere:dim=1", 100, "NLopt's newuoa needs at least two variables"),
        ("scipy-cobyqa", "sphere:dim=101", 100, "cost the square of the dimension and more; the limit is 100"),
        ("evosax:algorithm=lm-ma-es", "sphere:dim=2", 100, "a population of at most twice the dimension, 6 > 4"),
        ("optuna", "sphere:dim=2", 20_001, "its sampler tpe slows down with every trial; the limit is a budget of"),
        ("nevergrad:algorithm=OnePlusTwo", "sphere:dim=2", 100, "no algorithm 'OnePlusTwo'; did you mean OnePlusOne"),
    ],
)
def test_what_cannot_run_says_why(text, objective, budget, message):
    peer = PEERS[text.partition(":")[0]]
    if importlib.util.find_spec(peer.module) is None and peer.package not in ALWAYS:
        pytest.skip(f"{peer.package} is not installed")
    with pytest.raises(InvalidInput, match=message):
        Experiment([text], [objective], seeds=1, budget=budget)


@every_peer
def test_a_peer_is_run_from_the_start_of_a_metric_and_its_reports_are_charged(text):
    experiment = Experiment([f"{text}:start=warm"], ["diabetes:f1"], seeds=[0], budget=30)
    (run,) = next(job for job in experiment.jobs() if job.entry is not None).run()
    assert run.status == "done", run.message
    assert run.evaluations <= 30
    assert run.curve_evaluations[0] == 1
    assert np.isfinite(run.holdout)
