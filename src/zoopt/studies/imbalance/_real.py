"""Every method on real data: F1 and balanced accuracy on rows that no method has seen, over several splits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.imbalance._methods import (
    ADJUSTED,
    CROSS_ENTROPY,
    DIRECT,
    HARD,
    METHODS,
    SMOOTH,
    TUNED,
    FloatArray,
    IntArray,
    Problem,
    f1,
    scores,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MARGIN = 0.01
"""A smaller gain of F1 or balanced accuracy does not matter."""
_TRAIN, _TEST = 0.6, 0.4
_RATIO = _TEST / _TRAIN
_KERNELS = {DIRECT: "zoopt.sklearn.MetricClassifier"}
_KERNEL = "zoopt.objectives.LossObjective"


@dataclass(frozen=True)
class Rare:
    """Real data with a rare class, which has label 1."""

    features: FloatArray
    labels: IntArray


def rare_malignant(rarity: float, seed: int) -> Rare:
    """Return breast cancer with so few malignant cases, drawn at random, that there are `rarity` benign ones a case."""
    from sklearn.datasets import load_breast_cancer

    raw = load_breast_cancer()
    malignant, benign = np.flatnonzero(raw.target == 0), np.flatnonzero(raw.target == 1)
    few = max(10, round(len(benign) / rarity))
    kept = np.concatenate([benign, np.random.default_rng(seed).permutation(malignant)[:few]])
    return Rare(raw.data[kept], (raw.target[kept] == 0).astype(np.int64))


def one_digit(digit: int) -> Rare:
    """Return a digit against the other nine."""
    from sklearn.datasets import load_digits

    raw = load_digits()
    return Rare(raw.data, (raw.target == digit).astype(np.int64))


def strong_progression() -> Rare:
    """Return diabetes patients, the tenth with the strongest progression being the rare class."""
    from sklearn.datasets import load_diabetes

    raw = load_diabetes()
    return Rare(raw.data, (raw.target > np.quantile(raw.target, 0.9)).astype(np.int64))


def real(splits: int, rarity: float, focusing: float, seed: int) -> Iterator[Item]:
    """Yield what the methods are worth on real data with two classes."""
    import pandas as pd

    sets = {
        f"breast cancer 1:{rarity:g}": rare_malignant(rarity, seed),
        "digit 8": one_digit(8),
        "diabetes 1:9": strong_progression(),
    }
    rows: list[dict[str, Any]] = []
    against: dict[str, tuple[FloatArray, FloatArray]] = {}
    for name, data in sets.items():
        found = _scored(data, splits, focusing, seed)
        yield from _questions(name, found)
        rows += _rows(name, found)
        against[name] = _against(found)
    yield Table("real", pd.DataFrame(rows), f"Real data, {splits} splits: differences from the tuned threshold")
    yield Figure(
        "real_data",
        lambda canvas: _draw(canvas, against),
        "F1 less that of the tuned threshold, with 95 % intervals of the corrected t-test.",
        height=4.6,
    )


def _scored(data: Rare, splits: int, focusing: float, seed: int) -> dict[str, FloatArray]:
    """Return F1 and balanced accuracy on held-out rows, shape (splits, 2), for every method."""
    from sklearn.model_selection import StratifiedShuffleSplit

    found: dict[str, list[tuple[float, float]]] = {name: [] for name in METHODS}
    splitter = StratifiedShuffleSplit(splits, train_size=_TRAIN, test_size=_TEST, random_state=seed % 2**32)
    for number, (train, test) in enumerate(splitter.split(data.features, data.labels)):
        features, held_out = standardised(data.features, train, test)
        problem = _problem(features, data.labels[train], focusing, seed + number)
        for name, method in METHODS.items():
            found[name].append(_judged(data.labels[test], scores(method(problem), held_out) > 0))
    return {name: np.array(pairs) for name, pairs in found.items()}


def standardised(features: FloatArray, train: IntArray, test: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return both parts with the mean and deviation of the training part taken out, constant features left out."""
    mean, deviation = features[train].mean(axis=0), features[train].std(axis=0)
    varying = deviation > 0
    scaled = (features[:, varying] - mean[varying]) / deviation[varying]
    return scaled[train], scaled[test]


def _problem(features: FloatArray, labels: IntArray, focusing: float, seed: int) -> Problem:
    """Return the training part, with the penalty that cross-validated log loss chooses for cross-entropy."""
    from sklearn.model_selection import StratifiedKFold

    from zoopt.compare._baselines import FOLDS, fit_cross_entropy

    fit = fit_cross_entropy(features, labels, seed % 2**32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed % 2**32).split(features, labels)
    ridge = 1 / (fit.regularisation * len(labels))
    return Problem(features, labels, seed, ridge=ridge, focusing=focusing, folds=tuple(folds))


def _judged(labels: IntArray, predicted: NDArray[np.bool_]) -> tuple[float, float]:
    positive = labels == 1
    recalls = predicted[positive].mean() + 1 - predicted[~positive].mean()
    return f1(positive, predicted), float(recalls / 2)


def _questions(name: str, found: dict[str, FloatArray]) -> Iterator[Claim]:
    """Yield what nobody can know beforehand: whether a method pays on these data."""
    from zoopt.compare.statistics import corrected_t_test

    for first, second, metric, statement in (
        (SMOOTH, CROSS_ENTROPY, 0, "the article's weights add F1 to cross-entropy"),
        (HARD, TUNED, 0, "weights by the F1 of decisions add F1 to a tuned threshold"),
        (DIRECT, TUNED, 0, "F1 by zeroth order adds to a tuned threshold"),
        (ADJUSTED, CROSS_ENTROPY, 1, "logit adjustment adds balanced accuracy to cross-entropy"),
    ):
        test = corrected_t_test(found[first][:, metric], found[second][:, metric], _RATIO, margin=MARGIN)
        yield Claim(
            source="S6.5",
            statement=f"{name}: {statement}",
            relation="at least",
            prediction=MARGIN,
            measured=test.difference,
            interval=(test.low, test.high),
            kernel=_KERNELS.get(first, _KERNEL),
            open=True,
            note=f"A gain of {MARGIN} or more; {test.runs} splits of the same rows, corrected t-test.",
        )


def _rows(name: str, found: dict[str, FloatArray]) -> list[dict[str, Any]]:
    from zoopt.compare.statistics import corrected_t_test

    rows = []
    for method, values in found.items():
        row: dict[str, Any] = {"data": name, "method": method}
        for place, metric in enumerate(("F1", "balanced accuracy")):
            test = corrected_t_test(values[:, place], found[TUNED][:, place], _RATIO, margin=MARGIN)
            row |= {metric: values[:, place].mean(), f"Δ {metric}": test.difference, "low": test.low, "high": test.high}
            row[f"Δ {metric} low"], row[f"Δ {metric} high"] = row.pop("low"), row.pop("high")
        rows.append(row)
    return rows


def _against(found: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return differences in F1 from the tuned threshold and the half widths of their intervals."""
    from zoopt.compare.statistics import corrected_t_test

    tests = [corrected_t_test(found[name][:, 0], found[TUNED][:, 0], _RATIO, margin=MARGIN) for name in METHODS]
    return np.array([test.difference for test in tests]), np.array([test.high - test.difference for test in tests])


def _draw(canvas: "Canvas", against: dict[str, tuple[FloatArray, FloatArray]]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax = prepared(canvas.subplots())
    names = list(METHODS)
    for number, (name, (differences, halves)) in enumerate(against.items()):
        places = np.arange(len(names))[::-1] + 0.22 * (1 - number)
        ax.errorbar(differences, places, xerr=halves, fmt="o", color=PALETTE[number], markersize=4, label=name)
    ax.axvline(0, color="#333333", linewidth=0.8)
    ax.set_yticks(np.arange(len(names))[::-1], names)
    ax.legend(frameon=False, fontsize=8, loc="lower left")
    titled(ax, "F1 on held-out rows against the tuned threshold", "difference", "")
