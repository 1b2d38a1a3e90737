"""Share of targets reached against evaluations: the empirical distribution of running times, with a band."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics._running_times import as_times, drawn_counts, tail_quantiles
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Ecdf:
    """An empirical distribution of running times.

    Attributes
    ----------
    grid : ndarray of shape (g,)
        Evaluations, or evaluations over the dimension.
    share : ndarray of shape (g,)
        Share of (objective, run, target) triples reached by then; every objective counts alike.
    low, high : ndarray of shape (g,)
        Band at ``confidence``.
    confidence : float
    """

    grid: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    confidence: float


def runtime_ecdf(
    hits: Sequence[ArrayLike],
    grid: ArrayLike,
    *,
    band: Literal["bootstrap", "dkw"] = "bootstrap",
    confidence: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> Ecdf:
    """Return the share of targets reached within each number of evaluations.

    Parameters
    ----------
    hits : sequence of array_like of shape (n, t)
        A table of runs by targets for each objective (or instance): the evaluation that reached the target first, which
        may be divided by the dimension; negative or infinite for never.
    grid : array_like of shape (g,)
        Evaluations, ascending, in the unit of the hits.
    band : {"bootstrap", "dkw"}
        ``"bootstrap"``: percentiles at each point of the grid over resampled runs, of each objective its own.
        ``"dkw"``: holds over the whole grid at once, whatever the distribution, and is wider for it.
    confidence : float
        In (0, 1).
    resamples : int
        ≥ 1.
    seed : int
        Of the resampling; one seed gives contenders on the same seeds the same draws.

    Returns
    -------
    Ecdf

    Raises
    ------
    InvalidInput
        No runs or targets, a grid that does not ascend, or a number out of range.

    Notes
    -----
    The unit of chance is the run: targets of one run are reached together, so more targets make a smoother curve, not
    a surer one. The half-width of the DKW band over N runs is √(ln(2c / α) / (2 N)): c = 1 for one target of one
    objective (Dvoretzky, Kiefer, Wolfowitz 1956; Massart 1990), e for runs that are independent but differ in
    distribution, as on several objectives (Bretagnolle 1980), and e more where each run gives a mean over several
    targets: a mean is never farther out, in expectation of any convex function, than one of its terms drawn at random.

    Examples
    --------
    >>> curve = runtime_ecdf([[[10, 40], [20, -1]]], [5, 10, 20, 50])
    >>> curve.share
    array([0.  , 0.25, 0.5 , 0.75])
    """
    tables = _tables(hits)
    points = np.asarray(grid, dtype=np.float64)
    if points.ndim != 1 or not points.size or not np.all(np.diff(points) >= 0):
        raise InvalidInput("the grid must be a series of evaluations that ascends")
    if not 0.0 < confidence < 1.0 or resamples < 1:
        raise InvalidInput("the confidence must lie between 0 and 1, and the number of resamples is at least 1")
    shares = [_shares(table, points) for table in tables]
    mean = np.mean([share.mean(axis=0) for share in shares], axis=0)
    if band == "dkw":
        half = _half_width(tables, 1.0 - confidence)
        low, high = np.maximum(0.0, mean - half), np.minimum(1.0, mean + half)
    elif band == "bootstrap":
        low, high = _percentiles(shares, confidence, resamples, seed)
    else:
        raise InvalidInput(f"the band is 'bootstrap' or 'dkw', got {band!r}")
    return Ecdf(points, mean, low, high, confidence)


def _tables(hits: Sequence[ArrayLike]) -> list[FloatArray]:
    tables = [as_times(table) for table in hits]
    if not tables or not all(table.size for table in tables):
        raise InvalidInput("hits must be a list of tables, one for each objective, with a run and a target at least")
    return tables


def _shares(times: FloatArray, grid: FloatArray) -> FloatArray:
    """Share of targets that each run has reached at each point of the grid, shape (n, g)."""
    runs, targets = times.shape
    place = np.searchsorted(grid, times, side="left") + (grid.size + 1) * np.arange(runs)[:, None]
    counts = np.bincount(place.ravel(), minlength=runs * (grid.size + 1)).reshape(runs, grid.size + 1)
    shares: FloatArray = np.cumsum(counts[:, :-1], axis=1) / targets
    return shares


def _percentiles(
    shares: list[FloatArray], confidence: float, resamples: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    weighted = np.concatenate([share / (len(share) * len(shares)) for share in shares])
    counts = _stratified(tuple(len(share) for share in shares), resamples, seed)
    return tail_quantiles(weighted.T @ counts.T, confidence)


@lru_cache(maxsize=4)
def _stratified(runs: tuple[int, ...], resamples: int, seed: int) -> FloatArray:
    """How often each run is drawn, of each objective as many as there are; shape (resamples, all runs)."""
    return np.concatenate([drawn_counts(each, resamples, seed + at) for at, each in enumerate(runs)], axis=1)


def _half_width(tables: list[FloatArray], alpha: float) -> float:
    runs = len(tables) ** 2 / sum(1.0 / len(table) for table in tables)  # all runs, where objectives have as many
    several = (len(tables) > 1) + any(table.shape[1] > 1 for table in tables)
    return math.sqrt((math.log(2.0 / alpha) + several) / (2.0 * runs))
