"""Intervals of final values against scipy and against the coverage they promise."""

import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare import statistics
from zoopt.errors import InvalidInput


@pytest.mark.parametrize("runs", [6, 9, 15, 40])
def test_the_median_lies_between_scipys_order_statistics(runs):
    values = np.random.default_rng(runs).standard_cauchy(runs)
    reference = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
    median, low, high = statistics.median_interval(values)
    assert median == np.median(values)
    assert (low, high) == (reference.low, reference.high)


def test_too_few_runs_have_no_interval_of_the_median():
    assert np.isnan(statistics.median_interval([1.0, 2.0, 3.0, 4.0, 5.0])[1:]).all()
    assert statistics.median_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[1:] == (1.0, 6.0)


def test_failures_are_values_too():
    assert statistics.median_interval([1.0, 2.0, 3.0, np.inf, np.inf, np.inf, np.inf]) == (np.inf, 1.0, np.inf)


@pytest.mark.parametrize("statistic", [np.mean, np.median, np.std])
def test_bca_agrees_with_scipy(statistic):
    """Two samples of 20 000 resamples: the ends agree up to the noise of the resampling."""
    values = np.random.default_rng(0).exponential(size=25)
    reference = stats.bootstrap((values,), statistic, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1))
    value, low, high = statistics.bootstrap_interval(values, statistic, resamples=20_000)
    assert value == statistic(values)
    tolerance = 0.03 * (high - low)
    assert low == pytest.approx(reference.confidence_interval.low, abs=tolerance)
    assert high == pytest.approx(reference.confidence_interval.high, abs=tolerance)


def test_bca_is_skewed_where_the_values_are():
    value, low, high = statistics.bootstrap_interval(np.random.default_rng(2).exponential(size=20))
    assert high - value > 1.2 * (value - low)


def test_bca_without_spread_is_one_number():
    assert statistics.bootstrap_interval([0.5] * 8) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.median_interval([]),
        lambda: statistics.median_interval([math.nan]),
        lambda: statistics.median_interval([1.0], confidence=1.0),
        lambda: statistics.bootstrap_interval([1.0]),
        lambda: statistics.bootstrap_interval([1.0, math.inf]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
