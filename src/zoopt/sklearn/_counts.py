"""Metrics as functions of confusion counts, many at once.

Counts have the shape (C, C, ...): true class, predicted class, and whatever is compared along the other axes. They may
be sums of sample weights. Where a ratio has nothing below the line it is 0, as scikit-learn's ``zero_division=0``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

from zoopt._arguments import FloatArray

OfCounts = Callable[[FloatArray], FloatArray]
Average = Literal["binary", "macro", "micro", "weighted"]


def confusion(y: np.ndarray, predicted: np.ndarray, classes: int, weights: FloatArray | None = None) -> FloatArray:
    """Return the confusion counts, shape (C, C), of class numbers."""
    cells = np.bincount(y * classes + predicted, weights, minlength=classes * classes)
    return np.asarray(cells.reshape(classes, classes), dtype=np.float64)


def _hits(counts: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("kk...->k...", counts))


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.asarray(np.divide(above, below, out=np.zeros_like(below), where=below > 0))


def accuracy(counts: FloatArray) -> FloatArray:
    """Return the share of rows predicted right."""
    return _ratio(_hits(counts).sum(axis=0), counts.sum(axis=(0, 1)))


def balanced_accuracy(counts: FloatArray) -> FloatArray:
    """Return the mean recall of the classes that occur."""
    support = counts.sum(axis=1)
    return _ratio(_ratio(_hits(counts), support).sum(axis=0), (support > 0).sum(axis=0).astype(np.float64))


def _precision(hits: FloatArray, support: FloatArray, predicted: FloatArray) -> tuple[FloatArray, FloatArray]:
    return hits, predicted


def _recall(hits: FloatArray, support: FloatArray, predicted: FloatArray) -> tuple[FloatArray, FloatArray]:
    return hits, support


def _jaccard(hits: FloatArray, support: FloatArray, predicted: FloatArray) -> tuple[FloatArray, FloatArray]:
    return hits, support + predicted - hits


def _fbeta(hits: FloatArray, support: FloatArray, predicted: FloatArray, beta: float) -> tuple[FloatArray, FloatArray]:
    return (1.0 + beta**2) * hits, beta**2 * support + predicted


def averaged(counts: FloatArray, part: Callable[..., tuple[FloatArray, FloatArray]], average: Average) -> FloatArray:
    """Return a ratio of every class, averaged as scikit-learn does; "binary" is that of class 1."""
    hits, support, predicted = _hits(counts), counts.sum(axis=1), counts.sum(axis=0)
    above, below = part(hits, support, predicted)
    if average == "binary":
        return _ratio(above[1], below[1])
    if average == "micro":
        return _ratio(above.sum(axis=0), below.sum(axis=0))
    ratios = _ratio(above, below)
    weights = support if average == "weighted" else (support + predicted > 0).astype(np.float64)
    return _ratio((weights * ratios).sum(axis=0), weights.sum(axis=0))


def matthews(counts: FloatArray) -> FloatArray:
    """Return the correlation of Matthews, 0 where the labels or the predictions are constant."""
    total, support, predicted = counts.sum(axis=(0, 1)), counts.sum(axis=1), counts.sum(axis=0)
    above = _hits(counts).sum(axis=0) * total - (support * predicted).sum(axis=0)
    spread = (total**2 - (support**2).sum(axis=0)) * (total**2 - (predicted**2).sum(axis=0))
    return np.asarray(np.divide(above, np.sqrt(spread), out=np.zeros_like(above), where=spread > 0))


def kappa(counts: FloatArray, costs: FloatArray | None = None) -> FloatArray:
    """Return Cohen's kappa with a cost (C, C) of every confusion (default: 1 each); 0 where no chance is left."""
    support, predicted = counts.sum(axis=1), counts.sum(axis=0)
    weights = 1.0 - np.eye(len(counts)) if costs is None else costs
    observed = np.einsum("ij,ij...->...", weights, counts)
    expected = np.einsum("ij,i...,j...->...", weights, support, predicted)
    chance = _ratio(expected, counts.sum(axis=(0, 1)))
    return np.where(chance > 0, 1.0 - _ratio(observed, chance), 0.0)


def mean_cost(counts: FloatArray, costs: FloatArray) -> FloatArray:
    """Return minus the mean cost of a row, for a cost (C, C) of every confusion."""
    return -_ratio(np.einsum("ij,ij...->...", costs, counts), counts.sum(axis=(0, 1)))


def distances(classes: int, power: int) -> FloatArray:
    """Return abs(i - j)**power, shape (C, C)."""
    steps = np.arange(classes, dtype=np.float64)
    return np.asarray(np.abs(steps[:, None] - steps) ** power)


def fbeta(beta: float, average: Average) -> OfCounts:
    """Return F-beta."""
    return partial(averaged, part=partial(_fbeta, beta=beta), average=average)


PARTS: dict[str, Callable[..., tuple[FloatArray, FloatArray]]] = {
    "precision": _precision,
    "recall": _recall,
    "jaccard": _jaccard,
}
AVERAGES: tuple[Average, ...] = ("binary", "macro", "micro", "weighted")
