"""Signed ranks against scipy, against counting all signs, and against each other."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare import statistics
from zoopt.errors import InvalidInput


def all_signs(differences):
    """P(S ≥ observed) and P(S ≤ observed) of the sum of positive ranks, Pratt's zeros, by enumeration."""
    ranks = stats.rankdata(np.abs(differences)) * (differences != 0)
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product([0, 1], repeat=len(ranks))])
    observed = ranks[differences > 0].sum()
    return np.mean(sums >= observed), np.mean(sums <= observed)


@pytest.mark.parametrize("pairs", [1, 2, 5, 8, 15, 30, 60])
def test_without_ties_it_is_scipys_exact_test(pairs):
    differences = np.random.default_rng(pairs).normal(0.3, size=pairs)
    result = statistics.signed_rank_test(differences)
    for alternative, own in [("two-sided", result.p_value), ("greater", result.p_greater), ("less", result.p_less)]:
        reference = stats.wilcoxon(differences, alternative=alternative, method="exact")
        assert own == pytest.approx(reference.pvalue, rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_with_ties_and_zeros_it_counts_all_signs(seed):
    rng = np.random.default_rng(seed)
    differences = rng.integers(-2, 4, size=11).astype(float)
    if seed % 2:
        differences[rng.integers(11, size=3)] = [np.inf, np.inf, -np.inf]
    result = statistics.signed_rank_test(differences)
    assert (result.p_greater, result.p_less) == pytest.approx(all_signs(differences), rel=1e-12)
    assert result.positive + result.negative == pytest.approx(
        stats.rankdata(np.abs(differences))[differences != 0].sum()
    )


@pytest.mark.parametrize("tied", [False, True])
def test_many_pairs_agree_with_scipys_normal_approximation(tied):
    differences = np.random.default_rng(3).normal(0.1, size=150)
    if tied:
        differences = np.round(differences)
    reference = stats.wilcoxon(differences, zero_method="pratt", correction=False, method="asymptotic")
    assert statistics.signed_rank_test(differences).p_value == pytest.approx(reference.pvalue, rel=1e-9)


def test_the_exact_and_the_normal_distribution_meet():
    differences = np.random.default_rng(4).normal(0.2, size=100)
    exact = statistics.signed_rank_test(differences).p_value
    normal = stats.wilcoxon(differences, method="asymptotic").pvalue
    assert exact == pytest.approx(normal, rel=0.05)


def test_nothing_but_zeros_shows_nothing():
    result = statistics.signed_rank_test(np.zeros(7))
    assert (result.p_value, result.p_greater, result.p_less, result.rank_biserial) == (1.0, 1.0, 1.0, 0.0)


def test_rank_biserial_by_hand():
    """Ranks 1 (zero), 2, 3, 4.5, 4.5 of 15 in all: (2 + 4.5 + 4.5 - 3) / 15."""
    assert statistics.signed_rank_test([0.0, 1.0, -2.0, 3.0, 3.0]).rank_biserial == pytest.approx(8.0 / 15.0)


def test_hodges_lehmann_by_hand():
    """Means of two of 0, 1, 5: 0, .5, 1, 2.5, 3, 5, median 1.75."""
    estimate, low, high = statistics.hodges_lehmann([0.0, 1.0, 5.0])
    assert estimate == 1.75
    assert math.isnan(low)
    assert math.isnan(high)


@pytest.mark.parametrize("pairs", [6, 9, 15, 40])
def test_the_interval_holds_what_the_test_does_not_reject(pairs):
    differences = np.random.default_rng(pairs).normal(size=pairs)
    _, low, high = statistics.hodges_lehmann(differences)
    for edge, inward in ((low, 1e-9), (high, -1e-9)):
        assert statistics.signed_rank_test(differences - (edge + inward)).p_value > 0.05
        assert statistics.signed_rank_test(differences - (edge - inward)).p_value <= 0.05


def test_the_interval_covers_the_centre():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(2000):
        _, low, high = statistics.hodges_lehmann(1.0 + rng.standard_t(2, size=10))
        covered += low <= 1.0 <= high
    assert covered >= stats.binom.ppf(0.001, 2000, 0.95)


def test_failures_leave_the_estimate_a_number_or_infinite():
    assert statistics.hodges_lehmann([np.inf, -np.inf])[0] == 0.0
    assert statistics.hodges_lehmann([np.inf] * 8) == (np.inf, np.inf, np.inf)
    assert statistics.hodges_lehmann([1.0] * 7 + [np.inf])[0] == 1.0


def test_equivalence_is_the_larger_of_scipys_one_sided_tests():
    differences = np.random.default_rng(5).normal(0.05, 0.2, size=14)
    p = statistics.equivalence_test(differences, 0.3)
    above = stats.wilcoxon(differences + 0.3, alternative="greater", method="exact").pvalue
    below = stats.wilcoxon(differences - 0.3, alternative="less", method="exact").pvalue
    assert p == pytest.approx(max(above, below), rel=1e-9)
    assert statistics.equivalence_test(differences, 0.01) > 0.05


def test_runs_for_a_power_have_that_power():
    """The number, put to the test on fresh differences of the same distribution."""
    rng = np.random.default_rng(6)
    population = rng.normal(0.5, 1.0, size=400)
    runs = statistics.signed_rank_runs(population, tail=0.025, power=0.8)
    found = sum(statistics.signed_rank_test(rng.choice(population, runs)).p_value < 0.05 for _ in range(1000))
    assert 0.74 <= found / 1000 <= 0.87


def test_runs_are_at_least_those_that_can_reach_the_level():
    assert statistics.signed_rank_runs([1.0, 1.0, 1.0], tail=0.025, power=0.8) >= 6
    assert 2.0**-6 < 0.025 < 2.0**-5
    assert statistics.signed_rank_runs([-1.0, 0.5], tail=0.025, power=0.8) is None


def test_a12_by_hand_and_against_the_rank_sum_test():
    assert statistics.vargha_delaney([3, 4, 5], [1, 2, 4]) == pytest.approx((2 + 2.5 + 3) / 9)
    rng = np.random.default_rng(7)
    one, two = rng.integers(0, 9, size=20), rng.integers(0, 9, size=13)
    assert statistics.vargha_delaney(one, two) == pytest.approx(stats.mannwhitneyu(one, two).statistic / (20 * 13))
    assert statistics.vargha_delaney([np.inf, 1.0], [np.inf, 2.0]) == pytest.approx(1.5 / 4)


def test_win_matrix_by_hand_with_wilsons_interval():
    matrix = statistics.win_matrix([[1, 2, 3], [2, 1, 2], [1, 1, 1], [1, 3, 2]])
    assert matrix.share == pytest.approx(np.array([[0.5, 0.625, 0.75], [0.375, 0.5, 0.625], [0.25, 0.375, 0.5]]))
    reference = stats.binomtest(3, 4).proportion_ci(0.95, method="wilson")
    assert (matrix.low[0, 2], matrix.high[0, 2]) == pytest.approx((reference.low, reference.high), rel=1e-9)
    wide = statistics.win_matrix([[1, 2]] * 4, ratio=2 / 3)
    assert wide.low[0, 1] < statistics.win_matrix([[1, 2]] * 4).low[0, 1]


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.signed_rank_test([]),
        lambda: statistics.signed_rank_test([1.0, math.nan]),
        lambda: statistics.equivalence_test([1.0], 0.0),
        lambda: statistics.hodges_lehmann([1.0], confidence=1.0),
        lambda: statistics.vargha_delaney([], [1.0]),
        lambda: statistics.vargha_delaney([math.nan], [1.0]),
        lambda: statistics.win_matrix([1.0, 2.0]),
        lambda: statistics.proportion_interval(1.5, 4),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
