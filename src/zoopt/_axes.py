"""Axes as papers print them: no clutter, units, colours that the colour-blind tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fb5", "#8c564b", "#6b7a0f", "#b2182b",
)  # fmt: skip
GREY = "#b9bec6"
INK = "#1d1f23"
QUIET = "#5c6370"
SMALL = 8.0
"""Points of the letters of names."""


def prepared(ax: Axes | None, width: float = 7.2, height: float = 3.9) -> Axes:
    """Return the given axes, or those of a new figure, with a light frame."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=(width, height), layout="constrained")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        ax.spines[side].set_color(QUIET)
    ax.tick_params(colors=INK, labelsize=9, width=0.7)
    ax.grid(visible=True, which="major", color="#e8eaee", linewidth=0.7)
    ax.set_axisbelow(True)
    return ax


def titled(ax: Axes, title: str, x: str, y: str, *, longest: int = 64) -> None:
    """Name the axes and what is shown, in lines of no more than ``longest`` characters."""
    from textwrap import fill

    ax.set_title(plain(fill(title, longest)), loc="left", fontsize=10, color=INK)
    ax.set_xlabel(plain(x), fontsize=9.5, color=INK)
    ax.set_ylabel(plain(y), fontsize=9.5, color=INK)


def few_ticks(ax: Axes) -> None:
    """Label a logarithmic x axis over a few factors of ten by plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def plain(text: str) -> str:
    """Keep a dollar sign in a name from being taken for mathematics."""
    return text.replace("$", r"\$")
