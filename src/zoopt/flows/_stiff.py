"""Stiff flows, by scipy's implicit methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, real_numbers, shown
from zoopt.errors import InvalidInput
from zoopt.flows._events import core_event
from zoopt.flows._points import Field
from zoopt.flows._trajectory import DenseTrajectory, FlowStatus, Trajectory

if TYPE_CHECKING:
    from zoopt.flows._flow import Asked


class ScipyTrajectory(DenseTrajectory):
    """A flow at any time, as scipy knows it, with the points in rows: ``sol(t)``."""

    def __init__(self, solution: Any) -> None:
        self._solution = solution
        self.ts = solution.ts
        self.t_min = float(solution.t_min)
        self.t_max = float(solution.t_max)

    def __call__(self, t: npt.ArrayLike) -> FloatArray:
        """Return the point at `t`, or those of shape (times, dim)."""
        times = real_numbers(t)
        if times is None or times.ndim > 1 or not ((times >= self.t_min) & (times <= self.t_max)).all():
            raise InvalidInput(f"t must lie within [{self.t_min:g}, {self.t_max:g}], got {shown(t)}")
        return np.ascontiguousarray(self._solution(times).T)


def by_scipy(asked: Asked) -> Trajectory:
    """Return the flow by a method of :func:`scipy.integrate.solve_ivp`."""
    from scipy.integrate import solve_ivp

    from zoopt.flows._flow import ADVICE, STIFF

    for name, given in (("callback", asked.callback), ("max_steps", asked.max_steps)):
        if given is not None:
            raise InvalidInput(f"{asked.method} is scipy's, which takes no {name}; leave it out, or use 'dopri5'")
    field = asked.field
    options: dict[str, Any] = {
        "method": STIFF[asked.method],
        "t_eval": asked.at,
        "dense_output": asked.dense,
        "events": [_event(field, event, k) for k, event in enumerate(asked.events)] or None,
        "rtol": asked.rtol,
        "atol": asked.atol if asked.atol.size > 1 else float(asked.atol[0]),
        "first_step": asked.first_step or None,
        "max_step": asked.max_step,
    }
    if field.exact_hvp:
        options["jac"] = lambda t, x: -field.hessian(x)
    solution = solve_ivp(lambda t, x: -field.gradient(x), (asked.start, asked.stop), asked.x0, **options)
    kept = _kept(len(solution.t), asked)
    points = np.ascontiguousarray(solution.y.T[kept]).reshape(-1, asked.x0.size)
    status = FlowStatus(solution.status)
    return Trajectory(
        t=solution.t[kept],
        x=points,
        field=field,
        status=status,
        message=ADVICE[status] if status >= 0 else f"{ADVICE[status]}; scipy says: {solution.message}",
        nfev=int(solution.nfev),
        nit=len(solution.t) - 1 if asked.at is None else 0,
        t_events=list(solution.t_events or []),
        x_events=[x.reshape(-1, asked.x0.size) for x in solution.y_events or []],
        sol=ScipyTrajectory(solution.sol) if asked.dense else None,
    )


def _kept(count: int, asked: Asked) -> npt.NDArray[np.intp]:
    """Return which of scipy's points are kept."""
    from zoopt.flows._flow import most_points

    if asked.at is not None:
        return np.arange(count)
    every = asked.every or -(-count // most_points(asked.x0.size))
    return np.unique(np.append(np.arange(0, count, every), count - 1))


def _event(field: Field, event: Any, index: int) -> Callable[[float, FloatArray], float]:
    """Return an event as scipy takes it."""
    asked = core_event(event, index)

    def call(t: float, x: FloatArray) -> float:
        if asked.function is not None:
            return float(asked.function(t, x))
        size = field.value(x) if asked.kind == "value" else float(np.linalg.norm(field.gradient(x)))
        return size - asked.level

    call.terminal = asked.terminal  # type: ignore[attr-defined]
    call.direction = asked.direction  # type: ignore[attr-defined]
    return call
