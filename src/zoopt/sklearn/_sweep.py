"""The best threshold of a score, exactly: one sort, and the metric of every cut between two scores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._counts import OfCounts, confusion


def between(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return thresholds t with ``low <= t < high``: the middles, or `low` where no number lies between."""
    middles = low + (high - low) / 2.0
    return np.where(middles < high, middles, low)


def all_cuts(
    scores: FloatArray, positive: npt.NDArray[np.bool_], weights: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return all thresholds that differ, and the confusion counts of ``score > cut`` for each.

    Returns
    -------
    cuts : ndarray of shape (m + 1,)
        Ascending, for m different scores: below, between and above them.
    counts : ndarray of shape (2, 2, m + 1)
    """
    order = np.argsort(scores)
    ascending = scores[order]
    ends = np.append(np.flatnonzero(ascending[1:] > ascending[:-1]) + 1, ascending.size)  # rows at or below each step
    steps = ascending[ends - 1]
    gap = max(1.0, float(steps[-1] - steps[0])) / steps.size
    cuts = np.concatenate([[steps[0] - gap], between(steps[:-1], steps[1:]), [steps[-1] + gap]])
    counts = np.empty((2, 2, cuts.size))
    of_class = positive[order]
    for kind, belongs in enumerate((~of_class, of_class)):
        mass = np.cumsum(belongs if weights is None else np.where(belongs, weights[order], 0.0), dtype=np.float64)
        counts[kind, 0, 0] = 0.0
        counts[kind, 0, 1:] = mass[ends - 1]
        np.subtract(mass[-1], counts[kind, 0], out=counts[kind, 1])
    return cuts, counts


def counts_above(
    scores: FloatArray, positive: npt.NDArray[np.bool_], cut: float, weights: FloatArray | None = None
) -> FloatArray:
    """Return the confusion counts of ``score > cut``, shape (2, 2)."""
    return confusion(positive.astype(np.intp), (scores > cut).astype(np.intp), 2, weights)


def best_cut(cuts: FloatArray, values: FloatArray, habit: float, at_habit: float) -> tuple[float, float]:
    """Return the cut with the best value, and the value; of equals the one next to `habit`, or that itself."""
    best = float(values.max())
    if at_habit >= best:
        return habit, at_habit
    winners = cuts[values == best]
    return float(winners[np.argmin(np.abs(winners - habit))]), best


def best_threshold(
    scores: FloatArray,
    positive: npt.NDArray[np.bool_],
    of_counts: OfCounts,
    weights: FloatArray | None = None,
    habit: float = 0.0,
) -> tuple[float, float]:
    """Return the threshold t with the best metric of ``score > t``, and that metric.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Finite.
    positive : ndarray of shape (n,), bool
    of_counts : callable
        The metric of confusion counts (2, 2, m).
    weights : ndarray of shape (n,), optional
    habit : float
        The threshold that would be used otherwise; kept where it is as good as any.

    Returns
    -------
    threshold, value : float

    Examples
    --------
    >>> from zoopt.sklearn._counts import accuracy
    >>> best_threshold(np.array([-2.0, -1.0, 1.0]), np.array([False, True, True]), accuracy)
    (-1.5, 1.0)
    """
    cuts, counts = all_cuts(scores, positive, weights)
    at_habit = float(of_counts(counts_above(scores, positive, habit, weights)))
    return best_cut(cuts, of_counts(counts), habit, at_habit)


def best_among_quantiles(
    scores: FloatArray, value_of: Callable[[float], float], habit: float, most: int = 256
) -> tuple[float, float]:
    """Return the best of at most `most` cuts, spread evenly over the ranks, for a metric that is not made of counts."""
    cuts, _ = all_cuts(scores, np.ones(scores.size, dtype=bool))
    chosen = cuts[np.unique(np.linspace(0, cuts.size - 1, most).round().astype(np.intp))]
    values = np.array([value_of(float(cut)) for cut in chosen])
    return best_cut(chosen, np.where(np.isnan(values), -np.inf, values), habit, value_of(habit))
