"""Metrics of predicted numbers, of many predictions at once, and the constant that is best for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn import metrics
from sklearn.base import BaseEstimator, RegressorMixin

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidType, UnknownName
from zoopt.objectives import Metric, metric
from zoopt.sklearn._goal import Scoring

Value = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
Shift = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Measure:
    """A metric of predicted numbers; larger is better.

    Attributes
    ----------
    name : str
    values : callable
        Of y (n,), predictions (n, m) and weights (n,): the metric of each column, (m,).
    shift : callable
        Of residuals and weights: the constant to add to all predictions.
    compiled : Metric or None
        The same, as the core has it, without weights.
    """

    name: str
    values: Value
    shift: Shift
    compiled: Metric | None = None

    def value(self, y: FloatArray, predictions: FloatArray, weights: FloatArray) -> float:
        """Return the metric of one prediction a row."""
        return float(self.values(y, predictions[:, None], weights)[0])


class Told(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor that predicts what it was told, for scorers that want an estimator."""

    def __init__(self, predictions: FloatArray) -> None:
        self.predictions = predictions

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: object) -> FloatArray:
        """Return the predictions told, whatever X is."""
        return self.predictions


def measure_of(scoring: Scoring) -> Measure:
    """Return the metric that `scoring` names.

    Raises
    ------
    UnknownName, InvalidType
        There is none of that name, or it is neither a name nor a scorer.
    """
    if scoring == "spearman":
        return Measure("spearman", _spearman, _none, metric("spearman"))
    if callable(scoring):
        return _of_scorer(scoring, getattr(scoring, "__name__", str(scoring)))
    if not isinstance(scoring, str):
        raise InvalidType(f"scoring must be a name or a scorer, got {scoring!r}; see sklearn.metrics.make_scorer")
    try:
        return _of_scorer(metrics.get_scorer(scoring), scoring)
    except ValueError as unknown:
        raise UnknownName(
            f"there is no metric named {scoring!r}; choose 'neg_mean_absolute_error', 'r2', 'spearman', or any other "
            "of sklearn.metrics.get_scorer_names()"
        ) from unknown


def _of_scorer(scorer: Callable[..., Any], name: str) -> Measure:
    function, kwargs = getattr(scorer, "_score_func", None), dict(getattr(scorer, "_kwargs", {}))
    if function is metrics.mean_pinball_loss and set(kwargs) <= {"alpha"} and getattr(scorer, "_sign", 0) < 0:
        alpha = kwargs.get("alpha", 0.5)
        return Measure(name, partial(_pinball, alpha=alpha), partial(weighted_quantile, share=alpha))
    if name in _NAMED:
        return Measure(name, *_NAMED[name], metric(name))

    def values(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
        rows = np.zeros((len(y), 1))
        given = {} if (weights == 1.0).all() else {"sample_weight": weights}
        return np.array([scorer(Told(column), rows, y, **given) for column in predictions.T], dtype=np.float64)

    return Measure(name, values, _none)


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the least value that at least `share` of the weight is not above."""
    order = np.argsort(values)
    mass = np.cumsum(weights[order])
    return float(values[order][min(np.searchsorted(mass, share * mass[-1]), len(values) - 1)])


def _none(residuals: FloatArray, weights: FloatArray) -> float:
    return 0.0


def _mean(residuals: FloatArray, weights: FloatArray) -> float:
    return float(np.average(residuals, weights=weights))


def _absolute(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(-(weights @ np.abs(y[:, None] - predictions)) / weights.sum())


def _squared(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(-(weights @ (y[:, None] - predictions) ** 2) / weights.sum())


def _root(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
    return -np.sqrt(-_squared(y, predictions, weights))


def _explained(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
    """Return R², as scikit-learn does for a constant y: 1 if it is predicted, else 0."""
    spread = np.average((y - np.average(y, weights=weights)) ** 2, weights=weights)
    lost = -_squared(y, predictions, weights)
    return np.asarray(1.0 - lost / spread if spread > 0 else (lost == 0).astype(np.float64))


def _pinball(y: FloatArray, predictions: FloatArray, weights: FloatArray, alpha: float) -> FloatArray:
    short = y[:, None] - predictions
    return np.asarray(-(weights @ np.where(short >= 0, alpha * short, (alpha - 1.0) * short)) / weights.sum())


def _spearman(y: FloatArray, predictions: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted correlation of the ranks, ties sharing theirs; 0 where either is constant.

    A rank is the weight below and half of the weight beside, so that a weight of 2 is as good as a row twice.
    """
    true = _ranks(y, weights)
    return np.array([_correlation(true, _ranks(column, weights), weights) for column in predictions.T])


def _ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    if (weights == 1.0).all():
        return np.asarray(rankdata(values), dtype=np.float64)
    steps, place = np.unique(values, return_inverse=True)
    mass = np.bincount(place, weights, minlength=steps.size)
    return np.asarray((np.cumsum(mass) - (mass - 1.0) / 2.0)[place])


def _correlation(one: FloatArray, other: FloatArray, weights: FloatArray) -> float:
    one, other = one - np.average(one, weights=weights), other - np.average(other, weights=weights)
    spread = float((weights @ one**2) * (weights @ other**2))
    return float(weights @ (one * other)) / spread**0.5 if spread > 0 else 0.0


_NAMED: dict[str, tuple[Value, Shift]] = {
    "neg_mean_absolute_error": (_absolute, partial(weighted_quantile, share=0.5)),
    "neg_mean_squared_error": (_squared, _mean),
    "neg_root_mean_squared_error": (_root, _mean),
    "r2": (_explained, _mean),
}
