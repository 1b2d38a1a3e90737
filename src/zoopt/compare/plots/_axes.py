"""Axes as papers print them: no clutter, units, lines named where they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt._axes import GREY, INK, QUIET, SMALL, few_ticks, plain, prepared, titled
from zoopt.compare._looks import BASELINE_COLOUR, Look, all_shortened
from zoopt.compare.shown import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "GREY",
    "INK",
    "NAMED",
    "QUIET",
    "End",
    "categories",
    "draw_curves",
    "draw_level",
    "few_ticks",
    "focus",
    "line_style",
    "name_ends",
    "name_lines",
    "prepared",
    "spread",
    "titled",
]

NAMED = 8
"""So many lines are drawn in colour and named; the others stay grey."""
_DASHES = {"solid": "-", "dot": (0, (1, 1.4)), "dash": (0, (4, 1.8)), "dashdot": (0, (5, 1.5, 1, 1.5)),
           "longdash": (0, (8, 2))}  # fmt: skip


@dataclass(frozen=True)
class End:
    """Where a line ends, what it is called and how it looks."""

    height: float
    name: str
    colour: str
    style: "str | tuple[int, tuple[float, ...]]" = "-"
    marker: str = ""


def line_style(look: Look) -> "str | tuple[int, tuple[float, ...]]":
    """Return the dash of a look in the words of matplotlib."""
    return _DASHES[look.dash]  # type: ignore[return-value]


def draw_curves(
    ax: "Axes",
    curves: Sequence[Curve],
    looks: dict[str, Look],
    *,
    steps: bool = False,
    dots: bool = False,
    named: int = NAMED,
) -> list[End]:
    """Draw lines with their bands, the first ``named`` of them in colour, and return where those end."""
    style = "steps-post" if steps else "default"
    for curve in curves[named:]:
        ax.plot(curve.x, curve.middle, color=GREY, linewidth=0.8, zorder=1.5, drawstyle=style)
    ends = []
    for order, curve in enumerate(curves[:named]):
        look = looks[curve.label]
        if np.isfinite(curve.low).any():
            ax.fill_between(
                curve.x,
                curve.low,
                curve.high,
                color=look.colour,
                alpha=0.13,
                linewidth=0,
                step="post" if steps else None,
            )
        ax.plot(
            curve.x, curve.middle, color=look.colour, linestyle=line_style(look), linewidth=1.7,
            zorder=4 - 0.01 * order, drawstyle=style, marker=look.marker if dots else "", markersize=4.5,
        )  # fmt: skip
        finite = curve.middle[np.isfinite(curve.middle)]
        if finite.size:
            ends.append(End(float(finite[-1]), curve.label, look.colour, line_style(look), look.marker if dots else ""))
    return ends


def name_ends(ax: "Axes", ends: Sequence[End], *, others: int = 0) -> None:
    """Write the names of lines to the right of the axes, pushed apart where they would overlap."""
    ax.set_xlim(ax.get_xlim())
    ax.set_ylim(ax.get_ylim())
    if others:
        ends = [*ends, End(np.nan, f"{others} more, in grey", QUIET)]
    if not ends:
        return
    true = np.array([_fraction(ax, end.height) for end in ends])
    gap = 1.32 * _letter(ax)
    places = spread(np.where(np.isfinite(true), true, -0.02), gap, most=1.0)
    for end, at, place, name in zip(ends, true, places, all_shortened([e.name for e in ends]), strict=True):
        if np.isfinite(at):
            ax.plot(
                [1.005, 1.03], [at, place], transform=ax.transAxes, color=end.colour, linewidth=0.7, clip_on=False,
            )  # fmt: skip
        ax.text(
            1.037, place, plain(name), transform=ax.transAxes, color=end.colour, fontsize=SMALL, va="center",
        )  # fmt: skip


def name_lines(ax: "Axes", ends: Sequence[End], *, others: int = 0) -> None:
    """Write the names of lines to the right of the axes, in their order; for lines that do not end at one place."""
    step = 1.45 * _letter(ax)
    names = all_shortened([end.name for end in ends])
    for place, (end, name) in enumerate(zip(ends, names, strict=True)):
        y = 0.98 - step * place
        ax.plot(
            [1.02, 1.065], [y, y], transform=ax.transAxes, color=end.colour, linestyle=end.style, linewidth=1.6,
            marker=end.marker, markevery=[1], markersize=4.5, clip_on=False,
        )  # fmt: skip
        ax.text(1.08, y, plain(name), transform=ax.transAxes, color=end.colour, fontsize=SMALL, va="center")
    if others:
        y = 0.98 - step * len(ends)
        ax.text(1.02, y, f"{others} more, in grey", transform=ax.transAxes, color=QUIET, fontsize=SMALL, va="center")


def spread(wanted: np.ndarray, gap: float, *, most: float = np.inf) -> np.ndarray:
    """Return positions at least ``gap`` apart, in the order of those wanted and as near to them as that allows.

    None of them is above ``most``; the lowest give way.

    Examples
    --------
    >>> spread(np.array([0.5, 0.5, 0.9]), 0.1).round(2).tolist()
    [0.45, 0.55, 0.9]
    """
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, int]] = []  # the mean position of each block of touching names, and how many they are
    for value in wanted[order]:
        middle, size = float(value), 1
        while blocks and middle - gap * (size - 1) / 2 < blocks[-1][0] + gap * (blocks[-1][1] + 1) / 2:
            before, count = blocks.pop()
            middle, size = (before * count + middle * size) / (count + size), count + size
        blocks.append((middle, size))
    places = np.concatenate([middle + gap * (np.arange(size) - (size - 1) / 2) for middle, size in blocks])
    ceilings = most - gap * np.arange(places.size)[::-1]
    found = np.empty_like(places)
    found[order] = np.minimum(places, ceilings)
    return found


def focus(ax: "Axes", curves: Sequence[Curve], levels: Sequence[float], *, logarithmic: bool, rising: bool) -> None:
    """Show where runs end; on a plain axis how they climb from far away would flatten all else."""
    if logarithmic or not curves:
        return
    ends = [curve.middle[-1] for curve in curves]
    ends += [v for curve in curves for v in (curve.low[-1], curve.high[-1])] + list(levels)
    low, high = np.nanmin(ends), np.nanmax(ends)
    room = max(high - low, 0.01 * max(abs(low), abs(high), 1e-300))
    below, above = (0.6, 0.1) if rising else (0.1, 0.6)
    ax.set_ylim(low - below * room, high + above * room)


def categories(ax: "Axes", side: str, names: Sequence[str]) -> None:
    """Name the lines or columns 0, 1, … of the axes."""
    shown = [plain(name) for name in names]
    if side == "y":
        ax.set_yticks(range(len(names)), shown, fontsize=SMALL)
        ax.set_ylim(-0.7, len(names) - 0.3)
    else:
        ax.set_xticks(range(len(names)), shown, fontsize=SMALL, rotation=40, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="both", length=0)


def draw_level(ax: "Axes", height: float, name: str, *, dashed: bool) -> End:
    """Draw the level of a baseline through the whole figure."""
    ax.axhline(height, color=BASELINE_COLOUR, linewidth=1.1, linestyle="--" if dashed else "-.", zorder=2)
    return End(height, name, BASELINE_COLOUR)


def _letter(ax: "Axes") -> float:
    """Return the height of a small letter as a fraction of that of the axes."""
    return SMALL / 72.0 / (ax.get_window_extent().height / ax.figure.dpi)


def _fraction(ax: "Axes", height: float) -> float:
    if not np.isfinite(height):
        return float("nan")
    at = ax.transAxes.inverted().transform(ax.transData.transform((ax.get_xlim()[1], height)))[1]
    return float(np.clip(at, 0.0, 1.0))
