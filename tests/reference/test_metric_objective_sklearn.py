"""MetricObjective against scikit-learn: the same bits, whatever the shapes, ties, classes and layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from zoopt.objectives import MetricObjective

DTYPES = [np.float64, np.float32]


def reference(metric: str, truth: Any, predicted: Any, positive: Any) -> float:
    if metric == "accuracy":
        return float(accuracy_score(truth, predicted))
    if metric == "f1":
        return float(f1_score(truth, predicted, pos_label=positive, zero_division=0))
    return float(f1_score(truth, predicted, average="macro", zero_division=0))


def numpy_predictions(theta: Any, X: Any, classes: int) -> Any:
    """Predictions by numpy alone: exact where everything is a small integer."""
    extended = np.column_stack([X, np.ones(len(X))])
    if classes == 2:
        return (extended @ theta > 0).astype(int)
    return (extended @ theta.reshape(classes, -1).T).argmax(axis=1)


@st.composite
def problems(draw: Any) -> Any:
    classes = draw(st.integers(2, 6))
    samples, features = draw(st.integers(1, 90)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.integers(0, 3))
    X = rng.integers(-spread, spread + 1, (samples, features)).astype(float)
    y = rng.integers(0, draw(st.integers(1, classes)), samples)
    width = (features + 1) * (1 if classes == 2 else classes)
    thetas = rng.integers(-spread, spread + 1, (draw(st.integers(1, 19)), width)).astype(float)
    thetas[draw(st.integers(0, len(thetas) - 1))] = 0.0
    return classes, X, y, thetas


@settings(max_examples=120, deadline=None)
@given(problems(), st.sampled_from(["accuracy", "f1", "f1_macro"]), st.sampled_from(DTYPES), st.sampled_from([1, 2]))
def test_equals_scikit_learn_on_integers_with_ties(problem: Any, metric: str, dtype: Any, threads: int) -> None:
    classes, X, y, thetas = problem
    if metric == "f1" and classes != 2:
        metric = "f1_macro"
    objective = MetricObjective(X, y, metric=metric, dtype=dtype, classes=np.arange(classes), threads=threads)
    values = objective(thetas)
    for theta, value in zip(thetas, values, strict=True):
        predicted = numpy_predictions(theta, X, classes)
        assert np.array_equal(objective.predict(theta), predicted)
        assert value == reference(metric, y, predicted, 1)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(2, 6),
    st.integers(1, 200),
    st.integers(1, 40),
    st.integers(0, 2**32),
    st.sampled_from(["accuracy", "f1_macro"]),
    st.sampled_from(DTYPES),
)
def test_equals_scikit_learn_on_real_numbers(
    classes: int, samples: int, features: int, seed: int, metric: str, dtype: Any
) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((samples, features)), rng.integers(0, classes, samples)
    objective = MetricObjective(X, y, metric=metric, dtype=dtype, classes=np.arange(classes))
    thetas = rng.standard_normal((11, objective.dim))
    values = objective(thetas)
    for theta, value in zip(thetas, values, strict=True):
        assert value == reference(metric, y, objective.predict(theta), 1)


@pytest.mark.parametrize("classes", [7, 8, 9, 15, 16, 17, 40, 129, 300])
def test_macro_f1_adds_as_numpy_does_for_any_number_of_classes(classes: int) -> None:
    rng = np.random.default_rng(classes)
    X = rng.standard_normal((4 * classes, 3))
    y = rng.integers(0, classes, 4 * classes)
    objective = MetricObjective(X, y, metric="f1_macro", classes=np.arange(classes))
    for theta in rng.standard_normal((6, objective.dim)):
        assert objective(theta) == f1_score(y, objective.predict(theta), average="macro", zero_division=0)


@pytest.mark.parametrize("metric", ["accuracy", "f1", "f1_macro"])
@pytest.mark.parametrize(("pos_label", "labels"), [(None, ["a", "b"]), ("a", ["a", "b"]), (0, [0, 1]), (None, [-1, 1])])
def test_binary_labels_of_any_kind(metric: str, pos_label: Any, labels: list[Any]) -> None:
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((157, 4)), np.array(labels)[rng.integers(0, 2, 157)]
    objective = MetricObjective(X, y, metric=metric, pos_label=pos_label)
    positive = objective.pos_label
    assert positive == (labels[1] if pos_label is None else pos_label)
    for theta in rng.standard_normal((20, 5)):
        predicted = objective.predict(theta)
        assert np.array_equal(predicted == positive, X @ theta[:4] + theta[4] > 0)
        assert objective(theta) == reference(metric, y, predicted, positive)


@pytest.mark.parametrize("dtype", DTYPES)
def test_padding_of_the_last_panel_is_never_counted(dtype: Any) -> None:
    # An intercept alone: every sample, and every lane of padding, has the same score.
    for samples in range(1, 60):
        y = np.arange(samples) % 3 == 0
        objective = MetricObjective(np.zeros((samples, 2)), y, dtype=dtype, classes=[False, True])
        above, zero, below = objective([[0.0, 0.0, 1e-30], [0.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
        assert above == y.mean()
        assert zero == below == (~y).mean()


def test_digits_with_macro_f1() -> None:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    objective = MetricObjective(X, y, metric="f1_macro")
    thetas = np.random.default_rng(0).integers(-2, 3, (32, objective.dim)).astype(float)
    expected = [f1_score(y, numpy_predictions(theta, X, 10), average="macro", zero_division=0) for theta in thetas]
    assert objective(thetas).tolist() == expected
    assert MetricObjective(X, y, metric="f1_macro", dtype=np.float32)(thetas).tolist() == expected
