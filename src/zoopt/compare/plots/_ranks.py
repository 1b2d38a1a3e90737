"""Ranks: on each objective, on average with the critical difference, and who beats whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoopt.compare import shown
from zoopt.compare._looks import all_shortened
from zoopt.compare._record import Runs
from zoopt.compare.plots import _axes
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zoopt.compare._results import Results

_MOST_NUMBERS = 700
"""Cells beyond which numbers in them could not be read."""


def ranks(results: "Results | Runs", objectives: Sequence[str] | None = None, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the rank of every contender on every objective, 1 for the best; the best on average at the left.

    Parameters
    ----------
    results : Results or Runs
    objectives : sequence of str, optional
        Default: all.
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    table = shown.ranks(shown.as_results(results), objectives)
    ax = _matrix(table, ax, colours="YlGnBu_r", limits=(1.0, max(2.0, float(len(table.columns)))), form="{:.3g}")
    _axes.titled(ax, "rank on each objective (1 is best)", "", "", longest=max(34, 6 * len(table.columns)))
    return ax


def wins(results: "Results | Runs", objectives: Sequence[str] | None = None, *, ax: "Axes | None" = None) -> "Axes":
    """Draw how often the contender of a line is better than that of a column on the same seed.

    A tie counts half; one half means that neither tends to be better.

    Parameters
    ----------
    results : Results or Runs
    objectives : sequence of str, optional
        Default: all; each seed of each counts alike.
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    table = shown.wins(shown.as_results(results), objectives)
    ax = _matrix(table, ax, colours="PuOr", limits=(0.0, 1.0), form="{:.2f}")
    words = "share of seeds on which the line beats the column"
    _axes.titled(ax, words, "", "", longest=max(34, 6 * len(table.columns)))
    return ax


def critical_difference(results: "Results | Runs", *, alpha: float | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw average ranks over objectives; bars join contenders that do not differ significantly (Demšar 2006).

    Parameters
    ----------
    results : Results or Runs
        On two objectives at least, which stand for independent data sets.
    alpha : float, optional
        Level over all pairs, in (0, 1). Default: that of the verdicts.
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInput
        Fewer than two objectives or contenders.
    """
    found = shown.critical_difference(shown.as_results(results), alpha=alpha)
    if found is None:
        raise InvalidInput("a critical-difference diagram needs two objectives and two contenders at least")
    half = (len(found.labels) + 1) // 2
    bars = 0.42 * len(found.cliques)
    names = 0.11 * max(map(len, all_shortened(found.labels)))
    ax = _axes.prepared(ax, width=max(4.5, 0.22 * len(found.labels)) + names, height=1.3 + 0.2 * (half + bars))
    _clear(ax, len(found.labels), half, bars)
    _scale(ax, len(found.labels), found)
    _stems(ax, found, half, bars)
    for level, clique in enumerate(found.cliques):
        y = -0.45 - 0.42 * level
        ends = found.ranks[clique[0]], found.ranks[clique[-1]]
        ax.plot([ends[0] - 0.03, ends[1] + 0.03], [y, y], color=_axes.INK, linewidth=3.2, solid_capstyle="butt")
    _axes.titled(ax, _friedman(found), "", "")
    return ax


def _friedman(found: shown.Difference) -> str:
    p = "< 0.001" if found.p_value < 0.001 else f"= {found.p_value:.3f}"
    return f"average rank over {found.objectives} objectives (Friedman p {p})"


def _clear(ax: "Axes", count: int, half: int, bars: float) -> None:
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlim(count + 0.15, 0.85)
    ax.set_ylim(-bars - half - 0.5, 2.1)
    ax.invert_xaxis()


def _scale(ax: "Axes", count: int, found: shown.Difference) -> None:
    ax.plot([1, count], [0, 0], color=_axes.INK, linewidth=0.9)
    step = max(1, round(count / 10))
    for rank in range(1, count + 1, step):
        ax.plot([rank, rank], [0, 0.22], color=_axes.INK, linewidth=0.9)
        ax.text(rank, 0.36, str(rank), ha="center", va="bottom", fontsize=8, color=_axes.INK)
    right = 1 + min(found.difference, count - 1.0)
    ax.plot([1, right], [1.45, 1.45], color=_axes.QUIET, linewidth=1.2, marker="|", markersize=6)
    ax.text(
        (1 + right) / 2, 1.6, f"critical difference {found.difference:.2f}", ha="center", va="bottom", fontsize=8,
        color=_axes.QUIET,
    )  # fmt: skip


def _stems(ax: "Axes", found: shown.Difference, half: int, bars: float) -> None:
    """Lead from each rank down and out to a name: the better half to the left, the others to the right."""
    count = len(found.labels)
    for place, (name, rank) in enumerate(zip(all_shortened(found.labels), found.ranks, strict=True)):
        left = place < half
        y = -0.45 - bars - (place if left else count - 1 - place)
        edge = 0.9 if left else count + 0.1
        ax.plot([rank, rank, edge], [0, y, y], color=_axes.INK, linewidth=0.7)
        text = f"{name}  {rank:.2f}" if left else f"{rank:.2f}  {name}"
        ax.text(
            edge + (-0.05 if left else 0.05), y, text.replace("$", r"\$"), ha="right" if left else "left", va="center",
            fontsize=8, color=_axes.INK,
        )  # fmt: skip


def _matrix(table: shown.Matrix, ax: "Axes | None", *, colours: str, limits: tuple[float, float], form: str) -> "Axes":
    rows, columns = table.values.shape
    numbers = rows * columns <= _MOST_NUMBERS
    across, down = all_shortened(table.columns), all_shortened(table.rows)
    cell = max(0.42 if numbers else 0.26, 2.6 / columns)
    slant = 0.052 * max(map(len, across))
    ax = _axes.prepared(
        ax, width=0.4 + 0.08 * max(map(len, down)) + cell * columns, height=0.8 + slant + max(0.26, 0.8 / rows) * rows
    )
    image = ax.imshow(table.values, cmap=colours, vmin=limits[0], vmax=limits[1], aspect="auto")
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _axes.categories(ax, "x", across)
    _axes.categories(ax, "y", down)
    ax.set_ylim(rows - 0.5, -0.5)
    if numbers:
        _write_numbers(ax, table.values, np.asarray(image.cmap(image.norm(table.values))), form)
    else:
        ax.figure.colorbar(image, ax=ax, shrink=0.6)
    return ax


def _write_numbers(ax: "Axes", values: np.ndarray, shades: np.ndarray, form: str) -> None:
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            bright = shades[row, column, :3] @ (0.299, 0.587, 0.114) > 0.55
            ax.text(
                column,
                row,
                form.format(value),
                ha="center",
                va="center",
                fontsize=7,
                color=_axes.INK if bright else "white",
            )
