"""Digits whose classes become rare one after the other, judged by balanced accuracy."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.imbalance._methods import ADJUSTED, BALANCED, CROSS_ENTROPY, POST_HOC, FloatArray, IntArray, trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

ARTICLE = {CROSS_ENTROPY: 0.892, BALANCED: 0.912, ADJUSTED: 0.917}
"""Balanced accuracies of the article, whose tail is 1:20."""
ARTICLE_TAIL = 20.0
_CLASSES = 10
_SHARE = 0.5
_RIDGE = 1e-4
_SPREAD = 2.0
_LEVEL = 0.001
MARGIN = 0.01
"""Balanced accuracy that does not matter."""
_KERNEL = "zoopt.objectives.LossObjective"
_OTHERS = {
    "focal": {"loss": "focal"},
    "smooth accuracy": {"loss": "smooth-accuracy"},
    "Dice (smooth F1)": {"loss": "dice"},
    "squared Dice": {"loss": "squared-dice"},
}


def digits(splits: int, tail: float, focusing: float, seed: int) -> Iterator[Item]:
    """Yield the claims on long-tailed digits."""
    import pandas as pd
    from sklearn.datasets import load_digits

    data = load_digits()
    features, labels = data.data / 16, data.target.astype(np.int64)
    found: dict[str, list[tuple[float, ...]]] = {}
    sizes = (0, 0)
    for number in range(splits):
        train, test = long_tail(labels, tail, np.random.default_rng([seed, number]))
        sizes = len(train), len(test)
        predicted = _predictions(features[train], labels[train], features[test], focusing)
        for name, each in predicted.items():
            found.setdefault(name, []).append(_recalls(labels[test], each))
    recalls = {name: np.array(rows) for name, rows in found.items()}
    values = {name: rows.mean(axis=1) for name, rows in recalls.items()}
    yield from _gains(values, sizes[1] / sizes[0])
    if tail == ARTICLE_TAIL:
        yield from _printed(values)
    frame = pd.DataFrame(
        [
            {
                "method": name,
                "balanced accuracy": values[name].mean(),
                "deviation of a split": values[name].std(ddof=1),
                **{f"recall of {digit}": rows[:, digit].mean() for digit in range(_CLASSES)},
            }
            for name, rows in recalls.items()
        ]
    )
    yield Table("digits", frame, f"Long-tailed digits 1:{tail:g}: {sizes[0]} training rows, {splits} splits")
    yield Figure(
        "long_tail",
        lambda canvas: _draw(canvas, recalls),
        f"Recall of each digit; digit 9 has a {tail:g}th of the training rows of digit 0.",
    )


def long_tail(labels: IntArray, tail: float, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return rows to train on, whose classes fall from half of a digit to 1/tail of that, and the other half."""
    train, test = [], []
    for digit in range(_CLASSES):
        rows = rng.permutation(np.flatnonzero(labels == digit))
        half = round(_SHARE * len(rows))
        train.append(rows[: max(2, round(half * tail ** (-digit / (_CLASSES - 1))))])
        test.append(rows[half:])
    return np.concatenate(train), np.concatenate(test)


def _predictions(features: FloatArray, labels: IntArray, held_out: FloatArray, focusing: float) -> dict[str, IntArray]:
    """Return the predictions of every method."""
    plain = trained(features, labels, ridge=_RIDGE)
    priors = np.log(np.bincount(labels) / len(labels))

    def scores(theta: FloatArray) -> FloatArray:
        table = theta.reshape(_CLASSES, -1)
        return np.asarray(held_out @ table[:, :-1].T + table[:, -1])

    moved = plain.copy()
    moved.reshape(_CLASSES, -1)[:, -1] -= priors
    settings: dict[str, dict[str, Any]] = {
        BALANCED: {"class_weight": "balanced"},
        ADJUSTED: {"logit_adjustment": 1.0},
        **_OTHERS,
    }
    fits = {
        name: trained(features, labels, ridge=_RIDGE, start=plain, focusing=focusing, **each)
        for name, each in settings.items()
    }
    thetas = {CROSS_ENTROPY: plain, POST_HOC: moved, **fits}
    return {
        name: scores(thetas[name]).argmax(axis=1) for name in (CROSS_ENTROPY, BALANCED, ADJUSTED, POST_HOC, *_OTHERS)
    }


def _recalls(labels: IntArray, predicted: IntArray) -> tuple[float, ...]:
    return tuple(float((predicted[labels == digit] == digit).mean()) for digit in range(_CLASSES))


def _gains(values: dict[str, FloatArray], ratio: float) -> Iterator[Claim]:
    from zoopt.compare.statistics import corrected_t_test

    for first, second, statement in (
        (BALANCED, CROSS_ENTROPY, "weights 1/π have a better balanced accuracy than cross-entropy"),
        (ADJUSTED, CROSS_ENTROPY, "logit adjustment has a better balanced accuracy than cross-entropy"),
        (ADJUSTED, BALANCED, "logit adjustment has a better balanced accuracy than weights 1/π"),
    ):
        test = corrected_t_test(values[first], values[second], ratio, margin=MARGIN)
        yield Claim(
            source="S6.5",
            statement=f"digits: {statement}: the difference",
            relation="at least",
            prediction=0.0,
            measured=test.difference,
            interval=(test.low, test.high),
            tolerance=MARGIN,
            open=second == BALANCED,
            kernel=_KERNEL,
            note=f"{test.runs} splits, corrected t-test; {MARGIN} of balanced accuracy does not matter.",
        )
    yield Claim(
        source="S6.3",
        statement="digits: adjusting in training or afterwards is the same where intercepts are free: the difference",
        prediction=0.0,
        measured=float((values[ADJUSTED] - values[POST_HOC]).mean()),
        tolerance=_LEVEL,
        kernel=_KERNEL,
        note="An offset of the scores is one of the intercepts, which have no penalty; the tolerance is for the digits "
        "that are cut so closely that rounding decides.",
    )


def _printed(values: dict[str, FloatArray]) -> Iterator[Claim]:
    for name, printed in ARTICLE.items():
        deviation = float(values[name].std(ddof=1))
        yield Claim(
            source="S6.5",
            statement=f"digits, {name}: balanced accuracy of the article",
            prediction=printed,
            measured=float(values[name].mean()),
            tolerance=_SPREAD * deviation * math.sqrt(1 + 1 / len(values[name])) + 0.0005,
            kernel=_KERNEL,
            note="The article has one split: the tolerance is two deviations of a split, and rounding.",
        )


def _draw(canvas: "Canvas", recalls: dict[str, FloatArray]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax = prepared(canvas.subplots())
    shown = (CROSS_ENTROPY, BALANCED, ADJUSTED, "focal", "Dice (smooth F1)")
    for colour, name in zip(PALETTE, shown, strict=False):
        rows = recalls[name]
        label = f"{name}: {rows.mean():.3f}"
        ax.plot(range(_CLASSES), rows.mean(axis=0), "o-", color=colour, markersize=4, linewidth=1.2, label=label)
    ax.set_xticks(range(_CLASSES))
    ax.legend(frameon=False, fontsize=8, title="balanced accuracy", title_fontsize=8)
    titled(ax, "Recall of each digit, from frequent to rare", "digit", "recall")
