"""The metric objective beside numpy's batched matrix product, 64 candidates, one thread.

Run with ``OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_metric_objective.py --benchmark-enable``. Each benchmark notes
GFLOP/s; ``test_peak`` gives what this CPU tier could do at most, by multiply-adds on registers. numpy's side is the one
that a researcher writes (a column of ones, one product, boolean counts), and the quickest form of it that was found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from zoopt import _core
from zoopt.objectives import MetricObjective, function

CANDIDATES = 64
SIZES = {"569x30": (569, 30), "100000x50": (100_000, 50)}
DTYPES = {"float64": np.float64, "float32": np.float32}


def note_speed(benchmark: Any, operations: float) -> None:
    if benchmark.stats:
        benchmark.extra_info["GFLOP/s"] = round(operations / benchmark.stats.stats.min / 1e9, 1)


def binary_problem(size: str, dtype: Any) -> tuple[MetricObjective, Any, Any, Any]:
    samples, features = SIZES[size]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((samples, features))
    y = (X @ rng.standard_normal(features) + rng.standard_normal(samples) > 0).astype(int)
    objective = MetricObjective(X, y, metric="f1", dtype=dtype)
    return (
        objective,
        np.column_stack([X, np.ones(samples)]).astype(dtype),
        y == 1,
        rng.standard_normal((64, features + 1)),
    )


def numpy_as_written(X: Any, positive: Any, thetas: Any) -> Any:
    predicted = (X @ thetas.astype(X.dtype).T) > 0
    hits = (predicted & positive[:, None]).sum(axis=0)
    return 2 * hits / (predicted.sum(axis=0) + positive.sum())


def numpy_quickest(X: Any, positive: Any, thetas: Any) -> Any:
    predicted = (thetas.astype(X.dtype) @ X.T) > 0
    hits = np.count_nonzero(predicted & positive, axis=1)
    return 2 * hits / (np.count_nonzero(predicted, axis=1) + np.count_nonzero(positive))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", SIZES)
def test_binary_f1_ours(benchmark: Any, size: str, dtype: str) -> None:
    objective, _, _, thetas = binary_problem(size, DTYPES[dtype])
    benchmark.group = f"binary F1 {size} {dtype}"
    benchmark(objective, thetas)
    note_speed(benchmark, 2 * np.prod(SIZES[size]) * CANDIDATES)


@pytest.mark.parametrize("peer", [numpy_as_written, numpy_quickest])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", SIZES)
def test_binary_f1_numpy(benchmark: Any, size: str, dtype: str, peer: Callable[..., Any]) -> None:
    objective, X, positive, thetas = binary_problem(size, DTYPES[dtype])
    benchmark.group = f"binary F1 {size} {dtype}"
    values = benchmark(peer, X, positive, thetas)
    note_speed(benchmark, 2 * np.prod(SIZES[size]) * CANDIDATES)
    np.testing.assert_allclose(values, objective(thetas), atol=1e-3)


def digits_problem(dtype: Any) -> tuple[MetricObjective, Any, Any, Any]:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((900, 61))
    y = (X @ rng.standard_normal((61, 10))).argmax(axis=1)
    objective = MetricObjective(X, y, metric="f1_macro", dtype=dtype)
    return objective, np.column_stack([X, np.ones(900)]).astype(dtype), y, rng.standard_normal((64, 620))


def numpy_macro_f1(X: Any, y: Any, thetas: Any) -> Any:
    rows = thetas.astype(X.dtype).reshape(CANDIDATES * 10, -1)
    predicted = (X @ rows.T).reshape(len(X), CANDIDATES, 10).argmax(axis=2)
    cells = np.arange(CANDIDATES) * 100 + y[:, None] * 10 + predicted
    counts = np.bincount(cells.ravel(), minlength=CANDIDATES * 100).reshape(CANDIDATES, 10, 10)
    hits = np.einsum("kcc->kc", counts)
    return (2 * hits / (counts.sum(axis=1) + counts.sum(axis=2))).mean(axis=1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_digits_macro_f1_ours(benchmark: Any, dtype: str) -> None:
    objective, _, _, thetas = digits_problem(DTYPES[dtype])
    benchmark.group = f"macro F1 900x61, 10 classes {dtype}"
    benchmark(objective, thetas)
    note_speed(benchmark, 2 * 900 * 61 * 10 * CANDIDATES)


@pytest.mark.parametrize("dtype", DTYPES)
def test_digits_macro_f1_numpy(benchmark: Any, dtype: str) -> None:
    objective, X, y, thetas = digits_problem(DTYPES[dtype])
    benchmark.group = f"macro F1 900x61, 10 classes {dtype}"
    values = benchmark(numpy_macro_f1, X, y, thetas)
    note_speed(benchmark, 2 * 900 * 61 * 10 * CANDIDATES)
    np.testing.assert_allclose(values, objective(thetas), atol=1e-2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_peak(benchmark: Any, dtype: str) -> None:
    benchmark.group = f"multiply-add peak of tier {_core.cpu_tier()}"
    operations = benchmark(_core.probe_fma, 200_000, dtype == "float32")
    note_speed(benchmark, operations)


def test_sphere_ours(benchmark: Any) -> None:
    benchmark.group = "sphere, 64 rows of 1000"
    benchmark(function("sphere", 1000), np.random.default_rng(2).standard_normal((64, 1000)))


def test_sphere_numpy(benchmark: Any) -> None:
    benchmark.group = "sphere, 64 rows of 1000"
    X = np.random.default_rng(2).standard_normal((64, 1000))
    benchmark(lambda: (X * X).sum(axis=1))
