"""The figures of the report, as plotly reads them: plain dicts of traces and layout."""

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoopt.compare import _words
from zoopt.compare._record import Run
from zoopt.compare._results import Results
from zoopt.compare._row import Row

PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fb5", "#8c564b", "#6b7a0f", "#b2182b",
)  # fmt: skip
BASELINE_COLOUR = "#333333"
_DASHES = {"warm": "solid", "zero": "dot"}
_FONT = {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 13, "color": "#222222"}

Figure = dict[str, Any]


def colours(results: Results) -> dict[str, str]:
    """Return one colour for each optimiser, shared by its starts and by all figures."""
    names = list(dict.fromkeys(entry.optimizer for entry in results.entries))
    return {name: PALETTE[index % len(PALETTE)] for index, name in enumerate(names)}


def convergence(results: Results, objective: str) -> Figure:
    """Return the search metric of the recommendation against evaluations: median and quartile band over the seeds."""
    shades, traces = colours(results), []
    last, ends = 1.0, [row.search for row in results.rows_of(objective) if row.baseline]
    for label in _labels(results, objective):
        runs = [run for run in results.runs if run.objective == objective and run.label == label]
        spent, low, middle, high = curve_quartiles(runs)
        last = max(last, float(spent[-1]))
        ends += [float(low[-1]), float(high[-1])]
        traces += _band(runs[0], shades[runs[0].optimizer], spent, low, middle, high)
    for row in results.rows_of(objective):
        if row.baseline:
            traces.append(_level(row, last))
    axis = {"type": "log", "title": {"text": "evaluations"}, "gridcolor": "#e6e6e6", "dtick": 1}
    return {"data": traces, "layout": _layout(axis, _search_axis(results, objective, ends), height=460)}


def curve_quartiles(runs: Sequence[Run]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return evaluations and the quartiles over runs of the value held at each of them.

    A run holds its value from one checkpoint to the next, and its last one for good.

    Returns
    -------
    evaluations, lower, median, upper : ndarray of shape (k,)
    """
    grid = np.unique([spent for run in runs for spent in run.curve_evaluations])
    held = np.empty((len(runs), grid.size))
    for line, run in zip(held, runs, strict=True):
        spent, values = run.curve_evaluations, run.curve_values
        line[:] = values[np.maximum(0, np.searchsorted(spent, grid, side="right") - 1)]
    lower, median, upper = np.quantile(held, [0.25, 0.5, 0.75], axis=0)
    return grid, lower, median, upper


def holdout(results: Results, objective: str) -> Figure:
    """Return the hold-out metric of every optimiser and baseline with its corrected interval, best on top."""
    shades = colours(results)
    rows = [row for row in results.rows_of(objective) if row.runs and math.isfinite(row.holdout)]
    rows.sort(key=lambda row: row.holdout)
    traces = [_dot(row, shades.get(row.optimizer, BASELINE_COLOUR)) for row in rows]
    metric = str(results.objectives[objective].get("metric", "value"))
    layout = _layout(
        {"title": {"text": html.escape(f"hold-out {metric}")}, "gridcolor": "#e6e6e6"},
        {"automargin": True, "type": "category"},
        height=120 + 24 * len(rows),
    )
    layout["showlegend"] = False
    reference = [row for row in rows if row.baseline]
    if reference:
        best = max(row.holdout for row in reference)
        layout["shapes"] = [
            {
                "type": "line",
                "x0": best,
                "x1": best,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": BASELINE_COLOUR, "width": 1, "dash": "dash"},
            }
        ]
    return {"data": traces, "layout": layout}


def _labels(results: Results, objective: str) -> list[str]:
    found = (run.label for run in results.runs if run.objective == objective and run.curve_values.size)
    return list(dict.fromkeys(found))


def _band(run: Run, colour: str, spent: np.ndarray, low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> list[Any]:
    label, dash = html.escape(run.label), _DASHES.get(run.start, "dash")
    area = {
        "type": "scatter",
        "mode": "lines",
        "x": [*_rounded(spent), *_rounded(spent[::-1])],
        "y": [*_rounded(low), *_rounded(high[::-1])],
        "fill": "toself",
        "fillcolor": _faint(colour),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "legendgroup": label,
        "showlegend": False,
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "legendgroup": label,
        "x": _rounded(spent),
        "y": _rounded(middle),
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertemplate": "%{x:,.0f} evaluations: %{y:.4f}<extra>" + label + "</extra>",
    }
    return [area, line]


def _level(row: Row, last: float) -> dict[str, Any]:
    tuned = "tuned" in row.optimizer
    return {
        "type": "scatter",
        "mode": "lines",
        "name": html.escape(row.optimizer),
        "x": [1, last],
        "y": [row.search, row.search],
        "line": {"color": BASELINE_COLOUR, "width": 1.5, "dash": "dash" if tuned else "dashdot"},
        "hovertemplate": "%{y:.4f}<extra>" + html.escape(row.optimizer) + "</extra>",
    }


def _dot(row: Row, colour: str) -> dict[str, Any]:
    spread = row.holdout_high - row.holdout
    interval = _words.interval(row.holdout_low, row.holdout_high)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.holdout],
        "y": [html.escape(row.label)],
        "error_x": {"type": "data", "array": [spread if math.isfinite(spread) else 0.0], "thickness": 1.5, "width": 4},
        "marker": {
            "color": colour,
            "size": 10,
            "symbol": "diamond" if row.baseline else "circle" if row.start == "warm" else "circle-open",
        },
        "hovertemplate": f"{_words.number(row.holdout, 4)} {interval}<extra>{html.escape(row.label)}</extra>",
    }


def _search_axis(results: Results, objective: str, ends: Sequence[float]) -> dict[str, Any]:
    """Return an axis that shows where runs end; how they climb from far below would flatten all else."""
    metric = str(results.objectives[objective].get("metric", "value"))
    room = max(max(ends) - min(ends), 0.01)
    return {
        "title": {"text": html.escape(f"search {metric}")},
        "range": [min(ends) - 0.6 * room, max(ends) + 0.1 * room],
        "gridcolor": "#e6e6e6",
        "automargin": True,
    }


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


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.10)"


def _rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
