"""Friedman's test and what follows it: the published example of Demšar (2006), scipy, and counting all signs."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare import statistics
from zoopt.errors import InvalidInput

# Demšar (2006), table 6: AUC on 14 data sets of C4.5, with m tuned, with cf tuned, with both. On the last but one he
# prints .975 twice and ranks them 2 and 3, hence the fourth digit.
AUC = np.array([
    [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
    [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
    [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
    [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
    [0.972, 0.981, 0.9751, 0.975], [0.957, 0.978, 0.946, 0.970],
])  # fmt: skip
RANKS = statistics.rank_table(AUC, larger_is_better=True)
PLAIN, M, CF, BOTH = range(4)


def test_average_ranks_of_demsar():
    assert RANKS.mean(axis=0) == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)


def test_friedman_and_iman_davenport_of_demsar():
    """He gives 9.28 and 3.69, which leave out the correction for ties; undone, ours are his."""
    result = statistics.friedman_test(RANKS)
    average = result.ranks
    plain = 12 * 14 / (4 * 5) * (np.sum(average**2) - 4 * 5**2 / 4)
    assert plain == pytest.approx(9.28, abs=5e-3)
    assert 13 * plain / (14 * 3 - plain) == pytest.approx(3.69, abs=5e-3)
    spread = np.sum((RANKS - 2.5) ** 2) / (14 * 3)
    assert result.chi2 == pytest.approx(plain * (4 * 5 / 12) / spread, rel=1e-12)
    assert result.f == pytest.approx(13 * result.chi2 / (42 - result.chi2), rel=1e-12)
    assert result.p_value == pytest.approx(stats.f.sf(result.f, 3, 39), rel=1e-10)
    assert result.f > stats.f.ppf(0.95, 3, 39) == pytest.approx(2.85, abs=5e-3)


def test_friedman_without_ties_is_the_formula_without_correction():
    ranks = np.array([line for line in RANKS if len(set(line)) == 4])
    result = statistics.friedman_test(ranks)
    n = len(ranks)
    assert result.chi2 == pytest.approx(12 * n / 20 * (np.sum(ranks.mean(axis=0) ** 2) - 25), rel=1e-12)


def test_friedman_agrees_with_scipy_with_ties():
    reference = stats.friedmanchisquare(*AUC.T)
    result = statistics.friedman_test(RANKS)
    assert (result.chi2, result.p_chi2) == pytest.approx((reference.statistic, reference.pvalue), rel=1e-10)


@pytest.mark.parametrize(
    ("contenders", "alpha", "q"),
    [(2, 0.05, 1.960), (3, 0.05, 2.343), (4, 0.05, 2.569), (10, 0.05, 3.164), (2, 0.10, 1.645), (4, 0.10, 2.291)],
)
def test_critical_values_of_nemenyi_of_demsar(contenders, alpha, q):
    """Table 5a, whose entries are cut after three digits."""
    error = math.sqrt(contenders * (contenders + 1) / (6 * 14))
    assert statistics.critical_difference(contenders, 14, alpha=alpha) / error == pytest.approx(q, abs=1.1e-3)


def test_nemenyi_of_demsar():
    """CD 1.25 at .05 separates nothing; 1.12 at .10 separates C4.5 from the two with m tuned."""
    assert statistics.critical_difference(4, 14) == pytest.approx(1.25, abs=5e-3)
    assert statistics.critical_difference(4, 14, alpha=0.1) == pytest.approx(1.12, abs=5e-3)
    average = RANKS.mean(axis=0)
    assert statistics.cliques(average, 1.25) == [(BOTH, M, CF, PLAIN)]
    assert statistics.cliques(average, 1.12) == [(BOTH, M, CF), (CF, PLAIN)]
    p = statistics.nemenyi_test(RANKS)
    assert (p >= 0.05).all()
    assert {tuple(pair) for pair in np.argwhere(np.triu(p) * (p < 0.10))} == {(PLAIN, M), (PLAIN, BOTH)}
    assert p == pytest.approx(p.T)


def test_nemenyi_p_values_are_those_of_the_studentised_range():
    apart = (RANKS[:, PLAIN].mean() - RANKS[:, CF].mean()) / math.sqrt(4 * 5 / (6 * 14)) * math.sqrt(2)
    assert statistics.nemenyi_test(RANKS)[PLAIN, CF] == pytest.approx(stats.studentized_range.sf(apart, 4, np.inf))


def test_holm_and_hochberg_against_a_control_of_demsar():
    """Section 3.2.2: z 2.416, 2.342, 0.512 and p .016, .019, .607; both methods reject the first two."""
    z, p = statistics.control_test(RANKS, PLAIN)
    assert -z[[BOTH, M, CF]] == pytest.approx([2.416, 2.342, 0.512], abs=1e-3)
    assert p[[BOTH, M, CF]] == pytest.approx([0.016, 0.019, 0.607], abs=2e-3)  # from rounded z
    others = p[[BOTH, M, CF]].tolist()
    for method in (statistics.holm, statistics.hochberg):
        assert [value < 0.05 for value in method(others)] == [True, True, False]
    assert statistics.holm(others) == pytest.approx([3 * others[0], max(3 * others[0], 2 * others[1]), others[2]])
    assert statistics.hochberg(others) == pytest.approx([2 * others[1], 2 * others[1], others[2]])
    assert [value < 0.05 for value in statistics.bonferroni(others)] == [True, False, False]  # as Bonferroni–Dunn's CD


def test_wilcoxon_of_demsar():
    """Section 3.1.3, C4.5 with and without m tuned: R+ 93 and R- 12, half of the two zeros' ranks 3 in each."""
    result = statistics.signed_rank_test(AUC[:, M] - AUC[:, PLAIN])
    assert (result.positive + 1.5, result.negative + 1.5) == (93.0, 12.0)
    assert result.zeros == 2
    assert result.p_value < 0.05


def test_holm_of_all_pairs_by_hand():
    adjusted = statistics.holm_pairs(RANKS)
    rows, columns = np.triu_indices(4, 1)
    average = RANKS.mean(axis=0)
    z = (average[rows] - average[columns]) / math.sqrt(4 * 5 / (6 * 14))
    assert adjusted[rows, columns] == pytest.approx(statistics.holm((2 * stats.norm.sf(np.abs(z))).tolist()))
    assert adjusted == pytest.approx(adjusted.T)


def test_rank_differences_against_all_signs():
    ranks = np.random.default_rng(0).permuted(np.tile([1.0, 2.0, 3.0, 4.0], (9, 1)), axis=1)
    ranks[0] = [1.5, 1.5, 3.0, 4.0]
    gains = ranks[:, 2] - ranks[:, 0]
    sums = [np.dot(signs, gains) for signs in itertools.product([-1, 1], repeat=9)]
    assert statistics.rank_difference_test(ranks, 0, 2) == np.mean(np.array(sums) >= gains.sum())


def test_ranks_that_all_agree():
    result = statistics.friedman_test([[1, 2, 3]] * 5)
    assert (result.chi2, result.f, result.p_value) == (10.0, math.inf, 0.0)
    result = statistics.friedman_test([[2, 2, 2]] * 5)
    assert (result.chi2, result.p_chi2, result.p_value) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.rank_table([1.0, 2.0]),
        lambda: statistics.rank_table([[1.0, math.nan]]),
        lambda: statistics.friedman_test([[1.0, 2.0]]),
        lambda: statistics.control_test([[1, 2], [1, 2]], 2),
        lambda: statistics.critical_difference(1, 5),
        lambda: statistics.hochberg([1.1]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
