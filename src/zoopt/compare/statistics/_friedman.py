"""Friedman's test over data sets, and what may be said after it.

References
----------
Demšar (2006), Statistical comparisons of classifiers over multiple data sets, J. Machine Learning Research 7.
Friedman (1937), The use of ranks to avoid the assumption of normality implicit in the analysis of variance, J. Amer.
Statist. Assoc. 32.
Iman, Davenport (1980), Approximations of the critical region of the Friedman statistic, Comm. Statist. A 9.
Nemenyi (1963), Distribution-free multiple comparisons, PhD thesis, Princeton.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics import _sign_flips
from zoopt.compare.statistics._multiplicity import holm
from zoopt.compare.statistics._signed_ranks import midranks
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Friedman:
    """Friedman's test and the correction of Iman and Davenport.

    Attributes
    ----------
    ranks : ndarray of shape (k,)
        Average rank of each contender; 1 is best, ties share.
    chi2, p_chi2 : float
        Friedman's statistic, with the correction for ties, and its p-value with k - 1 degrees of freedom.
    f, p_value : float
        The less conservative statistic of Iman and Davenport and its p-value with k - 1 and (k - 1)(n - 1) degrees of
        freedom; infinite and 0 where all data sets rank alike.
    blocks : int
        Number of data sets n.
    """

    ranks: FloatArray
    chi2: float
    p_chi2: float
    f: float
    p_value: float
    blocks: int


def rank_table(scores: ArrayLike, *, larger_is_better: bool = False) -> FloatArray:
    """Return the ranks of the contenders on each data set; 1 is best, ties share the mean of their ranks.

    Parameters
    ----------
    scores : array_like of shape (n, k)
        A line for each data set; may be infinite.
    larger_is_better : bool

    Returns
    -------
    ndarray of shape (n, k)

    Raises
    ------
    InvalidInput
        Not a table of at least 2 columns, or NaN.

    Examples
    --------
    >>> rank_table([[0.9, 0.8, 0.9]], larger_is_better=True)
    array([[1.5, 3. , 1.5]])
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or len(table) < 1 or table.shape[1] < 2 or np.isnan(table).any():
        raise InvalidInput(f"scores must be a table of numbers, data sets by 2 contenders or more; got {table.shape}")
    return np.array([midranks(-line if larger_is_better else line) for line in table])


def friedman_test(ranks: ArrayLike) -> Friedman:
    """Test whether all contenders have the same rank on average.

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        Ranks on n ≥ 2 data sets, as :func:`rank_table` gives.

    Returns
    -------
    Friedman

    Raises
    ------
    InvalidInput
        Fewer than two data sets or contenders.

    Notes
    -----
    χ² = n (k - 1) Σ (R - (k+1)/2)² / Σ (spread of the ranks within data sets), which without ties is
    12 n / (k (k + 1)) (Σ R² - k (k + 1)² / 4), and F = (n - 1) χ² / (n (k - 1) - χ²).

    Examples
    --------
    >>> result = friedman_test([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, 2, 3]])
    >>> result.ranks, round(result.chi2, 2), round(result.f, 2), round(result.p_value, 4)
    (array([1.25, 1.75, 3.  ]), 6.5, 13.0, 0.0066)
    """
    table = _ranks(ranks)
    blocks, contenders = table.shape
    centre = (contenders + 1.0) / 2.0
    average = table.mean(axis=0)
    spread = float(np.sum((table - centre) ** 2)) / (blocks * (contenders - 1))
    chi2 = blocks * float(np.sum((average - centre) ** 2)) / spread if spread > 0 else 0.0
    left = blocks * (contenders - 1) - chi2
    f = math.inf if left <= 1e-9 * chi2 else (blocks - 1) * chi2 / left
    p_chi2, p_value = _p_values(chi2, f, contenders - 1, (contenders - 1) * (blocks - 1))
    return Friedman(average, chi2, p_chi2, f, p_value, blocks)


def critical_difference(contenders: int, blocks: int, *, alpha: float = 0.05) -> float:
    """Return Nemenyi's critical difference: average ranks that far apart differ significantly, all pairs at once.

    Parameters
    ----------
    contenders, blocks : int
        Numbers k ≥ 2 of contenders and n ≥ 1 of data sets.
    alpha : float
        Level over all pairs, in (0, 1).

    Returns
    -------
    float

    Raises
    ------
    InvalidInput
        A number out of range.

    Notes
    -----
    q √(k (k + 1) / (6 n)), q the quantile of the studentised range of k with infinite degrees of freedom over √2.

    Examples
    --------
    >>> round(critical_difference(4, 14), 3)
    1.254
    """
    if contenders < 2 or blocks < 1 or not 0.0 < alpha < 1.0:
        raise InvalidInput("a critical difference needs 2 contenders and 1 data set at least, and 0 < alpha < 1")
    from scipy.stats import studentized_range

    quantile = float(studentized_range.ppf(1.0 - alpha, contenders, np.inf)) / math.sqrt(2.0)
    return quantile * _rank_error(contenders, blocks)


def nemenyi_test(ranks: ArrayLike) -> FloatArray:
    """Return Nemenyi's p-values of all pairs of contenders, adjusted for all pairs at once.

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        As in :func:`friedman_test`.

    Returns
    -------
    ndarray of shape (k, k)
        Symmetric, 1 on the diagonal; below α where average ranks differ by more than the critical difference.

    Raises
    ------
    InvalidInput
        Fewer than two data sets or contenders.

    Examples
    --------
    >>> nemenyi_test([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, 2, 3]]).round(3)[0]
    array([1.   , 0.759, 0.036])
    """
    from scipy.stats import studentized_range

    table = _ranks(ranks)
    blocks, contenders = table.shape
    average = table.mean(axis=0)
    apart = np.abs(average[:, None] - average) / _rank_error(contenders, blocks) * math.sqrt(2.0)
    p_values = np.ones((contenders, contenders))
    upper = np.triu_indices(contenders, 1)
    p_values[upper] = studentized_range.sf(apart[upper], contenders, np.inf)
    return np.minimum(p_values, p_values.T)


def control_test(ranks: ArrayLike, control: int) -> tuple[FloatArray, FloatArray]:
    """Compare all contenders with one that was named beforehand.

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        As in :func:`friedman_test`.
    control : int
        Index of the contender that the others are compared with.

    Returns
    -------
    z, p_values : ndarray of shape (k,)
        Difference of the average rank from that of the control (positive: the control is better) over its standard
        error √(k (k + 1) / (6 n)), and two-sided p-values, *not* adjusted: hand them, without that of the control, to
        :func:`holm`, :func:`hochberg` or :func:`bonferroni`.

    Raises
    ------
    InvalidInput
        Fewer than two data sets or contenders, or no such control.

    Examples
    --------
    >>> z, p = control_test([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, 2, 3]], 0)
    >>> z.round(3), p.round(3)
    (array([0.   , 0.707, 2.475]), array([1.   , 0.48 , 0.013]))
    """
    table = _ranks(ranks)
    blocks, contenders = table.shape
    if not 0 <= control < contenders:
        raise InvalidInput(f"the control must be an index from 0 to {contenders - 1}, got {control}")
    average = table.mean(axis=0)
    z = (average - average[control]) / _rank_error(contenders, blocks)
    return z, np.array([min(1.0, 2.0 * _sign_flips.normal_tail(abs(value))) for value in z])


def holm_pairs(ranks: ArrayLike) -> FloatArray:
    """Return p-values of all pairs of contenders, adjusted by Holm's method over the pairs.

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        As in :func:`friedman_test`.

    Returns
    -------
    ndarray of shape (k, k)
        Symmetric, 1 on the diagonal.

    Raises
    ------
    InvalidInput
        Fewer than two data sets or contenders.

    Examples
    --------
    >>> holm_pairs([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, 2, 3]]).round(3)[0]
    array([1.  , 0.48, 0.04])
    """
    table = _ranks(ranks)
    contenders = table.shape[1]
    rows, columns = np.triu_indices(contenders, 1)
    raw = np.array([control_test(table, control)[1] for control in range(contenders)])
    p_values = np.ones((contenders, contenders))
    p_values[rows, columns] = p_values[columns, rows] = holm(raw[rows, columns].tolist())
    return p_values


def rank_difference_test(ranks: ArrayLike, first: int, second: int) -> float:
    """Return the one-sided p-value of "the first contender does not rank better than the second".

    Parameters
    ----------
    ranks : array_like of shape (n, k)
        As in :func:`friedman_test`.
    first, second : int
        Indices of the two.

    Returns
    -------
    float
        Small when the first surely ranks better (has the smaller average rank).

    Raises
    ------
    InvalidInput
        Fewer than two data sets or contenders.

    Notes
    -----
    The distribution of the sum of rank differences when each may change its sign, exact up to 100 data sets. It holds
    for few data sets, where the normal approximation behind :func:`control_test` finds too much: five wins out of five
    give p = 0.03 here and 0.013 there.

    Examples
    --------
    >>> rank_difference_test([[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]], 0, 1)
    0.03125
    """
    table = _ranks(ranks)
    gains = table[:, second] - table[:, first]
    return _sign_flips.tails(np.abs(gains), float(gains[gains > 0].sum()))[0]


def cliques(average_ranks: ArrayLike, difference: float) -> list[tuple[int, ...]]:
    """Return the groups that the critical difference does not tell apart, as the bars of a critical-difference diagram.

    Parameters
    ----------
    average_ranks : array_like of shape (k,)
    difference : float
        The critical difference.

    Returns
    -------
    list of tuple of int
        Indices, best first; only groups of two or more that no other group contains.

    Examples
    --------
    >>> cliques([3.143, 2.0, 2.893, 1.964], 1.12)
    [(3, 1, 2), (2, 0)]
    """
    average = np.asarray(average_ranks, dtype=np.float64)
    order = np.argsort(average, kind="stable")
    ends = np.searchsorted(average[order], average[order] + difference, side="left")
    found, reached = [], 0
    for start, end in enumerate(ends):
        if end > max(reached, start + 1):
            found.append(tuple(int(index) for index in order[start:end]))
        reached = max(reached, int(end))
    return found


def _ranks(ranks: ArrayLike) -> FloatArray:
    table = np.asarray(ranks, dtype=np.float64)
    if table.ndim != 2 or len(table) < 2 or table.shape[1] < 2 or np.isnan(table).any():
        raise InvalidInput(f"ranks must be a table of 2 data sets by 2 contenders at least, got shape {table.shape}")
    return table


def _rank_error(contenders: int, blocks: int) -> float:
    return math.sqrt(contenders * (contenders + 1) / (6.0 * blocks))


def _p_values(chi2: float, f: float, upper: int, lower: int) -> tuple[float, float]:
    from scipy.special import chdtrc, fdtrc

    return float(chdtrc(upper, chi2)), 0.0 if math.isinf(f) else float(fdtrc(upper, lower, f))
