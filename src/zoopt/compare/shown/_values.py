"""Values: how they improve over a run, and what they are at its end."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoopt.compare._record import Runs
from zoopt.errors import UnknownName

if TYPE_CHECKING:
    from zoopt.compare._results import Results

FloatArray = NDArray[np.float64]

POINTS = 64
"""A line has no more points than this: more would not be seen."""

SMALLEST = 1e-16
"""Distances below this are rounding; a logarithmic axis ends there."""


@dataclass(frozen=True)
class Curve:
    """A line with a band.

    Attributes
    ----------
    label : str
        Whose line it is.
    x, middle, low, high : ndarray of shape (k,)
        NaN where there is none.
    """

    label: str
    x: FloatArray
    middle: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Final:
    """What a contender or a baseline ended with: middle and interval of its final values."""

    label: str
    baseline: bool
    middle: float
    low: float
    high: float


def chosen(results: "Results | Runs", objective: str | None) -> "tuple[Results, str]":
    """Return results, made of runs where those are given, and the objective asked for, or the first.

    Raises
    ------
    UnknownName
        There is no such objective.
    """
    whole = as_results(results)
    if objective is None:
        return whole, next(iter(whole.objectives))
    if objective not in whole.objectives:
        raise UnknownName(f"no objective {objective!r} in these results; there are {', '.join(whole.objectives)}")
    return whole, objective


def as_results(results: "Results | Runs") -> "Results":
    """Return results, made of runs where those are given."""
    from zoopt.compare._results import Results

    return Results.of(results) if isinstance(results, Runs) else results


def finals(results: "Results", objective: str) -> list[Final]:
    """Return middle and interval of the final values, baselines first, then contenders from the best.

    Mean and 95 % interval; median and quartiles where values are shown on a logarithmic axis.
    """
    spread = is_logarithmic(results, objective)
    lines = []
    for row in results.rows_of(objective):
        if not math.isfinite(row.score):
            continue
        if spread:
            values = results.runs.score[results.runs.rows(objective, row.label)]
            low, middle, high = np.quantile(values[np.isfinite(values)], [0.25, 0.5, 0.75])
        else:
            held = not math.isnan(row.holdout)
            middle, low, high = (
                (row.holdout, row.holdout_low, row.holdout_high)
                if held
                else (row.search, row.search_low, row.search_high)
            )
        lines.append(Final(row.label, row.baseline, float(middle), float(low), float(high)))
    sign = -1.0 if results.objectives[objective].sense == "max" else 1.0
    return sorted(lines, key=lambda line: sign * line.middle)


def best_baseline(results: "Results", lines: Sequence[Final], objective: str) -> float | None:
    """Return the middle of the better baseline; None where there is none."""
    ends = [line.middle for line in lines if line.baseline]
    if not ends:
        return None
    return max(ends) if results.objectives[objective].sense == "max" else min(ends)


def positive(curve: Curve) -> Curve:
    """Return the curve for a logarithmic axis, zeros raised to what is still seen."""
    return dataclasses.replace(
        curve, **{name: np.maximum(getattr(curve, name), SMALLEST) for name in ("middle", "low", "high")}
    )


def convergence(results: "Results", objective: str, labels: Sequence[str] | None = None) -> list[Curve]:
    """Return median and quartiles over the seeds of the value held, the best contender at the end first."""
    runs = results.runs
    wanted = runs.labels_of(objective) if labels is None else labels
    curves = []
    for label in wanted:
        rows = [row for row in runs.rows(objective, label) if runs.curve_values[row].size]
        if rows:
            curves.append(Curve(label, *curve_quartiles(runs, np.asarray(rows))))
    sign = -1.0 if results.objectives[objective].sense == "max" else 1.0
    return sorted(curves, key=lambda curve: _last_first(sign * curve.middle[-1]))


def curve_quartiles(runs: Runs, rows: NDArray[np.int64]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return evaluations, and median, lower and upper quartile over the runs of the value held at each of them.

    A run holds its value from one point of its curve to the next, and its last one for good.

    Returns
    -------
    evaluations, median, lower, upper : ndarray of shape (k,)
    """
    grid = np.unique(np.concatenate([runs.curve_evaluations[row] for row in rows])).astype(np.int64)
    if grid.size > POINTS:
        spaced = np.geomspace(max(1, grid[0]), grid[-1], POINTS)
        grid = grid[np.unique(np.searchsorted(grid, spaced.round().astype(np.int64)).clip(max=grid.size - 1))]
    held = runs.held(rows, grid)
    for line, row in zip(held, rows, strict=True):
        line[np.isnan(line)] = runs.curve_values[row][0]
    with np.errstate(invalid="ignore"):  # between an infinite value and another there is nothing
        lower, median, upper = np.quantile(held, [0.25, 0.5, 0.75], axis=0)
    return grid.astype(np.float64), median, lower, upper


def is_logarithmic(results: "Results", objective: str) -> bool:
    """Return whether values are shown on a logarithmic axis: positive, smaller is better, over two decades."""
    if results.objectives[objective].sense == "max":
        return False
    rows = results.runs.rows(objective)
    values = np.concatenate([results.runs.curve_values[row] for row in rows] + [results.runs.score[rows]])
    values = values[np.isfinite(values) & (values != 0)]
    return bool(values.size and values.min() > 0 and values.max() > 100 * values.min())


def _last_first(value: float) -> float:
    return math.inf if math.isnan(value) else value
