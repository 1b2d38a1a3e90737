"""Objectives travel: pickled and copied they give the same bits."""

import copy
import pickle

import numpy as np
import pytest

import zoopt
from zoopt.objectives import MetricObjective, batch, function

GENERATOR = np.random.default_rng(3)
X = GENERATOR.normal(size=(37, 5))
Y = (X @ np.arange(5.0) + GENERATOR.normal(size=37) > 0).astype(int)
THREE = np.array(["red", "green", "blue"])[GENERATOR.integers(3, size=37)]


@batch
def marked(rows):
    return rows.sum(axis=1)


def plain(rows, *, generation=0):
    return rows.sum(axis=1) + generation


marked_elsewhere = batch(plain, generation=True)


class Home:
    @staticmethod
    @batch
    def inside(rows):
        return rows.sum(axis=1)


def twins(objective):
    yield copy.copy(objective)
    yield copy.deepcopy(objective)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(objective, protocol))


FUNCTIONS = [
    function("sphere", 5),
    function("rosenbrock", 5, shift=np.linspace(-1, 1, 5)),
    function("rastrigin", 5, rotation=11, threads=2),
    function("ellipsoid", 5, shift=np.ones(5), rotation=np.linalg.qr(X[:5])[0]),
]


@pytest.mark.parametrize("objective", FUNCTIONS, ids=repr)
def test_test_functions(objective):
    for twin in twins(objective):
        assert np.array_equal(twin(X), objective(X))
        assert (repr(twin), twin.threads) == (repr(objective), objective.threads)
        for name in ("shift", "rotation"):
            assert np.array_equal(getattr(twin, name), getattr(objective, name))


METRICS = [
    MetricObjective(X, Y),
    MetricObjective(X, Y, metric="f1", pos_label=0, threads=2),
    MetricObjective(X, Y.astype(bool), metric="f1_macro", dtype=np.float32),
    MetricObjective(X, THREE, metric="f1_macro"),
    MetricObjective(X, THREE, classes=["blue", "green", "red", "white"], dtype=np.float32),
    MetricObjective(X, THREE == "red", metric="f1", pos_label=True),
]


@pytest.mark.parametrize("objective", METRICS, ids=repr)
def test_metric_objectives(objective):
    rows = np.random.default_rng(1).normal(size=(200, objective.dim))
    for twin in twins(objective):
        assert np.array_equal(twin(rows), objective(rows))
        assert np.array_equal(twin.scores(rows[0]), objective.scores(rows[0]))
        assert np.array_equal(twin.predict(rows[0]), objective.predict(rows[0]))
        assert (repr(twin), twin.threads, twin.pos_label) == (repr(objective), objective.threads, objective.pos_label)
        assert np.array_equal(twin.classes_, objective.classes_)
        assert twin.classes_.dtype == objective.classes_.dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("samples", [2, 15, 16, 17, 33])
def test_the_samples_come_back_in_their_order(dtype, samples):
    for labels in (Y, np.arange(37) % 3):
        numbers = np.unique(labels[:samples], return_inverse=True)[1]
        if numbers.max() == 0:
            continue
        objective = MetricObjective(X[:samples], labels[:samples], dtype=dtype)
        assert np.array_equal(objective._core.samples(), X[:samples].astype(dtype))


def test_the_bound_on_scores_is_that_of_the_rounded_samples():
    """A candidate at the edge of what float32 can hold is usable before and after, or neither."""
    wide = X * (1 + 1e-9) * 3.3
    objective = MetricObjective(wide, Y, dtype=np.float32)
    edge = np.finfo(np.float32).max / 4 / np.maximum(1, np.abs(wide.astype(np.float32)).max(axis=0)).astype(float)
    rows = np.zeros((400, 6))
    rows[:, 0] = edge[0] * (1 + np.linspace(-2e-7, 2e-7, 400))
    twin = pickle.loads(pickle.dumps(objective))
    assert np.array_equal(twin(rows), objective(rows), equal_nan=True)
    assert 0 < np.isnan(objective(rows)).sum() < 400


def test_batch_markers():
    assert pickle.loads(pickle.dumps(marked)) is marked
    assert pickle.loads(pickle.dumps(Home.inside)) is Home.inside
    twin = pickle.loads(pickle.dumps(marked_elsewhere))
    assert twin is not marked_elsewhere
    assert (twin.zoopt_batch, twin.zoopt_generation) == (True, True)
    assert twin(X, generation=2).tolist() == marked_elsewhere(X, generation=2).tolist()


def test_what_cannot_be_pickled_says_so():
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(batch(lambda rows: rows.sum(axis=1)))


def test_a_pickled_objective_gives_the_same_run():
    objective = METRICS[0]
    runs = [
        zoopt.minimize(f, np.zeros(6), seed=1, budget=500) for f in (objective, pickle.loads(pickle.dumps(objective)))
    ]
    assert np.array_equal(runs[0].x, runs[1].x)
    assert runs[0].fun == runs[1].fun
