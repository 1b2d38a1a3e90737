"""A metric of linear scores as a function of many candidates at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.objectives import MetricObjective
from zoopt.sklearn._counts import OfCounts, confusion
from zoopt.sklearn._goal import Goal
from zoopt.sklearn._starts import scores_of


def objective_of(goal: Goal, features: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None) -> Any:
    """Return the metric of candidates theta, which no positive factor of theta changes.

    Compiled where the core has the metric, else by numpy on counts, else by the scorer, a candidate at a time.
    """
    if goal.compiled is not None:
        classes = np.arange(len(goal.classes))
        return MetricObjective(features, y, metric=goal.compiled, classes=classes, sample_weight=weights)
    if goal.of_counts is not None and len(goal.classes) == 2:
        return _of_two(goal.of_counts, features, y, weights)
    return _one_by_one(goal, features, y, weights)


def _of_two(
    of_counts: OfCounts, features: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None
) -> Callable[[FloatArray], FloatArray]:
    """Return the metric of two classes for all candidates in one product."""
    mass = np.ones(len(y)) if weights is None else weights
    of_class = np.stack([mass * (y == 0), mass * (y == 1)])
    totals = of_class.sum(axis=1)

    def values(rows: FloatArray) -> FloatArray:
        above = (features @ rows[:, :-1].T + rows[:, -1] > 0).astype(np.float64)
        positive = of_class @ above
        return of_counts(np.stack([totals[:, None] - positive, positive], axis=1))

    return values


def _one_by_one(
    goal: Goal, features: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None
) -> Callable[[FloatArray], FloatArray]:
    classes = len(goal.classes)
    shape = (1 if classes == 2 else classes, features.shape[1] + 1)

    def value(theta: FloatArray) -> float:
        scores = scores_of(theta.reshape(shape), features)
        predicted = codes_of(scores)
        if goal.of_counts is not None:
            return float(goal.of_counts(confusion(y, predicted, classes, weights)))
        return goal.value(y, predicted, weights, scores)

    return lambda rows: np.array([value(theta) for theta in rows])


def codes_of(scores: FloatArray) -> npt.NDArray[np.intp]:
    """Return the class numbers that scores (n,) or (n, C) predict: above 0, or the greatest."""
    if scores.ndim == 1:
        return (scores > 0).astype(np.intp)
    return np.asarray(scores.argmax(axis=1))


def margins_of(scores: FloatArray) -> FloatArray:
    """Return the score of two classes, or by how much the greatest exceeds the next, shape (n,)."""
    if scores.ndim == 1:
        return scores
    top = np.partition(scores, -2, axis=1)
    return np.asarray(top[:, -1] - top[:, -2])
