"""What learning rates do, one beside the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, number, positive, real_numbers, shown, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, UnknownName
from zoopt.flows._estimates import GradientEstimate
from zoopt.flows._fields import field as field_of
from zoopt.flows._limits import RadiusLimits, RateLimits, radius_limits, rate_limits_at
from zoopt.flows._methods import cell_of, followers
from zoopt.flows._plane import plane_of
from zoopt.flows._points import Field
from zoopt.flows._rate_runs import FirstOrderRuns, Runs, ZerothOrderRuns
from zoopt.flows._rate_task import Task
from zoopt.flows._rate_words import limit_reasons, radius_reason, reasons, slopes, verdict
from zoopt.flows._rates import LearningRateAnalysis, interval
from zoopt.flows._stability import stability

_COUNT_LIMIT = 2**31
_GRID = 13
_PROBES = 256  # of third derivatives
_ABOUT = 100.0  # times the usual rate up and down, where no limit is known
_LOWEST, _HIGHEST = 1e-3, 2.0  # of the limit at the start, the ends of the grid
_DEFAULT_RADIUS = 0.01


def learning_rate_analysis(
    problem: Field | object,
    x0: npt.ArrayLike,
    rates: npt.ArrayLike | None = None,
    *,
    method: str | Cell = "gd",
    steps: int = 200,
    time: float | None = None,
    metric: Callable[[FloatArray], Any] | None = None,
    order: int = 1,
    share: float = 0.05,
    checkpoints: int = 8,
    radius: float = _DEFAULT_RADIUS,
    seeds: int = 8,
    **options: Any,
) -> LearningRateAnalysis:
    """Run a method at several learning rates, and say which are worth taking and why.

    Every rate makes the same number of steps, and goes the same time of the flow; at that time it is compared with the
    flow and with the modified flow. On the way the sharpness is looked at, beside the limit it has at this rate.

    Parameters
    ----------
    problem : Field or object
        What to descend: a field, or an objective with a method ``value_and_gradient``. Of a sampled field the whole is
        what is measured.
    x0 : array_like, shape (dim,)
        Where to start.
    rates : array_like, shape (rates,), optional
        Above 0. By default 13: from a thousandth of the limit at the start to twice that, or where no limit is known
        from a hundredth of the usual rate to a hundred times that.
    method : str or Cell
        Whatever :func:`descend` takes; or an algorithm that sees values only and has a learning rate, such as
        ``"two-point"``, ``"zo-sgd"`` or ``"spsa"``.
    steps : int
        Of every rate.
    time : float, optional
        By default `steps` times the geometric mean of the smallest and the largest rate; small rates then make more
        steps than `steps`.
    metric : function, optional
        ``metric(x) -> float``, such as a :class:`zoopt.objectives.MetricObjective`.
    order : int
        Of the modified flow: 0 leaves it out; 1, or 2 where there is one.
    share : float
        In (0, 1). Of use are rates whose loss falls at least (1 − share) times as far as that of the best.
    checkpoints : int
        At so many points of the way the sharpness is found.
    radius : float
        Smoothing radius of a method that sees values only, its ``scale``.
    seeds : int
        Runs of such a method, with seeds 0, 1, …
    **options : float
        Of the method: ``momentum``, ``population``, …

    Returns
    -------
    LearningRateAnalysis

    Raises
    ------
    InvalidInput
        A rate, a shape or a number cannot be used.
    InvalidType
        An argument is of the wrong type.
    InvalidOption
        The method has no such option, or no learning rate.
    UnknownName
        There is no such method.
    ObjectiveError
        The problem or the metric raised.

    Examples
    --------
    >>> from zoopt import flows
    >>> found = flows.learning_rate_analysis(flows.product(0.6), [2.8, 3.5], [0.0001, 0.001, 0.01, 0.1, 0.3], steps=300)
    >>> found.useful, found.stable
    (0.001, 0.1)
    >>> print(found.verdict)
    gd is stable and makes use of its 300 steps between 0.001 and 0.1; 0.01 ends as low as any, at a loss of ...
    """
    base = problem if isinstance(problem, Field) else field_of(problem)  # type: ignore[arg-type]
    if metric is not None and not callable(metric):
        raise InvalidType(f"metric must be a function metric(x) -> float, got {shown(metric)}")
    cell = _cell_of(method)
    checked = _checked_options(cell, base.dim, options)
    limit, flow_limit = _stability_of(cell, checked)
    task = Task(
        field=base,
        x0=base.point("x0", x0),
        cell=cell,
        steps=whole("steps", steps, low=1, high=_COUNT_LIMIT),
        time=0.0,
        order=whole("order", order, low=0, high=2),
        checkpoints=whole("checkpoints", checkpoints, low=1, high=_COUNT_LIMIT),
        metric=metric,
        options=checked,
        radius=positive("radius", radius),
        seeds=1 if cell.first_order else whole("seeds", seeds, low=1, high=_COUNT_LIMIT),
        limit=limit,
        flow_limit=flow_limit,
    )
    part = number("share", share)
    if not 0 < part < 1:
        raise InvalidInput(f"share must lie in (0, 1), got {part:g}")
    if not math.isfinite(task.start_loss):
        raise InvalidInput("the loss is not finite at x0; start where it is")
    if not base.whole.exact_hvp:
        task.note("Hessian-vector products are differences of gradients, which say little beside kinks of the loss.")
    extra = Extra(task)
    grid = _grid(extra) if rates is None else _rates(rates)
    task.time = _time(time, task.steps, grid)
    return _analysed(task, extra, grid, part)


class Extra:
    """What is known of a method that sees values only, before it runs."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.limits: RateLimits | None = None
        self.radius: RadiusLimits | None = None
        if not task.cell.first_order:
            self._find()

    def reasons(self) -> list[str]:
        """Return what dimension, directions and radius have to do with it."""
        task = self.task
        found = []
        if self.limits is not None and task.estimate is not None:
            found += limit_reasons(task.estimate, self.limits, task.x0.size)
        if self.radius is not None:
            forward = task.estimate is not None and task.estimate.difference != "central"
            found.append(radius_reason(task.radius, self.radius, forward))
        return found

    def _find(self) -> None:
        task = self.task
        try:
            task.estimate = GradientEstimate.of(task.cell, task.x0.size, scale=task.radius, options=task.options)
            if task.plain:
                self.limits = rate_limits_at(task.whole, task.x0, task.estimate)
                task.limit = self.limits.stable * self.limits.sharpness
            else:
                task.note(
                    f"Limits by dimension and directions are those of plain steps, which {task.cell.name} has not."
                )
        except InvalidOption as error:
            task.note(f"Limits by dimension and directions are not known: {error}.")
        except InvalidInput as error:
            task.note(f"No limits by dimension and directions: {error}.")
        try:
            self.radius = radius_limits(task.whole, task.x0, probes=_PROBES)
        except InvalidInput as error:
            task.note(f"No limits of the radius: {error}.")


def _analysed(task: Task, extra: Extra, grid: FloatArray, share: float) -> LearningRateAnalysis:
    runs: Runs = (FirstOrderRuns if task.cell.first_order else ZerothOrderRuns)(task, grid)
    project, plane = plane_of(task, runs.flow.way)
    rows, paths = zip(*(runs.row(float(rate), project) for rate in grid), strict=True)
    useful, stable, best = interval(rows, task.start_loss, share)
    rows = tuple(row.slower() if row.rate < useful else row for row in rows)
    return LearningRateAnalysis(
        problem=repr(task.whole),
        method=task.cell.name,
        dim=task.x0.size,
        steps=task.steps,
        time=task.time,
        rows=rows,
        useful=useful,
        stable=stable,
        best=best,
        verdict=verdict(task, rows, useful, stable, best),
        reasons=(*reasons(task, rows, useful, stable), *extra.reasons(), *task.notes),
        limit=task.limit,
        flow_limit=task.flow_limit,
        start_loss=task.start_loss,
        start_sharpness=task.start_sharpness,
        slopes=slopes(task, rows),
        limits=extra.limits,
        radius=extra.radius,
        metric_name="" if task.metric is None else _name_of(task.metric),
        paths=paths,
        plane=plane(paths),
    )


def _cell_of(method: str | Cell) -> Cell:
    """Return a first-order method, as :func:`descend` takes it, or another algorithm with a learning rate."""
    try:
        cell = resolve_cell(method)
    except UnknownName:
        if method not in followers():
            raise
        return cell_of(method)
    if "learning_rate" not in cell.options or not (cell.continuous or cell.first_order):
        raise InvalidOption(f"{cell.name} has no learning rate to analyse; choose a method that follows a gradient")
    return cell


def _checked_options(cell: Cell, dim: int, options: dict[str, float]) -> dict[str, float]:
    if "learning_rate" in options:
        raise InvalidOption("learning_rate is what is analysed; give rates=[...]")
    cell.resolve(dim, options)
    return dict(options)


def _stability_of(cell: Cell, options: dict[str, float]) -> tuple[float, float]:
    """Return the limits of learning_rate times sharpness; of methods without closed forms they are not known."""
    if not cell.first_order:
        return math.nan, math.nan
    momentum = options.get("momentum", cell.options["momentum"].default) if "momentum" in cell.options else None
    try:
        known = stability(cell.update, momentum=momentum)
    except UnknownName:
        return math.nan, math.nan
    return known.limit, known.flow_limit


def _rates(rates: npt.ArrayLike) -> FloatArray:
    values = real_numbers(rates)
    if values is None or values.ndim != 1:
        raise InvalidInput(f"rates must be a vector of learning rates, got {shown(rates)}")
    if not values.size:
        raise InvalidInput("rates is empty; give some, or leave it out for a grid about the limit at the start")
    bad = values[~(np.isfinite(values) & (values > 0))]
    if bad.size:
        raise InvalidInput(f"rates must be finite and above 0, but one is {bad[0]:g}")
    return np.unique(values)


def _grid(extra: Extra) -> FloatArray:
    """Return rates about the limit at the start."""
    task = extra.task
    usual = task.cell.options["learning_rate"].default
    known = math.isfinite(task.limit)
    if not known and usual is not None:
        return np.geomspace(usual / _ABOUT, usual * _ABOUT, _GRID)
    if not task.start_sharpness > 0:
        raise InvalidInput(
            "no curvature at x0 is above 0, which would tell the scale of a learning rate; give rates=[...]"
        )
    limit = (task.limit if known else 2.0) / task.start_sharpness
    return np.geomspace(_LOWEST * limit, _HIGHEST * limit, _GRID)


def _time(time: float | None, steps: int, grid: FloatArray) -> float:
    if time is not None:
        return positive("time", time)
    return float(steps * np.sqrt(grid[0] * grid[-1]))


def _name_of(metric: Any) -> str:
    name = getattr(metric, "metric", None) or getattr(metric, "__name__", None)
    return name if isinstance(name, str) else type(metric).__name__
