"""Quadratics: the flow through the steps of descent in closed form, and where it ends."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from zoopt import flows
from zoopt.errors import InvalidInput
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table

_STEPS = 30
_FLOWING = 0.45  # h λ of the largest curvature, times 2 where the flow still exists
_DOUBLINGS = 40
_LONG_RUN = 3000
_RUNGE_KUTTA = ("midpoint", "heun", "bs23", "rk4")
_STABILITY = "zoopt.flows.stability"


def on_quadratics(curvature: float, momentum: float) -> Iterator[Item]:
    """Yield the claims about H̃ = −log(1 − h H) / h and about stability."""
    import pandas as pd

    curvatures = curvature * np.array([1.0, 0.37, 0.05])
    bowl, x0 = flows.quadratic(curvatures), np.ones(3)
    rate = 2 * _FLOWING / curvature
    run = flows.descend(bowl, x0, learning_rate=rate, steps=_STEPS, save_every=1)
    exact = np.exp(-np.outer(run.t, flows.flow_hessian(curvatures, rate))) * x0
    yield Claim(
        source="S2.5",
        statement=f"the flow of H̃ = −log(1 − hH)/h passes through all points of descent (hλ = {rate * curvature:g})",
        prediction=0.0,
        measured=float(np.abs(run.x / exact - 1).max()),
        tolerance=1e-12,
        kernel="zoopt.flows.flow_hessian",
        note="Largest relative difference; every direction has its own curvature.",
    )
    yield from _oscillation(curvature)
    limits = {"gd": flows.stability().limit}
    limits |= {name: flows.stability(name, momentum=momentum).limit for name in ("momentum", "nesterov")}
    limits |= {name: flows.stability(name).limit for name in _RUNGE_KUTTA}
    measured = {name: _limit(name, momentum) for name in limits}
    yield Claim(
        source="S2.5",
        statement="gradient descent is stable below h = 2/λ",
        prediction=2.0 / curvature,
        measured=measured["gd"] / curvature,
        tolerance=2e-3 / curvature,
        kernel="zoopt.flows.descend",
        note="By halving, between runs that grow and runs that do not.",
    )
    yield Claim(
        source="S2.8",
        statement="momentum, Nesterov's gradient and Runge and Kutta's methods are stable as far as closed forms say",
        prediction=0.0,
        measured=max(abs(measured[name] / limits[name] - 1) for name in limits),
        tolerance=2e-3,
        kernel=_STABILITY,
        note=f"Largest relative difference over {', '.join(limits)}; momentum {momentum:g}.",
    )
    frame = pd.DataFrame({"method": limits.keys(), "h λ, closed form": limits.values(), "measured": measured.values()})
    yield Table("stability", frame, "Up to which h λ methods are stable")


def _oscillation(curvature: float) -> Iterator[Claim]:
    """Look at 1 < h λ < 2, where no real flow passes through the points."""
    rate = 1.5 / curvature
    path = flows.descend(flows.quadratic([curvature]), [1.0], learning_rate=rate, steps=_STEPS, save_every=1).x[:, 0]
    yield Claim(
        source="S2.5",
        statement="for 1 < hλ < 2 descent is stable and oscillates: a step multiplies by 1 − hλ",
        prediction=-0.5,
        measured=float(np.median(path[1:] / path[:-1])),
        tolerance=1e-12,
        kernel="zoopt.flows.descend",
    )
    refused = 0
    for product in (1.0, 1.5, 1.99):
        try:
            flows.flow_hessian([curvature], product / curvature)
        except InvalidInput:
            refused += 1
    yield Claim(
        source="S2.5",
        statement="from hλ = 1 on there is no real flow, and zoopt says so",
        prediction=3,
        measured=refused,
        kernel="zoopt.flows.flow_hessian",
        note="Refusals at hλ = 1, 1.5 and 1.99.",
    )


def _limit(method: str, momentum: float) -> float:
    """Return the h at which runs on ½ x² begin to grow, by halving."""
    bowl = flows.quadratic([1.0])

    def end(h: float) -> float:
        if method in _RUNGE_KUTTA:
            run = flows.gradient_flow(bowl, [1.0], _LONG_RUN * h, method=method, step=h)
        else:
            options: dict[str, Any] = {} if method == "gd" else {"momentum": momentum}
            run = flows.descend(bowl, [1.0], learning_rate=h, steps=_LONG_RUN, method=method, **options)
        return abs(float(run.x[-1, 0])) if run.success else np.inf

    return _halved(lambda h: end(h) > 1.0, 1e-3, 64.0)


def _halved(grows: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(_DOUBLINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return (low + high) / 2
