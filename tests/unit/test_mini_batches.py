"""Mini-batches: which samples, one batch for all candidates, and a metric of the batch that is no mean of metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zoopt
from zoopt import noise
from zoopt.objectives import MetricObjective

WHOLE = 2**64 - 1
KINDS = ["f1", "f1_macro", "roc_auc", "log_loss", "accuracy"]


def problem(metric: str, *, samples: int = 103, classes: int = 2, **more: Any) -> Any:
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((samples, 3)), rng.integers(0, classes, samples)
    objective = MetricObjective(X, y, metric=metric, classes=np.arange(classes), **more)
    return objective, X, y, rng.standard_normal((9, objective.dim))


def plain_order(samples: int, seed: int, epoch: int) -> list[int]:
    """Fisher and Yates's shuffle by the documented words of the generator."""
    order = list(range(samples))
    for i in range(samples - 1, 0, -1):
        # The first uniform number of a sample is (its first word's high 23 bits + 1/2) / 2^23: enough to tell j here.
        word = noise(seed, generation=epoch, sample=i, size=1, kind="uniform", stream=1)[0]
        j = int(word * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


def test_batches_are_slices_of_the_documented_shuffles() -> None:
    objective, *_ = problem("f1", batch_size=10, seed=77)
    assert objective.batches_an_epoch == 11
    for epoch in (0, 1, 5):
        order = plain_order(103, 77, epoch)
        for b in (0, 3, 10):
            assert objective.batch(11 * epoch + b).tolist() == order[10 * b : 10 * b + 10]


@pytest.mark.parametrize("size", [1, 7, 102, 103])
def test_an_epoch_has_every_sample_once(size: int) -> None:
    objective, *_ = problem("f1", batch_size=size)
    for epoch in range(3):
        first = epoch * objective.batches_an_epoch
        batches = [objective.batch(first + b) for b in range(objective.batches_an_epoch)]
        assert sorted(np.concatenate(batches).tolist()) == list(range(103))
        assert {len(batch) for batch in batches[:-1]} <= {size}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", KINDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_metric_is_made_from_the_batch(metric: str, weighted: bool, dtype: Any) -> None:
    classes = 4 if metric == "f1_macro" else 2
    weights = np.random.default_rng(1).random(103) if weighted else None
    more = {"sample_weight": weights, "dtype": dtype}
    objective, X, y, thetas = problem(metric, classes=classes, batch_size=25, **more)
    assert objective.batches_an_epoch == 5
    for generation in (0, 1, 4, 5, 23):
        chosen = objective.batch(generation)
        part = objective.with_data(X[chosen], y[chosen], sample_weight=None if weights is None else weights[chosen])
        np.testing.assert_array_equal(objective(thetas, generation=generation), part(thetas))
    whole = objective.with_data(X, y, sample_weight=weights)
    np.testing.assert_array_equal(objective(thetas, generation=WHOLE), whole(thetas))


def test_every_candidate_and_thread_sees_one_batch() -> None:
    one, _, _, thetas = problem("f1", samples=5000, batch_size=2500)
    two, *_ = problem("f1", samples=5000, batch_size=2500, threads=2)
    for generation in (0, 1, 0, 3):
        together = one(thetas, generation=generation)
        assert [one(theta, generation=generation) for theta in thetas] == together.tolist()
        assert two(thetas, generation=generation).tolist() == together.tolist()
    assert one(thetas, generation=0).tolist() != one(thetas, generation=1).tolist()


def test_the_mean_over_batches_is_not_the_metric() -> None:
    objective, _, y, thetas = problem("f1", batch_size=10)
    whole = objective(thetas, generation=WHOLE)
    mean = np.mean([objective(thetas, generation=g) for g in range(objective.batches_an_epoch)], axis=0)
    assert (np.abs(mean - whole) > 1e-3).all()
    # What does add up are the counts: those of an epoch's batches are those of the whole set.
    counts = np.zeros((len(thetas), 3))
    for g in range(objective.batches_an_epoch):
        chosen = objective.batch(g)
        for k, theta in enumerate(thetas):
            predicted, truth = objective.predict(theta)[chosen], y[chosen]
            counts[k] += [(predicted & truth).sum(), predicted.sum(), truth.sum()]
    assert (2 * counts[:, 0] / (counts[:, 1] + counts[:, 2])).tolist() == whole.tolist()


def test_a_run_in_the_core_and_one_in_python_see_the_same_batches() -> None:
    objective, *_ = problem("log_loss", batch_size=16)
    run = {"method": "openai-es", "seed": 3, "budget": 1280, "scale": 0.3}
    compiled = zoopt.minimize(objective, np.zeros(4), **run)
    asked = zoopt.minimize(objective, np.zeros(4), callback=lambda x: None, **run)
    assert np.array_equal(compiled.mean, asked.mean)


def test_a_generation_of_batches_of_a_model_of_ones_own() -> None:
    objective, X, y, thetas = problem("roc_auc", batch_size=40)
    own = MetricObjective(X, y, model=lambda theta, X: X @ theta[:-1] + theta[-1], metric="roc_auc", batch_size=40)
    for generation in (0, 2, WHOLE):
        np.testing.assert_allclose(own(thetas, generation=generation), objective(thetas, generation=generation))


def test_the_seed_changes_the_batches_and_pickling_does_not() -> None:
    import pickle

    objective, X, y, thetas = problem("f1", batch_size=10, seed=5)
    copied = pickle.loads(pickle.dumps(objective))
    assert copied(thetas, generation=3).tolist() == objective(thetas, generation=3).tolist()
    other = MetricObjective(X, y, metric="f1", batch_size=10, seed=6)
    assert other.batch(0).tolist() != objective.batch(0).tolist()
    assert objective.with_data(X[:20], y[:20]).batch_size is None


@pytest.mark.parametrize("method", ["snes", "cma-es", "openai-es"])
def test_the_result_is_the_mean_on_all_samples(method: str) -> None:
    objective, *_ = problem("f1", samples=400, batch_size=40)
    result = zoopt.minimize(objective, np.zeros(4), method=method, scale=0.5, budget=700, seed=1)
    assert np.array_equal(result.x, result.mean)
    assert result.fun == objective(result.mean, generation=WHOLE)
    assert result.nfev <= 700
    assert result.trace.best[-1] > result.fun  # the luckiest batch


def test_a_budget_without_room_for_the_mean_has_no_value() -> None:
    objective, *_ = problem("f1", batch_size=40)
    result = zoopt.minimize(objective, np.zeros(4), method="snes", budget=8, seed=1)
    assert result.nfev == 8
    assert np.isnan(result.fun)
    assert zoopt.minimize(objective, np.zeros(4), method="snes", budget=9, seed=1).fun > 0


def test_a_flat_run_names_what_has_no_effect() -> None:
    X = np.column_stack([np.ones(30), np.zeros(30)])
    objective = MetricObjective(X, np.arange(30) % 2, metric="f1")
    start = [0.0, 0.0, -50.0]
    result = zoopt.minimize(objective, start, method="snes", scale=1e-3, budget=3000, seed=1)
    assert result.message.endswith("; no score depends on 1 of the coordinates: 1")
    blind = MetricObjective(X, np.arange(30) % 2, metric="f1", model=lambda theta, X: X[:, 0])
    result = zoopt.minimize(blind, np.zeros(2), method="snes", budget=3000, seed=1)
    assert result.message.endswith("no score depends on any coordinate: does the model use theta?")
    useful = MetricObjective(X, np.arange(30) % 2, metric="f1", model=lambda theta, X: theta[0] * X[:, 0] + theta[1])
    assert "no score" not in zoopt.minimize(useful, np.zeros(2), method="snes", budget=3000, seed=1).message
