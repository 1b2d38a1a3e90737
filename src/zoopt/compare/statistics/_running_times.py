"""Expected running time to targets, with success rate and bootstrap, as COCO defines them.

All functions take *hits* of shape (n, t): for each of n runs and t targets the evaluation that reached the target
first, negative (or infinite) where none did; and the evaluations that each run used.

References
----------
Hansen, Auger, Ros, Mersmann, Tušar, Brockhoff (2021), COCO: a platform for comparing continuous optimizers in a
black-box setting, Optimization Methods and Software 36.
Auger, Hansen (2005), Performance evaluation of an advanced local search evolutionary algorithm, CEC 2005.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RunningTime:
    """Expected running times to t targets.

    Attributes
    ----------
    expected : ndarray of shape (t,)
        Evaluations of all runs until they reach the target or end, over the number of runs that reach it; infinite
        where none does.
    low, high : ndarray of shape (t,)
        Bootstrapped interval at ``confidence``; ``high`` is infinite where too many resamples have no success.
    success_rate : ndarray of shape (t,)
        Share of runs that reach the target.
    confidence : float
    runs : int
    """

    expected: FloatArray
    low: FloatArray
    high: FloatArray
    success_rate: FloatArray
    confidence: float
    runs: int


def expected_running_time(
    hits: ArrayLike, evaluations: ArrayLike, *, confidence: float = 0.95, resamples: int = 1000, seed: int = 0
) -> RunningTime:
    """Return the expected running time to each target, with success rate and bootstrapped interval.

    Parameters
    ----------
    hits : array_like of shape (n, t) or (n,)
        Evaluation at which each run reached each target first; negative for never.
    evaluations : array_like of shape (n,)
        Evaluations each run used; those of a run without success count in full.
    confidence : float
        In (0, 1).
    resamples : int
        Number of times that n runs are drawn with replacement, ≥ 1.
    seed : int
        Of the resampling; one seed gives contenders on the same seeds the same draws.

    Returns
    -------
    RunningTime

    Raises
    ------
    InvalidInput
        No runs, shapes that do not fit, or a number out of range.

    Notes
    -----
    ERT = (Σ evaluations of successful runs until success + Σ evaluations of the others) / number of successes: the
    expected evaluations of an optimiser that is started again until it succeeds.

    Examples
    --------
    >>> times = expected_running_time([[10, 80], [14, -1], [12, -1]], [100, 100, 100])
    >>> times.expected, times.success_rate
    (array([ 12., 280.]), array([1.        , 0.33333333]))
    """
    reached, spent = _spent(hits, evaluations)
    if not 0.0 < confidence < 1.0 or resamples < 1:
        raise InvalidInput("the confidence must lie between 0 and 1, and the number of resamples is at least 1")
    times = _over(spent.sum(axis=0), reached.sum(axis=0))
    counts = drawn_counts(len(spent), resamples, seed)
    low, high = tail_quantiles(_over(spent.T @ counts.T, reached.T @ counts.T), confidence)
    return RunningTime(times, low, high, reached.mean(axis=0), confidence, len(spent))


def simulated_restarts(hits: ArrayLike, evaluations: ArrayLike, *, samples: int = 1000, seed: int = 0) -> FloatArray:
    """Return running times of an optimiser that is started again until it reaches the target.

    Parameters
    ----------
    hits : array_like of shape (n, t) or (n,)
    evaluations : array_like of shape (n,)
        As in :func:`expected_running_time`.
    samples : int
        Running times for each target, ≥ 1.
    seed : int

    Returns
    -------
    ndarray of shape (samples, t)
        Infinite where no run reached the target. Their mean tends to the expected running time.

    Raises
    ------
    InvalidInput
        No runs, shapes that do not fit, or no samples.

    Notes
    -----
    COCO's bootstrap: runs are drawn with replacement, and the evaluations of unsuccessful ones added, until a
    successful one is drawn.

    Examples
    --------
    >>> simulated_restarts([[10, -1], [10, -1]], [50, 50], samples=3)
    array([[10., inf],
           [10., inf],
           [10., inf]])
    """
    reached, spent = _spent(hits, evaluations)
    if samples < 1:
        raise InvalidInput(f"samples must be at least 1, got {samples}")
    rng = np.random.default_rng(seed)
    totals = np.full((samples, spent.shape[1]), np.inf)
    for target in np.flatnonzero(reached.any(axis=0)):
        good, bad = spent[reached[:, target] > 0, target], spent[reached[:, target] == 0, target]
        totals[:, target] = good[rng.integers(good.size, size=samples)]
        if bad.size:
            failures = rng.geometric(good.size / len(spent), size=samples) - 1
            lost = bad[rng.integers(bad.size, size=int(failures.sum()))]
            totals[:, target] += np.bincount(np.repeat(np.arange(samples), failures), lost, samples)
    return totals


def tail_quantiles(drawn: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Return the two quantiles along the last axis that bound the confidence.

    Both are values that were drawn, never a mean of a number and infinity.
    """
    size = drawn.shape[-1]
    tail = (1.0 - confidence) / 2.0
    first, last = max(0, math.ceil(tail * size) - 1), math.ceil((1.0 - tail) * size) - 1
    ordered = np.sort(drawn, axis=-1)  # quicker than a partition, by far
    return ordered[..., first], ordered[..., last]


@lru_cache(maxsize=16)
def drawn_counts(runs: int, resamples: int, seed: int) -> FloatArray:
    """Return how often each run is drawn in each resample of as many runs, shape (resamples, runs)."""
    rng = np.random.default_rng(seed)
    places = rng.integers(runs, size=(resamples, runs)) + runs * np.arange(resamples)[:, None]
    return np.bincount(places.ravel(), minlength=runs * resamples).reshape(resamples, runs).astype(np.float64)


def as_times(hits: ArrayLike) -> FloatArray:
    """Return hits as a table of running times of shape (n, t), infinite for never."""
    table = np.asarray(hits, dtype=np.float64)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2 or np.isnan(table).any():
        raise InvalidInput(f"hits must be a table of runs by targets without NaN, got an array of shape {table.shape}")
    return np.where(table < 0, np.inf, table)


def _spent(hits: ArrayLike, evaluations: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Whether each run reached each target (as 1 and 0), and the evaluations it spent on it."""
    times = as_times(hits)
    used = np.asarray(evaluations, dtype=np.float64)
    if used.shape != times.shape[:1] or not used.size:
        raise InvalidInput(f"hits of {len(times)} runs need as many evaluations, at least 1; got shape {used.shape}")
    reached = np.isfinite(times)
    return reached.astype(np.float64), np.where(reached, times, used[:, None])


def _over(sums: FloatArray, successes: FloatArray) -> FloatArray:
    return np.divide(sums, successes, out=np.full_like(sums, np.inf), where=successes > 0)
