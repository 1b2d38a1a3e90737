"""Identical optimisers must not produce winners: false claims in at most 5 % of simulated experiments.

The bound of every test is the 99.9 % quantile of the binomial with the nominal rate, so a correctly
calibrated verdict fails a test with probability 0.001 (the seeds are fixed); a plain t-test fails by far,
which is also tested.
"""

import numpy as np
import pytest
from scipy import stats

from zoopt.compare._verdict import Contest, Rules, judge, judge_baselines

RULES = Rules()
RATIO = 2.0 / 3.0  # 60/40 splits
NOMINAL = 0.05


def limit(simulations):
    return int(stats.binom.ppf(0.999, simulations, NOMINAL))


def correlated_scores(rng, entries, runs, ratio):
    """Scores of identical optimisers; any two splits correlate by n_test / (n_test + n_train)."""
    correlation = ratio / (1.0 + ratio)
    common = rng.normal(size=(entries, 1))
    own = rng.normal(size=(entries, runs))
    shared = rng.normal(size=runs)  # difficulty of the split, the same for all
    return 0.8 + 0.02 * (shared + np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own)


def false_winners(simulations, entries, runs, *, told_ratio, objectives=1, seed=0):
    rng = np.random.default_rng(seed)
    count = 0
    for _ in range(simulations):
        contests = []
        for k in range(objectives):
            scores = correlated_scores(rng, entries, runs, RATIO)
            contests.append(Contest(str(k), {str(i): s for i, s in enumerate(scores)}, told_ratio))
        count += any(verdict.outcome == "winner" for verdict in judge(contests, RULES))
    return count


@pytest.mark.parametrize(("entries", "runs"), [(2, 15), (2, 5), (3, 10), (7, 15)])
def test_false_winners_on_one_objective(entries, runs):
    simulations = 2000
    assert false_winners(simulations, entries, runs, told_ratio=RATIO, seed=entries) <= limit(simulations)


def test_false_winners_over_five_objectives():
    simulations = 1000
    assert false_winners(simulations, 2, 15, told_ratio=RATIO, objectives=5, seed=11) <= limit(simulations)


def test_the_plain_t_test_would_be_far_off():
    """The control: without the correction nearly half of the experiments name a false winner."""
    simulations = 500
    assert false_winners(simulations, 2, 15, told_ratio=0.0, seed=12) > 0.35 * simulations


def test_false_gains_over_the_baseline():
    simulations, rng, count = 1000, np.random.default_rng(13), 0
    for _ in range(simulations):
        plain, tuned, *scores = correlated_scores(rng, 9, 15, RATIO)
        optimisers = {str(i): s for i, s in enumerate(scores)}
        contest = Contest("data", optimisers, RATIO, plain=plain, tuned=tuned)
        count += judge_baselines([contest], RULES)[0].outcome == "yes"
    assert count <= limit(simulations)


def test_false_ties_at_the_margin():
    """Two optimisers that truly differ by the margin are called equal in at most 5 % of experiments."""
    simulations, rng, count = 1000, np.random.default_rng(14), 0
    rules = Rules(margin=0.01)
    for _ in range(simulations):
        first, second = correlated_scores(rng, 2, 15, RATIO) * 0.1
        contest = Contest("data", {"a": first + rules.margin, "b": second}, RATIO)
        count += judge([contest], rules)[0].outcome == "tie"
    assert count <= limit(simulations)


def test_the_leading_group_keeps_the_truly_best():
    """The best by a hair is excluded from the leading group in at most 5 % of experiments."""
    simulations, rng, lost = 1000, np.random.default_rng(15), 0
    for _ in range(simulations):
        scores = correlated_scores(rng, 10, 15, RATIO)
        scores[0] += 1e-6
        contest = Contest("data", {str(i): s for i, s in enumerate(scores)}, RATIO)
        lost += "0" not in judge([contest], RULES)[0].leading
    assert lost <= limit(simulations)


def test_false_winners_on_resampled_data():
    """Overlapping 60/40 splits of one data set, and two rules of equal quality learned on each of them.

    Two blocks of features carry the same information; a nearest-centroid rule on each. Accuracy moves in
    steps of 1/40, so this also covers coarse metrics and few seeds.
    """
    simulations, runs, rows, half = 600, 8, 100, 5
    rng, count = np.random.default_rng(16), 0
    for _ in range(simulations):
        labels = rng.permutation(rows) < rows // 2
        data = rng.normal(size=(rows, 2 * half)) + 0.45 * labels[:, None]
        scores = np.array([split_accuracies(rng, data, labels, half) for _ in range(runs)]).T
        contest = Contest("data", {"left": scores[0], "right": scores[1]}, RATIO)
        count += judge([contest], RULES)[0].outcome == "winner"
    assert count <= limit(simulations)


def split_accuracies(rng, data, labels, half):
    order = rng.permutation(labels.size)
    train, test = order[:60], order[60:]
    accuracies = []
    for block in (slice(0, half), slice(half, 2 * half)):
        x, y = data[train, block], labels[train]
        positive, negative = x[y].mean(axis=0), x[~y].mean(axis=0)
        margin = (data[test, block] - (positive + negative) / 2) @ (positive - negative)
        accuracies.append(np.mean((margin > 0) == labels[test]))
    return accuracies
