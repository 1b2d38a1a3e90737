"""Accuracy against what is read: a classifier that decides itself, against fixed choices of patches.

    python benchmarks/reading.py docs/_static/reading.svg > docs/_measured/reading.inc

The handwritten digits of scikit-learn in 16 patches of 2 by 2 pixels. Differences are those on one split at one share
of pixels read, tested by the corrected resampled t-test, with Holm's correction for all of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_digits

import zoopt
from _measured import list_table, made_by
from zoopt.compare.statistics import corrected_t_test, holm
from zoopt.objectives import patches

COSTS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)
SPLITS, HOLD_OUT, MARGIN, LEVEL = 20, 0.3, 0.005, 0.05
COMMAND = "python benchmarks/reading.py docs/_static/reading.svg"
LABELS = {"skip": "decides itself", "saliency": "fixed, by saliency", "random": "fixed, at random"}


def verdicts(curve: zoopt.ReadingCurve) -> Iterator[tuple[str, str]]:
    """Yield the difference from each fixed choice at every cost, and what can be said of it."""
    cases = [(method, cost) for cost in COSTS for method in ("saliency", "random")]
    tests = []
    for method, cost in cases:
        gains = curve.gains(method, cost)
        ratio = HOLD_OUT / (1 - HOLD_OUT)
        tests.append(corrected_t_test(gains, np.zeros(len(gains)), ratio, margin=MARGIN))
    for test, p_value in zip(tests, holm([test.p_value for test in tests]), strict=True):
        said = "cannot tell"
        if p_value <= LEVEL:
            said = "better" if test.difference > 0 else "worse"
        elif test.p_equivalent <= LEVEL:
            said = "tie"
        yield f"{test.difference:+.3f} [{test.low:+.3f}, {test.high:+.3f}]", said


def lines(curve: zoopt.ReadingCurve, seconds: float) -> Iterator[str]:
    runs = SPLITS * (len(COSTS) + 2 * len(SIZES))
    yield from made_by(COMMAND)
    yield f"{runs} classifiers were trained, in {seconds:.0f} seconds on one thread."
    yield ""
    told = iter(list(verdicts(curve)))
    rows = []
    for row in curve.table():
        if row["method"] == "skip":
            (by_saliency, first), (at_random, second) = next(told), next(told)
            share, accuracy = f"{row['share']:.3f}", f"{row['accuracy']:.3f}"
            rows.append((row["setting"], share, accuracy, by_saliency, first, at_random, second))
    head = ("Cost", "Share read", "Accuracy", "Against saliency", "Verdict", "Against random", "Verdict")
    yield from list_table(head, rows)


def draw(curve: zoopt.ReadingCurve, path: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    for method, label in LABELS.items():
        rows = sorted(
            (row["share"], row["accuracy"], row["deviation"]) for row in curve.table() if row["method"] == method
        )
        share, accuracy, deviation = np.array(rows).T
        axes.plot(share, accuracy, marker="o", markersize=4, label=label)
        axes.fill_between(share, accuracy - deviation, accuracy + deviation, alpha=0.15)
    axes.set(xlabel="share of the pixels read", ylabel="accuracy on held-out digits", xlim=(0, 1.02), ylim=(0.3, 1.0))
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    digits, labels = load_digits(return_X_y=True)
    begin = time.process_time()
    measured = zoopt.reading_curve(
        digits, labels, groups=patches((8, 8), (2, 2)), costs=COSTS, sizes=SIZES, splits=SPLITS, hold_out=HOLD_OUT
    )
    elapsed = time.process_time() - begin
    draw(measured, sys.argv[1])
    print("\n".join(lines(measured, elapsed)))
