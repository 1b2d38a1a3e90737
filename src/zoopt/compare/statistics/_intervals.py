"""Final values with intervals: the mean by t, the median by order statistics, any statistic by bootstrap."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics._splits import as_series, corrected_standard_error, spread_of, t_quantile
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


def mean_interval(values: ArrayLike, ratio: float, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the mean over splits and its corrected t interval.

    Parameters
    ----------
    values : array_like of shape (J,)
        One score a split.
    ratio : float
        n_test / n_train of the splits; 0 for independent runs.
    confidence : float
        In (0, 1).

    Returns
    -------
    mean, low, high : float
        ``low`` and ``high`` are NaN for a single run, which says nothing about spread.

    Examples
    --------
    >>> mean, low, high = mean_interval([0.8, 0.9, 0.85], 0.5)
    >>> round(mean, 3), round(low, 3), round(high, 3)
    (0.85, 0.654, 1.046)
    """
    series = as_series(values, "values")
    mean = float(series.mean())
    if series.size == 1:
        return mean, math.nan, math.nan
    half = t_quantile((1.0 + confidence) / 2.0, series.size - 1) * corrected_standard_error(
        spread_of(series), series.size, ratio
    )
    return mean, mean - half, mean + half


def median_interval(values: ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the median and its interval between two order statistics, whatever the distribution.

    Parameters
    ----------
    values : array_like of shape (n,)
        One for each independent run, n ≥ 1; may be infinite.
    confidence : float
        In (0, 1); the interval holds the median with this confidence at least.

    Returns
    -------
    median, low, high : float
        ``low`` and ``high`` are NaN where there are too few runs for any interval (fewer than 6 for 95 %).

    Raises
    ------
    InvalidInput
        No values, NaN among them, or a confidence out of range.

    Notes
    -----
    The k-th smallest and the k-th largest value, k the largest number with P(B < k) ≤ (1 - confidence) / 2 and B
    binomial with n trials of one half: Conover (1999), Practical Nonparametric Statistics, section 3.2.

    Examples
    --------
    >>> median_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    (5.0, 2.0, 8.0)
    """
    series = np.sort(np.asarray(values, dtype=np.float64))
    _check(series, confidence)
    median = float(np.median(series)) if np.isfinite(series).all() else _middle(series)
    below = _below_half(series.size)
    k = int(np.searchsorted(below, (1.0 - confidence) / 2.0, side="right"))
    if k == 0:
        return median, math.nan, math.nan
    return median, float(series[k - 1]), float(series[-k])


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[..., FloatArray] = np.mean,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Return a statistic of independent runs and its bias-corrected, accelerated bootstrap interval.

    Parameters
    ----------
    values : array_like of shape (n,)
        n ≥ 2, finite.
    statistic : callable
        Such as ``np.mean`` or ``np.median``: takes an array of shape (m, n) and ``axis=1``, returns shape (m,).
    confidence : float
        In (0, 1).
    resamples : int
        ≥ 1.
    seed : int
        Of the resampling; the same seed gives the same interval.

    Returns
    -------
    value, low, high : float
        Without any spread of the resampled statistic all three are one number.

    Raises
    ------
    InvalidInput
        Fewer than two values, values that are not finite, or a number out of range.

    Notes
    -----
    Efron (1987), Better bootstrap confidence intervals, J. Amer. Statist. Assoc. 82: BCa, with the acceleration from
    the jackknife.

    Examples
    --------
    >>> value, low, high = bootstrap_interval([3.1, 2.9, 3.4, 3.0, 8.0, 3.3])
    >>> low < value < high
    True
    """
    series = as_series(values, "values")
    _check(series, confidence)
    if series.size < 2 or resamples < 1:
        raise InvalidInput(f"a bootstrap needs at least 2 values, got {series.size}, and at least 1 resample")
    rng = np.random.default_rng(seed)
    drawn = np.asarray(statistic(series[rng.integers(series.size, size=(resamples, series.size))], axis=1))
    value = float(np.asarray(statistic(series[None], axis=1))[0])
    low, high = np.quantile(drawn, _bca_levels(series, statistic, drawn, value, confidence))
    return value, float(low), float(high)


def _bca_levels(
    series: FloatArray, statistic: Callable[..., FloatArray], drawn: FloatArray, value: float, confidence: float
) -> FloatArray:
    """Levels of the quantiles of the resampled statistic that bound the interval."""
    from scipy.special import ndtr, ndtri

    left_out = np.array([np.delete(series, i) for i in range(series.size)])
    jackknife = np.asarray(statistic(left_out, axis=1))
    deviations = jackknife.mean() - jackknife
    squares = float(np.sum(deviations**2))
    acceleration = float(np.sum(deviations**3)) / (6.0 * squares**1.5) if squares > 0 else 0.0
    share = float(np.mean(drawn < value) + np.mean(drawn <= value)) / 2.0
    bias = ndtri(min(max(share, 0.5 / drawn.size), 1.0 - 0.5 / drawn.size))
    shifted = bias + ndtri(np.array([0.5 - confidence / 2.0, 0.5 + confidence / 2.0]))
    return np.asarray(ndtr(bias + shifted / (1.0 - acceleration * shifted)), dtype=np.float64)


def _below_half(trials: int) -> FloatArray:
    """P(B ≤ j) for j = 0 … (trials - 1) // 2, B binomial with trials of one half."""
    from scipy.special import bdtr

    return np.asarray(bdtr(np.arange((trials + 1) // 2), trials, 0.5), dtype=np.float64)


def _middle(ordered: FloatArray) -> float:
    low, high = float(ordered[(ordered.size - 1) // 2]), float(ordered[ordered.size // 2])
    return low if low == high else 0.5 * (low + high)


def _check(series: FloatArray, confidence: float) -> None:
    if series.ndim != 1 or not series.size or np.isnan(series).any():
        raise InvalidInput(f"values must be one series of numbers, got an array of shape {series.shape}")
    if not 0.0 < confidence < 1.0:
        raise InvalidInput(f"the confidence must lie between 0 and 1, got {confidence!r}")
