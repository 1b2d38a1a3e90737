"""Alternation of loss and metric against either alone, on held-out parts of four data sets.

    python benchmarks/alternation.py > docs/_measured/alternation.inc

Every contender has the same evaluations, a gradient being one, and the same settings on all data sets, chosen before.
The splits are of one data set each, so their differences are tested by the corrected resampled t-test, and the tests of
all data sets together are corrected by Holm's method.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.model_selection import StratifiedShuffleSplit

import zoopt
from _measured import list_table, made_by
from zoopt.compare.statistics import corrected_t_test, holm
from zoopt.objectives import LossObjective, MetricObjective

DATA = {
    "breast_cancer": (load_breast_cancer, ("accuracy", "f1")),
    "wine": (load_wine, ("accuracy", "f1_macro")),
    "iris": (load_iris, ("accuracy", "f1_macro")),
    "digits": (load_digits, ("accuracy", "f1_macro")),
}
SPLITS, HOLD_OUT, MARGIN, LEVEL = 20, 0.4, 0.005, 0.05
ROUNDS, STEPS, EVALUATIONS = 3, 200, 1280
BUDGET = ROUNDS * (STEPS + EVALUATIONS)


def scaled(X, train):
    spread = X[train].std(axis=0)
    return (X - X[train].mean(axis=0)) / np.where(spread > 0, spread, 1)


def contenders(loss, metric, seed):
    """Yield name and parameters of each, all from the same start."""
    start = np.zeros(loss.dim)
    for name, steps, evaluations in (
        ("alternation", STEPS, EVALUATIONS),
        ("loss alone", BUDGET // ROUNDS, 0),
        ("metric alone", 0, BUDGET // ROUNDS),
    ):
        rounds = ROUNDS if name == "alternation" else 1
        run = zoopt.alternate(
            loss, metric, start, rounds=rounds, steps=steps * ROUNDS // rounds,
            evaluations=evaluations * ROUNDS // rounds, seed=seed,
        )  # fmt: skip
        yield name, run.x


def measured(load, names):
    """Return held-out values, {(metric, contender): (splits,)}."""
    X, y = load(return_X_y=True)
    values = {}
    splitter = StratifiedShuffleSplit(SPLITS, test_size=HOLD_OUT, random_state=0)
    for seed, (train, test) in enumerate(splitter.split(X, y)):
        Z = scaled(X, train)
        loss = LossObjective(Z[train], y[train])
        for metric_name in names:
            metric = MetricObjective(Z[train], y[train], metric=metric_name)
            held_out = metric.with_data(Z[test], y[test])
            for name, x in contenders(loss, metric, seed):
                values.setdefault((metric_name, name), []).append(held_out(x))
    return values


def verdict(comparison, p_value):
    if p_value <= LEVEL:
        return "better" if comparison.difference > 0 else "worse"
    return "tie" if comparison.p_equivalent <= LEVEL else "cannot tell"


def lines() -> Iterator[str]:
    rows, tests = [], []
    for data, (load, names) in DATA.items():
        values = measured(load, names)
        for metric in names:
            own = values[metric, "alternation"]
            for other in ("loss alone", "metric alone"):
                theirs = values[metric, other]
                ratio = HOLD_OUT / (1 - HOLD_OUT)
                comparison = corrected_t_test(own, theirs, ratio, margin=MARGIN)
                rows.append((data, metric, np.mean(own), other, np.mean(theirs), comparison))
                tests.append(comparison.p_value)
    yield from made_by("python benchmarks/alternation.py")
    yield from list_table(
        ("Data", "Metric", "Alternation", "Against", "That", "Difference", "Verdict"),
        (
            (data, metric, f"{own:.4f}", other, f"{theirs:.4f}", f"{c.difference:+.4f} [{c.low:+.4f}, {c.high:+.4f}]",
             verdict(c, p))
            for (data, metric, own, other, theirs, c), p in zip(rows, holm(tests), strict=True)
        ),
    )  # fmt: skip


if __name__ == "__main__":
    print("\n".join(lines()))
