"""Where cross-entropy with weights F/2 and 1 − F/2 ends on the population, with the smooth F1 and with the hard one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.imbalance._methods import BALANCED, CROSS_ENTROPY, METHODS, Problem, fixed_point
from zoopt.studies.imbalance._population import FloatArray, Population

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_KERNEL = "zoopt.objectives.LossObjective"
_CLOSED = "quadrature"
_TRAINED = 1e-6  # what L-BFGS leaves
_SHARP = 1e3


def fixed_points(population: Population, problem: Problem) -> Iterator[Item]:
    """Yield the claims on thresholds and fixed points."""
    import pandas as pd

    best, threshold = population.optimum()
    soft, hard = fixed_point(problem, smooth=True), fixed_point(problem, smooth=False)
    yield Claim(
        source="S6.5",
        statement="the threshold with the best F1 is half that F1",
        prediction=best / 2,
        measured=threshold,
        tolerance=_TRAINED,
        kernel=_CLOSED,
        note=f"The best F1 is {best:.6f}.",
    )
    yield Claim(
        source="S6.5",
        statement="cross-entropy with weights 1−η and η cuts the posterior at η",
        prediction=threshold,
        measured=_threshold(population, problem.fit((threshold, 1 - threshold))),
        tolerance=_TRAINED,
        kernel=_KERNEL,
    )
    yield Claim(
        source="S6.5",
        statement="with the smooth F1 in the weights F comes to rest at F = smooth F1 of the model of weights F/2",
        prediction=population.smooth_fixed_point(),
        measured=soft.value,
        tolerance=_TRAINED,
        kernel=_KERNEL,
    )
    yield Claim(
        source="S6.2",
        statement="the weights of the smooth F1 lead to the threshold with the best F1",
        prediction=best / 2,
        measured=_threshold(population, soft.theta),
        tolerance=_TRAINED,
        kernel=_KERNEL,
        erratum=True,
        note="The smooth F1 of a model that knows the posterior is too small, so the threshold is too low; its F1 is "
        f"{float(population.f1(soft.value / 2)):.4f}.",
    )
    yield Claim(
        source="S6.5",
        statement="with the F1 of decisions in the weights it converges to that threshold",
        prediction=best / 2,
        measured=_threshold(population, hard.theta),
        tolerance=_TRAINED,
        kernel=_KERNEL,
    )
    for name, eta in ((CROSS_ENTROPY, 0.5), (BALANCED, population.prior)):
        yield Claim(
            source="S6.5",
            statement=f"{name}: F1 at threshold {'1/2' if eta == 0.5 else 'π'}",
            prediction=float(population.f1(eta)),
            measured=float(population.f1_above(_cut(METHODS[name](problem)))),
            tolerance=_TRAINED,
            kernel=_KERNEL,
        )
    yield Claim(
        source="S6.2",
        statement="the smooth F1 itself is not too small: scores that grow take it to the best F1",
        prediction=best,
        measured=population.smooth_f1(_SHARP * (population.points - population.cut(threshold))),
        tolerance=population.shift / _SHARP,
        kernel=_CLOSED,
        note="Only the step from p to log p, which lets the scores come to rest, makes F too small.",
    )
    frame = pd.DataFrame(
        [
            {"weights by": name, "round": number, "F": value, "threshold": value / 2, "F1": population.f1(value / 2)}
            for name, found in (("smooth F1", soft), ("hard F1", hard))
            for number, value in enumerate(found.path)
        ]
    )
    yield Table("fixed_points", frame, "Rounds of cross-entropy with weights F/2 and 1 − F/2")
    yield Figure(
        "thresholds",
        lambda canvas: _draw(canvas, population),
        "F1 at every threshold, and the F that comes out of weights by F: fixed points are on the diagonal.",
    )


def _cut(theta: FloatArray) -> float:
    return float(-theta[1] / theta[0])


def _threshold(population: Population, theta: FloatArray) -> float:
    """Return the posterior at which a linear model changes its decision."""
    logit = population.log_odds + population.shift * _cut(theta) - population.shift**2 / 2
    return float(1 / (1 + np.exp(-logit)))


def _draw(canvas: "Canvas", population: Population) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    left, right = canvas.subplots(1, 2)
    best, threshold = population.optimum()
    soft = population.smooth_fixed_point()
    ax, eta = prepared(left), np.linspace(0.005, 0.9, 300)
    ax.plot(eta, population.f1(eta), color="#333333")
    marks = (
        ("cross-entropy", 0.5), ("balanced", population.prior), ("by smooth F1", soft / 2), ("by hard F1", threshold),
    )  # fmt: skip
    for colour, (name, at) in zip(PALETTE, marks, strict=False):
        ax.plot(at, population.f1(at), "o", color=colour, label=f"{name}: {float(population.f1(at)):.3f}")
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "F1 at a threshold on the posterior", "threshold", "F1")
    ax, value = prepared(right), np.linspace(0.02, 0.98, 200)
    ax.plot(value, value, color="#b9bec6")
    smooth = [population.smooth_f1(population.weighted_logits(each / 2)) for each in value]
    ax.plot(value, smooth, color=PALETTE[2], label="smooth F1")
    ax.plot(value, population.f1(value / 2), color=PALETTE[3], label="hard F1")
    ax.plot(soft, soft, "o", color=PALETTE[2])
    ax.plot(best, best, "o", color=PALETTE[3])
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "F of the model with weights by F", "F in the weights", "F that it has")
