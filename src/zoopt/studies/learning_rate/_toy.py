"""The toy ½ (y − a b)²: where descent ends on its hyperbola of minima, and that a penalty does the same."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidOption
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_DESCEND = "zoopt.flows.descend"
_FLOW = "zoopt.flows.gradient_flow"
_TIGHT = {"method": "dop853", "rtol": 1e-12, "atol": 1e-14}
_END = 1e-14  # of the residual, relative to where it starts
_MOST = 10**7
_FINE = 20  # short steps to a long one


def on_the_toy(target: float, start: tuple[float, float], rates: tuple[float, ...]) -> Iterator[Item]:
    """Yield the claims about the toy: invariants, ends, and the penalty in place of the learning rate."""
    import pandas as pd

    loss, x0 = flows.product(target), np.array(start)
    yield from _flow_claims(loss, x0, target)
    paths = {rate: _descent(loss, x0, rate) for rate in sorted(rates)}
    ends = {rate: float(path[-1] @ path[-1]) for rate, path in paths.items()}
    worst = max(_product_error(path, target, rate) for rate, path in paths.items())
    yield Claim(
        source="S2.6",
        statement="a step of h multiplies a² − b² by 1 − h² r², r = y − a b",
        prediction=0.0,
        measured=worst,
        tolerance=1e-12,
        kernel=_DESCEND,
        note="Largest relative error of the product over a run, over all learning rates.",
    )
    for rate, end in ends.items():
        yield Claim(
            source="S2.6",
            statement=f"descent with h = {rate:g} ends at the a² + b² that the product leaves",
            prediction=end_by_product(target, start, rate),
            measured=end,
            tolerance=1e-9,
            kernel=_DESCEND,
        )
    yield from _flatness(target, start, ends)
    yield from _penalty(loss, x0, max(rates))
    frame = pd.DataFrame(
        {
            "learning rate": [0.0, *ends],
            "a² + b² at the end": [flow_end(target, start), *ends.values()],
            "sharpness": [flow_end(target, start), *ends.values()],
        }
    )
    yield Table("toy_ends", frame, "Where the toy ends: a² + b² is also the one curvature that is not 0 there")
    yield Figure("toy", lambda canvas: _draw(canvas, loss, x0, target, paths), "Descents on the toy, and their ends.")


def flow_end(target: float, start: tuple[float, float]) -> float:
    """Return a² + b² where the flow ends: it keeps a² − b², and a b = y there."""
    a, b = start
    return math.hypot(a * a - b * b, 2 * target)


def end_by_product(target: float, start: tuple[float, float], rate: float) -> float:
    """Return a² + b² where descent ends, from the residuals alone.

    With p = a b and s = a² + b² a step makes p + h r s + h² r² p of p, and s + 4 h r p + h² r² s of s: nothing of it is
    a gradient. The product of 1 − h² r² is taken on the way, and a² − b² with a b = y gives the end.
    """
    a, b = start
    p, s, kept = a * b, a * a + b * b, 1.0
    first = abs(target - p)
    for _ in range(_MOST):
        r = target - p
        if not abs(r) > _END * first:
            break
        p, s = p + rate * r * s + (rate * r) ** 2 * p, s + 4 * rate * r * p + (rate * r) ** 2 * s
        kept *= 1.0 - (rate * r) ** 2
    return math.hypot((a * a - b * b) * kept, 2 * target)


def _descent(loss: flows.Field, x0: FloatArray, rate: float) -> FloatArray:
    """Return all points of a descent that ends in a minimum."""
    # The slowest approach is that of the flattest minimum, 2 y, which no end can be flatter than.
    flattest = 2 * math.sqrt(2 * loss.value(np.zeros(2)))
    steps = math.ceil(-math.log(_END) / -math.log1p(-min(0.9, rate * flattest)))
    run = flows.descend(loss, x0, learning_rate=rate, steps=steps, save_every=1)
    if not run.success:
        raise InvalidOption(f"rates has {rate:g}, with which descent diverges on the toy: {run.message}")
    return run.x


def _product_error(path: FloatArray, target: float, rate: float) -> float:
    a, b = path.T
    difference = a * a - b * b
    factors = 1.0 - (rate * (target - a * b)) ** 2
    size = np.maximum(np.abs(difference[0]), 1e-300) if difference[0] else 1.0
    return float(np.abs(difference[1:] - difference[0] * np.cumprod(factors[:-1])).max() / size)


def _flow_claims(loss: flows.Field, x0: FloatArray, target: float) -> Iterator[Claim]:
    run = flows.gradient_flow(loss, x0, 40.0 / target, dense_output=True, **_TIGHT)  # type: ignore[arg-type]
    flow = cast(flows.DenseTrajectory, run.sol)  # asked for by dense_output
    yield Claim(
        source="S2.6",
        statement="the flow keeps a² − b², and ends at the a² + b² that this leaves",
        prediction=flow_end(target, (float(x0[0]), float(x0[1]))),
        measured=float(run.x[-1] @ run.x[-1]),
        tolerance=1e-9,
        kernel=_FLOW,
    )
    nodes, weights = np.polynomial.legendre.leggauss(20)
    lost = 0.0
    for low, high in pairwise(flow.ts):
        points = flow((low + high) / 2 + (high - low) / 2 * nodes)
        slopes = np.array([loss.gradient(x) for x in points])
        lost += (high - low) / 2 * float(weights @ (slopes**2).sum(axis=1))
    yield Claim(
        source="S2.1",
        statement="along the flow dL/dt = −‖∇L‖²: what is lost is the integral of ‖∇L‖²",
        prediction=loss.value(x0) - loss.value(run.x[-1]),
        measured=lost,
        tolerance=1e-8 * loss.value(x0),
        kernel=_FLOW,
    )
    step, count = 1e-3, 1000
    euler = flows.gradient_flow(loss, x0, step * count, method="euler", step=step).x[-1]
    steps = flows.descend(loss, x0, learning_rate=step, steps=count).x[-1]
    yield Claim(
        source="S2.1",
        statement="gradient descent is Euler's method on the flow",
        prediction=0.0,
        measured=float(np.abs(euler - steps).max()),
        tolerance=1e-13,
        kernel=_DESCEND,
    )


def _flatness(target: float, start: tuple[float, float], ends: dict[float, float]) -> Iterator[Claim]:
    in_turn = [flow_end(target, start), *ends.values()]
    yield Claim(
        source="S2.6",
        statement="the larger the learning rate, the flatter the end",
        relation="at most",
        prediction=0.0,
        measured=float(np.diff(in_turn).max()),
        kernel=_DESCEND,
        note="Largest change of a² + b² from one learning rate to the next, the flow first.",
    )
    yield Claim(
        source="S2.6",
        statement="no end is flatter than 2 y",
        relation="at least",
        prediction=2 * target,
        measured=min(ends.values()),
        tolerance=1e-12,
        kernel=_DESCEND,
    )
    x0, rate = np.array(start), max(ends)
    short = flows.gradient_flow(flows.product(target), x0, 40.0 / target, method="rk4", step=rate / 4).x[-1]
    yield Claim(
        source="S2.8",
        statement=f"Runge and Kutta's method takes the effect away (steps of {rate / 4:g})",
        relation="at most",
        prediction=0.02,
        measured=abs(float(short @ short) - flow_end(target, start)) / abs(ends[rate] - flow_end(target, start)),
        kernel=_FLOW,
        note=f"What is left of the effect of h = {rate:g} on a² + b², as a share.",
    )


def _penalty(loss: flows.Field, x0: FloatArray, rate: float) -> Iterator[Claim]:
    """Compare a large step with short ones on the loss and its penalty, at the same time."""
    rate = rate / 8  # where the first order is most of the effect
    time = 40 * rate
    large = flows.descend(loss, x0, learning_rate=rate, steps=40).x[-1]
    short = rate / _FINE
    plain, penalised = (
        flows.descend(field, x0, learning_rate=short, steps=40 * _FINE).x[-1]
        for field in (loss, flows.GradientPenalty((rate - short) / 4)(loss))
    )
    yield Claim(
        source="S2.8",
        statement=f"(h/4)‖∇L‖² added to short steps lands where h = {rate:g} does (t = {time:g})",
        relation="at most",
        prediction=0.15,
        measured=float(np.linalg.norm(penalised - large) / np.linalg.norm(plain - large)),
        kernel="zoopt.flows.GradientPenalty",
        note=f"The distance as a share of what it is without the penalty; short steps are h/{_FINE}, and the "
        "penalty is for what they lack.",
    )


def _draw(canvas: "Canvas", loss: flows.Field, x0: FloatArray, target: float, paths: dict[float, FloatArray]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    left, right = canvas.subplots(1, 2)
    ax = prepared(left)
    most = 1.1 * float(np.abs(x0).max())
    axis = np.linspace(0.02 * most, most, 200)
    a, b = np.meshgrid(axis, axis)
    ax.contour(a, b, 0.5 * (target - a * b) ** 2, levels=np.geomspace(0.01, 20, 8), colors="#c8ccd2", linewidths=0.6)
    ax.plot(axis, target / axis, color="#5c6370", linewidth=1.2, label="minima")
    shown = sorted(paths)
    flow = _first_quadrant(flows.gradient_flow(loss, x0, 40.0 / target).x)
    ax.plot(*flow.T, color="#333333", linestyle=":", label="flow")
    for colour, rate in zip(PALETTE, shown, strict=False):
        path = _first_quadrant(paths[rate])
        ax.plot(*path.T, color=colour, linewidth=1, marker="o", markersize=2, label=f"h = {rate:g}")
        ax.plot(*path[-1], "o", color=colour, markersize=5)
    ax.set_xlim(0, most)
    ax.set_ylim(0, most)
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "Descents on ½ (y − a b)²", "a", "b")
    ax = prepared(right)
    start = (float(x0[0]), float(x0[1]))
    grid = np.linspace(max(shown) / 60, max(shown), 60)
    ax.plot(grid, [end_by_product(target, start, h) for h in grid], color=PALETTE[0])
    ax.plot(shown, [float(paths[h][-1] @ paths[h][-1]) for h in shown], "o", color=PALETTE[1], markersize=4)
    ax.axhline(flow_end(target, start), color="#333333", linestyle=":", linewidth=1)
    ax.axhline(2 * target, color="#5c6370", linewidth=0.8)
    ax.annotate("flow", (max(shown), flow_end(target, start)), ha="right", va="bottom", fontsize=8)
    ax.annotate("flattest there is", (0, 2 * target), ha="left", va="bottom", fontsize=8)
    titled(ax, "Sharpness a² + b² at the end", "learning rate", "")


def _first_quadrant(path: FloatArray) -> FloatArray:
    """Return a path that ends where both coordinates are positive; the loss is the same where both change sign."""
    turned: FloatArray = path * np.sign(path[-1])
    return turned
