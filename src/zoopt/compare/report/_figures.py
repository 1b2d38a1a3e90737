"""The figures of the report, as plotly reads them: plain dicts of traces and layout."""

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt.compare import shown
from zoopt.compare._looks import BASELINE_COLOUR, Look, all_shortened, looks, shortened
from zoopt.compare._words import Form, form_of

if TYPE_CHECKING:
    from zoopt.compare._results import Results

NAMED = 8
"""Where there are more contenders than fit, so many of the best are shown; the names of the others show them."""
FITTING = 14
TOLERANCE = 1e-3
_FONT = {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": "#222222"}
_GRID = "#e6e6e6"
_BEST_DARK = [[0.0, "#0c3c78"], [0.35, "#2b8cbe"], [0.7, "#a8ddb5"], [1.0, "#f7fcf0"]]
_TWO_SIDED = [[0.0, "#b35806"], [0.25, "#fdb863"], [0.5, "#f7f7f7"], [0.75, "#b2abd2"], [1.0, "#542788"]]

Figure = dict[str, Any]


def convergence(results: "Results", objective: str) -> Figure:
    """Return the value held against evaluations: median and quartile band over the seeds."""
    facts = results.objectives[objective]
    curves = shown.convergence(results, objective)
    logarithmic = shown.is_logarithmic(results, objective)
    if logarithmic:
        curves = [shown.positive(curve) for curve in curves]
    traces = _lines(results, curves, "%{x:,.0f} evaluations: %{y:.4g}")
    last = max((float(curve.x[-1]) for curve in curves), default=1.0)
    baselines = [row for row in results.rows_of(objective) if row.baseline and math.isfinite(row.search)]
    traces += [_level(row.optimizer, row.search, last) for row in baselines]
    name = f"search {facts.metric}" if facts.splits else facts.metric
    y: dict[str, Any] = {"title": {"text": html.escape(name)}, "gridcolor": _GRID, "automargin": True}
    if logarithmic:
        y |= {"type": "log", "exponentformat": "power", "dtick": _decades(curves)}
    else:
        y["range"] = _ends_range(curves, [row.search for row in baselines], rising=facts.sense == "max")
    return {"data": traces, "layout": _layout(_log_axis("evaluations", curves), y, height=460)}


def final_values(results: "Results", objective: str) -> Figure:
    """Return what every contender and baseline ended with, and its interval, the best on top."""
    look_of, facts = looks(results), results.objectives[objective]
    lines = shown.finals(results, objective)[::-1]
    form = form_of(facts)
    metric = f"hold-out {facts.metric}" if facts.splits else facts.metric
    layout = _layout(
        {"title": {"text": html.escape(metric)}, "gridcolor": _GRID},
        {"automargin": True, "type": "category"},
        height=120 + 24 * len(lines),
    )
    if shown.is_logarithmic(results, objective):
        layout["xaxis"] |= {"type": "log", "exponentformat": "power"}
    layout["showlegend"] = False
    best = shown.best_baseline(results, lines, objective)
    if best is not None:
        layout["shapes"] = [
            {"type": "line", "x0": best, "x1": best, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": BASELINE_COLOUR, "width": 1, "dash": "dash"}}
        ]  # fmt: skip
    return {"data": [_dot(line, look_of.get(line.label), form) for line in lines], "layout": layout}


def runtime_ecdf(results: "Results", objectives: Sequence[str]) -> Figure:
    """Return the share of targets reached over evaluations a dimension, with bands."""
    curves = shown.runtime_ecdf(results, objectives)
    traces = _lines(results, curves, "%{x:.3g} evaluations / dimension: %{y:.3f}", shape="hv", digits=4)
    return _shares(curves, traces, "evaluations / dimension", "share of targets reached")


def data_profile(results: "Results", objectives: Sequence[str]) -> Figure:
    """Return the share of problems solved over evaluations, in units of dimension + 1."""
    curves = shown.data_profile(results, objectives, TOLERANCE)
    traces = _lines(results, curves, "%{x:.3g} evaluations / (dimension + 1): %{y:.3f}", shape="hv", digits=4)
    return _shares(curves, traces, "evaluations / (dimension + 1)", "share of problems solved")


def performance_profile(results: "Results", objectives: Sequence[str]) -> Figure:
    """Return the share of problems solved within a factor of the quickest."""
    curves = shown.performance_profile(results, objectives, TOLERANCE)
    traces = _lines(results, curves, "%{x:.3g} times the quickest: %{y:.3f}", shape="hv", digits=4)
    return _shares(curves, traces, "times the evaluations of the quickest", "share of problems solved")


def ranks(results: "Results") -> Figure:
    """Return the rank of every contender on every objective."""
    table = shown.ranks(results)
    last = max(2, len(table.columns))
    return _heat_map(table, "rank %{z}", _BEST_DARK, (1.0, float(last)), "%{z}")


def wins(results: "Results", objectives: Sequence[str] | None = None) -> Figure:
    """Return how often the contender of a line beats that of a column on the same seed."""
    table = shown.wins(results, objectives)
    return _heat_map(table, "better on %{z:.0%} of the seeds", _TWO_SIDED, (0.0, 1.0), "%{z:.2f}")


def average_ranks(found: shown.Difference) -> Figure:
    """Return average ranks, and the band of those that the critical difference does not tell from the best."""
    names = [_name(label) for label in found.labels][::-1]
    best = float(found.ranks[0])
    dots = {
        "type": "scatter", "mode": "markers", "x": _rounded(found.ranks[::-1]), "y": names,
        "marker": {"color": "#0072b2", "size": 9}, "hovertemplate": "average rank %{x:.2f}<extra>%{y}</extra>",
    }  # fmt: skip
    layout = _layout(
        {"title": {"text": "average rank"}, "gridcolor": _GRID},
        {"automargin": True, "type": "category"},
        height=120 + 22 * len(names),
    )
    layout["showlegend"] = False
    layout["shapes"] = [
        {"type": "rect", "x0": best, "x1": best + found.difference, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"width": 0}, "fillcolor": "rgba(0,114,178,0.12)", "layer": "below"}
    ]  # fmt: skip
    return {"data": [dots], "layout": layout}


def _lines(
    results: "Results", curves: Sequence[shown.Curve], hover: str, *, shape: str = "linear", digits: int = 5
) -> list[Any]:
    look_of = looks(results)
    most = len(curves) if len(curves) <= FITTING else NAMED
    traces = []
    for place, curve in enumerate(curves):
        if place < most and np.isfinite(curve.low).any():
            traces.append(_area(curve, look_of[curve.label], digits))
        traces.append(_line(curve, look_of[curve.label], hover, shape, digits, shown=place < most))
    return traces


def _area(curve: shown.Curve, look: Look, digits: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*_rounded(curve.x, digits), *_rounded(curve.x[::-1], digits)],
        "y": [*_rounded(curve.low, digits), *_rounded(curve.high[::-1], digits)],
        "fill": "toself",
        "fillcolor": _faint(look.colour),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "legendgroup": html.escape(curve.label),
        "showlegend": False,
    }


def _line(curve: shown.Curve, look: Look, hover: str, shape: str, digits: int, *, shown: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _name(curve.label),
        "legendgroup": html.escape(curve.label),
        "x": _rounded(curve.x, digits),
        "y": _rounded(curve.middle, digits),
        "line": {"color": look.colour, "width": 2, "dash": look.dash, "shape": shape},
        "visible": True if shown else "legendonly",
        "hovertemplate": hover + "<extra>" + html.escape(curve.label) + "</extra>",
    }


def _level(name: str, height: float, last: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(name),
        "x": [1, last],
        "y": [height, height],
        "line": {"color": BASELINE_COLOUR, "width": 1.5, "dash": "dash" if "tuned" in name else "dashdot"},
        "hovertemplate": "%{y:.4f}<extra>" + html.escape(name) + "</extra>",
    }


def _dot(line: shown.Final, look: Look | None, form: Form) -> dict[str, Any]:
    above, below = line.high - line.middle, line.middle - line.low
    hollow = look is not None and look.dash != "solid"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [line.middle],
        "y": [html.escape(line.label)],
        "error_x": {
            "type": "data",
            "array": [above if math.isfinite(above) else 0.0],
            "arrayminus": [below if math.isfinite(below) else 0.0],
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {
            "color": look.colour if look else BASELINE_COLOUR,
            "size": 10,
            "symbol": "diamond" if line.baseline else "circle-open" if hollow else "circle",
        },
        "hovertemplate": f"{form.number(line.middle)} {form.interval(line.low, line.high)}"
        f"<extra>{html.escape(line.label)}</extra>",
    }


def _heat_map(
    table: shown.Matrix, hover: str, colours: list[list[Any]], limits: tuple[float, float], cells: str
) -> Figure:
    columns = [html.escape(name) for name in all_shortened(table.columns, 26)]
    trace = {
        "type": "heatmap",
        "z": [_rounded(line, 4) for line in table.values],
        "x": columns,
        "y": [html.escape(name) for name in all_shortened(table.rows, 30)],
        "zmin": limits[0],
        "zmax": limits[1],
        "colorscale": colours,
        "xgap": 1,
        "ygap": 1,
        "colorbar": {"thickness": 12, "outlinewidth": 0},
        "hovertemplate": "%{y}, %{x}: " + hover + "<extra></extra>",
    }
    if len(columns) <= FITTING:
        trace |= {"texttemplate": cells, "textfont": {"size": 12}}
    layout = _layout(
        {
            "automargin": True,
            "type": "category",
            "tickangle": -40 if len(columns) <= 20 else -90,
            "showgrid": False,
            "dtick": 1,
        },
        {"automargin": True, "type": "category", "autorange": "reversed", "showgrid": False, "dtick": 1},
        height=70 + 5 * max(map(len, columns)) + max(24 * len(table.rows), 72),
    )
    layout["plot_bgcolor"] = "#eef0f3"
    return {"data": [trace], "layout": layout}


def _shares(curves: Sequence[shown.Curve], traces: list[Any], x: str, y: str) -> Figure:
    axis = {"title": {"text": y}, "gridcolor": _GRID, "range": [-0.01, 1.01], "automargin": True}
    return {"data": traces, "layout": _layout(_log_axis(x, curves), axis, height=430)}


def _log_axis(title: str, curves: Sequence[shown.Curve]) -> dict[str, Any]:
    """Return an axis with a tick a decade, or at 1, 2 and 5 where there are less than two of them."""
    ends = [(float(curve.x[0]), float(curve.x[-1])) for curve in curves]
    wide = not ends or max(last for _, last in ends) >= 100 * min(first for first, _ in ends)
    return {
        "type": "log",
        "title": {"text": title},
        "gridcolor": _GRID,
        "exponentformat": "power",
        "dtick": 1 if wide else "D2",
    }


def _ends_range(curves: Sequence[shown.Curve], levels: Sequence[float], *, rising: bool) -> list[float] | None:
    """Return a range that shows where runs end; how they climb from far away would flatten all else."""
    ends = [*levels, *(float(side[-1]) for curve in curves for side in (curve.low, curve.high))]
    ends = [end for end in ends if math.isfinite(end)]
    if not ends:
        return None
    room = max(max(ends) - min(ends), 0.01)
    below, above = (0.6, 0.1) if rising else (0.1, 0.6)
    return [min(ends) - below * room, max(ends) + above * room]


def _decades(curves: Sequence[shown.Curve]) -> int:
    """Return the decades between two ticks, so that there are no more than about eight."""
    values = np.concatenate([curve.middle for curve in curves])
    values = values[np.isfinite(values)]
    return max(1, math.ceil(math.log10(values.max() / values.min()) / 8)) if values.size else 1


def _layout(x: dict[str, Any], y: dict[str, Any], *, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 60, "r": 16, "t": 34, "b": 52},
        "font": _FONT,
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hovermode": "closest",
        "xaxis": x,
        "yaxis": y,
        "legend": {"font": {"size": 12}, "tracegroupgap": 0},
    }


def _name(label: str) -> str:
    return html.escape(shortened(label, 44))


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.10)"


def _rounded(values: np.ndarray, digits: int = 5) -> list[float | None]:
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in values.tolist()]
