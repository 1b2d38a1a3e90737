"""Metrics of networks: the same as those of a model of one's own that computes the same scores."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, UnknownName
from zoopt.objectives import MetricObjective

RNG = np.random.default_rng(8)
X = RNG.standard_normal((700, 5))
KINDS: list[tuple[str, Any]] = [
    ("f1", RNG.integers(0, 2, 700)),
    ("roc_auc", RNG.integers(0, 2, 700)),
    ("f1_macro", RNG.integers(0, 4, 700)),
    ("log_loss", RNG.integers(0, 4, 700)),
    ("jaccard_macro", RNG.integers(0, 2, (700, 3))),
    ("r2", RNG.standard_normal(700)),
]


def by_numpy(objective: MetricObjective) -> Any:
    def model(theta: Any, X: Any) -> Any:
        layers = objective.layout.layers(theta)  # type: ignore[union-attr]
        for weights, intercepts in layers[:-1]:
            X = np.tanh(X @ weights.T + intercepts)
        weights, intercepts = layers[-1]
        return X @ weights.T + intercepts

    return model


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("hidden", [7, (6, 3)])
@pytest.mark.parametrize(("name", "y"), KINDS)
def test_values_are_those_of_numpy(name: str, y: Any, hidden: Any, weighted: bool) -> None:
    weights = np.random.default_rng(1).random(700) if weighted else None
    objective = MetricObjective(
        X, y, model="mlp", hidden=hidden, activation="tanh", metric=name, sample_weight=weights, batch_size=300
    )
    own = MetricObjective(X, y, model=by_numpy(objective), metric=name, sample_weight=weights, batch_size=300)
    thetas = np.random.default_rng(2).standard_normal((11, objective.dim or 0))
    for generation in (0, 2, 2**64 - 1):
        values = objective(thetas, generation=generation)
        np.testing.assert_allclose(values, own(thetas, generation=generation), rtol=1e-9)
        assert [objective(theta, generation=generation) for theta in thetas[:3]] == np.asarray(values)[:3].tolist()
    np.testing.assert_allclose(objective.scores(thetas[0]), own.scores(thetas[0]), rtol=1e-9, atol=1e-12)
    assert np.array_equal(objective.scores(thetas[0], X[:50]), objective.scores(thetas[0])[:50])


@pytest.mark.parametrize(("name", "y"), KINDS)
def test_threads_precision_and_copies(name: str, y: Any) -> None:
    more = {"model": "mlp", "hidden": (9,), "metric": name, "dtype": np.float32}
    objective = MetricObjective(X, y, **more)
    thetas = np.random.default_rng(2).standard_normal((40, objective.dim or 0))
    values = objective(thetas)
    assert MetricObjective(X, y, threads=3, **more)(thetas).tolist() == values.tolist()
    copied = pickle.loads(pickle.dumps(objective))
    assert copied(thetas).tolist() == values.tolist()
    assert repr(copied) == repr(objective)
    assert "model='mlp', hidden=(9,), activation='relu'" in repr(objective)
    assert objective.with_data(X, y)(thetas).tolist() == values.tolist()


def test_a_network_is_trained_on_its_metric() -> None:
    ring = np.random.default_rng(0).standard_normal((300, 2))
    y = (np.linalg.norm(ring, axis=1) > 1.2).astype(int)
    objective = MetricObjective(ring, y, model="mlp", hidden=8, metric="matthews_corrcoef")
    start = objective.layout.initial(seed=1)
    result = zoopt.minimize(objective, start, method="snes", scale=0.5, seed=1, budget=12_000)
    assert result.fun > 0.8
    linear = MetricObjective(ring, y, metric="matthews_corrcoef")
    assert zoopt.minimize(linear, np.zeros(3), method="snes", scale=0.5, seed=1, budget=12_000).fun < 0.6


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"model": "mlp"}, InvalidInput, "model='mlp' needs hidden layers"),
        ({"model": "linear", "hidden": 3}, InvalidInput, "model='linear' has no hidden layers"),
        ({"model": "mpl", "hidden": 3}, UnknownName, "did you mean 'mlp'"),
        ({"model": "mlp", "hidden": 3, "activation": "relo"}, UnknownName, "did you mean 'relu'"),
        ({"model": lambda theta, X: X[:, 0], "hidden": 3}, InvalidInput, "a model of your own has its own"),
    ],
)
def test_bad_models(options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, KINDS[0][1], metric="f1", **options)
