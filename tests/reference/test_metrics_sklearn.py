"""Every compiled metric against scikit-learn's, on random and on degenerate data, with and without weights.

Features and parameters are small whole numbers, so that scores are exact and ties frequent, or reals. What is compared
is made by scikit-learn from the predictions, scores and probabilities that the objective says it has.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

from zoopt.objectives import Metric, MetricObjective, metric, metrics

DTYPES = [np.float64, np.float32]
COSTS = [[0.0, 2.0, 1.0, 4.0], [1.0, -0.5, 3.0, 0.25], [5.0, 1.0, 0.0, 2.0], [0.5, 7.0, 1.0, 0.0]]
Reference = Callable[[Any, Any, Any], float]


class Seen:
    """What a reference may look at: what is true, and what one candidate makes of it."""

    def __init__(self, objective: MetricObjective, y: Any, theta: Any, weights: Any) -> None:
        self.y, self.weights = y, weights
        self.predicted = objective.predict(theta)
        self.scores = objective.scores(theta).astype(float)
        self.chances = None if objective.classes_ is None else objective.probabilities(theta)
        self.classes = objective.classes_


def of_predictions(function: Any, **options: Any) -> Callable[[Seen], float]:
    return lambda seen: function(seen.y, seen.predicted, sample_weight=seen.weights, **options)


def averaged(function: Any, average: str, **options: Any) -> Callable[[Seen], float]:
    return of_predictions(function, average=average, zero_division=0, **options)


def with_classes(function: Any, **options: Any) -> Callable[[Seen], float]:
    return lambda seen: function(seen.y, seen.predicted, labels=seen.classes, sample_weight=seen.weights, **options)


def of_chances(function: Any) -> Callable[[Seen], float]:
    return lambda seen: function(seen.y, seen.chances, labels=seen.classes, sample_weight=seen.weights)


def roc_auc(seen: Seen, **options: Any) -> float:
    if seen.y.ndim == 2:
        options.pop("multi_class", None)
        return sk.roc_auc_score(seen.y, seen.scores, sample_weight=seen.weights, **options)
    if len(seen.classes) == 2:
        return sk.roc_auc_score(seen.y, seen.scores, sample_weight=seen.weights)
    options = {"multi_class": "ovr", **options}
    return sk.roc_auc_score(seen.y, seen.chances, labels=seen.classes, sample_weight=seen.weights, **options)


def average_precision(seen: Seen, **options: Any) -> float:
    truth = seen.y
    if truth.ndim == 1 and len(seen.classes) > 2:  # scikit-learn knows no classes beside those of y
        truth = (truth[:, None] == seen.classes).astype(int)
    return sk.average_precision_score(truth, seen.scores, sample_weight=seen.weights, **options)


def top_k(seen: Seen, k: int) -> float:
    return sk.top_k_accuracy_score(seen.y, seen.scores, k=k, labels=seen.classes, sample_weight=seen.weights)


def mean_cost(seen: Seen) -> float:
    size = len(seen.classes)
    weights = np.ones(len(seen.y)) if seen.weights is None else seen.weights
    return float(np.average(np.array(COSTS)[:size, :size][seen.y, seen.predicted], weights=weights))


def at_bound(seen: Seen, bounded: str, least: float) -> float:
    precision, recall, _ = sk.precision_recall_curve(seen.y, seen.scores, sample_weight=seen.weights)
    precision, recall = precision[:-1], recall[:-1]  # the last point has no threshold
    bound, wanted = (recall, precision) if bounded == "recall" else (precision, recall)
    return float(max(wanted[bound >= least], default=0.0))


F, P, R, J = sk.fbeta_score, sk.precision_score, sk.recall_score, sk.jaccard_score
CLASSES: dict[Metric, Callable[[Seen], float]] = {
    metric("accuracy"): of_predictions(sk.accuracy_score),
    metric("balanced_accuracy"): of_predictions(sk.balanced_accuracy_score),
    metric("matthews_corrcoef"): of_predictions(sk.matthews_corrcoef),
    metric("cohen_kappa"): with_classes(sk.cohen_kappa_score),
    metric("linear_weighted_kappa"): with_classes(sk.cohen_kappa_score, weights="linear"),
    metric("quadratic_weighted_kappa"): with_classes(sk.cohen_kappa_score, weights="quadratic"),
    metric("zero_one_loss"): of_predictions(sk.zero_one_loss),
    metric("log_loss"): of_chances(sk.log_loss),
    metric("neg_log_loss"): lambda seen: -of_chances(sk.log_loss)(seen),
    metric("roc_auc"): roc_auc,
    metric("roc_auc_ovr_weighted"): lambda seen: roc_auc(seen, average="weighted"),
    metric("roc_auc_ovo"): lambda seen: roc_auc(seen, multi_class="ovo"),
    metric("roc_auc_ovo_weighted"): lambda seen: roc_auc(seen, multi_class="ovo", average="weighted"),
    metric("average_precision"): average_precision,
    metric("average_precision", average="micro"): lambda seen: average_precision(seen, average="micro"),
    metric("average_precision", average="weighted"): lambda seen: average_precision(seen, average="weighted"),
    **{metric(f"f1_{a}"): averaged(F, a, beta=1.0) for a in ("macro", "micro", "weighted")},
    **{metric("fbeta", beta=2.5, average=a): averaged(F, a, beta=2.5) for a in ("macro", "micro", "weighted")},
    **{metric(f"precision_{a}"): averaged(P, a) for a in ("macro", "micro", "weighted")},
    **{metric(f"recall_{a}"): averaged(R, a) for a in ("macro", "micro", "weighted")},
    **{metric(f"jaccard_{a}"): averaged(J, a) for a in ("macro", "micro", "weighted")},
}
SEVERAL = {
    metric("roc_auc", average="micro"): lambda seen: roc_auc(seen, average="micro"),
    metric("brier_score"): of_chances(sk.brier_score_loss),
    metric("top_k_accuracy"): lambda seen: top_k(seen, 2),
    metric("top_k_accuracy", k=1): lambda seen: top_k(seen, 1),
}
BINARY = {
    metric("f1"): averaged(F, "binary", beta=1.0),
    metric("fbeta", beta=0.0): averaged(F, "binary", beta=0.0),
    metric("fbeta", beta=0.5): averaged(F, "binary", beta=0.5),
    metric("precision"): averaged(P, "binary"),
    metric("recall"): averaged(R, "binary"),
    metric("jaccard"): averaged(J, "binary"),
    metric("neg_brier_score"): lambda seen: -of_chances(sk.brier_score_loss)(seen),
    **{
        metric("precision_at_recall", recall=least): lambda seen, least=least: at_bound(seen, "recall", least)
        for least in (0.0, 0.5, 0.9, 1.0)
    },
    **{
        metric("recall_at_precision", precision=least): lambda seen, least=least: at_bound(seen, "precision", least)
        for least in (0.0, 0.5, 0.9, 1.0)
    },
}
AVERAGES = ("macro", "micro", "weighted", "samples")
LABELS = {
    metric("accuracy"): of_predictions(sk.accuracy_score),
    **{metric("fbeta", beta=2.0, average=a): averaged(F, a, beta=2.0) for a in AVERAGES},
    **{metric(f"f1_{a}"): averaged(F, a, beta=1.0) for a in AVERAGES},
    **{metric(f"precision_{a}"): averaged(P, a) for a in AVERAGES},
    **{metric(f"recall_{a}"): averaged(R, a) for a in AVERAGES},
    **{metric(f"jaccard_{a}"): averaged(J, a) for a in AVERAGES},
    **{metric("roc_auc", average=a): lambda seen, a=a: roc_auc(seen, average=a) for a in AVERAGES},
    **{metric("average_precision", average=a): lambda seen, a=a: average_precision(seen, average=a) for a in AVERAGES},
}


def r2(seen: Seen) -> float:
    """Return scikit-learn's value; of a constant y what it says where it does not lose that in rounding weights."""
    counts = slice(None) if seen.weights is None else seen.weights > 0.0
    if np.ptp(seen.y[counts]) == 0.0:
        return float(np.array_equal(seen.predicted[counts], seen.y[counts]))
    return of_predictions(sk.r2_score)(seen)


QUANTITIES = {
    metric("mean_absolute_error"): of_predictions(sk.mean_absolute_error),
    metric("mean_squared_error"): of_predictions(sk.mean_squared_error),
    metric("root_mean_squared_error"): of_predictions(sk.root_mean_squared_error),
    metric("neg_mean_absolute_error"): lambda seen: -of_predictions(sk.mean_absolute_error)(seen),
    metric("neg_mean_squared_error"): lambda seen: -of_predictions(sk.mean_squared_error)(seen),
    metric("neg_root_mean_squared_error"): lambda seen: -of_predictions(sk.root_mean_squared_error)(seen),
    metric("r2"): r2,
    metric("mean_pinball_loss", alpha=0.2): of_predictions(sk.mean_pinball_loss, alpha=0.2),
    metric("mean_pinball_loss", alpha=1.0): of_predictions(sk.mean_pinball_loss, alpha=1.0),
}


def check(objective: MetricObjective, reference: Callable[[Seen], float], y: Any, thetas: Any, weights: Any) -> None:
    values = objective(thetas)
    for theta, value in zip(thetas, values, strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is undefined, which the comparison shows
            expected = reference(Seen(objective, y, theta, weights))
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-12)


def drawn_weights(rng: np.random.Generator, kind: str, samples: int) -> Any:
    if kind == "none":
        return None
    weights = rng.integers(0, 3, samples).astype(float) if kind == "zeros" else rng.random(samples) * 10.0
    weights[rng.integers(samples)] += 1.0
    return weights


def problem(rng: np.random.Generator, samples: int, whole: bool, outputs: int, candidates: int = 5) -> Any:
    features = int(rng.integers(1, 5))
    shapes = (samples, features), (candidates, outputs * (features + 1))
    if whole:
        X, thetas = (rng.integers(-2, 3, shape).astype(float) for shape in shapes)
    else:
        X, thetas = (rng.standard_normal(shape) for shape in shapes)
    thetas[0] = 0.0  # all scores the same
    thetas[1] *= 0.0
    thetas[1, features :: features + 1] = rng.integers(-1, 2, outputs)  # predictions that no sample changes
    return X, thetas


GRID = {
    "samples": st.sampled_from([1, 2, 3, 7, 40, 200]),
    "seed": st.integers(0, 2**32 - 1),
    "whole": st.booleans(),
    "weighting": st.sampled_from(["none", "zeros", "reals"]),
    "dtype": st.sampled_from(DTYPES),
    "threads": st.sampled_from([1, 2]),
}


@settings(max_examples=250, deadline=None)
@given(chosen=st.sampled_from(list(CLASSES | SEVERAL)), classes=st.integers(2, 4), **GRID)
def test_classes(
    chosen: Metric, classes: int, samples: int, seed: int, whole: bool, weighting: str, dtype: Any, threads: int
) -> None:
    rng = np.random.default_rng(seed)
    if chosen in SEVERAL:
        classes = max(classes, 3)
    ranked = chosen.name.startswith("roc_auc")
    samples = max(samples, classes if ranked else 1)
    X, thetas = problem(rng, samples, whole, 1 if classes == 2 else classes)
    y = rng.integers(0, rng.integers(1, classes + 1), samples)
    if ranked:  # undefined elsewhere: see the tests of what cannot be
        y[:classes] = np.arange(classes)
    weights = drawn_weights(rng, weighting, samples)
    if "ovo" in chosen.name and classes > 2:
        weights = None
    known = {"classes": np.arange(classes), "dtype": dtype, "threads": threads, "sample_weight": weights}
    objective = MetricObjective(X, y, metric=chosen, **known)
    check(objective, (CLASSES | SEVERAL)[chosen], y, thetas, weights)


@settings(max_examples=150, deadline=None)
@given(chosen=st.sampled_from(list(BINARY)), **GRID)
def test_two_classes(
    chosen: Metric, samples: int, seed: int, whole: bool, weighting: str, dtype: Any, threads: int
) -> None:
    rng = np.random.default_rng(seed)
    X, thetas = problem(rng, samples, whole, 1)
    y = rng.integers(0, rng.integers(1, 3), samples)
    weights = drawn_weights(rng, weighting, samples)
    if "_at_" in chosen.name:
        y[0] = 1
        if weights is not None:
            weights[0] += 1.0
    known = {"classes": [0, 1], "dtype": dtype, "threads": threads, "sample_weight": weights}
    check(MetricObjective(X, y, metric=chosen, **known), BINARY[chosen], y, thetas, weights)


@settings(max_examples=200, deadline=None)
@given(chosen=st.sampled_from(list(LABELS)), labels=st.integers(2, 5), share=st.sampled_from([0.0, 0.3, 1.0]), **GRID)
def test_several_labels(
    chosen: Metric,
    labels: int,
    share: float,
    samples: int,
    seed: int,
    whole: bool,
    weighting: str,
    dtype: Any,
    threads: int,
) -> None:
    rng = np.random.default_rng(seed)
    ranked = chosen.name == "roc_auc"
    samples = max(samples, 2 if ranked else 1)
    X, thetas = problem(rng, samples, whole, labels)
    y = (rng.random((samples, labels)) < (0.5 if ranked else share)).astype(int)
    if ranked:
        y[0], y[1] = 0, 1
    weights = drawn_weights(rng, weighting, samples)
    if chosen.options.get("average") == "samples" and ranked:
        y[:, 0], y[:, 1] = 0, 1
        X, y, weights = X[:40], y[:40], None
    known = {"dtype": dtype, "threads": threads, "sample_weight": weights}
    check(MetricObjective(X, y, metric=chosen, **known), LABELS[chosen], y, thetas, weights)


@pytest.mark.parametrize("chosen", LABELS, ids=str)
def test_several_labels_of_several_blocks(chosen: Metric) -> None:
    """More samples than a block holds: every one is compared with its own labels and weight."""
    rng = np.random.default_rng(3)
    X, thetas = problem(rng, 1100, False, 3)
    y = (rng.random((1100, 3)) < 0.4).astype(int)
    weights = drawn_weights(rng, "reals", 1100)
    if chosen.options.get("average") == "samples" and chosen.name == "roc_auc":
        y[:, 0], y[:, 1], weights = 0, 1, None
    check(MetricObjective(X, y, metric=chosen, sample_weight=weights), LABELS[chosen], y, thetas[-1:], weights)


@settings(max_examples=150, deadline=None)
@given(chosen=st.sampled_from(list(QUANTITIES)), constant=st.booleans(), **GRID)
def test_quantities(
    chosen: Metric,
    constant: bool,
    samples: int,
    seed: int,
    whole: bool,
    weighting: str,
    dtype: Any,
    threads: int,
) -> None:
    rng = np.random.default_rng(seed)
    samples = max(samples, 2)
    X, thetas = problem(rng, samples, whole, 1)
    y = rng.integers(-2, 3, samples).astype(float) if whole else 5.0 * rng.standard_normal(samples)
    if constant:
        y[:] = float(rng.integers(-1, 2))
    weights = drawn_weights(rng, weighting, samples)
    objective = MetricObjective(X, y, metric=chosen, dtype=dtype, threads=threads, sample_weight=weights)
    check(objective, QUANTITIES[chosen], y, thetas, weights)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), samples=st.sampled_from([2, 3, 10, 300]), whole=st.booleans())
def test_spearman_is_scipys(seed: int, samples: int, whole: bool) -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(seed)
    X, thetas = problem(rng, samples, whole, 1)
    y = rng.integers(-2, 3, samples).astype(float)
    y[:2] = 0.0, 1.0
    objective = MetricObjective(X, y, metric="spearman")
    check(objective, lambda seen: spearmanr(seen.y, seen.predicted).statistic, y, thetas, None)


@pytest.mark.parametrize("positive", [0, 1])
@pytest.mark.parametrize("classes", [2, 3, 4])
def test_costs_of_classes(classes: int, positive: int) -> None:
    rng = np.random.default_rng(classes)
    X, thetas = problem(rng, 90, True, 1 if classes == 2 else classes)
    y = rng.integers(0, classes, 90)
    table = [row[:classes] for row in COSTS[:classes]]
    more = {"pos_label": positive} if classes == 2 else {}
    for weights in (None, rng.random(90)):
        chosen = metric("zero_one_loss", costs=table)
        objective = MetricObjective(X, y, metric=chosen, sample_weight=weights, **more)
        assert objective.sense == "min"
        check(objective, mean_cost, y, thetas, weights)


def test_all_metrics_are_compared_here() -> None:
    compared = set().union(CLASSES, SEVERAL, BINARY, LABELS, QUANTITIES)
    left = [name for name, one in metrics().items() if one not in compared]
    assert left == ["mean_pinball_loss", "spearman"]  # at its default, and above


@pytest.mark.parametrize("weighting", ["none", "zeros"])
def test_whole_counts_have_scikit_learns_bits(weighting: str) -> None:
    # Of weights that are whole numbers too.
    rng = np.random.default_rng(11)
    for samples, classes in ((900, 7), (5000, 3)):
        X, thetas = problem(rng, samples, False, classes)
        y, weights = rng.integers(0, classes, samples), drawn_weights(rng, weighting, samples)
        for name in ("f1_macro", "balanced_accuracy", "recall_macro", "precision_macro", "jaccard_macro"):
            objective = MetricObjective(X, y, metric=name, sample_weight=weights)
            reference = CLASSES[metric(name)]
            assert [reference(Seen(objective, y, t, weights)) for t in thetas] == objective(thetas).tolist()


def test_ranking_of_many_samples() -> None:
    # Beyond what is sorted by comparisons: with ties, zeros of both signs, large and small numbers, and crowds that
    # differ in their last bits only.
    rng = np.random.default_rng(12)
    spread = rng.standard_normal(4000) * 10.0 ** rng.integers(-30, 30, 4000)
    crowd = 1.0 + 1e-13 * rng.standard_normal(600)
    X = np.concatenate([spread, crowd, -crowd, np.repeat([0.0, -0.0, 1], 50)])
    y = rng.integers(0, 2, X.size)
    for dtype in DTYPES:
        for name in ("roc_auc", "average_precision"):
            objective = MetricObjective(X[:, None], y, metric=name, dtype=dtype)
            check(objective, CLASSES[metric(name)], y, np.array([[1.0, 0.0], [-1.0, 0.0], [1e-9, 3.0]]), None)
