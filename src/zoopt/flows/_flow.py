"""The gradient flow of a field, integrated."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, flag, number, positive, real_numbers, shown, whole
from zoopt.errors import InvalidInput, InvalidType
from zoopt.flows._derived import checked_field
from zoopt.flows._events import core_event, listed
from zoopt.flows._points import Field
from zoopt.flows._trajectory import DenseTrajectory, FlowStatus, Trajectory
from zoopt.objectives._compiled import unknown_name

STIFF = {"radau": "Radau", "bdf": "BDF", "lsoda": "LSODA"}
ALIASES = {"rk45": "dopri5", "rk23": "bs23"}  # as scipy names them

_LEAST_RTOL = 100 * float(np.finfo(np.float64).eps)
_MOST_POINTS = 4096
_MOST_BYTES = 2**26
STEPS_LIMIT = 2**63 - 1

# The core's own codes, in the order of zoopt::flows::End.
ENDS = (
    FlowStatus.REACHED,
    FlowStatus.EVENT,
    FlowStatus.CALLBACK_STOP,
    FlowStatus.INTERRUPTED,
    FlowStatus.STEP_TOO_SMALL,
    FlowStatus.DIVERGED,
    FlowStatus.OUT_OF_STEPS,
)

ADVICE = {
    FlowStatus.REACHED: "the end of t is reached",
    FlowStatus.EVENT: "a terminal event ended the flow",
    FlowStatus.CALLBACK_STOP: "the callback raised StopIteration",
    FlowStatus.INTERRUPTED: "interrupted from the keyboard; what there is so far is returned",
    FlowStatus.STEP_TOO_SMALL: (
        "the error allows no step that would still move t: loosen rtol and atol, or use method='radau' if the field "
        "is stiff; a gradient that jumps has no flow behind the jump"
    ),
    FlowStatus.DIVERGED: "the flow leaves all finite numbers",
    FlowStatus.OUT_OF_STEPS: "max_steps are used up: raise it, loosen rtol and atol, or use method='radau' if stiff",
}
_FIXED_ADVICE = "take a shorter step (below 2 / the largest eigenvalue of the Hessian for Euler), or leave step out"
_OWN_ADVICE = (
    "the field is unbounded below along the flow, or its gradient is not finite there: end it by an event or before"
)


@dataclass(slots=True)
class Asked:
    """What a flow was asked for, checked."""

    field: Field
    x0: FloatArray
    start: float
    stop: float
    method: str
    rtol: float
    atol: FloatArray
    step: float | None
    at: FloatArray | None
    dense: bool
    events: list[Any]
    every: int
    first_step: float
    max_step: float
    max_steps: int | None
    callback: Callable[..., object] | None


def gradient_flow(
    field: Field,
    x0: npt.ArrayLike,
    t: float | tuple[float, float],
    *,
    method: str = "dopri5",
    rtol: float = 1e-6,
    atol: npt.ArrayLike = 1e-9,
    step: float | None = None,
    t_eval: npt.ArrayLike | None = None,
    dense_output: bool = False,
    events: object = None,
    save_every: int | None = None,
    first_step: float | None = None,
    max_step: float = np.inf,
    max_steps: int | None = None,
    callback: Callable[..., object] | None = None,
    check: bool = False,
) -> Trajectory:
    """Follow dx/dt = −gradient(x) from `x0`.

    The words are those of :func:`scipy.integrate.solve_ivp`, whose very steps the controlled methods take.

    Parameters
    ----------
    field : Field
        What to descend.
    x0 : array_like, shape (dim,)
        Where to start.
    t : float or (float, float)
        How long, from 0; or from when to when. Backwards the flow ascends.
    method : str
        Controlled steps, or fixed ones with `step`: ``"bs23"``, ``"dopri5"``, ``"dop853"``, which scipy calls RK23,
        RK45 and DOP853. Fixed ones only: ``"euler"`` (gradient descent), ``"midpoint"``, ``"heun"``, ``"rk4"``,
        ``"rk38"``. Stiff, by scipy: ``"radau"``, ``"bdf"``, ``"lsoda"``, with the Hessian where its products are closed
        forms.
    rtol, atol : float; float or array_like of shape (dim,)
        The error of a step is kept below atol + rtol · size of x, in the root mean square.
    step : float, optional
        Length of all steps; where they do not fit, the last is shorter.
    t_eval : array_like, optional
        Times to keep, ascending with the flow, between the ends. By default steps are kept.
    dense_output : bool
        Whether to keep all interpolants: ``Trajectory.sol(t)``. Memory grows with the steps.
    events : function, or sequence of them
        :func:`value_below`, :func:`gradient_below`, or any ``event(t, x) -> float`` whose zeros are looked for, with
        attributes `terminal` and `direction` as scipy has them.
    save_every : int, optional
        Keep each so many steps, and the last, whatever memory that takes. By default steps are thinned evenly to at
        most 4096 points or 64 MiB, however many there are.
    first_step, max_step : float
        Length of the first controlled step, chosen by default, and the longest.
    max_steps : int, optional
        Steps after which it ends, with a status.
    callback : function, optional
        ``callback(t, x)`` after every step; StopIteration ends the flow.
    check : bool
        Compare the gradient with the value at `x0` first: :meth:`Field.check`.

    Returns
    -------
    Trajectory

    Raises
    ------
    InvalidInput
        A shape, a time or a tolerance cannot be used, or the gradient fails the check.
    InvalidType
        An argument is of the wrong type.
    UnknownName
        There is no such method.
    ObjectiveError
        The field or an event raised.

    Examples
    --------
    >>> from zoopt import flows
    >>> run = flows.gradient_flow(flows.product(0.6), [2.8, 3.5], 20.0, rtol=1e-10, atol=1e-12)
    >>> a, b = run.x[-1]
    >>> round(float(a * b), 6), round(float(a**2 + b**2), 4)
    (0.6, 4.5704)
    """
    checked_field(field)
    start, stop = _times(t)
    name = method_name(method)
    length = _step(name, step)
    asked = Asked(
        field=field,
        x0=field.point("x0", x0),
        start=start,
        stop=stop,
        method=name,
        rtol=_rtol(rtol),
        atol=_atol(atol, field.dim),
        step=length,
        at=None if t_eval is None else _within(t_eval, start, stop),
        dense=flag("dense_output", dense_output),
        events=listed(events),
        every=0 if save_every is None else whole("save_every", save_every, low=1, high=STEPS_LIMIT),
        first_step=0.0 if first_step is None else _first(first_step, abs(stop - start)),
        max_step=_longest(max_step),
        max_steps=None if max_steps is None else whole("max_steps", max_steps, low=1, high=STEPS_LIMIT),
        callback=checked_callback(callback),
    )
    if flag("check", check):
        field.check(asked.x0)
    if name in STIFF:
        from zoopt.flows._stiff import by_scipy

        return by_scipy(asked)
    return _by_core(asked)


def _by_core(asked: Asked) -> Trajectory:
    events = [tuple(core_event(event, k)) for k, event in enumerate(asked.events)]
    with asked.field.explained():
        flow = _core.flow(
            asked.field.core,
            asked.x0,
            method=asked.method,
            start=asked.start,
            stop=asked.stop,
            step=asked.step,
            rtol=asked.rtol,
            atol=asked.atol,
            first_step=asked.first_step,
            max_step=asked.max_step,
            at=asked.at,
            every=asked.every,
            most=most_points(asked.x0.size),
            dense=asked.dense,
            events=events,
            max_steps=asked.max_steps,
            callback=None if asked.callback is None else stopping(asked.callback),
        )
    status = ENDS[flow.end]
    times, points = zip(*flow.events, strict=True) if flow.events else ((), ())
    return Trajectory(
        t=flow.t,
        x=flow.x.reshape(-1, asked.x0.size),
        field=asked.field,
        status=status,
        message=_message(status, flow, asked),
        nfev=flow.evaluations,
        nit=flow.steps,
        rejected=flow.rejected,
        t_events=list(times),
        x_events=[x.reshape(-1, asked.x0.size) for x in points],
        sol=DenseTrajectory(flow.dense) if flow.dense and flow.steps else None,
    )


def _message(status: FlowStatus, flow: _core.Flow, asked: Asked) -> str:
    if status >= 0:
        return ADVICE[status]
    more = ""
    if status == FlowStatus.DIVERGED:
        more = "; " + (_OWN_ADVICE if asked.step is None else _FIXED_ADVICE)
    return f"{ADVICE[status]}, in step {flow.steps + 1} at t={flow.time:.6g}{more}"


def most_points(dim: int) -> int:
    """Return how many points are kept where nobody said."""
    return int(min(_MOST_POINTS, max(2, _MOST_BYTES // (8 * (dim + 2)))))


def stopping(callback: Callable[..., object]) -> Callable[[float, FloatArray], bool]:
    """Return the callback as the core calls it: it says whether to stop."""

    def call(t: float, x: FloatArray) -> bool:
        try:
            callback(t, x)
        except StopIteration:
            return True
        return False

    return call


@functools.cache
def adaptive_by_name() -> dict[str, bool]:
    """Return the methods of the core, and whether each controls its steps."""
    return {name: adaptive for name, _, _, adaptive in _core.flow_methods()}


def method_name(method: object) -> str:
    """Return the name of a method as it is registered."""
    known = [*adaptive_by_name(), *STIFF]
    name = str(method).lower() if isinstance(method, str) else method
    found = ALIASES.get(name, name) if isinstance(name, str) else name
    if found not in known:
        raise unknown_name("method", method, known)
    return str(found)


def _step(method: str, step: float | None) -> float | None:
    if step is not None:
        if method in STIFF:
            raise InvalidInput(f"{method} chooses its steps; leave step out, or use max_step")
        return positive("step", step)
    if not adaptive_by_name().get(method, True):
        raise InvalidInput(
            f"{method} has no estimate of its error: give step=, or use 'dopri5', which chooses its steps"
        )
    return None


def _times(t: object) -> tuple[float, float]:
    if isinstance(t, int | float):
        return 0.0, positive("t", t)
    times = real_numbers(t)
    if times is None or times.shape not in ((), (2,)) or not np.isfinite(times).all():
        raise InvalidInput(f"t must be a finite time, or a pair of times, got {shown(t)}")
    if not times.ndim:
        return 0.0, positive("t", float(times))
    if times[0] == times[1]:
        raise InvalidInput(f"t is empty: it goes from {times[0]:g} to {times[1]:g}")
    return float(times[0]), float(times[1])


def _within(t_eval: npt.ArrayLike, start: float, stop: float) -> FloatArray:
    times = real_numbers(t_eval)
    if times is None or times.ndim != 1:
        raise InvalidInput(f"t_eval must be a vector of times, got {shown(t_eval)}")
    if not times.size:
        raise InvalidInput("t_eval is empty; leave it out to keep the steps")
    if not ((times >= min(start, stop)) & (times <= max(start, stop))).all():
        raise InvalidInput(f"t_eval must lie within [{min(start, stop):g}, {max(start, stop):g}]")
    if (np.diff(times) * (1 if stop > start else -1) <= 0).any():
        raise InvalidInput(f"t_eval must be sorted from {start:g} to {stop:g}, without doubles; use numpy.unique")
    return np.ascontiguousarray(times)


def _rtol(rtol: object) -> float:
    size = number("rtol", rtol)
    if not _LEAST_RTOL <= size < np.inf:
        raise InvalidInput(f"rtol must be at least {_LEAST_RTOL:.3g}, as floats allow no less, got {size:g}")
    return size


def _atol(atol: npt.ArrayLike, dim: int) -> FloatArray:
    if isinstance(atol, float) and 0 <= atol < np.inf:
        return np.array([atol])
    sizes = real_numbers(atol)
    if sizes is None or sizes.shape not in ((), (dim,)):
        raise InvalidInput(f"atol must be a number or have shape ({dim},), got {shown(atol)}")
    if not (np.isfinite(sizes).all() and (sizes >= 0).all()):
        raise InvalidInput(f"atol must be finite and not below 0, got {shown(atol)}")
    return np.atleast_1d(sizes)


def _first(first_step: object, interval: float) -> float:
    length = positive("first_step", first_step)
    if length > interval:
        raise InvalidInput(f"first_step must not exceed the time to go, {interval:g}, got {length:g}")
    return length


def _longest(max_step: object) -> float:
    length = number("max_step", max_step)
    if length <= 0:
        raise InvalidInput(f"max_step must be above 0, got {length:g}")
    return length


def checked_callback(callback: Callable[..., object] | None) -> Callable[..., object] | None:
    """Return the callback, if it is one."""
    if callback is not None and not callable(callback):
        raise InvalidType(f"callback must be a function of (t, x), got {shown(callback)}")
    return callback
