"""The best threshold of a score, exactly: one sort, and the metric of every cut between two scores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._counts import OfCounts


def cut_points(scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the scores in ascending order and all thresholds that differ: below, between and above them.

    Returns
    -------
    ascending : ndarray of shape (n,)
    cuts : ndarray of shape (m + 1,)
        For m different scores: ``score > cut`` splits them in every way that a threshold can.
    """
    ascending = np.sort(scores)
    steps = ascending[np.append(True, ascending[1:] > ascending[:-1])]
    gap = max(1.0, float(steps[-1] - steps[0])) / steps.size
    middles = steps[:-1] + (steps[1:] - steps[:-1]) / 2.0
    middles = np.where(middles < steps[1:], middles, steps[:-1])  # where no number lies between two neighbours
    return ascending, np.concatenate([[steps[0] - gap], middles, [steps[-1] + gap]])


def counts_of_cuts(
    scores: FloatArray, positive: npt.NDArray[np.bool_], cuts: FloatArray, weights: FloatArray | None = None
) -> FloatArray:
    """Return the confusion counts of ``score > cut`` for ascending cuts, shape (2, 2, cuts)."""
    order = np.argsort(scores)
    weight = np.ones(scores.size) if weights is None else weights[order]
    below = np.searchsorted(scores[order], cuts, side="right")
    found = np.empty((2, 2, cuts.size))
    for kind in (0, 1):
        mass = np.concatenate([[0.0], np.cumsum(weight * (positive[order] == bool(kind)))])
        found[kind, 0] = mass[below]
        found[kind, 1] = mass[-1] - mass[below]
    return found


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
    _, cuts = cut_points(scores)
    values = of_counts(counts_of_cuts(scores, positive, cuts, weights))
    at_habit = of_counts(counts_of_cuts(scores, positive, np.array([habit]), weights))
    return best_cut(cuts, values, habit, float(at_habit[0]))


def best_among_quantiles(
    scores: FloatArray, value_of: Callable[[float], float], habit: float, most: int = 256
) -> tuple[float, float]:
    """Return the best of at most `most` cuts, spread evenly over the ranks, for a metric that is not made of counts."""
    _, cuts = cut_points(scores)
    chosen = cuts[np.unique(np.linspace(0, cuts.size - 1, most).round().astype(np.intp))]
    values = np.array([value_of(float(cut)) for cut in chosen])
    return best_cut(chosen, np.where(np.isnan(values), -np.inf, values), habit, value_of(habit))
