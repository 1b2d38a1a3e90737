"""Bad input to objectives: each a clear error that names the thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zoopt.errors import InvalidInput, InvalidType, UnknownName, ZooptError
from zoopt.objectives import MetricObjective, batch, function, objective

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 0, 1, 1, 0])


def with_value(value: float) -> Any:
    changed = X.copy()
    changed[3, 1] = value
    return changed


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((X[0], Y), InvalidInput, r"X must have shape \(samples, features\), got \(2,\)"),
        ((X[:0], Y[:0]), InvalidInput, "at least one sample"),
        ((X[:, :0], Y), InvalidInput, "one feature"),
        ((with_value(np.nan), Y), InvalidInput, "row 3, column 1 is nan"),
        ((with_value(np.inf), Y), InvalidInput, "row 3, column 1 is inf"),
        ((X, Y[:5]), InvalidInput, "X has 6 samples, y has 5 labels"),
        ((X, Y[:, None]), InvalidInput, r"y.ravel\(\)"),
        ((X, np.eye(6) + 1), InvalidInput, "must hold 0 and 1, a column for each label, but row 0, column 0 is 2"),
        ((X, np.zeros((6, 2, 2))), InvalidInput, "y must be a vector of labels"),
        ((X, np.zeros(6)), InvalidInput, "only the class 0.0"),
        ((X, Y + 0.5), InvalidInput, r"y\[0\] is 0.5, a quantity"),
        ((X, [0, 1, np.nan, 0, 1, 1]), InvalidInput, r"y\[2\] is nan"),
        ((X, ["a", "b", None, "a", "a", "b"]), InvalidInput, r"y\[2\] is missing"),
        ((X, [0, 1, None, 0, 1, 1]), InvalidInput, r"y\[2\] is missing"),
        ((X, ["a", 1, "a", "a", "b", "b"]), InvalidInput, "mixes text with other labels"),
        ((np.ma.array(X, mask=X > 7), Y), InvalidType, "X must not have masked entries"),
        (([["1", "2"]] * 6, Y), InvalidType, "X must hold real numbers, got <U1"),
        ((X, [1j, 0, 0, 0, 0, 0]), InvalidType, "complex"),
        ((X, np.array([{}, {}, {}, {}, {}, {}])), InvalidType, "y must hold text"),
        (([["a", "b"]] * 6, Y), InvalidType, "X must hold real numbers"),
        ((X + 1j, Y), InvalidType, "X must hold real numbers, got complex128"),
        (([[1.0, 2.0], [3.0]], [0, 1]), InvalidType, "X must hold real numbers"),
    ],
)
def test_data(arguments: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(*arguments)


def test_sparse_data() -> None:
    from scipy.sparse import csr_matrix

    with pytest.raises(InvalidType, match=r"pass X.toarray\(\)"):
        MetricObjective(csr_matrix(X), Y)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"metric": "acuracy"}, UnknownName, "'acuracy'; did you mean 'accuracy'.*f1_macro"),
        ({"metric": "F1"}, UnknownName, "did you mean 'f1'"),
        ({"metric": ["f1"]}, UnknownName, "no metric named"),
        ({"pos_label": np.array([0, 1])}, InvalidInput, "none of the classes"),
        ({"metric": "auc"}, UnknownName, "there is no metric named 'auc'"),
        ({"model": "liner"}, UnknownName, "did you mean 'linear'"),
        ({"dtype": np.float16}, InvalidInput, "dtype must be float64 or float32"),
        ({"dtype": "decimal"}, InvalidInput, "dtype must be float64 or float32"),
        ({"pos_label": 2}, InvalidInput, r"pos_label is 2, which is none of the classes \[0, 1\]"),
        ({"pos_label": "1"}, InvalidInput, "none of the classes"),
        ({"classes": [0, 2]}, InvalidInput, r"y\[1\] is 1, which is none of the classes"),
        ({"classes": [0, 1, 1]}, InvalidInput, "different labels"),
        ({"classes": [0]}, InvalidInput, "two or more"),
        ({"classes": ["a", "b"]}, InvalidInput, "y holds numbers, but the classes are text"),
        ({"threads": 0}, InvalidInput, "threads must lie in"),
        ({"threads": 1.0}, InvalidType, "threads must be an integer"),
    ],
)
def test_options(options: dict[str, Any], error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, Y, **options)


def test_f1_of_three_classes_names_the_macro_mean() -> None:
    with pytest.raises(InvalidInput, match="'f1' needs two classes, there are 3; use metric='f1_macro'"):
        MetricObjective(X, [0, 1, 2, 0, 1, 2], metric="f1")
    with pytest.raises(InvalidInput, match="pos_label is for two classes"):
        MetricObjective(X, [0, 1, 2, 0, 1, 2], pos_label=1)


def test_a_quantity_as_label() -> None:
    with pytest.raises(InvalidInput, match="1001 classes"):
        MetricObjective(np.zeros((1001, 1)), np.arange(1001))


def test_data_beyond_float32() -> None:
    with pytest.raises(InvalidInput, match="finite in float32, but row 3, column 1 is 1e\\+39"):
        MetricObjective(with_value(1e39), Y, dtype=np.float32)
    assert MetricObjective(with_value(1e39), Y)([0.0, 0.0, 1.0]) == 0.5


@pytest.mark.parametrize(
    ("candidates", "error", "words"),
    [
        (np.zeros((4, 2)), InvalidInput, r"shape \(rows, 3\), or \(3,\) for one, got \(4, 2\)"),
        (np.zeros(4), InvalidInput, r"got \(4,\)"),
        (np.zeros((2, 2, 3)), InvalidInput, r"got \(2, 2, 3\)"),
        (1.0, InvalidInput, r"got \(\)"),
        (["a", "b", "c"], InvalidType, "candidates must hold real numbers"),
        (["1", "2", "3"], InvalidType, "candidates must hold real numbers, got <U1"),
        (np.array(["2020-01-01"] * 3, dtype="M8[D]"), InvalidType, "candidates must hold real numbers, got datetime64"),
        (np.ma.array(np.zeros(3), mask=[0, 1, 0]), InvalidType, "masked"),
        (np.zeros((1, 3), complex), InvalidType, "complex"),
    ],
)
def test_candidates(candidates: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, Y)(candidates)
    with pytest.raises(error, match=words):
        function("sphere", 3)(candidates)


def test_scores_and_predictions() -> None:
    objective = MetricObjective(X, Y)
    with pytest.raises(InvalidInput, match=r"theta must be one candidate of shape \(3,\), got \(1, 3\)"):
        objective.scores(np.zeros((1, 3)))
    with pytest.raises(InvalidInput, match=r"theta\[1\] is nan"):
        objective.predict([0.0, np.nan, 0.0])
    with pytest.raises(InvalidInput, match="X has 3 features, the model has 2"):
        objective.scores(np.zeros(3), np.zeros((2, 3)))
    with pytest.raises(InvalidInput, match="row 3, column 1"):
        objective.predict(np.zeros(3), with_value(np.nan))


def test_other_data() -> None:
    objective = MetricObjective(X, Y)
    with pytest.raises(InvalidInput, match="X has 1 features, the model has 2"):
        objective.with_data(X[:, :1], Y)
    with pytest.raises(InvalidInput, match=r"y\[5\] is 2"):
        objective.with_data(X, [0, 1, 0, 1, 1, 2])


@pytest.mark.parametrize(
    ("name", "dim", "options", "error", "words"),
    [
        ("spere", 3, {}, UnknownName, "did you mean 'sphere'"),
        ("Sphere", 3, {}, UnknownName, "did you mean 'sphere'"),
        (["sphere"], 3, {}, UnknownName, "no test function named"),
        ("sphere", 0, {}, InvalidInput, "dim of sphere must lie in"),
        ("rosenbrock", 1, {}, InvalidInput, r"dim of rosenbrock must lie in \[2"),
        ("sphere", 2.0, {}, InvalidType, "integer"),
        ("sphere", 3, {"shift": np.zeros(2)}, InvalidInput, r"shift must have shape \(3,\)"),
        ("sphere", 3, {"shift": [0, np.nan, 0]}, InvalidInput, "shift must be finite"),
        ("sphere", 3, {"rotation": np.eye(2)}, InvalidInput, r"rotation must be a seed or have shape \(3, 3\)"),
        ("sphere", 3, {"rotation": 2 * np.eye(3)}, InvalidInput, "orthogonal.*by up to 3"),
        ("sphere", 3, {"rotation": np.full((3, 3), np.inf)}, InvalidInput, "rotation must be finite"),
        ("sphere", 3, {"rotation": -1}, InvalidInput, "rotation must lie in"),
        ("sphere", 3, {"rotation": True}, InvalidType, "integer"),
    ],
)
def test_test_functions(name: str, dim: Any, options: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        function(name, dim, **options)


@pytest.mark.parametrize("shape", [(2, 0), (0,)])
def test_candidates_have_coordinates(shape: tuple[int, ...]) -> None:
    @objective
    def first(x):  # type: ignore[no-untyped-def]
        return x[0]

    with pytest.raises(InvalidInput, match=r"candidates must have shape \(rows, dim\)"):
        first(np.zeros(shape))


def test_the_batch_marker_takes_a_flag() -> None:
    with pytest.raises(InvalidType, match="generation must be True or False, got 'no'"):
        batch(np.sum, generation="no")  # type: ignore[call-overload]
