"""Decisions about ordered classes by cut points on one score: by matched variance, or by bagged coordinate search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._counts import OfCounts
from zoopt.sklearn._sweep import between

BAGS = 20
_PLACES = 256  # of a cut point that are tried at a time, spread evenly over the ranks
_ROUNDS = 10
_MOST = 4096  # places in all


def matched_cuts(
    scores: FloatArray, y: npt.NDArray[np.intp], classes: int, weights: FloatArray | None = None
) -> FloatArray:
    """Return cut points that give rounded scores the mean and the variance of the class numbers.

    Scores that regress towards the mean spread less than the classes do. Among all linear maps a s + b of the scores
    the one with the greatest quadratic weighted kappa, taken without rounding,
    1 - E(y - p)² / (var y + var p + (E y - E p)²), has a = std y / std s and E p = E y. Rounding a s + b to the next
    class is cutting s at (k + 1/2 - b) / a.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    y : ndarray of shape (n,)
        Class numbers 0 … C - 1.
    classes : int
    weights : ndarray of shape (n,), optional

    Returns
    -------
    ndarray of shape (C - 1,)
        Ascending.

    Examples
    --------
    >>> matched_cuts(np.array([4.0, 5.0, 6.0]), np.array([0, 1, 2]), 3).tolist()
    [4.5, 5.5]
    """
    mean_score, mean_class = np.average(scores, weights=weights), np.average(y, weights=weights)
    spread = np.sqrt(np.average((scores - mean_score) ** 2, weights=weights))
    spread_class = np.sqrt(np.average((y - mean_class) ** 2, weights=weights))
    if spread == 0 or spread_class == 0:
        return rounding_cuts(classes)
    halves = np.arange(classes - 1) + 0.5
    return np.asarray(mean_score + (halves - mean_class) * (spread / spread_class))


def rounding_cuts(classes: int) -> FloatArray:
    """Return the cut points of plain rounding to the class numbers."""
    return np.arange(classes - 1, dtype=np.float64) + 0.5


def bagged_cuts(
    scores: FloatArray,
    y: npt.NDArray[np.intp],
    classes: int,
    of_counts: OfCounts,
    weights: FloatArray | None = None,
    *,
    seed: int,
    bags: int = BAGS,
) -> FloatArray:
    """Return the mean, over bootstrap samples, of cut points found by coordinate search from the matched ones.

    Each of `bags` samples of the rows gives cut points of its own: one after the other is put where the metric of
    the sample is greatest, at up to 256 places between its neighbours, until none moves. A single search fits the
    noise of the rows next to a cut; the mean of many does so less.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    y : ndarray of shape (n,)
        Class numbers.
    classes : int
    of_counts : callable
        The metric of confusion counts (C, C, m).
    weights : ndarray of shape (n,), optional
    seed : int
    bags : int

    Returns
    -------
    ndarray of shape (C - 1,)
        Ascending.
    """
    weight = np.ones(y.size) if weights is None else weights
    start, places = matched_cuts(scores, y, classes, weights), places_of(scores)
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(bags):
        drawn = np.bincount(generator.integers(y.size, size=y.size), minlength=y.size) * weight
        found.append(searched_cuts(places, y, drawn, start, classes, of_counts))
    return np.asarray(np.mean(found, axis=0))


@dataclass(frozen=True)
class Places:
    """Where cut points may stand.

    Attributes
    ----------
    cuts : ndarray of shape (places,)
        Ascending: below all scores, between different ones, above all; of very many an even part by rank.
    below : ndarray of shape (n,)
        How many of them lie below each score.
    """

    cuts: FloatArray
    below: npt.NDArray[np.intp]


def places_of(scores: FloatArray) -> Places:
    """Return where scores can be cut."""
    steps, place = np.unique(scores, return_inverse=True)
    cuts = np.concatenate([[steps[0] - 1.0], between(steps[:-1], steps[1:]), [steps[-1] + 1.0]])
    if cuts.size <= _MOST:
        return Places(cuts, place + 1)
    ranks = np.cumsum(np.bincount(place))
    chosen = np.searchsorted(ranks, np.linspace(0, scores.size, _MOST)[1:-1])
    cuts = cuts[np.unique(np.concatenate([[0], chosen, [cuts.size - 1]]))]
    return Places(cuts, np.searchsorted(cuts, scores, side="left"))


def searched_cuts(
    places: Places,
    y: npt.NDArray[np.intp],
    weights: FloatArray,
    start: FloatArray,
    classes: int,
    of_counts: OfCounts,
) -> FloatArray:
    """Return cut points from which no single move to a place that is tried helps the metric."""
    count = places.cuts.size
    cells = np.bincount(y * count + places.below, weights, minlength=classes * count)
    mass = np.cumsum(cells.reshape(classes, count), axis=1, dtype=np.float64)  # mass[c, i]: of class c below place i
    at = np.searchsorted(places.cuts, start)
    at = np.minimum(at, count - 1)
    cuts = start.copy()
    for _ in range(_ROUNDS):
        moved = False
        for k in range(classes - 1):
            low = at[k - 1] if k else 0
            high = at[k + 1] if k + 1 < classes - 1 else count - 1
            tried = np.unique(np.linspace(low, high, min(high - low + 1, _PLACES)).round().astype(np.intp))
            tried = np.append(tried, at[k])  # last: so that equals leave it where it is
            values = of_counts(_counts_at(mass, at, k, tried))
            best = int(values.argmax())
            if values[best] > values[-1]:
                at[k], moved = tried[best], True
                cuts[k] = places.cuts[at[k]]
        if not moved:
            break
    return np.asarray(np.maximum.accumulate(cuts))


def _counts_at(mass: FloatArray, at: npt.NDArray[np.intp], k: int, tried: npt.NDArray[np.intp]) -> FloatArray:
    """Return the confusion counts with cut point k at each of the ranks tried, shape (C, C, tried)."""
    edges = np.concatenate([[0], at, [mass.shape[1] - 1]])
    found = np.repeat(np.diff(mass[:, edges], axis=1)[:, :, None], tried.size, axis=2)
    found[:, k] = mass[:, tried] - mass[:, [edges[k]]]
    found[:, k + 1] = mass[:, [edges[k + 2]]] - mass[:, tried]
    return found
