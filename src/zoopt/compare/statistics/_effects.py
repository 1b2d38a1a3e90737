"""How much better, as a chance: of two runs, and of all pairs of contenders."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics import _sign_flips
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class WinMatrix:
    """How often each contender is better than each other one on the same seed.

    Attributes
    ----------
    share : ndarray of shape (k, k)
        Share of the pairs in which the row is better than the column; a tie counts half. One half on the diagonal.
    low, high : ndarray of shape (k, k)
        Interval at ``confidence``.
    confidence : float
    pairs : int
    """

    share: FloatArray
    low: FloatArray
    high: FloatArray
    confidence: float
    pairs: int


def vargha_delaney(first: ArrayLike, second: ArrayLike) -> float:
    """Return A12, the chance that a value of the first series exceeds one of the second; ties count half.

    Parameters
    ----------
    first, second : array_like of shape (n,) and (m,)
        May be infinite.

    Returns
    -------
    float
        In [0, 1]; one half where neither tends to be larger.

    Raises
    ------
    InvalidInput
        An empty series, or NaN.

    Notes
    -----
    Vargha, Delaney (2000), A critique and improvement of the CL common language effect size statistics of McGraw
    and Wong, J. Educational and Behavioral Statistics 25.

    Examples
    --------
    >>> vargha_delaney([3, 4, 5], [1, 2, 4])
    0.8333333333333334
    """
    one, two = np.asarray(first, dtype=np.float64), np.sort(np.asarray(second, dtype=np.float64))
    if one.ndim != 1 or two.ndim != 1 or not one.size or not two.size:
        raise InvalidInput(f"A12 takes two series of values, got arrays of shape {one.shape} and {two.shape}")
    if np.isnan(one).any() or np.isnan(two).any():
        raise InvalidInput("A12 takes numbers, got NaN; a failed run is worst, not missing")
    below = np.searchsorted(two, one, side="left")
    up_to = np.searchsorted(two, one, side="right")
    return float((below + up_to).sum() / (2.0 * one.size * two.size))


def win_matrix(ranks: ArrayLike, *, confidence: float = 0.95, ratio: float = 0.0) -> WinMatrix:
    """Return how often each contender is better than each other one on the same seed.

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        A line for each seed (of each objective): the smaller number is the better contender, equal numbers tie.
    confidence : float
        In (0, 1).
    ratio : float
        n_test / n_train of the splits; 0 for independent runs.

    Returns
    -------
    WinMatrix

    Raises
    ------
    InvalidInput
        Not a table with a line at least, or NaN.

    Notes
    -----
    The interval is Wilson's (1927) for a proportion of n pairs, wide enough with ties, whose halves vary less. Splits
    of one data set count as 1 / (1/n + ratio) pairs (Nadeau and Bengio 2003).

    Examples
    --------
    >>> matrix = win_matrix([[1, 2], [1, 2], [2, 1], [1, 2]])
    >>> matrix.share[0, 1], matrix.low[0, 1].round(3), matrix.high[0, 1].round(3)
    (np.float64(0.75), np.float64(0.301), np.float64(0.954))
    """
    table = np.asarray(ranks, dtype=np.float64)
    if table.ndim != 2 or not len(table) or np.isnan(table).any():
        raise InvalidInput(f"ranks must be a table of numbers, a line for each seed; got shape {table.shape}")
    share = np.empty((table.shape[1], table.shape[1]))
    for row in range(table.shape[1]):
        own = table[:, row : row + 1]
        share[row] = (np.count_nonzero(own < table, axis=0) + 0.5 * np.count_nonzero(own == table, axis=0)) / len(table)
    low, high = proportion_interval(share, 1.0 / (1.0 / len(table) + ratio), confidence=confidence)
    return WinMatrix(share, low, high, confidence, len(table))


def proportion_interval(share: ArrayLike, trials: float, *, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's interval of a proportion.

    Parameters
    ----------
    share : array_like
        Observed proportions in [0, 1], any shape.
    trials : float
        > 0.
    confidence : float
        In (0, 1).

    Returns
    -------
    low, high : ndarray of the shape of ``share``

    Raises
    ------
    InvalidInput
        An argument out of range.

    Notes
    -----
    Wilson (1927), Probable inference, the law of succession, and statistical inference, J. Amer. Statist. Assoc. 22.

    Examples
    --------
    >>> low, high = proportion_interval(0.5, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.237, 0.763)
    """
    observed = np.asarray(share, dtype=np.float64)
    if not (np.all(observed >= 0) and np.all(observed <= 1) and trials > 0 and 0 < confidence < 1):
        raise InvalidInput("a proportion and a confidence lie between 0 and 1, and the number of trials is > 0")
    z = _sign_flips.normal_quantile(0.5 + confidence / 2.0)
    centre = (observed + z * z / (2.0 * trials)) / (1.0 + z * z / trials)
    half = z / (1.0 + z * z / trials) * np.sqrt(observed * (1.0 - observed) / trials + (z / (2.0 * trials)) ** 2)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
