"""Bad y, weights and hold-outs of metrics: each a clear error that names the thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zoopt.errors import InvalidInput, InvalidType, ZooptError
from zoopt.objectives import MetricObjective, metric

X = np.arange(12.0).reshape(6, 2)
TWO = np.array([0, 1, 0, 1, 1, 0])
THREE = np.array([0, 1, 2, 1, 2, 0])
LABELS = np.array([[0, 1], [1, 1], [0, 0], [1, 0], [0, 1], [1, 1]])
AMOUNT = np.array([0.5, 1.0, 2.5, -1.0, 0.0, 3.0])


@pytest.mark.parametrize(
    ("weights", "error", "words"),
    [
        (np.ones(5), InvalidInput, r"sample_weight must have one entry a sample, shape \(6,\), got \(5,\)"),
        (np.ones((6, 1)), InvalidInput, r"got \(6, 1\)"),
        (2.0, InvalidInput, r"got \(\)"),
        ([1, 1, -1, 1, 1, 1], InvalidInput, "not negative, but entry 2 is -1"),
        ([1, np.nan, 1, 1, 1, 1], InvalidInput, "entry 1 is nan"),
        ([1, np.inf, 1, 1, 1, 1], InvalidInput, "entry 1 is inf"),
        (np.zeros(6), InvalidInput, "0 for every sample"),
        (["a"] * 6, InvalidType, "sample_weight must hold real numbers"),
        (np.ones(6, complex), InvalidType, "complex"),
    ],
)
@pytest.mark.parametrize(("name", "y"), [("f1", TWO), ("f1_macro", LABELS), ("r2", AMOUNT)])
def test_weights(name: str, y: Any, weights: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, y, metric=name, sample_weight=weights)
    with pytest.raises(error, match=words):
        MetricObjective(X, y, metric=name).with_data(X, y, sample_weight=weights)


@pytest.mark.parametrize(
    ("name", "y", "error", "words"),
    [
        ("f1", AMOUNT, InvalidInput, r"y\[0\] is 0.5, a quantity and not a class; .* needs a metric of regression"),
        ("r2", ["a", "b"] * 3, InvalidType, "y holds text, but the metric is for quantities"),
        ("r2", np.array(["a", "b"] * 3), InvalidType, "y holds text"),
        ("r2", LABELS, InvalidInput, r"y must be a vector of quantities, got shape \(6, 2\)"),
        ("r2", AMOUNT[:, None], InvalidInput, r"pass y.ravel\(\)"),
        ("r2", [0.5, np.nan, 1, 2, 3, 4], InvalidInput, r"y\[1\] is nan; every sample needs a finite quantity"),
        ("r2", [0.5, np.inf, 1, 2, 3, 4], InvalidInput, r"y\[1\] is inf"),
        ("r2", AMOUNT[:5], InvalidInput, "X has 6 samples, y has 5 labels"),
        ("f1_macro", LABELS[:5], InvalidInput, "X has 6 samples, y has 5 labels"),
        ("f1_macro", LABELS * 2, InvalidInput, "column for each label, but row 0, column 1 is 2"),
        ("f1_macro", LABELS * np.nan, InvalidInput, "row 0, column 0 is nan"),
        ("f1_macro", np.zeros((6, 1001)), InvalidInput, "1001 labels, more than the 1000"),
        ("matthews_corrcoef", LABELS, InvalidInput, "it is for y of two classes or more than two classes, but y is of"),
        ("top_k_accuracy", TWO, InvalidInput, "it is for y of more than two classes, but y is of two classes"),
        ("precision_at_recall", THREE, InvalidInput, "it is for y of two classes, but y is of more than two"),
        ("f1", LABELS, InvalidInput, "average='binary' needs two classes; choose average='macro'"),
        ("f1_samples", TWO, InvalidInput, "average='samples' is for y of several labels"),
        ("fbeta", THREE, InvalidInput, "needs two classes, there are 3; use average='macro'"),
        ("precision", THREE, InvalidInput, "use metric='precision_macro'"),
        (metric("average_precision", average="samples"), TWO, InvalidInput, "average='samples' is for y of several"),
        (metric("roc_auc", multi_class="ovo", average="micro"), THREE, InvalidInput, "'ovo' goes with average="),
    ],
)
def test_y_of_the_wrong_kind(name: Any, y: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, y, metric=name)


def test_sparse_y() -> None:
    from scipy.sparse import csr_matrix

    with pytest.raises(InvalidType, match=r"pass y.toarray\(\)"):
        MetricObjective(X, csr_matrix(LABELS), metric="f1_macro")


@pytest.mark.parametrize(("name", "y"), [("f1_macro", LABELS), ("r2", AMOUNT)])
@pytest.mark.parametrize("option", ["classes", "pos_label"])
def test_options_of_classes(name: str, y: Any, option: str) -> None:
    with pytest.raises(InvalidInput, match=f"{option} is for y of classes, but y is"):
        MetricObjective(X, y, metric=name, **{option: [0, 1] if option == "classes" else 1})


@pytest.mark.parametrize(
    ("name", "y", "words"),
    [
        ("roc_auc", np.zeros(6), "needs samples of two classes at least"),
        ("roc_auc_ovo", np.zeros(6), "needs samples of two classes at least"),
        ("precision_at_recall", np.zeros(6), "no recall without a sample of the positive class"),
        ("recall_at_precision", np.zeros(6), "no recall without a sample of the positive class"),
        ("roc_auc", LABELS * [1, 0], "label 1 is never true"),
        ("roc_auc", np.maximum(LABELS, [0, 1]), "label 1 is always true"),
        ("spearman", np.ones(6), "no value where all of y is equal"),
    ],
)
def test_a_metric_that_no_candidate_has(name: str, y: Any, words: str) -> None:
    classes = [0, 1] if y.ndim == 1 and name != "spearman" else None
    with pytest.raises(InvalidInput, match=f"metric '{name}': .*{words}"):
        MetricObjective(X, y, metric=name, classes=classes)


def test_one_sample_has_no_r2() -> None:
    with pytest.raises(InvalidInput, match="metric 'r2': it needs two samples at least"):
        MetricObjective(X[:1], AMOUNT[:1], metric="r2")


@pytest.mark.parametrize(("name", "y"), [("spearman", AMOUNT), ("roc_auc_ovo", THREE)])
def test_metrics_without_weights(name: str, y: Any) -> None:
    with pytest.raises(InvalidInput, match=f"metric '{name}': .*sample_weight"):
        MetricObjective(X, y, metric=name, sample_weight=np.ones(6))


def test_a_class_missing_in_the_hold_out() -> None:
    for name in ("accuracy", "f1_macro", "balanced_accuracy", "matthews_corrcoef", "log_loss", "average_precision"):
        held = MetricObjective(X, THREE, metric=name).with_data(X[:2], [0, 1])
        assert np.isfinite(held(np.arange(9.0)))
    area = MetricObjective(X, THREE, metric="roc_auc")
    with pytest.raises(InvalidInput, match="y lacks some; choose average='weighted' or multi_class='ovo'"):
        area.with_data(X[:2], [0, 1])
    assert np.isfinite(MetricObjective(X, THREE, metric="roc_auc_ovo").with_data(X[:2], [0, 1])(np.arange(9.0)))
    with pytest.raises(InvalidInput, match="two classes at least"):
        MetricObjective(X, TWO, metric="roc_auc").with_data(X[:2], [0, 0])
    with pytest.raises(InvalidInput, match="y has 3 labels, the model has 2"):
        MetricObjective(X, LABELS, metric="f1_macro").with_data(X[:2], np.eye(3)[:2])
    with pytest.raises(InvalidInput, match=r"y must have a row a sample and a column a label, got shape \(2,\)"):
        MetricObjective(X, LABELS, metric="f1_macro").with_data(X[:2], [0, 1])
    with pytest.raises(InvalidInput, match=r"y\[0\] is 7"):
        MetricObjective(X, THREE).with_data(X[:2], [7, 1])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"batch_size": 0}, InvalidInput, r"batch_size must lie in \[1, 6\]"),
        ({"batch_size": 7}, InvalidInput, r"batch_size must lie in \[1, 6\]"),
        ({"batch_size": 2.0}, InvalidType, "batch_size must be an integer"),
        ({"seed": -1}, InvalidInput, "seed must lie in"),
        ({"seed": "a"}, InvalidType, "seed must be an integer"),
    ],
)
def test_batches(options: Any, error: type[ZooptError], words: str) -> None:
    with pytest.raises(error, match=words):
        MetricObjective(X, TWO, **options)


def test_costs_of_other_classes() -> None:
    with pytest.raises(InvalidInput, match=r"needs a table of shape \(3, 3\), a row and a column for each class"):
        MetricObjective(X, THREE, metric=metric("zero_one_loss", costs=[[0, 1], [1, 0]]))


def test_a_batch_of_one_class_has_no_area() -> None:
    objective = MetricObjective(X, TWO, metric="roc_auc", batch_size=1)
    assert np.isnan(objective(np.zeros((2, 3)), generation=0)).all()
