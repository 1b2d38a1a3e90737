"""The corrected resampled t-test, Holm and equivalence by hand and against scipy's t distribution."""

import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare import statistics
from zoopt.errors import InvalidInput

FIRST = [0.81, 0.84, 0.79, 0.86, 0.83]
SECOND = [0.79, 0.80, 0.79, 0.83, 0.80]  # differences .02 .04 .00 .03 .03: mean .024, s² = .00023


def test_corrected_t_by_hand():
    ratio = 2.0 / 3.0
    result = statistics.corrected_t_test(FIRST, SECOND, ratio, margin=0.005)
    error = math.sqrt((1 / 5 + 2 / 3) * 0.00023)
    assert result.difference == pytest.approx(0.024, rel=1e-12)
    assert result.deviation == pytest.approx(math.sqrt(0.00023), rel=1e-12)
    t = 0.024 / error
    assert t == pytest.approx(1.699892, abs=1e-6)  # .024 / .01411854
    assert result.p_value == pytest.approx(2 * stats.t.sf(t, 4), rel=1e-10)
    half = 2.7764451051977987 * error  # the tabulated t(.975; 4)
    assert result.low == pytest.approx(0.024 - half, rel=1e-9)
    assert result.high == pytest.approx(0.024 + half, rel=1e-9)
    assert result.standardised == pytest.approx(0.024 / math.sqrt(0.00023), rel=1e-12)


def test_independent_runs_give_the_ordinary_paired_t_test():
    rng = np.random.default_rng(5)
    one, two = rng.normal(size=12), rng.normal(size=12)
    result = statistics.corrected_t_test(one, two, 0.0, margin=1.0)
    reference = stats.ttest_rel(one, two)
    assert result.p_value == pytest.approx(reference.pvalue, rel=1e-10)
    interval = reference.confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((interval.low, interval.high), rel=1e-10)


def test_equivalence_is_the_larger_of_two_one_sided_p_values():
    rng = np.random.default_rng(6)
    one, two = rng.normal(size=20), rng.normal(size=20)
    result = statistics.corrected_t_test(one, two, 0.0, margin=0.7)
    differences = one - two
    upper = stats.ttest_1samp(differences, 0.7, alternative="less").pvalue
    lower = stats.ttest_1samp(differences, -0.7, alternative="greater").pvalue
    assert result.p_equivalent == pytest.approx(max(upper, lower), rel=1e-10)
    assert result.p_not_above == pytest.approx(upper, rel=1e-10)


def test_equivalence_agrees_with_the_ninety_percent_interval():
    rng = np.random.default_rng(7)
    for margin in (0.2, 0.4, 0.6, 0.8, 1.0):
        one, two = rng.normal(size=9), rng.normal(size=9)
        narrow = statistics.corrected_t_test(one, two, 0.1, margin=margin, confidence=0.9)
        assert (narrow.p_equivalent < 0.05) == (-margin < narrow.low and narrow.high < margin)


@pytest.mark.parametrize(
    ("raw", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.6, 0.5], [1.0, 1.0]),
        ([0.2], [0.2]),
        ([], []),
        ([0.0, 0.0, 1.0], [0.0, 0.0, 1.0]),
    ],
)
def test_holm_by_hand(raw, adjusted):
    assert statistics.holm(raw) == pytest.approx(adjusted, abs=1e-12)


def test_holm_refuses_what_is_no_probability():
    with pytest.raises(InvalidInput, match=r"\[0, 1\]"):
        statistics.holm([0.2, math.nan])


def test_mean_interval_by_hand():
    mean, low, high = statistics.mean_interval([0.7, 0.8, 0.9], 1 / 6)  # s = .1, 1/3 + 1/6 = 1/2
    half = 4.302652729911275 * 0.1 * math.sqrt(0.5)  # the tabulated t(.975; 2)
    assert (mean, low, high) == pytest.approx((0.8, 0.8 - half, 0.8 + half), rel=1e-9)


def test_one_run_has_no_interval():
    mean, low, high = statistics.mean_interval([0.7], 0.5)
    assert mean == 0.7
    assert math.isnan(low)
    assert math.isnan(high)


def test_identical_results_are_equivalent_and_not_different():
    result = statistics.corrected_t_test(FIRST, FIRST, 0.5, margin=0.005)
    assert result.difference == 0.0
    assert result.p_value == 1.0
    assert result.p_equivalent == 0.0
    assert result.standardised == 0.0


def test_differences_of_rounding_count_as_none():
    shifted = np.nextafter(FIRST, 1.0)
    assert statistics.corrected_t_test(shifted, FIRST, 0.5, margin=0.005).p_value == 1.0


def test_a_constant_difference_has_no_spread():
    shifted = np.array(FIRST) + 0.02
    result = statistics.corrected_t_test(shifted, FIRST, 0.5, margin=0.005)
    assert result.deviation == 0.0
    assert result.p_value == 0.0
    assert result.p_equivalent == 1.0
    assert result.standardised == math.inf


@pytest.mark.parametrize("total", [6, 15, 80, 1000])
def test_runs_to_separate_is_the_smallest_number_with_the_power(total):
    comparison = _comparison(difference=_detectable(total, 0.0), deviation=1.0)
    found = statistics.runs_to_separate(comparison, 0.0, alpha=0.05)
    assert found == total


def test_runs_to_separate_knows_the_floor_of_resampling():
    ratio, alpha = 2 / 3, 0.05
    floor = math.sqrt(ratio) * (stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
    below = _comparison(difference=0.99 * floor, deviation=1.0)
    above = _comparison(difference=1.01 * floor, deviation=1.0)
    assert statistics.runs_to_separate(below, ratio, alpha=alpha) is None
    assert statistics.runs_to_separate(above, ratio, alpha=alpha) is not None
    assert statistics.runs_to_separate(below, 0.0, alpha=alpha) is not None


def test_runs_to_equate_is_where_the_test_turns():
    comparison = _comparison(difference=0.1, deviation=1.0)
    found = statistics.runs_to_equate(comparison, 0.0, alpha=0.05, margin=0.5)
    assert found is not None
    for runs, shown in ((found - 1, False), (found, True)):
        assert (stats.t.sf(0.4 * math.sqrt(runs), runs - 1) <= 0.05) == shown
    assert statistics.runs_to_equate(comparison, 0.0, alpha=0.05, margin=0.1) is None


@pytest.mark.parametrize(
    ("first", "second", "options", "message"),
    [
        ([1.0], [1.0], {}, "at least 2 pairs"),
        ([1.0, 2.0], [1.0], {}, "one length"),
        ([1.0, math.nan], [1.0, 1.0], {}, "finite"),
        ([[1.0], [2.0]], [1.0, 1.0], {}, "one series"),
        (FIRST, SECOND, {"ratio": -1.0}, "ratio"),
        (FIRST, SECOND, {"margin": 0.0}, "margin"),
    ],
)
def test_bad_input_is_named(first, second, options, message):
    arguments = {"ratio": 0.5, "margin": 0.005} | options
    with pytest.raises(InvalidInput, match=message):
        statistics.corrected_t_test(first, second, arguments["ratio"], margin=arguments["margin"])


def _detectable(total: int, ratio: float) -> float:
    wanted = stats.t.ppf(0.975, total - 1) + stats.t.ppf(0.8, total - 1)
    return wanted * math.sqrt(1 / total + ratio) * (1 + 1e-9)


def _comparison(*, difference: float, deviation: float) -> statistics.Comparison:
    return statistics.Comparison(
        difference=difference,
        low=0.0,
        high=0.0,
        confidence=0.95,
        p_value=0.5,
        p_equivalent=0.5,
        p_not_above=0.5,
        standardised=difference / deviation,
        deviation=deviation,
        runs=10,
    )
