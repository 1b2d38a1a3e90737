"""What MetricObjective promises beside its values: invariance, scores, other data, values that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zoopt import _core
from zoopt.objectives import MetricObjective

KINDS = [(2, "f1"), (2, "accuracy"), (3, "f1_macro"), (10, "f1_macro"), (11, "accuracy")]
DTYPES = [np.float64, np.float32]


def problem(classes: int, metric: str, dtype: Any, *, samples: int = 701, features: int = 13) -> Any:
    rng = np.random.default_rng(classes)
    X, y = rng.standard_normal((samples, features)), rng.integers(0, classes, samples)
    objective = MetricObjective(X, y, metric=metric, dtype=dtype)
    return objective, rng.standard_normal((67, objective.dim))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("classes", "metric"), KINDS)
def test_threads_change_no_bit(classes: int, metric: str, dtype: Any) -> None:
    objective, thetas = problem(classes, metric, dtype, samples=3001)
    alone = objective._core.evaluate(thetas, threads=1)
    for threads in (2, 3, 8):
        assert np.array_equal(objective._core.evaluate(thetas, threads=threads), alone)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("classes", "metric"), KINDS)
def test_a_value_does_not_depend_on_the_rows_beside_it(classes: int, metric: str, dtype: Any) -> None:
    objective, thetas = problem(classes, metric, dtype)
    # Scores next to 0 and next to each other, where any other order of additions would change a prediction.
    thetas *= 1e-3
    whole = objective(thetas)
    rng = np.random.default_rng(1)
    for size in (1, 2, 3, 5, 31, 67):
        chosen = rng.permutation(len(thetas))[:size]
        assert np.array_equal(objective(thetas[chosen]), whole[chosen])
    assert [objective(theta) for theta in thetas] == whole.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_scores_have_the_same_bits_alone_and_in_any_company(classes: int, dtype: Any) -> None:
    objective, thetas = problem(classes, "accuracy", dtype)
    X = np.random.default_rng(classes).standard_normal((701, 13))
    whole = objective.scores(thetas[0])
    assert whole.dtype == dtype
    assert whole.shape == ((701,) if classes == 2 else (701, classes))
    assert np.array_equal(objective.scores(thetas[0], X), whole)
    for first, last in ((0, 1), (3, 17), (500, 701)):
        assert np.array_equal(objective.scores(thetas[0], X[first:last]), whole[first:last])


@pytest.mark.parametrize("tier", _core.cpu_tiers())
@pytest.mark.parametrize("classes", [2, 5])
def test_scores_are_the_matrix_product(classes: int, tier: str) -> None:
    before = _core.cpu_tier()
    _core.select_cpu_tier(tier)
    try:
        rng = np.random.default_rng(3)
        X, y = rng.standard_normal((333, 7)), rng.integers(0, classes, 333)
        for dtype, error in ((np.float64, 1e-14), (np.float32, 5e-6)):
            objective = MetricObjective(X, y, dtype=dtype)
            theta = rng.standard_normal(objective.dim)
            rows = theta.reshape(-1, 8)
            expected = (X @ rows[:, :7].T + rows[:, 7]).reshape(objective.scores(theta).shape)
            np.testing.assert_allclose(objective.scores(theta), expected, rtol=error, atol=10 * error)
            assert objective(theta) == np.mean(objective.predict(theta) == y)
    finally:
        _core.select_cpu_tier(before)


def test_integer_scores_are_exactly_numpys() -> None:
    rng = np.random.default_rng(4)
    X, y = rng.integers(-9, 10, (97, 6)).astype(float), rng.integers(0, 4, 97)
    objective = MetricObjective(X, y)
    theta = rng.integers(-9, 10, objective.dim).astype(float)
    rows = theta.reshape(4, 7)
    assert np.array_equal(objective.scores(theta), X @ rows[:, :6].T + rows[:, 6])


def test_ties_go_to_the_negative_class_and_to_the_first_class() -> None:
    X = np.ones((5, 1))
    assert MetricObjective(X, [0, 1, 1, 1, 1]).predict([1.0, -1.0]).tolist() == [0] * 5
    three = MetricObjective(X, ["c", "a", "b", "a", "a"])
    assert three.predict(np.zeros(6)).tolist() == ["a"] * 5
    assert three.predict([0.0, 0.0, 1.0, 1.0, 2.0, 0.0]).tolist() == ["b"] * 5
    assert three.predict([-1.0, 0.0, -2.0, 1.0, -1.0, 0.0]).tolist() == ["a"] * 5


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [2, 3])
def test_a_candidate_that_is_not_finite_has_the_value_nan(classes: int, dtype: Any, bad: float) -> None:
    objective, thetas = problem(classes, "accuracy", dtype, samples=50, features=5)
    whole = objective(thetas)
    for coordinate in range(objective.dim):
        changed = thetas[:9].copy()
        changed[4, coordinate] = bad
        values = objective(changed)
        assert np.flatnonzero(np.isnan(values)).tolist() == [4]
        assert np.array_equal(np.delete(values, 4), np.delete(whole[:9], 4))


@pytest.mark.parametrize(("dtype", "huge"), [(np.float64, 1e308), (np.float32, 1e38), (np.float32, 1e300)])
def test_a_candidate_whose_scores_overflow_has_the_value_nan(dtype: Any, huge: float) -> None:
    # Without the check the score would be inf - inf = NaN, and NaN > 0 would count as the negative class.
    objective = MetricObjective([[10.0, 10.0, 0.0], [1.0, 1.0, 0.0]], [0, 1], dtype=dtype)
    values = objective([[huge, -huge, 0.0, 0.0], [1.0, 1.0, huge * 10, 0.0], [1e-3, 1e-3, 0.0, 0.0]])
    assert np.isnan(values[:2]).all()
    assert values[2] == 0.5


def test_with_data_keeps_classes_metric_and_positive_class() -> None:
    rng = np.random.default_rng(6)
    X, y = rng.standard_normal((60, 3)), np.array(["no", "yes"])[rng.integers(0, 2, 60)]
    objective = MetricObjective(X, y, metric="f1", dtype=np.float32, pos_label="no", threads=2)
    other = objective.with_data(X[:10], ["yes"] * 10)
    assert (other.metric, other.pos_label, other.dtype, other.threads) == ("f1", "no", np.float32, 2)
    assert other.classes_.tolist() == ["no", "yes"]
    assert other.dim == objective.dim
    assert other([0.0, 0.0, 0.0, -1.0]) == 0.0
    theta = rng.standard_normal(4)
    assert np.array_equal(objective.predict(theta, X[:10]), other.predict(theta))


def test_attributes_and_call_forms() -> None:
    objective, thetas = problem(3, "accuracy", np.float64, samples=20, features=2)
    assert (objective.dim, objective.sense) == (9, "max")
    assert objective._core.maximise
    assert objective.classes_.tolist() == [0, 1, 2]
    assert objective.pos_label is None
    assert isinstance(objective(thetas[0]), float)
    assert objective(thetas.tolist()).shape == (67,)
    assert objective(np.asfortranarray(thetas)[::2]).tolist() == objective(thetas)[::2].tolist()
    assert objective(np.empty((0, 9))).shape == (0,)
    assert repr(objective) == (
        "MetricObjective(20 samples, 2 features, 3 classes, model='linear', metric='accuracy', dtype=float64)"
    )


def test_the_data_are_copied() -> None:
    X, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])
    objective = MetricObjective(X, y)
    before = objective([1.0, -1.0, 1.5])
    X[:] = 0
    y[:] = 0
    assert objective([1.0, -1.0, 1.5]) == before


def test_data_frames_and_column_types() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [0.5, 0.0, 1.0, 2.0]})
    for labels in (["u", "v", "v", "v"], [True, False, True, True], [1.0, 2.0, 2.0, 2.0], pd.Categorical(list("uvvv"))):
        objective = MetricObjective(frame, pd.Series(labels))
        assert objective.predict([1.0, 0.0, -1.5], frame).shape == (4,)
