"""Decisions of several classes by one parameter: argmax of ``score - tau log prior``, swept over every breakpoint."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._counts import OfCounts, confusion

REACH = (-2.0, 2.0)
"""Values of tau that are tried: from twice the prior added to twice the prior taken away."""
_CHUNK = 1 << 18  # counts held at once


def log_prior(y: npt.NDArray[np.intp], classes: int, weights: FloatArray | None = None) -> FloatArray:
    """Return the log of every class's share; a class that does not occur counts half a row."""
    mass = np.bincount(y, weights, minlength=classes).astype(np.float64)
    return np.asarray(np.log(np.where(mass > 0, mass, 0.5) / mass.sum()))


class Changes(NamedTuple):
    """Where the winners change as tau grows, in ascending tau.

    Attributes
    ----------
    taus : ndarray of shape (changes,)
    rows, old, new : ndarray of shape (changes,)
        Which row changes, from which class to which.
    """

    taus: FloatArray
    rows: npt.NDArray[np.intp]
    old: npt.NDArray[np.intp]
    new: npt.NDArray[np.intp]


def winners_along(scores: FloatArray, prior: FloatArray) -> Changes:
    """Return where the argmax of ``scores - tau prior`` changes as tau runs through :data:`REACH`.

    Every class is a line in tau and the winner of a row follows the upper envelope of its C lines, so that a row has
    C - 1 changes at most.

    Parameters
    ----------
    scores : ndarray of shape (n, C)
    prior : ndarray of shape (C,)

    Returns
    -------
    Changes
    """
    lines = np.ascontiguousarray(scores.T)  # a class after the other: the loops over rows are inside
    rows, now = np.arange(len(scores)), first_winners(scores, prior)
    last = np.full(len(scores), REACH[0])
    found = []
    while rows.size:
        slope = prior[now] - prior[:, None]  # the rate at which every class gains on the winner
        behind = lines[now, np.arange(rows.size)] - lines
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = np.where(slope > 0, behind / slope, np.inf)
        first = np.maximum(crossing.min(axis=0), last)  # rounding must not turn two changes of a row round
        going = np.flatnonzero(first < REACH[1])
        # Of several that cross at once the steepest wins afterwards.
        steep = np.where(crossing[:, going] <= first[going], slope[:, going], -np.inf).argmax(axis=0)
        found.append(Changes(first[going], rows[going], now[going], steep))
        rows, now, last, lines = rows[going], steep, first[going], lines[:, going]
    joined = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    order = np.argsort(joined[0], kind="stable")  # so that the changes of one row stay in their order
    return Changes(*(part[order] for part in joined))


def first_winners(scores: FloatArray, prior: FloatArray) -> npt.NDArray[np.intp]:
    """Return the argmax at the lower end of :data:`REACH`."""
    return np.asarray(np.argmax(scores - REACH[0] * prior, axis=1))


def best_tau(
    scores: FloatArray,
    y: npt.NDArray[np.intp],
    of_counts: OfCounts,
    prior: FloatArray,
    weights: FloatArray | None = None,
) -> tuple[float, float]:
    """Return the tau in :data:`REACH` with the best metric of the argmax of ``scores - tau prior``, and that metric.

    Exactly: the metric is constant between two breakpoints, and all of them are tried; of equals the one next to 0,
    which is no change at all.

    Parameters
    ----------
    scores : ndarray of shape (n, C)
        Log probabilities, or scores like them; finite.
    y : ndarray of shape (n,)
        Class numbers.
    of_counts : callable
        The metric of confusion counts (C, C, m).
    prior : ndarray of shape (C,)
        Log priors.
    weights : ndarray of shape (n,), optional

    Returns
    -------
    tau, value : float
    """
    classes = scores.shape[1]
    counts = confusion(y, first_winners(scores, prior), classes, weights)
    lefts, rights, values = _values_between(winners_along(scores, prior), y, counts, of_counts, weights)
    at_zero = float(of_counts(confusion(y, scores.argmax(axis=1), classes, weights)))
    best = float(values.max())
    if at_zero >= best:
        return 0.0, at_zero
    middles = (lefts + rights) / 2.0
    chosen = np.flatnonzero(values == best)
    return float(middles[chosen[np.argmin(np.abs(middles[chosen]))]]), best


def _values_between(
    changes: Changes,
    y: npt.NDArray[np.intp],
    counts: FloatArray,
    of_counts: OfCounts,
    weights: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the intervals of tau between different breakpoints, and the metric in each."""
    classes, total = len(counts), changes.taus.size
    edges = np.concatenate([[REACH[0]], changes.taus, [REACH[1]]])
    wide = np.flatnonzero(edges[1:] > edges[:-1])  # interval i comes after the first i changes
    values = np.empty(wide.size)
    cells = y[changes.rows] * classes
    mass = np.ones(total) if weights is None else weights[changes.rows]
    step = max(1, _CHUNK // classes**2)
    for begin in range(0, total + 1, step):
        part = slice(begin, min(begin + step, total))
        at = np.arange(1, part.stop - begin + 1)
        moves = np.zeros((classes * classes, at.size + 1))
        moves[:, 0] = counts.ravel()
        moves[cells[part] + changes.new[part], at] += mass[part]
        moves[cells[part] + changes.old[part], at] -= mass[part]
        np.cumsum(moves, axis=1, out=moves)
        low, high = np.searchsorted(wide, [begin, begin + step])
        here = moves.reshape(classes, classes, -1)[:, :, wide[low:high] - begin]
        values[low:high] = of_counts(here)
        counts = moves[:, -1]
    return edges[wide], edges[wide + 1], values
