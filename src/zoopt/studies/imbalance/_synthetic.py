"""Every method on samples of the population, judged on the whole population."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.imbalance._methods import (
    ADJUSTED,
    BALANCED,
    CROSS_ENTROPY,
    DIRECT,
    HARD,
    METHODS,
    SMOOTH,
    TUNED,
    FloatArray,
    Problem,
)
from zoopt.studies.imbalance._population import Population

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_KERNELS = {DIRECT: "zoopt.minimize"}
_KERNEL = "zoopt.objectives.LossObjective"
ARTICLE = {CROSS_ENTROPY: 0.332, BALANCED: 0.406, SMOOTH: 0.455, HARD: 0.477, TUNED: 0.472}
"""F1 of the article's draw of 2000 samples with shift 1.5 and prior .1."""
ARTICLE_SETTING = (1.5, 0.1, 2000)
_SPREAD = 2.0
MARGIN = 0.005
"""F1 that does not matter."""


def draw(population: Population, samples: int, rng: np.random.Generator) -> tuple[FloatArray, np.ndarray]:
    """Return features and labels drawn from the population, two positives and two negatives at least."""
    labels = (rng.random(samples) < population.prior).astype(np.int64)
    labels[:2], labels[2:4] = 0, 1
    return (rng.standard_normal(samples) + population.shift * labels)[:, None], labels


def synthetic(population: Population, samples: int, draws: int, focusing: float, seed: int) -> Iterator[Item]:
    """Yield the claims on samples of the population."""
    import pandas as pd

    found: dict[str, list[tuple[float, float]]] = {name: [] for name in METHODS}
    for number in range(draws):
        rng = np.random.default_rng([seed, number])
        problem = Problem(*draw(population, samples, rng), seed=int(rng.integers(2**32)), focusing=focusing)
        for name, method in METHODS.items():
            found[name].append(_judged(population, method(problem)))
    scores = {name: np.array(pairs)[:, 0] for name, pairs in found.items()}
    yield from _differences(scores)
    if (population.shift, population.prior, samples) == ARTICLE_SETTING:
        yield from _printed(scores)
    frame = pd.DataFrame(
        [
            {
                "method": name,
                "F1": scores[name].mean(),
                "deviation of a draw": scores[name].std(ddof=1),
                "balanced accuracy": np.mean(pairs, axis=0)[1],
                "below the best F1": population.optimum()[0] - scores[name].mean(),
            }
            for name, pairs in found.items()
        ]
    )
    yield Table("synthetic", frame, f"F1 on the population of models trained on {samples} samples, {draws} draws")
    yield Figure(
        "draws",
        lambda canvas: _draw(canvas, scores, population.optimum()[0]),
        f"F1 on the population of models trained on {samples} samples; the line is the best there is.",
        height=4.4,
    )


def _judged(population: Population, theta: FloatArray) -> tuple[float, float]:
    """Return F1 and balanced accuracy on the population; a slope may have the wrong sign."""
    slope, intercept = theta
    if slope == 0:
        everything = intercept > 0
        return (2 * population.prior / (1 + population.prior) if everything else 0.0), 0.5
    cut = -intercept / slope
    if slope > 0:
        return float(population.f1_above(cut)), float(population.balanced_accuracy_above(cut))
    hits, alarms = (1 - float(each) for each in population.rates(cut))
    predicted = population.prior * hits + (1 - population.prior) * alarms
    return 2 * population.prior * hits / (population.prior + predicted), (hits + 1 - alarms) / 2


def _differences(scores: dict[str, FloatArray]) -> Iterator[Claim]:
    from zoopt.compare.statistics import corrected_t_test

    for first, second, relation, statement in (
        (SMOOTH, CROSS_ENTROPY, "at least", "weights by the smooth F1 have a better F1 than cross-entropy"),
        (HARD, SMOOTH, "at least", "weights by the F1 of decisions have a better F1 than those by the smooth one"),
        (HARD, TUNED, "at least", "where the model is right they need not fear a tuned threshold"),
        (DIRECT, CROSS_ENTROPY, "at least", "F1 by zeroth order has a better F1 than cross-entropy"),
        (DIRECT, TUNED, "equals", "F1 by zeroth order has the F1 of the tuned threshold"),
        (BALANCED, ADJUSTED, "equals", "balanced weights and logit adjustment have the same F1"),
    ):
        test = corrected_t_test(scores[first], scores[second], 0.0, margin=MARGIN)
        yield Claim(
            source="S6.5",
            statement=f"{statement}: the difference",
            relation=relation,  # type: ignore[arg-type]
            prediction=0.0,
            measured=test.difference,
            interval=(test.low, test.high),
            tolerance=MARGIN,
            kernel=_KERNELS.get(first, _KERNEL),
            note=f"{test.runs} independent draws; {MARGIN} of F1 does not matter.",
        )


def _printed(scores: dict[str, FloatArray]) -> Iterator[Claim]:
    for name, printed in ARTICLE.items():
        deviation = float(scores[name].std(ddof=1))
        yield Claim(
            source="S6.5",
            statement=f"{name}: F1 of the article's draw of 2000 samples",
            prediction=printed,
            measured=float(scores[name].mean()),
            tolerance=_SPREAD * deviation * math.sqrt(1 + 1 / len(scores[name])) + 0.0005,
            kernel=_KERNELS.get(name, _KERNEL),
            note="The article has one draw: the tolerance is two deviations of a draw, and rounding.",
        )


def _draw(canvas: "Canvas", scores: dict[str, FloatArray], best: float) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax = prepared(canvas.subplots())
    names = list(scores)[::-1]
    for place, name in enumerate(names):
        values = scores[name]
        jitter = np.linspace(-0.22, 0.22, len(values))
        ax.plot(values, place + jitter, ".", color="#b9bec6", markersize=4)
        ax.plot(values.mean(), place, "o", color=PALETTE[0], markersize=6)
    ax.axvline(best, color=PALETTE[1], linewidth=1)
    ax.set_yticks(range(len(names)), names)
    titled(ax, "F1 of each draw and its mean", "F1 on the population", "")
