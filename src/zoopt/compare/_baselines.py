"""The baselines of practice: cross-entropy, and cross-entropy with a cross-fitted decision.

Both are linear rules, so both are points of the space that the optimisers search: the tuned decision only
moves the intercepts. Nothing here sees the hold-out.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

REGULARISATIONS = (0.01, 0.1, 1.0, 10.0)
"""scikit-learn's C, chosen by the cross-validated log loss."""
FOLDS = 5
SWEPT = ("accuracy", "f1", "f1_macro")
"""Metrics whose values at all thresholds are known from counts; others are evaluated at each."""
PRIOR_WEIGHTS = np.linspace(-2.0, 2.0, 81)
"""Values of tau tried in ``score - tau log prior`` for three or more classes."""


@dataclass(frozen=True)
class CrossEntropyFit:
    """A linear classifier fitted by cross-entropy, with the scores that its cross-validation left over.

    Attributes
    ----------
    weights : ndarray of shape (k, p)
        One row for two classes, C rows for C > 2.
    intercepts : ndarray of shape (k,)
    regularisation : float
        The chosen C.
    held_out_scores : ndarray of shape (n, k)
        Scores of each training row by a fit that had not seen it.
    """

    weights: FloatArray
    intercepts: FloatArray
    regularisation: float
    held_out_scores: FloatArray


def fit_cross_entropy(features: FloatArray, labels: IntArray, seed: int) -> CrossEntropyFit:
    """Fit logistic regression, its C chosen by cross-validated log loss.

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Standardised.
    labels : ndarray of shape (n,)
        Class indices 0 … C - 1, all present at least ``FOLDS`` times.
    seed : int
        Of the folds.

    Returns
    -------
    CrossEntropyFit
    """
    import sklearn.linear_model  # noqa: F401 (only libraries loaded by now can be limited)
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, labels))
    with threadpool_limits(1):  # these fits are small, and workers share the cores already
        scored = {c: _held_out_scores(features, labels, folds, c) for c in REGULARISATIONS}
        chosen = min(REGULARISATIONS, key=lambda c: log_loss(scored[c], labels))
        weights, intercepts = _logistic(features, labels, chosen)
    return CrossEntropyFit(weights, intercepts, chosen, scored[chosen])


def log_loss(scores: FloatArray, labels: IntArray) -> float:
    """Return the mean cross-entropy of scores (n, 1) of the positive class or (n, C) of all."""
    full = np.column_stack([np.zeros(len(labels)), scores]) if scores.shape[1] == 1 else scores
    top = full.max(axis=1)
    normaliser = top + np.log(np.exp(full - top[:, None]).sum(axis=1))
    return float(np.mean(normaliser - full[np.arange(len(labels)), labels]))


def tuned_intercepts(fit: CrossEntropyFit, labels: IntArray, metric: str) -> FloatArray:
    """Return the intercepts that are best for the metric on the held-out scores.

    For two classes the threshold is swept exactly, over every cut between two scores. For more classes one
    parameter tau weighs the log prior, swept over ``PRIOR_WEIGHTS``. Among equals the smallest change is
    taken, which is none for metrics of the order of scores.

    Parameters
    ----------
    fit : CrossEntropyFit
    labels : ndarray of shape (n,)
    metric : str
        A compiled metric of classes.

    Returns
    -------
    ndarray of shape (k,)
    """
    if metric not in SWEPT:
        return fit.intercepts + _best_offsets(fit.held_out_scores, labels, metric)
    if fit.held_out_scores.shape[1] == 1:
        return fit.intercepts - best_threshold(fit.held_out_scores[:, 0], labels == 1, metric)
    log_prior = np.log(np.bincount(labels) / labels.size)
    values = [
        metric_value(labels, (fit.held_out_scores - tau * log_prior).argmax(axis=1), metric) for tau in PRIOR_WEIGHTS
    ]
    best = max(range(len(values)), key=lambda i: (values[i], -abs(PRIOR_WEIGHTS[i])))
    return np.asarray(fit.intercepts - PRIOR_WEIGHTS[best] * log_prior)


def best_threshold(scores: FloatArray, positive: NDArray[np.bool_], metric: str) -> float:
    """Return the threshold t with the best metric of ``score > t``, exactly; of equals the one next to 0.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    positive : ndarray of shape (n,), bool
    metric : {"accuracy", "f1", "f1_macro"}

    Returns
    -------
    float

    Examples
    --------
    >>> best_threshold(np.array([-2.0, -1.0, 1.0]), np.array([False, True, True]), "f1")
    -1.5
    """
    cuts = _cuts(scores)
    true_positives = _above(np.sort(scores[positive]), cuts)
    predicted = _above(np.sort(scores), cuts)
    values = _values_from_counts(true_positives, predicted, int(positive.sum()), scores.size, metric)
    best = np.flatnonzero(values == values.max())
    return float(cuts[best[np.argmin(np.abs(cuts[best]))]])


def metric_value(labels: IntArray, predictions: IntArray, metric: str) -> float:
    """Return accuracy, F1 of class 1, or macro F1 over the classes present in labels or predictions."""
    if metric == "accuracy":
        return float(np.mean(labels == predictions))
    size = int(max(labels.max(), predictions.max())) + 1
    hits = np.bincount(labels[labels == predictions], minlength=size)
    support = np.bincount(labels, minlength=size) + np.bincount(predictions, minlength=size)
    scores = 2.0 * hits / np.maximum(support, 1)
    return float(scores[1] if size > 1 else 0.0) if metric == "f1" else float(scores[support > 0].mean())


def _cuts(scores: FloatArray) -> FloatArray:
    """Every threshold that makes a difference, and 0."""
    order = np.sort(np.unique(scores))
    gap = 1.0 if order.size < 2 else float(order[-1] - order[0]) / order.size
    middles = (order[:-1] + order[1:]) / 2.0
    return np.concatenate([[order[0] - gap], middles, [order[-1] + gap], [0.0]])


def _best_offsets(scores: FloatArray, labels: IntArray, metric: str) -> FloatArray:
    """Return what is best added to the scores: a threshold with its sign changed, or -tau log prior."""
    from zoopt.objectives import MetricObjective

    classes = scores.shape[1]
    objective = MetricObjective(scores, labels, metric=metric)
    if classes == 1:
        offsets = -_cuts(scores[:, 0])[:, None]
    else:
        offsets = -PRIOR_WEIGHTS[:, None] * np.log(np.bincount(labels) / labels.size)
    rows = np.zeros((len(offsets), classes, classes + 1))
    rows[:, :, :classes] = np.eye(classes)
    rows[:, :, classes] = offsets
    values = np.asarray(objective(rows.reshape(len(offsets), -1)))
    if objective.sense == "max":
        values = -values
    best = np.flatnonzero(values == np.nanmin(values))
    return np.asarray(offsets[best[np.argmin(np.abs(offsets[best]).sum(axis=1))]])


def _above(ascending: FloatArray, cuts: FloatArray) -> FloatArray:
    """How many of the ascending scores exceed each cut."""
    counts = ascending.size - np.searchsorted(ascending, cuts, side="right")
    return np.asarray(counts, dtype=np.float64)


def _values_from_counts(
    true_positives: FloatArray, predicted: FloatArray, positives: int, rows: int, metric: str
) -> FloatArray:
    true_negatives = rows - positives - predicted + true_positives
    if metric == "accuracy":
        return (true_positives + true_negatives) / rows
    f1 = 2.0 * true_positives / np.maximum(positives + predicted, 1.0)
    if metric == "f1":
        return f1
    of_negatives = 2.0 * true_negatives / np.maximum(2.0 * rows - positives - predicted, 1.0)
    return (f1 + of_negatives) / 2.0


def _held_out_scores(
    features: FloatArray, labels: IntArray, folds: list[tuple[IntArray, IntArray]], c: float
) -> FloatArray:
    columns = 1 if labels.max() == 1 else int(labels.max()) + 1
    scores = np.empty((labels.size, columns))
    for train, rest in folds:
        weights, intercepts = _logistic(features[train], labels[train], c)
        scores[rest] = features[rest] @ weights.T + intercepts
    return scores


def _logistic(features: FloatArray, labels: IntArray, c: float) -> tuple[FloatArray, FloatArray]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fit this close is as good a baseline
        model = LogisticRegression(C=c, max_iter=500).fit(features, labels)
    return model.coef_.astype(np.float64), model.intercept_.astype(np.float64)
