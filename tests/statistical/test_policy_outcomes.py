"""S1: what a linear model comes to on held-out data, by the loss, the policy gradient and zeroth order on accuracy.

Adam with rate .02, 500 steps from 0, 16 directions at scale .1, 5 splits. Other splits than those of the stated figures
move a mean by about .005, those of zeroth order without a baseline, which is mostly noise, by .03.
"""

import numpy as np
import pytest

import zoopt
from zoopt.objectives import LossObjective, MetricObjective, PolicyObjective

STATED = {
    "breast_cancer": {"loss": 0.968, "policy": 0.970, "raw": 0.895, "centre-baseline": 0.971, "leave-one-out": 0.968,
                      "pairs": 0.967},
    "digits": {"loss": 0.958, "policy": 0.954, "raw": 0.430, "centre-baseline": 0.893, "leave-one-out": 0.945,
               "pairs": 0.951},
}  # fmt: skip
TOLERANCE = 0.012
STATED_VARIANCES = {"none": 0.105, "mean": 0.084, "optimal": 0.079}


def splits(name):
    from sklearn import datasets
    from sklearn.model_selection import StratifiedShuffleSplit

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    for train, test in StratifiedShuffleSplit(5, test_size=0.3, random_state=0).split(X, y):
        spread = X[train].std(axis=0)
        Z = (X - X[train].mean(axis=0)) / np.where(spread > 0, spread, 1)
        yield Z[train], y[train], Z[test], y[test]


def ways(X, y, metric):
    """Yield what each way climbs, by which cell, at how many evaluations a step."""
    yield "loss", LossObjective(X, y), "adam", 1
    yield "policy", PolicyObjective(X, y), "adam", 1
    stages = {"distribution": "isotropic", "metric": "vanilla", "update": "adam"}
    for shaping in ("raw", "centre-baseline", "leave-one-out"):
        rows = 17 if shaping == "centre-baseline" else 16
        yield shaping, metric, zoopt.cell(shaping=shaping, population=16, **stages), rows
    yield "pairs", metric, zoopt.cell(shaping="raw", population=32, antithetic=True, **stages), 32


def outcomes(name):
    found = {}
    for seed, (X, y, X_test, y_test) in enumerate(splits(name)):
        metric = MetricObjective(X, y)
        held_out = metric.with_data(X_test, y_test)
        for way, objective, method, rows in ways(X, y, metric):
            scale = {} if method == "adam" else {"scale": 0.1}
            options = {"learning_rate": 0.02}
            start = np.zeros(metric.dim)
            run = zoopt.minimize(
                objective, start, method=method, budget=500 * rows, seed=seed, options=options, **scale
            )
            found.setdefault(way, []).append(held_out(run.mean))
    return {way: np.mean(values) for way, values in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", STATED)
def test_held_out_accuracies_are_the_stated_ones(name):
    found = outcomes(name)
    for way, stated in STATED[name].items():
        assert found[way] == pytest.approx(stated, abs=0.04 if way == "raw" else TOLERANCE), way
    assert found["raw"] < min(found[way] for way in found if way != "raw") - 0.05


def relative_variances(p, rewards, squares, X):
    """Return tr Cov(g) / |g|^2 of a gradient with one draw a sample, for no baseline, E r and the optimal one."""
    mean = (p * rewards).sum(axis=1)
    best = (p * rewards * squares).sum(axis=1) / (p * squares).sum(axis=1)
    slopes = p * (rewards - mean[:, None])
    lengths = np.square(X).sum(axis=1) + 1
    total = np.square(slopes.T @ np.column_stack([X, np.ones(len(X))])).sum()
    for b in (0 * mean, mean, best):
        second = (p * np.square(rewards - b[:, None]) * squares).sum(axis=1)
        yield ((second - np.square(slopes).sum(axis=1)) * lengths).sum() / total


@pytest.mark.parametrize("baseline", ["none", "mean", "optimal"])
def test_relative_variance_near_the_start_on_digits(baseline):
    """Of 400 estimates against the exact formula, whose standard error is 2 %.

    The stated figures are .105, .084 and .079 for a start that is not stated; normal weights of .1 give these to 12 %.
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-12)
    policy = PolicyObjective(X, y, samples=1, baseline=baseline, seed=1)
    theta = 0.1 * np.random.default_rng(0).normal(size=policy.dim)
    p = policy.probabilities(theta)
    squares = 1 - 2 * p + np.square(p).sum(axis=1, keepdims=True)
    exact = dict(zip(STATED_VARIANCES, relative_variances(p, np.eye(10)[y], squares, X), strict=True))
    mean = PolicyObjective(X, y).value_and_gradient(theta)[1]
    drawn = [policy.value_and_gradient(theta, generation=g)[1] for g in range(400)]
    found = np.mean([np.square(g - mean).sum() for g in drawn]) / np.square(mean).sum()
    assert found == pytest.approx(exact[baseline], rel=0.06)
    assert exact[baseline] == pytest.approx(STATED_VARIANCES[baseline], rel=0.12)
    assert exact["optimal"] < exact["mean"] < exact["none"]
