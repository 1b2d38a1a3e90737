"""Decisions of several classes by one parameter: argmax of ``score - tau log prior``, swept over every breakpoint."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._counts import OfCounts, confusion

REACH = (-2.0, 2.0)
"""Values of tau that are tried: from twice the prior added to twice the prior taken away."""
_CHUNK = 1 << 20  # counts held at once


def log_prior(y: npt.NDArray[np.intp], classes: int, weights: FloatArray | None = None) -> FloatArray:
    """Return the log of every class's share; a class that does not occur counts half a row."""
    mass = np.bincount(y, weights, minlength=classes).astype(np.float64)
    return np.asarray(np.log(np.where(mass > 0, mass, 0.5) / mass.sum()))


def winners_along(
    scores: FloatArray, prior: FloatArray
) -> tuple[FloatArray, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where the argmax of ``scores - tau prior`` changes as tau runs through :data:`REACH`.

    Every class is a line in tau and the winner of a row follows the upper envelope of its C lines, so that a row has
    C - 1 changes at most.

    Parameters
    ----------
    scores : ndarray of shape (n, C)
    prior : ndarray of shape (C,)

    Returns
    -------
    taus : ndarray of shape (changes,)
        Not sorted.
    rows, winners : ndarray of shape (changes,)
        Which row changes, to which class. Each row's first entry is its winner at the lower end.
    """
    rows = np.arange(len(scores))
    now = np.argmax(scores - REACH[0] * prior, axis=1)
    last = np.full(len(scores), REACH[0])
    taus, which, to = [last], [rows], [now]
    while rows.size:
        slope = prior[now][:, None] - prior  # the rate at which every class gains on the winner
        behind = scores[rows, now][:, None] - scores[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = np.where(slope > 0, behind / slope, np.inf)
        first = np.maximum(crossing.min(axis=1), last)  # rounding must not turn two changes of a row round
        # Of several that cross at once the steepest wins afterwards.
        steepest = np.where(crossing <= first[:, None], slope, -np.inf).argmax(axis=1)
        going = first < REACH[1]
        rows, now, last = rows[going], steepest[going], first[going]
        taus.append(last)
        which.append(rows)
        to.append(now)
    return np.concatenate(taus), np.concatenate(which), np.concatenate(to)


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
    taus, rows, winners = winners_along(scores, prior)
    order = np.lexsort((np.arange(taus.size), taus))  # the changes of one row stay in their order
    start = len(scores)
    previous = _previous_winners(rows, winners)
    order = order[order >= start]
    taus, rows, winners, previous = taus[order], rows[order], winners[order], previous[order]
    counts = confusion(y, _first_winners(scores, prior), classes, weights)
    lefts, rights, values = _values_between(taus, rows, winners, previous, y, counts, of_counts, weights)
    at_zero = float(of_counts(confusion(y, scores.argmax(axis=1), classes, weights)))
    best = float(values.max())
    if at_zero >= best:
        return 0.0, at_zero
    middles = (lefts + rights) / 2.0
    chosen = np.flatnonzero(values == best)
    return float(middles[chosen[np.argmin(np.abs(middles[chosen]))]]), best


def _first_winners(scores: FloatArray, prior: FloatArray) -> npt.NDArray[np.intp]:
    return np.asarray(np.argmax(scores - REACH[0] * prior, axis=1))


def _previous_winners(rows: npt.NDArray[np.intp], winners: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the winner that each change replaces; changes of a row are in ascending order."""
    order = np.argsort(rows, kind="stable")
    previous = np.empty_like(winners)
    previous[order[1:]] = winners[order[:-1]]
    previous[order[0]] = winners[order[0]]
    return previous


def _values_between(
    taus: FloatArray,
    rows: npt.NDArray[np.intp],
    winners: npt.NDArray[np.intp],
    previous: npt.NDArray[np.intp],
    y: npt.NDArray[np.intp],
    counts: FloatArray,
    of_counts: OfCounts,
    weights: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the intervals of tau between different breakpoints, and the metric in each."""
    classes = len(counts)
    edges = np.concatenate([[REACH[0]], taus, [REACH[1]]])
    wide = np.flatnonzero(edges[1:] > edges[:-1])  # interval i comes after the first i changes
    values = np.empty(wide.size)
    mass = np.ones(taus.size) if weights is None else weights[rows]
    step = max(1, _CHUNK // classes**2)
    done = 0
    for begin in range(0, taus.size + 1, step):
        end = min(begin + step, taus.size + 1)
        here = wide[(wide >= begin) & (wide < end)]
        changes = slice(begin, min(end, taus.size))
        length = changes.stop - begin
        moves = np.zeros((classes * classes, length + 1))
        at = np.arange(1, length + 1)
        true = y[rows[changes]] * classes
        moves[:, 0] = counts.ravel()
        moves[true + winners[changes], at] += mass[changes]
        moves[true + previous[changes], at] -= mass[changes]
        np.cumsum(moves, axis=1, out=moves)
        values[done : done + here.size] = of_counts(moves.reshape(classes, classes, -1)[:, :, here - begin])
        done += here.size
        counts = moves[:, -1].reshape(classes, classes)
    return edges[wide], edges[wide + 1], values
