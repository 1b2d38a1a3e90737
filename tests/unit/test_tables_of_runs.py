"""Runs as tables: paired by seed, failed runs kept, hits of runs that died filled up."""

import math

import numpy as np
import pytest

from zoopt.compare import _facts, _tables, statistics
from zoopt.compare._facts import Facts
from zoopt.compare._record import Run, columns

TARGETS = (1.0, 1e-2, 1e-8)
FACTS = {
    "sphere": Facts(metric=_facts.DISTANCE, targets=TARGETS),
    "data": Facts(metric="f1", sense="max", test_train_ratio=2 / 3),
}


def run(objective, label, seed, score=math.nan, *, hits=(), status="done", baseline=False, curve=()):
    spent, values = np.array(curve).T if len(curve) else (np.empty(0), np.empty(0))
    return Run(
        key=f"{objective}{label}{seed}",
        objective=objective,
        optimizer=label,
        start="",
        seed=seed,
        budget=100,
        status=status,
        baseline=baseline,
        evaluations=90 + seed,
        search=score,
        curve_evaluations=spent.astype(np.int64),
        curve_values=values.astype(float),
        hits=np.array(hits, np.int64),
    )


RUNS = columns([
    run("sphere", "b", 3, 1e-9, hits=(5, 20, 70), curve=[(1, 100.0), (51, 1e-3)]),
    run("sphere", "a", 2, 1e-3, hits=(4, 30, -1), curve=[(1, 100.0)]),
    run("sphere", "a", 1, 1e-9, hits=(3, 10, 40), status="timeout", curve=[(1, 1e-8)]),
    run("sphere", "b", 1, 1e-9, hits=(6, 12, 50)),
    run("sphere", "b", 2, math.nan, status="lost"),
    run("sphere", "a", 4, 1e-9, hits=(3, 10, 40)),
    run("data", "plain", 0, 0.5, baseline=True),
    run("data", "plain", 1, 0.6, baseline=True),
    run("data", "a", 1, 0.8),
    run("data", "a", 0, 0.7),
    run("data", "b", 0, 0.9),
    run("data", "b", 1, 0.8),
])  # fmt: skip


def test_hits_by_seed_with_those_of_a_dead_run():
    found = _tables.hits_of(RUNS, "sphere", "b", 3)
    assert found.seeds.tolist() == [1, 2, 3]
    assert found.times.tolist() == [[6, 12, 50], [-1, -1, -1], [5, 20, 70]]
    assert found.evaluations.tolist() == [91, 92, 93]
    times = statistics.expected_running_time(found.times, found.evaluations)
    assert times.expected[2] == pytest.approx((50 + 92 + 70) / 2)


def test_scores_of_failed_runs_are_kept_as_nan_and_seeds_are_those_of_all():
    found = _tables.scores_of(RUNS, "sphere", ["a", "b"])
    assert found.seeds.tolist() == [1, 2]
    assert found.left_out == 2
    assert np.isnan(found.values).tolist() == [[True, False], [False, True]]  # timeout, lost
    assert found.values[1, 0] == 1e-3


def test_contests_have_what_verdicts_need():
    sphere, data = _tables.contests_of(RUNS, FACTS, plain="plain", tuned="not there")
    assert (sphere.distance, sphere.floor, sphere.sense, sphere.ratio, sphere.left_out) == (True, 1e-8, "min", 0.0, 2)
    assert sphere.failures == {"a": 1, "b": 1}
    assert sphere.hits["a"].tolist() == [[3, 10, 40], [4, 30, -1]]
    assert sphere.hits["b"].tolist() == [[6, 12, 50], [-1, -1, -1]]
    assert sphere.plain is None
    assert (data.distance, data.sense, data.ratio) == (False, "max", 2 / 3)
    assert {label: scores.tolist() for label, scores in data.optimisers.items()} == {"a": [0.7, 0.8], "b": [0.9, 0.8]}
    assert data.plain.tolist() == [0.5, 0.6]
    assert data.tuned is None


def test_contests_of_objectives_without_runs_are_empty():
    (nothing,) = _tables.contests_of(RUNS, {"elsewhere": Facts()})
    assert (nothing.optimisers, nothing.runs) == ({}, 0)


def test_areas_by_seed():
    assert _tables.areas_of(RUNS, "sphere", "b", 100) == pytest.approx([0.0, 0.0, 0.25])
    assert _tables.areas_of(RUNS, "sphere", "a", 100)[0] == 1.0
