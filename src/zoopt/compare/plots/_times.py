"""Running times: to targets, as distributions, as profiles, over dimensions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoopt.compare import shown
from zoopt.compare._looks import looks
from zoopt.compare._record import Runs
from zoopt.compare.plots import _axes
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zoopt.compare._results import Results

TOLERANCE = 1e-3
"""A problem is solved when this share of the best decrease is left, unless another is asked for."""


def running_times(
    results: "Results | Runs", objective: str | None = None, *, ax: "Axes | None" = None, named: int = _axes.NAMED
) -> "Axes":
    """Draw the expected running time (ERT) to every target of an objective, with its 95 % interval.

    Evaluations of runs that did not reach a target count in full: it is what an optimiser needs that is started again
    until it does. A line ends at the last target that any run reached.

    Parameters
    ----------
    results : Results or Runs
    objective : str, optional
        One with targets. Default: the first one.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    named : int
        So many of the quickest have colour, band and name; the others are grey. ≥ 1.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInput
        The objective has no targets.
    """
    results, name = shown.chosen(results, objective)
    facts = results.objectives[name]
    _need_targets(results, [name])
    lines = [_curve(line) for line in shown.running_times(results, name)]
    ax = _axes.prepared(ax)
    ax.set_yscale("log")
    if min(facts.targets) > 0:
        ax.set_xscale("log")
    ends = _axes.draw_curves(ax, lines, looks(results), named=named)
    ax.set_xlim(facts.targets[0], facts.targets[-1])
    _axes.titled(ax, name, f"target: {facts.metric}", "expected evaluations")
    _axes.name_lines(ax, ends, others=max(0, len(lines) - named))
    return ax


def runtime_ecdf(
    results: "Results | Runs",
    objectives: str | Sequence[str] | None = None,
    *,
    ax: "Axes | None" = None,
    named: int = _axes.NAMED,
) -> "Axes":
    """Draw the share of targets reached over the evaluations spent, over all runs, with a bootstrapped 95 % band.

    Parameters
    ----------
    results : Results or Runs
    objectives : str or sequence of str, optional
        Default: all that have targets; each counts alike.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    named : int
        So many of the best have colour, band and name; the others are grey. ≥ 1.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInput
        None of the objectives has targets.
    """
    results, names = _several(results, objectives)
    curves = shown.runtime_ecdf(results, _need_targets(results, names))
    ax = _share_axes(ax)
    ends = _axes.draw_curves(ax, curves, looks(results), steps=True, named=named)
    ax.set_xlim(curves[0].x[0], curves[0].x[-1])
    _axes.titled(ax, _title(names), "evaluations / dimension", "share of targets reached")
    _axes.name_ends(ax, ends, others=max(0, len(curves) - named))
    return ax


def data_profile(
    results: "Results | Runs",
    objectives: str | Sequence[str] | None = None,
    *,
    tolerance: float = TOLERANCE,
    ax: "Axes | None" = None,
    named: int = _axes.NAMED,
) -> "Axes":
    """Draw the share of problems solved over evaluations, in units of dimension + 1 (Moré and Wild 2009).

    A problem is an objective at a seed. It is solved when at most ``tolerance`` is left of the decrease that the best
    of the contenders made there.

    Parameters
    ----------
    results : Results or Runs
    objectives : str or sequence of str, optional
        Default: all.
    tolerance : float
        In (0, 1).
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    named : int
        So many of the best have colour and name; the others are grey. ≥ 1.

    Returns
    -------
    Axes
    """
    results, names = _several(results, objectives)
    curves = shown.data_profile(results, names, tolerance)
    return _profile(results, curves, ax, named, _title(names), "evaluations / (dimension + 1)", tolerance)


def performance_profile(
    results: "Results | Runs",
    objectives: str | Sequence[str] | None = None,
    *,
    tolerance: float = TOLERANCE,
    ax: "Axes | None" = None,
    named: int = _axes.NAMED,
) -> "Axes":
    """Draw the share of problems solved within a factor of the quickest contender's evaluations (Dolan and Moré 2002).

    Parameters
    ----------
    results, objectives, tolerance, ax, named
        As in :func:`data_profile`.

    Returns
    -------
    Axes
    """
    results, names = _several(results, objectives)
    curves = shown.performance_profile(results, names, tolerance)
    ax = _profile(results, curves, ax, named, _title(names), "times the evaluations of the quickest", tolerance)
    if curves[0].x[-1] < 100:
        _axes.few_ticks(ax)
    return ax


def scaling(
    results: "Results | Runs",
    family: str | None = None,
    *,
    target: float | None = None,
    ax: "Axes | None" = None,
    named: int = _axes.NAMED,
) -> "Axes":
    """Draw the expected running time over the dimension, with its 95 % interval.

    Parameters
    ----------
    results : Results or Runs
    family : str, optional
        Name without the dimension, such as ``"sphere"``. Default: the first one with more than one dimension.
    target : float, optional
        Default: the hardest that some run reached in every dimension.
    ax : matplotlib Axes, optional
        Default: those of a new figure.
    named : int
        So many of the quickest have colour and name; the others are grey. ≥ 1.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInput
        There is no such family in several dimensions, or no target that was reached in all.
    """
    results = shown.as_results(results)
    families = _families(results)
    name = next(iter(families), None) if family is None else family
    if name not in families:
        known = f"; there are {', '.join(families)}" if families else ""
        raise InvalidInput(f"these results have no {family or 'objective'} in several dimensions{known}")
    wanted = shown.default_target(results, families[name]) if target is None else target
    if wanted is None:
        raise InvalidInput(f"no target of {name} was reached in all its dimensions")
    lines = shown.scaling(results, name, wanted)
    ax = _axes.prepared(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ends = _axes.draw_curves(ax, [_curve(line) for line in lines], looks(results), named=named, dots=True)
    dimensions = sorted({int(value) for line in lines for value in line.x})
    ax.set_xticks(dimensions, [str(value) for value in dimensions])
    ax.minorticks_off()
    _axes.titled(ax, f"{name}, target {wanted:.3g}", "dimension", "expected evaluations")
    _axes.name_lines(ax, ends, others=max(0, len(lines) - named))
    return ax


def _profile(
    results: "Results", curves: list[shown.Curve], ax: "Axes | None", named: int, title: str, x: str, tolerance: float
) -> "Axes":
    ax = _share_axes(ax)
    ends = _axes.draw_curves(ax, curves, looks(results), steps=True, named=named)
    ax.set_xlim(curves[0].x[0], curves[0].x[-1])
    _axes.titled(ax, title, x, f"share of problems solved (τ = {tolerance:g})")
    _axes.name_ends(ax, ends, others=max(0, len(curves) - named))
    return ax


def _share_axes(ax: "Axes | None") -> "Axes":
    ax = _axes.prepared(ax)
    ax.set_xscale("log")
    ax.set_ylim(0.0, 1.0)
    return ax


def _several(results: "Results | Runs", objectives: str | Sequence[str] | None) -> "tuple[Results, list[str]]":
    whole = shown.as_results(results)
    given = (
        [objectives] if isinstance(objectives, str) else list(whole.objectives if objectives is None else objectives)
    )
    return whole, [shown.chosen(whole, name)[1] for name in given]


def _need_targets(results: "Results", names: list[str]) -> list[str]:
    rated = [name for name in names if results.objectives[name].targets]
    if not rated:
        raise InvalidInput(
            f"running times need targets, and there are none for {_title(names)}; draw convergence instead"
        )
    return rated


def _title(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} objectives"


def _families(results: "Results") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, facts in results.objectives.items():
        if facts.targets and facts.dimensions:
            found.setdefault(facts.family(name), []).append(name)
    return {family: names for family, names in found.items() if len(names) > 1}


def _curve(line: shown.TimeLine) -> shown.Curve:
    """Return the running times as a line that ends where nothing was reached."""
    known = np.isfinite(line.expected)
    expected = np.where(known, line.expected, np.nan)
    low, high = np.where(known, line.low, np.nan), np.where(known & np.isfinite(line.high), line.high, np.nan)
    return shown.Curve(line.label, line.x, expected, low, high)
