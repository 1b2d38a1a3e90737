"""The article's other example: a classifier that decides what to read, by the score function of its gates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

import zoopt
from zoopt._reading_curve import ReadingCurve
from zoopt.objectives import patches
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.equivalence._data import RATIO, loaded
from zoopt.studies.equivalence._estimates import mean_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_SOURCE = "S1.skip"
_SIDE, _PATCH = (8, 8), (2, 2)
_COSTS = (0.2, 0.5, 2.0)
_SIZES = (1, 2, 3, 4, 6, 8, 16)
_TRIED = 2.0


def reading(splits: int, steps: tuple[int, int], seed: int) -> Iterator[Item]:
    """Yield what skipping is worth against fixed choices of as many pixels, and the curve."""
    import pandas as pd

    digits = loaded("digits")
    curve = zoopt.reading_curve(
        digits.X, digits.y, groups=patches(_SIDE, _PATCH), costs=_COSTS, sizes=_SIZES, splits=splits, steps=steps,
        seed=seed,
    )  # fmt: skip
    for other, name in (("saliency", "the patches of largest weights"), ("random", "patches at random")):
        yield Claim(
            source=_SOURCE,
            statement=f"deciding what to read beats reading {name}, at as many pixels",
            relation="at least",
            prediction=0.0,
            **mean_of(curve.gains(other, _TRIED), RATIO),
            kernel="zoopt.reading_curve",
            note=f"Held-out accuracy of digits in {len(patches(_SIDE, _PATCH))} patches, cost {_TRIED:g}.",
        )
    shares = [np.mean([p.share for p in curve.points if p.method == "skip" and p.setting == cost]) for cost in _COSTS]
    yield Claim(
        source=_SOURCE,
        statement="the more reading costs, the less is read: largest rise of the share from cost to cost",
        relation="at most",
        prediction=0.0,
        measured=float(np.diff(shares).max()),
        kernel="zoopt.objectives.SkipReading",
    )
    yield Table("reading", pd.DataFrame(curve.table()), "Accuracy against the share of the pixels that is read")
    yield Figure(
        "reading_curve", lambda canvas: _draw(canvas, curve), "Held-out accuracy against the share of the pixels read."
    )


def _draw(canvas: "Canvas", curve: ReadingCurve) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax, table = prepared(canvas.subplots()), curve.table()
    names = {"skip": "decides itself", "saliency": "fixed, by saliency", "random": "fixed, at random"}
    for colour, (method, name) in zip(PALETTE, names.items(), strict=False):
        rows = sorted((row["share"], row["accuracy"]) for row in table if row["method"] == method)
        ax.plot(*zip(*rows, strict=True), color=colour, marker="o", markersize=4, label=name)
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    titled(ax, "A classifier that decides what to read", "share of the pixels read", "held-out accuracy")
