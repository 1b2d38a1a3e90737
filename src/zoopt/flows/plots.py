"""Figures of learning rates: functions that take an analysis and axes, and return the axes.

matplotlib is imported when something is drawn.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np

from zoopt._arguments import FloatArray
from zoopt._axes import GREY, INK, PALETTE, QUIET, SMALL, prepared, titled
from zoopt.flows._rates import LearningRateAnalysis, RateRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["errors", "outcomes", "sharpness", "trajectories"]

_MOST_WAYS = 5
_CONTOURS = 14
_DPI = 150
_MARKS = {"diverges": "x", "edge": "D", "oscillates": "s", "follows": "o", "slow": "v"}
_LINES = (
    ("loss", "loss, equal steps", False),
    ("loss_at_time", "loss, equal time", False),
    ("metric", "metric, equal steps", True),
    ("metric_at_time", "metric, equal time", True),
    ("gradient_square", "‖g‖²", False),
    ("penalty", "(h/4) ‖g‖²", False),
    ("sharpness", "sharpness", False),
    ("flow_distance", "from the flow", False),
    ("modified_distance", "from the modified flow", False),
    ("spread", "spread of runs", False),
)


def trajectories(analysis: LearningRateAnalysis, *, ax: Axes | None = None) -> Axes:
    """Draw the ways of up to five rates, and the flow, on a contour of the loss.

    Of two coordinates the plane is all there is; of more it goes through the chord of the flow and the direction in
    which the flow bends.

    Parameters
    ----------
    analysis : LearningRateAnalysis
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    ax = prepared(ax, 6.4, 4.6)
    plane = analysis.plane
    height = _raised(plane.loss)
    ax.contourf(plane.horizontal, plane.vertical, height, levels=_CONTOURS, cmap=_pale(), zorder=0)
    ax.contour(
        plane.horizontal,
        plane.vertical,
        height,
        levels=_CONTOURS,
        colors="white",
        linestyles="-",
        linewidths=0.5,
        zorder=0.5,
    )
    for colour, index in zip(PALETTE, _chosen(analysis), strict=False):
        path, row = analysis.paths[index], analysis.rows[index]
        dots = path.plane[: _first_outside(path.plane, plane.horizontal, plane.vertical)]
        ax.plot(
            *dots.T, color=colour, linewidth=1.3, marker=".", markersize=3.5, label=f"{row.rate:.3g}, {row.outcome}"
        )
    ax.plot(*plane.flow.T, color=INK, linewidth=1.6, linestyle="--", label="flow")
    ax.plot(*plane.flow[0], "o", color=INK, markersize=5)
    ax.set_xlim(plane.horizontal[0], plane.horizontal[-1])
    ax.set_ylim(plane.vertical[0], plane.vertical[-1])
    titled(ax, f"Ways of {analysis.method}, by learning rate", *plane.labels)
    _legend(ax)
    return ax


def errors(analysis: LearningRateAnalysis, *, ax: Axes | None = None) -> Axes:
    """Draw how far steps are from the flow and from the modified flow at the equal time, over the learning rate.

    On these axes a power is a straight line: 1 from the flow, one more from a modified flow of first order.

    Parameters
    ----------
    analysis : LearningRateAnalysis
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    ax = _logarithmic(ax)
    names = (("flow_distance", "flow"), ("modified_distance", "modified flow"))
    for colour, slope, (name, label) in zip(PALETTE, analysis.slopes, names, strict=False):
        rates, distances = _positive(analysis, name)
        if not rates.size:
            continue
        told = f"{label}, slope {slope:.2f}" if math.isfinite(slope) else label
        ax.plot(rates, distances, color=colour, marker="o", markersize=4, linewidth=1.6, label=f"from the {told}")
    _draw_limits(ax, analysis)
    titled(ax, f"{analysis.method}: distance at t = {analysis.time:.3g}", "learning rate", "distance")
    _legend(ax)
    return ax


def sharpness(analysis: LearningRateAnalysis, *, ax: Axes | None = None) -> Axes:
    """Draw the largest eigenvalue of the Hessian at the end and at most, beside the limit it has at every rate.

    Above the line steps grow along the sharpest direction. Rates whose marks lie on it are at the edge of stability.

    Parameters
    ----------
    analysis : LearningRateAnalysis
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    ax = _logarithmic(ax)
    rates = np.array([row.rate for row in analysis.rows])
    found = {name: _positive(analysis, name) for name in ("sharpness_most", "sharpness")}
    heights = np.concatenate([[analysis.start_sharpness], *(y for _, y in found.values())])
    heights = heights[heights > 0] if (heights > 0).any() else np.ones(1)
    low, high = float(heights.min()) / 3, float(heights.max()) * 3
    if math.isfinite(analysis.limit):
        limits = analysis.limit / rates
        ax.plot(rates, limits, color=INK, linewidth=1.3, label=f"limit, {analysis.limit:.3g} / rate")
        ax.fill_between(rates, limits, np.maximum(limits, high), color=GREY, alpha=0.25, linewidth=0)
    if analysis.start_sharpness > 0:
        ax.plot(rates[[0, -1]], [analysis.start_sharpness] * 2, color=QUIET, linestyle=":", label="at the start")
    for (x, y), colour, marker, label in zip(
        found.values(), (PALETTE[1], PALETTE[0]), "^o", ("at most", "at the end"), strict=True
    ):
        ax.plot(x, y, color=colour, marker=marker, markersize=5, linewidth=1.3, label=label)
    ax.set_ylim(low, high)
    titled(ax, f"{analysis.method}: sharpness after {analysis.steps} steps", "learning rate", "largest curvature")
    _legend(ax)
    return ax


def outcomes(analysis: LearningRateAnalysis, *, ax: Axes | None = None) -> Axes:
    """Draw a heat map of what every rate came to: a line a quantity, from its worst (dark) to its best (light).

    Colours follow the rank of a rate among the others; the numbers stand in the cells.

    Parameters
    ----------
    analysis : LearningRateAnalysis
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    lines = [line for line in _LINES if np.isfinite(_column(analysis, line[0])).any()]
    ax = prepared(ax, 1.9 + 0.66 * len(analysis.rows), 1.3 + 0.36 * len(lines))
    values = np.array([_column(analysis, name) for name, _, _ in lines])
    shades = np.array([_ranks(row if higher else -row) for row, (_, _, higher) in zip(values, lines, strict=True)])
    ax.imshow(shades, cmap=_pale(reverse=True), vmin=0.0, vmax=1.0, aspect="auto")
    for i, j in np.ndindex(values.shape):
        text = f"{values[i, j]:.2g}" if np.isfinite(values[i, j]) else "–"
        dark = not shades[i, j] >= 0.35
        ax.text(j, i, text, ha="center", va="center", fontsize=7.5, color="white" if dark else INK)
    ax.set_xticks(range(len(analysis.rows)), [f"{row.rate:.2g}\n{row.outcome}" for row in analysis.rows], fontsize=7.5)
    ax.set_yticks(range(len(lines)), [label for _, label, _ in lines], fontsize=SMALL)
    ax.grid(visible=False)
    ax.tick_params(axis="both", length=0)
    titled(
        ax, f"{analysis.method}: what {analysis.steps} steps, and t = {analysis.time:.3g}, come to", "learning rate", ""
    )
    return ax


def pictures(analysis: LearningRateAnalysis) -> dict[str, bytes]:
    """Return the figures that have something to show as PNG, by the names of their files."""
    from matplotlib import pyplot

    drawn = [trajectories, sharpness, outcomes]
    if any(math.isfinite(row.flow_distance) for row in analysis.rows):
        drawn.insert(1, errors)
    found = {}
    for draw in drawn:
        axes = draw(analysis)
        content = io.BytesIO()
        axes.figure.savefig(content, dpi=_DPI, format="png")  # type: ignore[union-attr]
        pyplot.close(axes.figure)  # type: ignore[arg-type]
        found[f"{draw.__name__}.png"] = content.getvalue()
    return found


def _chosen(analysis: LearningRateAnalysis) -> list[int]:
    """Return which ways are drawn: those of the ends of the interval, the best, one that is lost, and others."""
    rates = [row.rate for row in analysis.rows]
    wanted = [rates.index(rate) for rate in (analysis.useful, analysis.stable, analysis.best) if rate in rates]
    lost = [k for k, row in enumerate(analysis.rows) if row.outcome == "diverges"]
    wanted += lost[:1]
    spread = np.round(np.linspace(0, len(rates) - 1, _MOST_WAYS)).astype(int).tolist()
    return sorted(list(dict.fromkeys([*wanted, *spread]))[:_MOST_WAYS])


def _raised(loss: FloatArray) -> FloatArray:
    """Return heights whose contours are even where the loss is low: its logarithm above the lowest."""
    finite = np.where(np.isfinite(loss), loss, np.nan)
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    found: FloatArray = np.log(np.nan_to_num(finite, nan=high) - low + 1e-3 * max(high - low, 1e-300))
    return found


def _first_outside(dots: FloatArray, horizontal: FloatArray, vertical: FloatArray) -> int:
    """Return how many dots to draw: to the first one that is far outside of the figure."""
    width = np.array([np.ptp(horizontal), np.ptp(vertical)])
    middle = np.array([horizontal.mean(), vertical.mean()])
    outside = np.flatnonzero(~(np.abs(dots - middle) <= width).all(axis=1))
    return int(outside[0]) + 1 if outside.size and np.isfinite(dots[outside[0]]).all() else len(dots)


def _draw_limits(ax: Axes, analysis: LearningRateAnalysis) -> None:
    """Mark where a real flow ends, and where steps grow, by the sharpness at the start."""
    if not analysis.start_sharpness > 0:
        return
    for limit, style, label in ((analysis.flow_limit, ":", "overshooting"), (analysis.limit, "--", "growing")):
        if math.isfinite(limit):
            rate = limit / analysis.start_sharpness
            if analysis.rows[0].rate <= rate <= analysis.rows[-1].rate:
                ax.axvline(rate, color=QUIET, linewidth=1.0, linestyle=style, label=f"{label} at the start")


def _positive(analysis: LearningRateAnalysis, name: str) -> tuple[FloatArray, FloatArray]:
    """Return the rates at which a quantity is finite and above 0, and the quantity."""
    rates = np.array([row.rate for row in analysis.rows])
    values = _column(analysis, name)
    known = np.isfinite(values) & (values > 0)
    return rates[known], values[known]


def _column(analysis: LearningRateAnalysis, name: str) -> FloatArray:
    return np.array([_number(row, name) for row in analysis.rows])


def _number(row: RateRow, name: str) -> float:
    return float(getattr(row, name))


def _ranks(values: FloatArray) -> FloatArray:
    """Return the share of the known values that each one is at least as good as; 0 where it is unknown."""
    known = values[np.isfinite(values)]
    if not known.size:
        return np.zeros_like(values)
    return np.array([float(np.mean(known <= value)) if np.isfinite(value) else 0.0 for value in values])


def _pale(*, reverse: bool = False) -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    shades = (
        ["#f4f6fa", "#c9d6e8", "#8fabc9", "#5b82aa"] if not reverse else ["#3b5f86", "#8fabc9", "#dbe5f1", "#f6f8fb"]
    )
    return LinearSegmentedColormap.from_list("pale", shades)


def _logarithmic(ax: Axes | None) -> Axes:
    ax = prepared(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    return ax


def _legend(ax: Axes) -> None:
    ax.legend(fontsize=SMALL, frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1.0), labelcolor=INK)
