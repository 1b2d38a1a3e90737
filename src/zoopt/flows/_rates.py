"""What learning rates did: a row a rate, what is between, and how it is handed on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput
from zoopt.flows._limits import RadiusLimits, RateLimits

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Outcome = Literal["diverges", "edge", "oscillates", "follows", "slow"]


@dataclass(frozen=True)
class RateRow:
    """What one learning rate did. What does not apply, or could not be measured, is NaN.

    Attributes
    ----------
    rate : float
        The learning rate h.
    outcome : {"diverges", "edge", "oscillates", "follows", "slow"}
        It leaves all finite numbers or ends above where it began; the sharpness comes to its limit; steps are stable
        but overshoot along the sharpest direction, where no real flow passes through them; they follow a flow; or they
        do and cover too little of it.
    diverged_at : int or None
        The step in which it left all finite numbers; of several runs the first.
    loss, metric : float
        After the same number of steps for all rates.
    loss_at_time, metric_at_time : float
        At the same flow time for all rates, to half a step.
    gradient_square, penalty : float
        ‖g‖² after the steps, and (h/4) ‖g‖², which the modified loss of gradient descent adds.
    sharpness, sharpness_most : float
        Largest eigenvalue of the Hessian after the steps, and the largest on the way; of several runs the mean, and on
        the way of the first one.
    flow_distance, modified_distance : float
        How far it is from the flow, and from the modified flow, at the equal time; of several runs their mean point.
    spread, spread_predicted : float
        Of several runs: the root of the mean square distance from their mean point after the steps, and what the
        quadratic at the start says of it.
    diverged_share : float
        Share of runs that diverged.
    """

    rate: float
    outcome: Outcome
    diverged_at: int | None
    loss: float
    metric: float
    loss_at_time: float
    metric_at_time: float
    gradient_square: float
    penalty: float
    sharpness: float
    sharpness_most: float
    flow_distance: float
    modified_distance: float
    spread: float
    spread_predicted: float
    diverged_share: float

    def slower(self) -> RateRow:
        """Return the same with the outcome that it covers too little."""
        return replace(self, outcome="slow")


@dataclass(frozen=True, eq=False)
class RatePath:
    """The way of one learning rate, at a few of its points.

    Attributes
    ----------
    rate : float
    step : ndarray, shape (points,)
    value, gradient_square, sharpness : ndarray, shape (points,)
        Of several runs the mean of the values, and the others of the first one.
    plane : ndarray, shape (dots, 2)
        Many of its points, on the plane of :attr:`LearningRateAnalysis.plane`.
    """

    rate: float
    step: FloatArray
    value: FloatArray
    gradient_square: FloatArray
    sharpness: FloatArray
    plane: FloatArray


@dataclass(frozen=True, eq=False)
class Plane:
    """The loss on a plane through the start.

    Attributes
    ----------
    labels : (str, str)
        What its axes are.
    flow : ndarray, shape (dots, 2)
        The flow on it.
    horizontal, vertical : ndarray, shape (n,)
    loss : ndarray, shape (n, n)
        A row a place on the vertical axis.
    """

    labels: tuple[str, str]
    flow: FloatArray
    horizontal: FloatArray
    vertical: FloatArray
    loss: FloatArray


@dataclass(frozen=True, eq=False)
class LearningRateAnalysis:
    """What learning rates do to a loss, and which are worth taking; :func:`learning_rate_analysis` makes one.

    Attributes
    ----------
    problem, method : str
    dim, steps : int
    time : float
        Of the flow, at which rates are compared.
    rows : tuple of RateRow
        By ascending rate.
    useful, stable : float
        The interval: the smallest rate of the grid that makes enough of its steps, and the largest one up to which none
        diverges, and of several runs none is lost. NaN where there is none.
    best : float
        The rate in the interval that ends lowest; where several do, the smallest.
    verdict : str
        The same in a sentence.
    reasons : tuple of str
        Why, a sentence each.
    limit, flow_limit : float
        Up to which learning_rate · sharpness steps are stable on a quadratic, and follow a real flow. NaN where that is
        not known.
    start_loss, start_sharpness : float
        At the start.
    slopes : (float, float)
        Of the distances from the flow and from the modified flow over the rate, as logarithms, where steps follow them.
    limits : RateLimits or None
        Of a zeroth-order method: what dimension and directions allow.
    radius : RadiusLimits or None
        Of a zeroth-order method: what its smoothing radius may be.
    metric_name : str
        Empty where there is none.
    paths : tuple of RatePath
    plane : Plane
    """

    problem: str
    method: str
    dim: int
    steps: int
    time: float
    rows: tuple[RateRow, ...]
    useful: float
    stable: float
    best: float
    verdict: str
    reasons: tuple[str, ...]
    limit: float
    flow_limit: float
    start_loss: float
    start_sharpness: float
    slopes: tuple[float, float]
    limits: RateLimits | None
    radius: RadiusLimits | None
    metric_name: str
    paths: tuple[RatePath, ...]
    plane: Plane

    def __repr__(self) -> str:
        """Return the verdict."""
        return f"<LearningRateAnalysis of {self.method} on {self.problem}: {self.verdict}>"

    def contains(self, rate: float) -> bool:
        """Return whether a rate lies in the interval, ends included."""
        return bool(self.useful * (1 - 1e-9) <= rate <= self.stable * (1 + 1e-9))

    def columns(self) -> list[str]:
        """Return the columns that say something: those of :class:`RateRow` with a number in them."""
        return [name for name in _NAMES if any(_says(getattr(row, name)) for row in self.rows)]

    def table(self) -> str:
        """Return the rows as text, a line a rate."""
        columns = self.columns()
        lines = [_HEADINGS.get(name, name.replace("_", " ")) for name in columns]
        cells = [lines, *([_cell(getattr(row, name)) for name in columns] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join("  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)

    def frame(self) -> pd.DataFrame:
        """Return the rows as a frame of pandas, with all columns."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Return all but the paths and the plane as plain values; what is not finite is None."""
        left_out = {"paths", "plane"}
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in left_out}
        found["rows"] = [asdict(row) for row in self.rows]
        for name in ("limits", "radius"):
            found[name] = None if found[name] is None else asdict(found[name])
        plain: dict[str, Any] = _plain(found)
        return plain

    def to_json(self) -> str:
        """Return :meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False)

    def plot_trajectories(self, ax: Axes | None = None) -> Axes:
        """Draw the ways of the rates on a contour of the loss: see :func:`zoopt.flows.plots.trajectories`."""
        from zoopt.flows import plots

        return plots.trajectories(self, ax=ax)

    def plot_errors(self, ax: Axes | None = None) -> Axes:
        """Draw distances from the flows against the rate: see :func:`zoopt.flows.plots.errors`."""
        from zoopt.flows import plots

        return plots.errors(self, ax=ax)

    def plot_sharpness(self, ax: Axes | None = None) -> Axes:
        """Draw the sharpness against its limit: see :func:`zoopt.flows.plots.sharpness`."""
        from zoopt.flows import plots

        return plots.sharpness(self, ax=ax)

    def plot_outcomes(self, ax: Axes | None = None) -> Axes:
        """Draw a heat map of rates and outcomes: see :func:`zoopt.flows.plots.outcomes`."""
        from zoopt.flows import plots

        return plots.outcomes(self, ax=ax)

    def save(self, directory: str | Path) -> list[Path]:
        """Write the table, the numbers and the figures.

        Parameters
        ----------
        directory : str or path
            Made where there is none.

        Returns
        -------
        list of Path
            rates.csv, analysis.json, and a PNG a figure: those that have something to show.

        Raises
        ------
        InvalidInput
            The directory cannot be made or written to.
        """
        from zoopt.flows import plots

        folder = _made(Path(directory))
        lines = [",".join(_NAMES), *(",".join(_raw(getattr(row, name)) for name in _NAMES) for row in self.rows)]
        contents = {
            "rates.csv": "\n".join([*lines, ""]).encode(),
            "analysis.json": (self.to_json() + "\n").encode(),
            **plots.pictures(self),
        }
        return _write_all(folder, contents)


SAME = 1e-9
"""Of how far the loss falls at best: what ends nearer together ends at the same loss."""

_NAMES = [each.name for each in fields(RateRow)]
_HEADINGS = {
    "diverged_at": "in step",
    "loss_at_time": "loss(T)",
    "metric_at_time": "metric(T)",
    "gradient_square": "|g|^2",
    "sharpness_most": "at most",
    "flow_distance": "from flow",
    "modified_distance": "from modified",
    "spread_predicted": "predicted",
    "diverged_share": "diverged",
}


def _says(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int | float) and not math.isnan(value))


def _cell(value: str | float | None) -> str:
    if isinstance(value, str):
        return value
    return "-" if value is None or math.isnan(value) else f"{value:.4g}"


def _raw(value: str | float | None) -> str:
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    """Return what JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"cannot write to {folder}: {error.strerror or error}") from error
    return folder


def _write_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write every file beside its place and move it there."""
    try:
        for name, content in contents.items():
            aside = folder / f".{name}.part"
            aside.write_bytes(content)
            aside.replace(folder / name)
    except OSError as error:
        raise InvalidInput(f"cannot write to {folder}: {error.strerror or error}") from error
    return [folder / name for name in contents]


def interval(rows: Sequence[RateRow], start_loss: float, share: float) -> tuple[float, float, float]:
    """Return the useful, the stable and the best rate.

    Stable is the largest rate up to which none diverges, and of several runs none is lost. Useful is the smallest one
    whose loss falls at least (1 − share) times as far as that of the best stable one. Best is the smallest of those
    that end lowest.
    """
    stable = math.nan
    good: list[RateRow] = []
    for row in rows:
        if row.outcome == "diverges" or row.diverged_share > 0:
            break
        stable = row.rate
        good.append(row)
    lowest = min((row.loss for row in good), default=math.inf)
    if not lowest < start_loss:
        return math.nan, stable, math.nan
    fallen = start_loss - lowest
    useful = next(row.rate for row in good if start_loss - row.loss >= (1 - share) * fallen)
    best = next(row.rate for row in good if row.loss <= lowest + SAME * fallen)
    return useful, stable, best
