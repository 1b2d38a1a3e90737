"""Wilcoxon's signed ranks of paired differences: test, equivalence, estimate with interval.

References
----------
Wilcoxon (1945), Individual comparisons by ranking methods, Biometrics Bulletin 1.
Pratt (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures, J. Amer. Statist. Assoc. 54.
Hodges, Lehmann (1963), Estimates of location based on rank tests, Ann. Math. Statist. 34.
Schuirmann (1987), A comparison of the two one-sided tests procedure ..., J. Pharmacokinetics 15.
Lehmann (1975), Nonparametrics: Statistical Methods Based on Ranks, Holden-Day.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics import _sign_flips
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]
_RUNS_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class SignedRanks:
    """What the signed ranks of paired differences say.

    Attributes
    ----------
    positive, negative : float
        Sums of the ranks of positive and of negative differences; those of zeros belong to neither.
    p_value : float
        Two-sided, of differences that are symmetric about 0.
    p_greater, p_less : float
        One-sided: small when the differences are surely above, or below, 0.
    rank_biserial : float
        Matched rank-biserial correlation in [-1, 1]: (positive - negative) over the sum of all ranks.
    pairs, zeros : int
    """

    positive: float
    negative: float
    p_value: float
    p_greater: float
    p_less: float
    rank_biserial: float
    pairs: int
    zeros: int


def signed_rank_test(differences: ArrayLike) -> SignedRanks:
    """Test whether paired differences are symmetric about 0.

    Parameters
    ----------
    differences : array_like of shape (n,)
        n ≥ 1; infinite ones are larger than any other and tie with each other.

    Returns
    -------
    SignedRanks

    Raises
    ------
    InvalidInput
        No differences, or NaN among them.

    Notes
    -----
    Zeros are ranked with the rest and their ranks then dropped (Pratt 1959). Up to 100 pairs the p-value is exact,
    with ties and zeros too: the distribution of the sum over all signs of the ranks that there are. That makes it
    valid for any differences that are as likely as their opposites, however tied or heavy-tailed they are. Beyond
    100 pairs it is the normal one with the variance that ties leave, Σ rank² / 4.

    Examples
    --------
    >>> result = signed_rank_test([1.2, 0.4, 2.0, 0.9, -0.1, 0.7])
    >>> result.positive, result.negative, result.p_value
    (20.0, 1.0, 0.0625)
    """
    series = _differences(differences)
    ranks = midranks(np.abs(series))
    kept = np.where(series == 0.0, 0.0, ranks)
    positive, negative = float(kept[series > 0].sum()), float(kept[series < 0].sum())
    above, below = _sign_flips.tails(kept, positive)
    return SignedRanks(
        positive=positive,
        negative=negative,
        p_value=min(1.0, 2.0 * min(above, below)),
        p_greater=above,
        p_less=below,
        rank_biserial=(positive - negative) / float(ranks.sum()),
        pairs=series.size,
        zeros=int(np.sum(series == 0.0)),
    )


def equivalence_test(differences: ArrayLike, margin: float) -> float:
    """Return the p-value of two one-sided signed-rank tests: small when the differences centre within ``margin``.

    Parameters
    ----------
    differences : array_like of shape (n,)
        Symmetric about their centre, n ≥ 1.
    margin : float
        > 0, in units of the differences.

    Returns
    -------
    float
        The larger of the p-values of "centre ≤ -margin" and of "centre ≥ margin".

    Raises
    ------
    InvalidInput
        No differences, NaN among them, or a margin that is not positive.

    Examples
    --------
    >>> equivalence_test([0.1, -0.2, 0.05, 0.0, 0.15, -0.1], margin=0.3)
    0.015625
    """
    series = _differences(differences)
    if not (math.isfinite(margin) and margin > 0):
        raise InvalidInput(f"the margin of equivalence must be > 0, got {margin!r}")
    return max(signed_rank_test(series + margin).p_greater, signed_rank_test(series - margin).p_less)


def hodges_lehmann(differences: ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the Hodges–Lehmann estimate of the centre of the differences and its interval.

    Parameters
    ----------
    differences : array_like of shape (n,)
        n ≥ 1; may be infinite.
    confidence : float
        In (0, 1).

    Returns
    -------
    estimate, low, high : float
        The estimate is the median of all means of two differences (each with itself too). The interval holds the
        centres that the signed-rank test does not reject; NaN where there are too few differences for any.

    Raises
    ------
    InvalidInput
        No differences, NaN among them, or a confidence out of range.

    Examples
    --------
    >>> hodges_lehmann([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    (4.0, 2.0, 6.0)
    """
    series = _differences(differences)
    if not 0.0 < confidence < 1.0:
        raise InvalidInput(f"the confidence must lie between 0 and 1, got {confidence!r}")
    averages = np.sort(_averages(series))
    middle = _middle(averages)
    outside = _outside(series.size, (1.0 - confidence) / 2.0)
    if outside == 0:
        return middle, math.nan, math.nan
    return middle, float(averages[outside - 1]), float(averages[-outside])


def signed_rank_runs(differences: ArrayLike, *, tail: float, power: float, centre: float = 0.0) -> int | None:
    """Return how many differences like these would show that they lie above ``centre``, or None where no number would.

    Parameters
    ----------
    differences : array_like of shape (n,)
        Taken as the truth.
    tail : float
        One-sided level of the test, in (0, 1).
    power : float
        Wanted chance that it succeeds, in (0, 1).
    centre : float

    Returns
    -------
    int or None
        Total number, at least the one with which the exact test can reach the level at all.

    Notes
    -----
    The approximation of Lehmann (1975, section 4.2): n = ((z(1 - tail) / √3 + 2 z(power) √(r - q²)) / (q - 1/2))², q
    the chance that two differences lie above the centre on average, r that of two such pairs which share one.

    Examples
    --------
    >>> signed_rank_runs([0.3, -0.2, 0.4, 0.1, -0.1, 0.5], tail=0.025, power=0.8)
    24
    """
    series = _differences(differences) - centre
    signs = np.sign(_pair_sums(series))
    chances = 0.5 + 0.5 * signs.mean(axis=1)
    chance = float(chances.mean())
    if chance <= 0.5:
        return None
    wanted = _sign_flips.normal_quantile(1.0 - tail) / math.sqrt(3.0)
    wanted += 2.0 * _sign_flips.normal_quantile(power) * float(chances.std())
    total = math.ceil((wanted / (chance - 0.5)) ** 2)
    least = math.floor(-math.log2(tail)) + 1
    return max(total, least) if total <= _RUNS_LIMIT else None


def midranks(values: FloatArray) -> FloatArray:
    """Return the ranks of values, 1 for the smallest; ties share the mean of their ranks."""
    ordered = np.sort(values)
    first = np.searchsorted(ordered, values, side="left")
    last = np.searchsorted(ordered, values, side="right")
    return np.asarray(0.5 * (first + last + 1), dtype=np.float64)


def _differences(differences: ArrayLike) -> FloatArray:
    series = np.asarray(differences, dtype=np.float64)
    if series.ndim != 1 or series.size == 0:
        raise InvalidInput(f"differences must be one series, got an array of shape {series.shape}")
    if np.isnan(series).any():
        raise InvalidInput("differences must be numbers, got NaN among them; a failed run is worst, not missing")
    return series


def _averages(series: FloatArray) -> FloatArray:
    """Means of all pairs i ≤ j; +inf and -inf balance."""
    averages: FloatArray = 0.5 * _pair_sums(series)[np.triu_indices(series.size)]
    return averages


def _pair_sums(series: FloatArray) -> FloatArray:
    """Return the sums of all pairs; +inf and -inf balance."""
    with np.errstate(invalid="ignore"):
        sums = series[:, None] + series
    return np.where(np.isnan(sums), 0.0, sums)


def _middle(ordered: FloatArray) -> float:
    """Median of ordered values; +inf and -inf balance."""
    low, high = float(ordered[(ordered.size - 1) // 2]), float(ordered[ordered.size // 2])
    if low == high:
        return low
    return 0.0 if math.isinf(low) and low == -high else 0.5 * low + 0.5 * high


@lru_cache(maxsize=512)
def _outside(pairs: int, tail: float) -> int:
    """Largest k with P(W < k) ≤ tail, W the sum of positive ranks of so many untied differences."""
    if pairs > _sign_flips.EXACT_PAIRS:
        centre = pairs * (pairs + 1) / 4.0
        spread = math.sqrt(pairs * (pairs + 1) * (2 * pairs + 1) / 24.0)
        return max(0, math.floor(centre + _sign_flips.normal_quantile(tail) * spread))
    ranks = np.arange(1.0, pairs + 1.0)
    k = 0
    while _sign_flips.tails(ranks, float(k))[1] <= tail:
        k += 1
    return k
