"""Running times, their distribution and profiles, against definitions written out and closed forms."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare import statistics
from zoopt.errors import InvalidInput

HITS = [[10, 80, -1], [14, -1, -1], [12, 90, -1]]
USED = [100, 60, 100]


def test_expected_running_time_is_cocos():
    """Sum of the evaluations of all runs up to success or end, over the successes."""
    result = statistics.expected_running_time(HITS, USED)
    assert result.expected == pytest.approx([(10 + 14 + 12) / 3, (80 + 60 + 90) / 2, math.inf])
    assert result.success_rate == pytest.approx([1, 2 / 3, 0])
    assert result.runs == 3


def test_expected_running_time_with_success_rate_is_the_other_form():
    """ERT = mean of successful runs + (1 - p) / p · mean of unsuccessful ones (Auger and Hansen 2005)."""
    rng = np.random.default_rng(0)
    hits = np.where(rng.random(40) < 0.3, rng.integers(1, 500, 40), -1)
    used = rng.integers(500, 900, 40)
    p = np.mean(hits > 0)
    expected = hits[hits > 0].mean() + (1 - p) / p * used[hits < 0].mean()
    assert statistics.expected_running_time(hits, used).expected == pytest.approx([expected])


def test_the_bootstrap_draws_whole_runs():
    """All 27 resamples of three runs, counted out, give the distribution whose quantiles the interval estimates."""
    hits, used = np.array([10.0, -1.0, 30.0]), np.array([50.0, 50.0, 50.0])
    values = []
    for drawn in itertools.product(range(3), repeat=3):
        chosen = list(drawn)
        reached = hits[chosen] > 0
        total = np.where(reached, hits[chosen], used[chosen]).sum()
        values.append(total / reached.sum() if reached.any() else math.inf)
    result = statistics.expected_running_time(hits, used, confidence=0.8, resamples=20_000)
    low, high = np.quantile(values, [0.1, 0.9], method="inverted_cdf")
    assert (result.low[0], result.high[0]) == (low, high)


def test_the_interval_covers_the_expected_running_time():
    """Geometric restarts: runs of 100 evaluations that succeed at one uniformly drawn with chance .6."""
    rng, truth, covered = np.random.default_rng(1), 50.5 + 0.4 / 0.6 * 100, 0
    for _ in range(500):
        hits = np.where(rng.random(30) < 0.6, rng.integers(1, 101, 30), -1)
        result = statistics.expected_running_time(hits, np.full(30, 100), resamples=400)
        covered += result.low[0] <= truth <= result.high[0]
    assert covered >= 0.90 * 500  # percentile bootstrap of 30 runs; nominal .95


def test_one_seed_gives_one_interval():
    one = statistics.expected_running_time(HITS, USED, seed=3)
    two = statistics.expected_running_time(HITS, USED, seed=3)
    assert (one.low == two.low).all()
    assert (one.high == two.high).all()


def test_simulated_restarts_have_the_expected_running_time_as_their_mean():
    hits = np.array([[40, 5], [-1, 7], [60, -1], [-1, -1]])
    used = np.array([100, 80, 100, 120])
    expected = statistics.expected_running_time(hits, used).expected
    times = statistics.simulated_restarts(hits, used, samples=40_000)
    error = times.std(axis=0) / math.sqrt(40_000)
    assert np.all(np.abs(times.mean(axis=0) - expected) < 4 * error)


def test_simulated_restarts_add_whole_failures():
    """One success of 3 evaluations and one failure of 100: 3 + 100 k with chance 2^-(k + 1)."""
    times = statistics.simulated_restarts([3, -1], [50, 100], samples=20_000)[:, 0]
    assert set(np.unique(times[times < 400])) == {3.0, 103.0, 203.0, 303.0}
    counts = [np.sum(times == 3 + 100 * k) for k in range(4)]
    expected = 20_000 * 0.5 ** np.arange(1, 5)
    rest = 20_000 - sum(counts)
    assert stats.chisquare([*counts, rest], [*expected, 20_000 - expected.sum()]).pvalue > 1e-3
    assert np.isinf(statistics.simulated_restarts([-1, -1], [9, 9], samples=2)).all()


def test_the_ecdf_is_the_share_of_triples():
    rng = np.random.default_rng(2)
    tables = [np.where(rng.random((5, 4)) < 0.7, rng.integers(1, 99, (5, 4)), -1) for _ in range(3)]
    grid = [1, 10, 50, 98]
    curve = statistics.runtime_ecdf(tables, grid)
    for at, share in zip(grid, curve.share, strict=True):
        counted = [((table > 0) & (table <= at)).mean() for table in tables]
        assert share == pytest.approx(np.mean(counted))
    assert np.all(curve.low <= curve.share)
    assert np.all(curve.share <= curve.high)


def test_the_bootstrap_band_is_about_runs_not_targets():
    """Fifty targets reached together are worth one: the band of copies of one target is that of the target."""
    rng = np.random.default_rng(3)
    one = rng.integers(1, 100, (20, 1))
    single = statistics.runtime_ecdf([one], np.arange(1, 100))
    copied = statistics.runtime_ecdf([np.repeat(one, 50, axis=1)], np.arange(1, 100))
    assert copied.low == pytest.approx(single.low)
    assert copied.high == pytest.approx(single.high)
    half = (single.high - single.low)[49] / 2
    assert half == pytest.approx(1.96 * math.sqrt(0.25 / 20), rel=0.25)


def test_dkw_of_one_target_is_massarts():
    curve = statistics.runtime_ecdf([np.arange(1, 31)[:, None]], [15], band="dkw")
    assert curve.high[0] - curve.share[0] == pytest.approx(math.sqrt(math.log(2 / 0.05) / 60))


@pytest.mark.parametrize(("objectives", "targets"), [(1, 1), (1, 3), (4, 1), (4, 3)])
def test_the_dkw_band_holds_everywhere_at_once(objectives, targets):
    """Exponential running times; target j of objective i is reached at (i + 1)(j + 1) times the same draw."""
    rng, simulations, left = np.random.default_rng(4), 1000, 0
    grid = np.linspace(0.01, 30, 300)
    factors = [[(i + 1) * (j + 1) for j in range(targets)] for i in range(objectives)]
    truth = np.mean([[1 - np.exp(-grid / factor) for factor in line] for line in factors], axis=(0, 1))
    for _ in range(simulations):
        tables = [rng.exponential(size=(10, 1)) * np.array(line) for line in factors]
        curve = statistics.runtime_ecdf(tables, grid, band="dkw")
        left += bool(np.any((truth < curve.low - 1e-12) | (truth > curve.high + 1e-12)))
    assert left <= stats.binom.ppf(0.999, simulations, 0.05)


def test_the_constant_for_several_targets_is_enough():
    """E(D - a)₊ / (ε - a), least over a, bounds the chance that a mean of tails 2 exp(-2 n x²) exceeds ε."""
    for runs in (1, 15, 1000):
        for alpha in (0.01, 0.05, 0.2):
            width = math.sqrt((math.log(2 / alpha) + 1) / (2 * runs))
            a = np.linspace(0, width, 4001)[1:-1]
            beyond = 2 * math.sqrt(math.pi / (2 * runs)) * stats.norm.sf(2 * math.sqrt(runs) * a)
            assert np.min(beyond / (width - a)) <= alpha


def solved_by_brute_force(times, threshold):
    """Shares of problems solved, one comparison at a time."""
    problems, solvers = len(times), len(times[0])
    return [sum(threshold(p, s) for p in range(problems)) / problems for s in range(solvers)]


def quadratic_histories():
    """Three solvers on twelve convex quadratics: steepest descent, coordinate search, random search."""
    rng = np.random.default_rng(5)
    histories, starts, dimensions = [], [], []
    for problem in range(12):
        dim = 2 + problem % 4
        scales, start = 10.0 ** rng.uniform(0, 2, dim), rng.normal(size=dim)

        def value(x, scales=scales):
            return float(np.sum(scales * x * x))

        gradient, coordinate, random = [], [], []
        point = start.copy()
        for _ in range(200):
            point = point - 0.4 / scales.max() * 2 * scales * point
            gradient.append(value(point))
        point = start.copy()
        for k in range(200):
            point[k % dim] *= 0.5
            coordinate.append(value(point))
        point = start.copy()
        for _ in range(200):
            tried = point + 0.1 * rng.normal(size=dim)
            point = tried if value(tried) < value(point) else point
            random.append(value(point))
        histories.append([gradient, coordinate, random])
        starts.append(value(start))
        dimensions.append(dim)
    return np.array(histories), np.array(starts), np.array(dimensions)


@pytest.mark.parametrize("tolerance", [1e-1, 1e-3, 1e-7])
def test_profiles_of_more_and_wild_by_brute_force(tolerance):
    """The convergence test (2.2), data profile (2.3) and performance profile of their paper, written out in loops."""
    histories, starts, dimensions = quadratic_histories()
    grid = np.arange(1, 201)
    times = statistics.decrease_times(histories, grid, starts, tolerance=tolerance)
    by_hand = []
    for history, start in zip(histories, starts, strict=True):
        best = min(min(line) for line in history)
        line_of_times = []
        for line in history:
            passed = [k for k, f in zip(grid, line, strict=True) if start - f >= (1 - tolerance) * (start - best)]
            line_of_times.append(float(passed[0]) if passed else math.inf)
        by_hand.append(line_of_times)
    assert times.tolist() == by_hand
    assert np.isinf(times).any() or tolerance > 1e-2
    kappas, factors = [1, 5, 20, 60], [1, 1.5, 3, 10, 100]
    data = statistics.data_profile(times, dimensions, kappas)
    for column, kappa in enumerate(kappas):
        wanted = solved_by_brute_force(by_hand, lambda p, s, k=kappa: by_hand[p][s] / (dimensions[p] + 1) <= k)
        assert data[:, column].tolist() == wanted
    profile = statistics.performance_profile(times, factors)
    for column, factor in enumerate(factors):
        wanted = solved_by_brute_force(
            by_hand, lambda p, s, k=factor: math.isfinite(by_hand[p][s]) and by_hand[p][s] <= k * min(by_hand[p])
        )
        assert profile[:, column].tolist() == wanted


def test_a_problem_that_nobody_solves_counts_for_nobody():
    assert statistics.performance_profile([[-1, -1], [5, 10]], [1, 1e9]).tolist() == [[0.5, 0.5], [0.0, 0.5]]


def test_decrease_from_a_known_best_value():
    assert statistics.decrease_times([[[5.0, 0.5]]], [1, 2], [10.0], tolerance=0.01, best=[0.0]).tolist() == [
        [math.inf]
    ]


def area_by_the_sum(spent, values, budget, low, high):
    """The sum over every evaluation, as the definition has it."""
    total = 0.0
    for i in range(1, budget + 1):
        seen = [v for e, v in zip(spent, values, strict=True) if e <= i and not math.isnan(v)]
        y = math.log10(min(max(min(seen, default=math.inf), low), high))
        total += 1 - (y - math.log10(low)) / (math.log10(high) - math.log10(low))
    return total / budget


def test_area_over_the_curve_is_the_sum_over_evaluations():
    rng = np.random.default_rng(6)
    for _ in range(20):
        spent = np.sort(rng.choice(np.arange(1, 200), 12, replace=False))
        values = 10.0 ** rng.uniform(-10, 4, 12)
        values[rng.integers(12)] = 0.0
        values[0] = math.nan
        area = statistics.area_over_curve(spent, values, 150)
        assert area == pytest.approx(area_by_the_sum(spent, values, 150, 1e-8, 1e2), rel=1e-12)
    both = statistics.area_over_curve(spent, np.array([values, values]), 150)
    assert both == pytest.approx([area, area])


def test_area_on_a_linear_scale():
    assert statistics.area_over_curve([1, 3], [4.0, 2.0], 4, low=0.0, high=4.0, log=False) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.expected_running_time([[1]], [1, 2]),
        lambda: statistics.expected_running_time([[math.nan]], [1]),
        lambda: statistics.expected_running_time([[1]], [1], confidence=0.0),
        lambda: statistics.simulated_restarts([[1]], [1], samples=0),
        lambda: statistics.runtime_ecdf([], [1]),
        lambda: statistics.runtime_ecdf([[[1]]], [2, 1]),
        lambda: statistics.runtime_ecdf([[[1]]], [1], band="none"),
        lambda: statistics.data_profile([[1.0]], [0], [1]),
        lambda: statistics.performance_profile([[0.0]], [1]),
        lambda: statistics.performance_profile([1.0], [1]),
        lambda: statistics.decrease_times([[[1.0]]], [1], [2.0], tolerance=0.0),
        lambda: statistics.area_over_curve([2, 1], [1.0, 1.0], 5),
        lambda: statistics.area_over_curve([1], [1.0], 5, low=0.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InvalidInput):
        call()
