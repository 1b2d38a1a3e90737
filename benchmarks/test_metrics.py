"""Metrics of 64 candidates of a linear model beside scikit-learn's functions and numpy's batches, one thread.

Ours begins with parameters and samples; the peers are given the scores or predictions, which cost them nothing here.
scikit-learn is called once a candidate, as there is no other way; where numpy can do all candidates at once that is
beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from scipy.special import logsumexp

from zoopt.objectives import Metric, MetricObjective, metric

CANDIDATES = 64
SAMPLES, FEATURES, CLASSES = 1797, 64, 10
DTYPES = {"float64": np.float64, "float32": np.float32}
TWO = {
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": lambda y, scores: sk.log_loss(y, 1 / (1 + np.exp(-scores))),
    "matthews_corrcoef": lambda y, scores: sk.matthews_corrcoef(y, scores > 0),
}
TEN = {
    "f1_macro": lambda y, scores: sk.f1_score(y, scores.argmax(axis=1), average="macro"),
    "balanced_accuracy": lambda y, scores: sk.balanced_accuracy_score(y, scores.argmax(axis=1)),
    "quadratic_weighted_kappa": lambda y, scores: sk.cohen_kappa_score(y, scores.argmax(axis=1), weights="quadratic"),
    "log_loss": lambda y, scores: sk.log_loss(y, np.exp(scores - logsumexp(scores, axis=1, keepdims=True))),
    "top_k_accuracy": sk.top_k_accuracy_score,
    "roc_auc_ovr": lambda y, scores: sk.roc_auc_score(
        y, np.exp(scores - logsumexp(scores, axis=1, keepdims=True)), multi_class="ovr"
    ),
}
AMOUNT = {"r2": sk.r2_score, "mean_absolute_error": sk.mean_absolute_error}


def problem(kind: str) -> tuple[Any, Any, Any, Any]:
    """Return samples, y, candidates, and the scores of every candidate: (candidates, samples[, classes])."""
    rng = np.random.default_rng(0)
    X, noise = rng.standard_normal((SAMPLES, FEATURES)), rng.standard_normal(SAMPLES)
    outputs = CLASSES if kind == "ten" else 1
    thetas = rng.standard_normal((CANDIDATES, outputs, FEATURES + 1))
    scores = np.einsum("sj,koj->kso", X, thetas[:, :, :-1]) + thetas[:, None, :, -1]
    signal = X[:, 0] + noise
    y = {"two": (signal > 0).astype(int), "ten": rng.integers(0, CLASSES, SAMPLES), "amount": signal}[kind]
    return X, y, thetas.reshape(CANDIDATES, -1), scores if outputs > 1 else scores[:, :, 0]


CASES = [
    *[("two", name, peer) for name, peer in TWO.items()],
    *[("ten", name, peer) for name, peer in TEN.items()],
    *[("amount", name, peer) for name, peer in AMOUNT.items()],
]
IDS = [f"{kind}-{name}" for kind, name, _ in CASES]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("kind", "name", "peer"), CASES, ids=IDS)
def test_ours(benchmark: Any, kind: str, name: str, peer: Callable[..., Any], dtype: str) -> None:
    X, y, thetas, scores = problem(kind)
    benchmark.group = f"{name}, {kind}, {CANDIDATES} x {SAMPLES}"
    values = benchmark(MetricObjective(X, y, metric=name, dtype=DTYPES[dtype]), thetas)
    assert values[0] == pytest.approx(peer(y, scores[0]), rel=2e-3, abs=2e-3)


@pytest.mark.parametrize(("kind", "name", "peer"), CASES, ids=IDS)
def test_scikit_learn(benchmark: Any, kind: str, name: str, peer: Callable[..., Any]) -> None:
    _, y, _, scores = problem(kind)
    benchmark.group = f"{name}, {kind}, {CANDIDATES} x {SAMPLES}"
    benchmark.pedantic(lambda: [peer(y, own) for own in scores], rounds=3, iterations=1)


def numpy_auc(y: Any, scores: Any) -> Any:
    """Mann and Whitney's statistic of all candidates at once; scores have no ties."""
    ranks = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(ranks, scores.argsort(axis=1), np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    positives = y.sum()
    return (ranks[:, y == 1].sum(axis=1) - positives * (positives + 1) / 2) / (positives * (y.size - positives))


def test_numpy_auc(benchmark: Any) -> None:
    X, y, thetas, scores = problem("two")
    benchmark.group = f"roc_auc, two, {CANDIDATES} x {SAMPLES}"
    values = benchmark(numpy_auc, y, scores)
    np.testing.assert_allclose(values, MetricObjective(X, y, metric="roc_auc")(thetas), rtol=1e-9)


@pytest.mark.parametrize("weighted", ["ours_plain", "ours_weighted"])
def test_weights(benchmark: Any, weighted: str) -> None:
    X, y, thetas, _ = problem("ten")
    weights = np.random.default_rng(1).random(SAMPLES) if weighted == "ours_weighted" else None
    benchmark.group = f"what weights cost: f1_macro, {CANDIDATES} x {SAMPLES}"
    benchmark(MetricObjective(X, y, metric="f1_macro", sample_weight=weights), thetas)


@pytest.mark.parametrize("batch", ["ours_whole", "ours_batch"])
def test_mini_batches(benchmark: Any, batch: str) -> None:
    X, y, thetas, _ = problem("ten")
    objective = MetricObjective(X, y, metric="f1_macro", batch_size=128 if batch == "ours_batch" else None)
    generations = iter(range(10**9))
    benchmark.group = f"a generation of {CANDIDATES} candidates, with a new batch of 128 or all {SAMPLES} samples"
    benchmark(lambda: objective(thetas, generation=next(generations)))


@pytest.mark.parametrize("samples", [10_000, 1_000_000])
@pytest.mark.parametrize("chosen", [metric("roc_auc"), metric("recall_at_precision")], ids=lambda m: m.name)
def test_ours_many_samples(benchmark: Any, chosen: Metric, samples: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((samples, 4))
    y = (X[:, 0] + rng.standard_normal(samples) > 0).astype(int)
    benchmark.group = f"{chosen.name} of one candidate on {samples} samples"
    objective = MetricObjective(X, y, metric=chosen, dtype=np.float32)
    benchmark.pedantic(objective, (rng.standard_normal((1, 5)),), rounds=3, iterations=1, warmup_rounds=1)
