"""Descents: what discretisations make of the flow of a field."""

from __future__ import annotations

from collections.abc import Callable

import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import flag, whole
from zoopt.cells import Cell
from zoopt.flows._derived import checked_field
from zoopt.flows._events import core_event, listed
from zoopt.flows._flow import ADVICE, ENDS, STEPS_LIMIT, checked_callback, most_points, stopping
from zoopt.flows._methods import Method, method_of
from zoopt.flows._points import Field
from zoopt.flows._stability import stability
from zoopt.flows._trajectory import FlowStatus, Trajectory


def descend(
    field: Field,
    x0: npt.ArrayLike,
    *,
    learning_rate: float,
    steps: int,
    method: str | Cell = "gd",
    schedule: str | None = None,
    events: object = None,
    save_every: int | None = None,
    callback: Callable[..., object] | None = None,
    check: bool = False,
    **options: float,
) -> Trajectory:
    """Take steps along the gradients of a field, with the very updates of the optimisers.

    ``zoopt.minimize(method="gd")`` goes through the same points. Its time is that of the flow: a step takes as long as
    its learning rate, so a descent and :func:`gradient_flow` can be looked at side by side.

    Parameters
    ----------
    field : Field
        What to descend. A sampled one, such as :func:`shuffled`, is told the number of every step.
    x0 : array_like, shape (dim,)
        Where to start.
    learning_rate : float
        Above 0.
    steps : int
        How many.
    method : str or Cell
        A first-order algorithm, ``"gd"``, ``"momentum"`` (heavy ball), ``"nesterov"`` or ``"adam"``; another update
        that follows a gradient, ``"adamm"``, ``"clip-up"``, ``"rmsprop"`` or ``"sign"``; or a cell with such an update.
    schedule : str, optional
        How the learning rate changes: ``"constant"``, ``"cosine"``, ``"inverse-sqrt"``. By default that of the method.
        A horizon is by default `steps`.
    events : function, or sequence of them
        As :func:`gradient_flow` has them, looked at after every step. Their times are those of the first step behind
        a zero.
    save_every : int, optional
        Keep each so many steps, and the last. By default steps are thinned evenly to at most 4096 points or 64 MiB.
    callback : function, optional
        ``callback(t, x)`` after every step; StopIteration ends the descent.
    check : bool
        Compare the gradient with the value at `x0` first: :meth:`Field.check`.
    **options : float
        Of the update and the schedule: ``momentum``, ``beta_1``, ``weight_decay``, ... as
        ``zoopt.algorithm(method).options`` lists them.

    Returns
    -------
    Trajectory
        Of a sampled field the field of the trajectory is the whole that it samples, ``field.whole``.

    Raises
    ------
    InvalidInput
        A shape or a number cannot be used, or the gradient fails the check.
    InvalidType
        An argument is of the wrong type.
    InvalidOption
        The method has no such option, or not in this range.
    UnknownName
        There is no such method or schedule.
    ObjectiveError
        The field or an event raised.

    Examples
    --------
    >>> from zoopt import flows
    >>> run = flows.descend(flows.product(0.6), [2.8, 3.5], learning_rate=0.05, steps=400)
    >>> a, b = run.x[-1]
    >>> round(float(a * b), 6), round(float(a**2 + b**2), 4)  # flatter than where the flow ends: 4.5704
    (0.6, 3.6048)
    """
    start = checked_field(field).point("x0", x0)
    chosen = method_of(method, schedule, learning_rate, field.dim, options)
    watched = [tuple(core_event(event, k)) for k, event in enumerate(listed(events))]
    count = whole("steps", steps, low=1, high=STEPS_LIMIT)
    every = 0 if save_every is None else whole("save_every", save_every, low=1, high=STEPS_LIMIT)
    called = checked_callback(callback)
    if flag("check", check):
        field.check(start)
    with field.explained():
        flow = _core.descend(
            field.core,
            start,
            update=chosen.update,
            schedule=chosen.schedule,
            options=dict(chosen.options),
            steps=count,
            every=every,
            most=most_points(start.size),
            events=watched,
            callback=None if called is None else stopping(called),
        )
    status = ENDS[flow.end]
    times, points = zip(*flow.events, strict=True) if flow.events else ((), ())
    return Trajectory(
        t=flow.t,
        x=flow.x.reshape(-1, start.size),
        field=field.whole,
        status=status,
        message=_message(status, flow, chosen),
        nfev=flow.evaluations,
        nit=flow.steps,
        t_events=list(times),
        x_events=[x.reshape(-1, start.size) for x in points],
    )


_LIMITED = ("sgd", "momentum", "nesterov")
_MESSAGES = {
    FlowStatus.REACHED: "all steps are made",
    FlowStatus.EVENT: "a terminal event ended the descent",
    FlowStatus.DIVERGED: "the descent leaves all finite numbers",
}


def _message(status: FlowStatus, flow: _core.Flow, method: Method) -> str:
    message = _MESSAGES.get(status, ADVICE[status])
    if status != FlowStatus.DIVERGED:
        return message
    return f"{message}, in step {flow.steps + 1} at t={flow.time:.6g}; {_advice(method)}"


def _advice(method: Method) -> str:
    """Return what learning rate the method bears."""
    if method.update not in _LIMITED:
        return f"take a learning rate below {method.learning_rate:g}, or another method"
    limit = stability(method.update, momentum=method.options.get("momentum")).limit
    return (
        f"{method.name} is stable where no eigenvalue of the Hessian exceeds {limit:.4g} / learning_rate = "
        f"{limit / method.learning_rate:.4g}: take a learning rate below {limit:.4g} / the largest one"
    )
