"""Policy gradients beside numpy's, on the handwritten digits, one thread.

Run with ``OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_policies.py --benchmark-enable``. numpy's side is what a
researcher writes, in its quickest form: a matrix product, softmax, and a matrix product back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from zoopt.objectives import PolicyObjective

DTYPES = {"float64": np.float64, "float32": np.float32}


def digits() -> tuple[Any, Any, Any]:
    X, y = load_digits(return_X_y=True)
    return X / 16, y, 0.1 * np.random.default_rng(0).normal(size=650)


def of_numpy(theta: Any, rows: Any, truth: Any, u: Any = None) -> Any:
    """Return the gradient of the expected accuracy: exact, or of one draw a sample with baseline E r."""
    here = np.arange(len(truth))
    scores = rows @ theta.reshape(10, -1).T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    mean = p[here, truth]
    if u is None:
        slopes = -p * mean[:, None]
        slopes[here, truth] += mean
    else:
        drawn = (u[:, None] >= p.cumsum(axis=1)).sum(axis=1).clip(max=9)
        advantage = (drawn == truth) - mean
        slopes = -p * advantage[:, None]
        slopes[here, drawn] += advantage
    return (slopes.T @ rows).ravel() / len(truth)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", ["exact", "one draw"])
def test_ours(benchmark: Any, way: str, dtype: str) -> None:
    X, y, theta = digits()
    options: dict[str, Any] = {} if way == "exact" else {"samples": 1, "baseline": "mean"}
    policy = PolicyObjective(X, y, dtype=DTYPES[dtype], **options)
    _, gradient = benchmark(policy.value_and_gradient, theta)
    if way == "exact":
        rows = np.column_stack([X, np.ones(len(X))])
        np.testing.assert_allclose(gradient, of_numpy(theta, rows, y), atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", ["exact", "one draw"])
def test_numpy(benchmark: Any, way: str, dtype: str) -> None:
    X, y, theta = digits()
    rows = np.column_stack([X, np.ones(len(X))]).astype(DTYPES[dtype])
    rng = np.random.default_rng(1)

    def gradient() -> Any:
        u = None if way == "exact" else rng.random(len(X), dtype=np.float32)
        return of_numpy(theta.astype(DTYPES[dtype]), rows, y, u)

    benchmark(gradient)
