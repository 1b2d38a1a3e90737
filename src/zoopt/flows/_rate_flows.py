"""The flows that steps are compared with."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, UnknownName
from zoopt.flows._flow import gradient_flow
from zoopt.flows._points import Field
from zoopt.flows._rate_task import Task
from zoopt.flows._trajectory import FlowStatus, Trajectory

_RTOL, _ATOL = 1e-9, 1e-12
_MOST_FLOW_STEPS = 1000
_LEAST_FIXED, _MOST_FIXED = 500, 20_000


class FlowPoints:
    """Where the flow is when the rates are compared."""

    def __init__(self, task: Task, rates: FloatArray) -> None:
        self._task = task
        self._times = {float(rate): task.timed_steps(rate) * float(rate) for rate in rates}

    def distances(self, rate: float, x: FloatArray) -> tuple[float, float]:
        """Return how far a point is from the flow and from the modified flow at the time of its steps."""
        at = self._points.get(self._times[rate])
        plain = math.nan if at is None else float(np.linalg.norm(x - at))
        return plain, self._modified_distance(rate, x)

    @cached_property
    def way(self) -> FloatArray:
        """Points of the flow to the equal time, for figures: of the loss itself where the method's is not known."""
        task = self._task
        base = task.followed or task.whole
        run = self._followed(base, task.x0, np.linspace(0.0, task.time, task.dots + 1))
        return task.x0[None] if run is None else run.x

    @cached_property
    def _points(self) -> dict[float, FloatArray]:
        task = self._task
        if task.followed is None:
            return {}
        times = np.unique(list(self._times.values()))
        run = self._followed(task.followed, task.x0, times)
        return {} if run is None else dict(zip(times.tolist(), run.x, strict=True))

    def _modified_distance(self, rate: float, x: FloatArray) -> float:
        task = self._task
        if (
            not task.cell.first_order
            or task.followed is None
            or task.order == 0
            or rate * task.start_sharpness >= task.limit
        ):
            return math.nan
        try:
            flow = task.modified(rate, task.order)
        except (UnknownName, InvalidInput) as error:
            task.note(f"No modified flow to compare with: {error}.")
            return math.nan
        run = self._followed(flow, flow.start(task.x0), np.array([self._times[rate]]))
        return math.nan if run is None else float(np.linalg.norm(x - run.x[-1]))

    def _followed(self, field: Field, x0: FloatArray, times: FloatArray) -> Trajectory | None:
        """Return the flow, by controlled steps, or where those run out, as at kinks, by short ones of one length."""
        run = self._flow(field, x0, times, {"rtol": _RTOL, "atol": _ATOL, "max_steps": _MOST_FLOW_STEPS})
        if run.status in {FlowStatus.OUT_OF_STEPS, FlowStatus.STEP_TOO_SMALL}:
            run = self._fixed(field, x0, times)
        if run.status is FlowStatus.REACHED:
            return run
        self._task.note(f"A flow could not be followed to t={times[-1]:g}: {run.message}.")
        return None

    def _fixed(self, field: Field, x0: FloatArray, times: FloatArray) -> Trajectory:
        """Return the flow by steps that are short beside the curvature at the start."""
        stiff = float(times[-1]) * max(self._task.start_sharpness, 0.0)
        steps = round(min(max(_LEAST_FIXED, 2 * stiff), _MOST_FIXED))
        self._task.note("Flows were followed by fixed steps of rk4, since controlled ones became too short.")
        return self._flow(field, x0, times, {"method": "rk4", "step": float(times[-1]) / steps})

    def _flow(self, field: Field, x0: FloatArray, times: FloatArray, how: dict[str, Any]) -> Trajectory:
        run = gradient_flow(field, x0, float(times[-1]), t_eval=times, **how)
        if run.status is FlowStatus.INTERRUPTED:
            raise KeyboardInterrupt
        return run
