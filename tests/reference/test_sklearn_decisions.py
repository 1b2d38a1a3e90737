"""Learned decisions against brute force: every cut, dense grids, direct optimisation."""

from functools import partial

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn import metrics

from zoopt.sklearn import _counts, _cuts, _goal, _offsets, _sweep

COUNTED = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1": partial(metrics.f1_score, zero_division=0),
    "precision": partial(metrics.precision_score, zero_division=0),
    "recall": partial(metrics.recall_score, zero_division=0),
    "jaccard": partial(metrics.jaccard_score, zero_division=0),
    "f1_macro": partial(metrics.f1_score, average="macro", zero_division=0),
    "precision_macro": partial(metrics.precision_score, average="macro", zero_division=0),
    "recall_weighted": partial(metrics.recall_score, average="weighted", zero_division=0),
    "f1_micro": partial(metrics.f1_score, average="micro", zero_division=0),
    "jaccard_weighted": partial(metrics.jaccard_score, average="weighted", zero_division=0),
    "matthews_corrcoef": metrics.matthews_corrcoef,
    "cohen_kappa": metrics.cohen_kappa_score,
    "linear_weighted_kappa": partial(metrics.cohen_kappa_score, weights="linear"),
    "quadratic_weighted_kappa": partial(metrics.cohen_kappa_score, weights="quadratic"),
    "neg_mean_absolute_error": lambda y, p, **w: -metrics.mean_absolute_error(y, p, **w),
    "neg_mean_squared_error": lambda y, p, **w: -metrics.mean_squared_error(y, p, **w),
}
BINARY = {"f1", "precision", "recall", "jaccard"}


def labelled(seed, classes, rows=40):
    """Labels, predictions that agree with them now and then, and weights; every class occurs in both."""
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), random.integers(classes, size=rows - classes)])
    noise = np.concatenate([np.arange(classes), random.integers(classes, size=rows - classes)])
    return y, np.where(random.random(rows) < 0.5, y, noise), random.uniform(0.1, 2, rows)


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_of_counts_are_those_of_scikit_learn(name, classes, weighted):
    if name in BINARY and classes > 2:
        with pytest.raises(ValueError, match="Only binary classification"):
            _goal.goal_of(name, np.arange(classes))
        return
    goal = _goal.goal_of(name, np.arange(classes))
    assert goal.of_counts is not None
    for seed in range(5):
        y, predicted, weights = labelled(seed, classes)
        given = {"sample_weight": weights} if weighted else {}
        want = COUNTED[name](y, predicted, **given)
        assert goal.value(y, predicted, weights if weighted else None) == pytest.approx(want, abs=1e-12)


def test_counts_of_several_candidates_at_once_are_those_of_each():
    counts = np.stack([_counts.confusion(*labelled(seed, 3)[:2], 3) for seed in range(6)], axis=2)
    for name in set(COUNTED) - BINARY:
        of_counts = _goal.goal_of(name, np.arange(3)).of_counts
        assert of_counts(counts).tolist() == [float(of_counts(counts[:, :, k])) for k in range(6)]


@pytest.mark.parametrize("name", ["f1", "accuracy", "matthews_corrcoef", "balanced_accuracy", "jaccard", "cohen_kappa"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_threshold_is_the_best_of_all_cuts(name, weighted):
    """Scores are rounded so that many are equal; every cut is tried by scikit-learn."""
    goal = _goal.goal_of(name, np.arange(2))
    for seed in range(8):
        random = np.random.default_rng(seed)
        y = (random.random(60) < 0.3).astype(int)
        scores = np.round(random.normal(y, 1.0), 1)
        weights = random.uniform(0.1, 2, 60) if weighted else None
        given = {"sample_weight": weights} if weighted else {}
        threshold, value = _sweep.best_threshold(scores, y == 1, goal.of_counts, weights)
        every = [-np.inf, *np.unique(scores)]
        best = max(COUNTED[name](y, (scores > cut).astype(int), **given) for cut in every)
        assert value == pytest.approx(best, abs=1e-12)
        assert COUNTED[name](y, (scores > threshold).astype(int), **given) == pytest.approx(best, abs=1e-12)


def test_the_habitual_threshold_stays_where_it_is_as_good_as_any():
    scores, positive = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True])
    assert _sweep.best_threshold(scores, positive, _counts.accuracy) == (0.0, 1.0)
    assert _sweep.best_threshold(scores + 5, positive, _counts.accuracy) == (5.0, 1.0)


def test_neighbouring_numbers_are_told_apart():
    low = 1.0
    high = np.nextafter(low, 2)
    threshold, value = _sweep.best_threshold(np.array([low, high]), np.array([False, True]), _counts.accuracy)
    assert value == 1.0
    assert (np.array([low, high]) > threshold).tolist() == [False, True]


def three_classes(seed, rows=80, classes=4):
    random = np.random.default_rng(seed)
    y = random.choice(classes, rows, p=np.array([0.6, 0.25, 0.1, 0.05])[:classes])
    scores = random.normal(size=(rows, classes)) + 1.5 * np.eye(classes)[y]
    return y, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), random.uniform(0.1, 2, rows)


@pytest.mark.parametrize("name", ["f1_macro", "balanced_accuracy", "matthews_corrcoef", "accuracy"])
@pytest.mark.parametrize("weighted", [False, True])
def test_tau_is_at_least_as_good_as_on_a_dense_grid(name, weighted):
    goal = _goal.goal_of(name, np.arange(4))
    for seed in range(6):
        y, scores, weights = three_classes(seed)
        weights = weights if weighted else None
        prior = _offsets.log_prior(y, 4, weights)
        tau, value = _offsets.best_tau(scores, y, goal.of_counts, prior, weights)
        assert _offsets.REACH[0] <= tau <= _offsets.REACH[1]
        assert goal.value(y, (scores - tau * prior).argmax(axis=1), weights) == pytest.approx(value, abs=1e-12)
        grid = np.linspace(*_offsets.REACH, 4001)
        best = max(goal.value(y, (scores - t * prior).argmax(axis=1), weights) for t in grid)
        assert value >= best - 1e-12


def test_tau_is_no_better_than_the_breakpoints_allow():
    """All intervals between the crossings of any two classes, tried one by one."""
    goal = _goal.goal_of("f1_macro", np.arange(4))
    for seed in range(4):
        y, scores, _ = three_classes(seed, rows=30)
        prior = _offsets.log_prior(y, 4)
        with np.errstate(divide="ignore", invalid="ignore"):
            crossings = [(scores[:, a] - scores[:, b]) / (prior[a] - prior[b]) for a in range(4) for b in range(a)]
        points = np.concatenate([*crossings, _offsets.REACH])
        points = np.unique(points[np.isfinite(points) & (np.abs(points) <= 2)])
        middles = (points[1:] + points[:-1]) / 2
        best = max(goal.value(y, (scores - t * prior).argmax(axis=1)) for t in [0.0, *middles])
        assert _offsets.best_tau(scores, y, goal.of_counts, prior)[1] == best


def test_tau_of_classes_that_are_equally_many_changes_nothing():
    y = np.arange(30) % 3
    scores = np.random.default_rng(0).normal(size=(30, 3))
    goal = _goal.goal_of("f1_macro", np.arange(3))
    assert _offsets.best_tau(scores, y, goal.of_counts, _offsets.log_prior(y, 3))[0] == 0.0


def test_the_matched_variance_is_best_for_the_kappa_before_rounding():
    """Of all a s + b, by direct optimisation of 1 - E(y - p)² / (var y + var p + (E y - E p)²)."""
    random = np.random.default_rng(0)
    y = random.integers(5, size=300)
    scores = 0.4 * y + random.normal(size=300)

    def kappa(line):
        p = line[0] * scores + line[1]
        return 1 - np.mean((y - p) ** 2) / (y.var() + p.var() + (y.mean() - p.mean()) ** 2)

    best = minimize(
        lambda line: -kappa(line), [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}
    )
    cuts = _cuts.matched_cuts(scores, y, 5)
    slope = 1 / np.diff(cuts).mean()
    shift = 0.5 - slope * cuts[0]
    assert [slope, shift] == pytest.approx(best.x, rel=1e-4)
    assert kappa([slope, shift]) >= kappa(best.x) - 1e-9
    assert np.allclose(slope * cuts + shift, np.arange(4) + 0.5)


def test_weights_of_the_matched_variance_are_rows_repeated():
    random = np.random.default_rng(1)
    y, scores, times = random.integers(3, size=40), random.normal(size=40), random.integers(1, 4, size=40)
    weighted = _cuts.matched_cuts(scores, y, 3, times.astype(float))
    assert weighted == pytest.approx(_cuts.matched_cuts(scores.repeat(times), y.repeat(times), 3))


def test_no_single_cut_point_can_be_moved_for_the_better():
    """The search ends where brute force over every place of every cut point finds nothing."""
    goal = _goal.goal_of("quadratic_weighted_kappa", np.arange(4))
    random = np.random.default_rng(2)
    y = random.integers(4, size=120)
    scores = np.round(y + random.normal(size=120), 1)
    start = _cuts.matched_cuts(scores, y, 4)
    cuts = _cuts.searched_cuts(_cuts.places_of(scores), y, np.ones(120), start, 4, goal.of_counts)
    reached = goal.value(y, np.searchsorted(cuts, scores, side="left"))
    assert reached >= goal.value(y, np.searchsorted(start, scores, side="left"))
    places = np.concatenate([[scores.min() - 1], np.unique(scores) + 0.05])
    for k in range(3):
        low, high = (cuts[k - 1] if k else -np.inf), (cuts[k + 1] if k < 2 else np.inf)
        for place in places[(places > low) & (places < high)]:
            moved = cuts.copy()
            moved[k] = place
            assert goal.value(y, np.searchsorted(moved, scores, side="left")) <= reached + 1e-12


def test_bagged_cut_points_are_ascending_and_follow_the_seed():
    random = np.random.default_rng(3)
    y = random.integers(5, size=200)
    scores = y + random.normal(size=200)
    of_counts = _goal.goal_of("quadratic_weighted_kappa", np.arange(5)).of_counts
    one = _cuts.bagged_cuts(scores, y, 5, of_counts, seed=1)
    assert (np.diff(one) >= 0).all()
    assert one.tolist() == _cuts.bagged_cuts(scores, y, 5, of_counts, seed=1).tolist()
    assert one.tolist() != _cuts.bagged_cuts(scores, y, 5, of_counts, seed=2).tolist()


def test_very_many_scores_are_cut_at_an_even_part_of_the_places():
    scores = np.random.default_rng(4).normal(size=20_000)
    places = _cuts.places_of(scores)
    assert places.cuts.size <= 4096
    assert places.below[:100].tolist() == (scores[:100, None] > places.cuts).sum(axis=1).tolist()
    between = np.diff([0, *np.searchsorted(np.sort(scores), places.cuts)])
    assert between.max() <= 6
