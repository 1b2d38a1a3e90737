"""Tests for paired runs whose splits overlap.

All of them take the *test-to-train ratio* n_test / n_train of the resampled splits. It is the correction of
Nadeau and Bengio: splits of one data set share rows, so their scores are correlated and the plain variance of
the mean, s²/J, is too small by far. The ratio 0 means independent runs and gives the ordinary paired t-test.

References
----------
Nadeau, Bengio (2003), Inference for the generalization error, Machine Learning 52.
Schuirmann (1987), A comparison of the two one-sided tests procedure ..., J. Pharmacokinetics 15.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.errors import InvalidInput

_RUNS_LIMIT = 1_000_000  # beyond this many runs nobody waits; reported as "no number"
_NOISE = 1e-12  # differences of metrics below this are rounding of the subtraction


@dataclass(frozen=True, slots=True)
class Comparison:
    """The corrected paired comparison of two series of scores.

    Attributes
    ----------
    difference : float
        Mean of first minus second, in units of the metric.
    low, high : float
        Interval of the difference at ``confidence``.
    confidence : float
        Confidence of the interval, in (0, 1).
    p_value : float
        Two-sided, of no difference.
    p_equivalent : float
        Of the two one-sided tests: small when the difference lies surely within ``margin``.
    p_not_above : float
        One-sided, of "first exceeds second by ``margin`` or more": small when it surely doesn't.
    standardised : float
        Difference over the standard deviation of the differences; infinite when that is 0.
    deviation : float
        Standard deviation of the paired differences.
    runs : int
        Number of pairs.
    """

    difference: float
    low: float
    high: float
    confidence: float
    p_value: float
    p_equivalent: float
    p_not_above: float
    standardised: float
    deviation: float
    runs: int


def corrected_standard_error(deviation: float, runs: int, ratio: float) -> float:
    """Return the standard error of a mean over resampled splits, s √(1/J + n_test/n_train).

    Parameters
    ----------
    deviation : float
        Sample standard deviation over the splits (n - 1 in the denominator), ≥ 0.
    runs : int
        Number of splits J, ≥ 1.
    ratio : float
        n_test / n_train, ≥ 0; 0 for independent runs.

    Returns
    -------
    float

    Notes
    -----
    Nadeau and Bengio (2003), section 5: the factor 1/J + n_test/n_train. It falls to the ratio, never to 0:
    more splits of the same data cannot replace more data.
    """
    return deviation * math.sqrt(1.0 / runs + ratio)


def corrected_t_test(
    first: ArrayLike, second: ArrayLike, ratio: float, *, margin: float, confidence: float = 0.95
) -> Comparison:
    """Compare two paired series of scores by the corrected resampled t-test and by two one-sided tests.

    Parameters
    ----------
    first, second : array_like of shape (J,)
        Scores on the same J ≥ 2 splits, in the same order.
    ratio : float
        n_test / n_train of the splits; 0 for independent runs.
    margin : float
        Differences smaller than this do not matter, > 0, in units of the metric.
    confidence : float
        Of the interval, in (0, 1).

    Returns
    -------
    Comparison

    Raises
    ------
    InvalidInput
        Fewer than two pairs, different lengths, values that are not finite, or a ratio or margin out of
        range.

    Notes
    -----
    t = mean / (s √(1/J + ratio)) with J - 1 degrees of freedom (Nadeau and Bengio 2003); equivalence by the
    two one-sided tests of Schuirmann (1987) with the same standard error. Where all differences are one
    number the standard error is 0: a difference of 0 has p-value 1, any other one has p-value 0.

    Examples
    --------
    >>> c = corrected_t_test([0.90, 0.92, 0.91, 0.93], [0.89, 0.90, 0.90, 0.90], 0.25, margin=0.005)
    >>> round(c.difference, 4), round(c.p_value, 4)
    (0.0175, 0.0814)
    """
    differences = paired_differences(first, second)
    if not (math.isfinite(ratio) and ratio >= 0):
        raise InvalidInput(f"the test-to-train ratio must be finite and >= 0, got {ratio!r}")
    if not (math.isfinite(margin) and margin > 0):
        raise InvalidInput(f"the margin of equivalence must be > 0, got {margin!r}")
    runs = differences.size
    mean, deviation = float(differences.mean()), spread_of(differences)
    error = corrected_standard_error(deviation, runs, ratio)
    half = t_quantile((1.0 + confidence) / 2.0, runs - 1) * error
    p_above = _tail(mean + margin, error, runs - 1)  # H0: difference ≤ -margin
    p_below = _tail(margin - mean, error, runs - 1)  # H0: difference ≥ +margin
    return Comparison(
        difference=mean,
        low=mean - half,
        high=mean + half,
        confidence=confidence,
        p_value=min(1.0, 2.0 * _tail(abs(mean), error, runs - 1)),
        p_equivalent=max(p_above, p_below),
        p_not_above=p_below,
        standardised=_ratio(mean, deviation),
        deviation=deviation,
        runs=runs,
    )


def paired_differences(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Return first - second, with differences that are mere rounding set to exactly 0.

    Raises
    ------
    InvalidInput
        Fewer than two pairs, different lengths, or values that are not finite.
    """
    one, two = as_series(first, "first"), as_series(second, "second")
    if one.size != two.size:
        raise InvalidInput(f"paired series must have one length, got {one.size} and {two.size} scores")
    if one.size < 2:
        raise InvalidInput("a paired test needs at least 2 pairs, got 1; run more seeds")
    differences = one - two
    scale = np.maximum(1.0, np.maximum(np.abs(one), np.abs(two)))
    return np.where(np.abs(differences) <= _NOISE * scale, 0.0, differences)


def runs_to_separate(comparison: Comparison, ratio: float, *, alpha: float, power: float = 0.8) -> int | None:
    """Return the number of runs that would show the measured difference, or None where no number can.

    Parameters
    ----------
    comparison : Comparison
        The measured difference and its spread, taken as the truth.
    ratio : float
        n_test / n_train of the splits. The corrected standard error never falls below s √ratio, so with a
        ratio > 0 a small difference stays unproven on this data set however many splits are drawn.
    alpha : float
        Two-sided level of the test.
    power : float
        Wanted chance that the test succeeds.

    Returns
    -------
    int or None
        Total number of runs (not further ones).

    Notes
    -----
    The smallest J with abs(difference) / (s √(1/J + ratio)) ≥ t(1 - α/2; J - 1) + t(power; J - 1).
    """
    return _smallest_runs(abs(comparison.difference), comparison.deviation, ratio, alpha / 2.0, power)


def runs_to_equate(comparison: Comparison, ratio: float, *, alpha: float, margin: float) -> int | None:
    """Return the number of runs that would show equivalence within ``margin``, or None where no number can.

    As :func:`runs_to_separate`, with the distance of the measured difference from the margin, and a power of
    one half: the number at which equivalence is shown if all stays as measured.
    """
    return _smallest_runs(margin - abs(comparison.difference), comparison.deviation, ratio, alpha, 0.5)


def runs_to_exclude(comparison: Comparison, ratio: float, *, alpha: float, margin: float) -> int | None:
    """Return the number of runs that would show that first does not exceed second by ``margin``, or None.

    As :func:`runs_to_equate`, one-sided.
    """
    return _smallest_runs(margin - comparison.difference, comparison.deviation, ratio, alpha, 0.5)


def _smallest_runs(distance: float, deviation: float, ratio: float, tail: float, power: float) -> int | None:
    if distance <= 0:
        return None

    def enough(runs: int) -> bool:
        wanted = t_quantile(1.0 - tail, runs - 1) + t_quantile(power, runs - 1)
        return distance >= wanted * corrected_standard_error(deviation, runs, ratio)

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > _RUNS_LIMIT:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def as_series(values: ArrayLike, name: str) -> NDArray[np.float64]:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or series.size == 0:
        raise InvalidInput(f"{name} must be one series of scores, got an array of shape {series.shape}")
    if not np.all(np.isfinite(series)):
        raise InvalidInput(f"{name} must be finite, got {series[~np.isfinite(series)][0]} among the scores")
    return series


def spread_of(series: NDArray[np.float64]) -> float:
    """Sample standard deviation; exactly 0 where all values are one number up to rounding."""
    spread = float(series.std(ddof=1))
    return 0.0 if spread <= _NOISE * max(1.0, float(np.abs(series).max())) else spread


def t_quantile(probability: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))


def _tail(distance: float, error: float, freedom: int) -> float:
    """P(T > distance / error); without any error the sign of the distance decides."""
    from scipy.special import stdtr

    if error == 0.0:
        return 0.0 if distance > 0 else 0.5 if distance == 0 else 1.0
    return float(stdtr(freedom, -distance / error))


def _ratio(difference: float, deviation: float) -> float:
    if deviation > 0:
        return difference / deviation
    return 0.0 if difference == 0 else math.copysign(math.inf, difference)
