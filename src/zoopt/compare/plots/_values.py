"""Values: how they improve over a run, and what they are at its end."""

import math
from typing import TYPE_CHECKING

import numpy as np

from zoopt.compare import shown
from zoopt.compare._looks import BASELINE_COLOUR, all_shortened, looks
from zoopt.compare._record import Runs
from zoopt.compare.plots import _axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zoopt.compare._results import Results


def convergence(
    results: "Results | Runs", objective: str | None = None, *, ax: "Axes | None" = None, named: int = _axes.NAMED
) -> "Axes":
    """Draw the value held against the evaluations spent: median and quartile band over the seeds.

    Parameters
    ----------
    results : Results or Runs
    objective : str, optional
        Default: the first one.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    named : int
        So many of the best contenders have colour, band and name; the others are grey. ≥ 1.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from zoopt.compare import Experiment, plots
    >>> results = Experiment(["snes:start=warm"], ["diabetes:f1"], seeds=2, budget=200).run()
    >>> plots.convergence(results, "diabetes:f1").get_xlabel()
    'evaluations'
    """
    results, name = shown.chosen(results, objective)
    facts = results.objectives[name]
    ax = _axes.prepared(ax)
    curves = shown.convergence(results, name)
    logarithmic = shown.is_logarithmic(results, name)
    if logarithmic:
        curves = [shown.positive(curve) for curve in curves]
        ax.set_yscale("log")
    ax.set_xscale("log")
    ends = _axes.draw_curves(ax, curves, looks(results), named=named)
    ends += [
        _axes.draw_level(ax, row.search, row.optimizer, dashed="tuned" in row.optimizer)
        for row in results.rows_of(name)
        if row.baseline and math.isfinite(row.search)
    ]
    _axes.focus(ax, curves, [end.height for end in ends], logarithmic=logarithmic, rising=facts.sense == "max")
    _axes.titled(ax, name, "evaluations", f"search {facts.metric}" if facts.splits else facts.metric)
    _axes.name_ends(ax, ends, others=max(0, len(curves) - named))
    return ax


def final_values(results: "Results | Runs", objective: str | None = None, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the mean of the final values with its 95 % interval, the best contender on top.

    Values are those on the hold-out, or noise-free, where there are such. Where they are shown on a logarithmic axis,
    it is the median with the quartiles instead, for a mean of powers of ten is the largest of them.

    Parameters
    ----------
    results : Results or Runs
    objective : str, optional
        Default: the first one.
    ax : matplotlib Axes, optional
        Default: those of a new figure.

    Returns
    -------
    Axes
    """
    results, name = shown.chosen(results, objective)
    facts = results.objectives[name]
    lines = shown.finals(results, name)
    ax = _axes.prepared(ax, height=1.0 + 0.24 * max(3, len(lines)))
    look_of, logarithmic = looks(results), shown.is_logarithmic(results, name)
    for place, line in enumerate(reversed(lines)):
        look = look_of.get(line.label)
        ax.plot([line.low, line.high], [place, place], color=look.colour if look else BASELINE_COLOUR, linewidth=1.6)
        ax.plot(
            line.middle,
            place,
            look.marker if look else "D",
            color=look.colour if look else BASELINE_COLOUR,
            markersize=5.5,
        )
    best = shown.best_baseline(results, lines, name)
    if best is not None:
        ax.axvline(best, color=BASELINE_COLOUR, linewidth=0.9, linestyle="--", zorder=1)
    if logarithmic:
        ax.set_xscale("log")
    _axes.categories(ax, "y", all_shortened([line.label for line in reversed(lines)]))
    what = "median and quartiles" if logarithmic else "mean and 95 % interval"
    kind = "hold-out " if np.isfinite(results.runs.holdout[results.runs.rows(name)]).any() else ""
    _axes.titled(ax, name, f"{kind}{facts.metric} ({what})", "")
    return ax
