"""Where flooding slides to along the level, and how quickly."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

_KERNEL = "zoopt.flows.descend"
_TARGET, _LEVEL = 0.6, 0.02
_PRODUCT = 0.8  # a b on the level: ½ (.6 − .8)² = .02
_STARTS = (2.0, 1.5)  # of a
_TIME = 15.0  # of the slide, in steps · ε²/2
_RATES = (0.08, 0.04, 0.02)
_PLAIN = (0.5, 2.0)  # curvatures of the picture
_SHOWN = 1e-12


def descents(curvature: float, rate: float) -> float:
    """Return the share of steps that go down where x under a curvature comes back to where it was."""
    up, down = math.log1p(rate * curvature), math.log1p(-rate * curvature)
    return up / (up - down)


def late_rate(curvature: float, least: float, rate: float) -> float:
    """Return the mean change of log|x| a step under a curvature, the flattest direction holding the level."""
    share = descents(least, rate)
    return share * math.log1p(-rate * curvature) + (1 - share) * math.log1p(rate * curvature)


def mean_share(curvature: float, rate: float) -> float:
    """Return the mean of ‖g‖² to and fro across the level, over 2 b a: log x is evenly spread between its ends."""
    swing = rate * curvature
    return swing / math.atanh(swing)


def slide(curvatures: tuple[float, ...], level: float, rate: float, steps: int) -> Iterator[Item]:
    """Yield the claims about ½ Σ aᵢ xᵢ², and what they come to elsewhere."""
    import pandas as pd

    a = np.array(curvatures)
    run = flows.descend(
        flows.Flooding(level)(flows.quadratic(a)), np.ones(a.size), learning_rate=rate, steps=steps, save_every=1
    )
    late = run.x[steps // 2 :]
    slopes = np.square(late * a).sum(axis=1)
    yield from _ends(slopes, a, level, rate)
    yield from _late_rates(late, a, rate)
    kept = np.unique(np.geomspace(1, steps + 1, 400).astype(int)) - 1
    frame = pd.DataFrame({"step": kept, **{f"|x| of a = {each:g}": abs(run.x[kept, k]) for k, each in enumerate(a)}})
    frame["‖g‖²"] = np.square(run.x[kept] * a).sum(axis=1)
    yield Table("coordinates", frame, f"Flooding at b = {level:g} with ε = {rate:g}")
    yield from _elsewhere()
    yield Figure(
        "slide",
        lambda canvas: _draw(canvas, a, level, rate, frame),
        "Flooding goes to and fro across the level L = b and slides along it to where the loss is flat. Left: from "
        "three starts on ½ (.5 x₁² + 2 x₂²). Right: coordinates over steps.",
        width=9.0,
    )


def _ends(slopes: FloatArray, a: FloatArray, level: float, rate: float) -> Iterator[Claim]:
    least = float(a.min())
    goal, swing = 2 * level * least, rate * least
    yield Claim(
        source="S4.3",
        statement="½ Σ aᵢxᵢ²: ‖g‖² after the last step is 2 b a_min, up to a step's swing",
        prediction=goal,
        measured=float(slopes[-1]),
        tolerance=goal * ((1 + swing) ** 2 / (1 - swing) ** 2 - 1),
        kernel=_KERNEL,
        note="A step changes ‖g‖² by the factor (1 ± ε a_min)²; the last point may be anywhere in between.",
    )
    yield Claim(
        source="S4.3",
        statement="½ Σ aᵢxᵢ²: ‖g‖² in the mean is 2 b a_min · ε a_min / artanh(ε a_min)",
        prediction=goal * mean_share(least, rate),
        measured=float(slopes.mean()),
        tolerance=goal * (10 * swing / len(slopes) + 1e-4),
        kernel=_KERNEL,
        note="Over the second half of the steps. Its logarithm takes all values between two ends equally often.",
    )


def _late_rates(late: FloatArray, a: FloatArray, rate: float) -> Iterator[Claim]:
    least, count = float(a.min()), len(late) - 1
    for curvature, x in zip(a, late.T, strict=True):
        measured = float(np.log(abs(x[-1] / x[0])) / count)
        swing = math.log((1 + rate * curvature) / (1 - rate * curvature)) / count
        name = f"½ Σ aᵢxᵢ²: late change of log |x| a step where a = {curvature:g}"
        yield Claim(
            source="S4.3",
            statement=f"{name} is −(ε²/2) a (a − a_min)",
            prediction=-(rate**2) / 2 * curvature * (curvature - least),
            measured=measured,
            tolerance=(rate * curvature) ** 4 / 2 + swing,
            kernel=_KERNEL,
            note="The next order in ε is at most (ε a)⁴/2; the rest of the tolerance is a step's swing over all steps.",
        )
        yield Claim(
            source="S4.3",
            statement=f"{name}, for any ε: p log(1 − εa) + (1 − p) log(1 + εa)",
            prediction=late_rate(curvature, least, rate),
            measured=measured,
            tolerance=swing + 1e-7,
            kernel=_KERNEL,
            note="p is the share of steps down, by which the flattest direction stays where it is.",
        )


def sliding(field: flows.Field) -> flows.Field:
    """Return H g without what of it is along g: a step of flooding slides by −ε²/2 times it, on the level."""

    def along(x: FloatArray) -> FloatArray:
        g = field.gradient(x)
        bent = field.hessian_vector(x, g)
        left: FloatArray = bent - (bent @ g) / (g @ g) * g
        return left

    return flows.field(field.value, along, field.dim)


def _elsewhere() -> Iterator[Claim]:
    """Follow flooding on the toy, whose level is a hyperbola, beside the slide."""
    field = flows.product(_TARGET)
    for a in _STARTS:
        x0 = np.array([a, _PRODUCT / a])
        goal = flows.gradient_flow(sliding(field), x0, _TIME, rtol=1e-9, atol=1e-12).x[-1]
        length = float(np.linalg.norm(goal - x0))
        errors = [float(np.linalg.norm(_slid(field, x0, rate) - goal)) / length for rate in _RATES]
        yield Claim(
            source="S4.3",
            statement=f"the toy, from a = {a:g}: flooding slides along the level by −(ε²/2) (H g − its part along g)",
            relation="at most",
            prediction=0.005,
            measured=errors[-1],
            kernel=_KERNEL,
            note=f"How far from there it is at ε = {_RATES[-1]:g}, over the way it has slid; at ε = {_RATES[0]:g} "
            f"it is {errors[0]:.2g}. Half a hundredth is the margin.",
        )


def _slid(field: flows.Field, x0: FloatArray, rate: float) -> FloatArray:
    """Return where flooding is after the time of the slide, put back on the level from a step's swing."""
    steps = round(2 * _TIME / rate**2)
    end = flows.descend(flows.Flooding(_LEVEL)(field), x0, learning_rate=rate, steps=steps).x[-1]
    value, g = field.value_and_gradient(end)
    back: FloatArray = end - (value - _LEVEL) / (g @ g) * g
    return back


def _draw(canvas: "Canvas", a: FloatArray, level: float, rate: float, frame: "pd.DataFrame") -> None:
    from zoopt._axes import INK, PALETTE, prepared, titled

    left, right = map(prepared, canvas.subplots(1, 2))
    plain = flows.quadratic(_PLAIN)
    edge = np.linspace(-2.2, 2.2, 200)
    grid = np.stack(np.meshgrid(edge, edge / 1.6), axis=-1)
    values = plain.values(grid.reshape(-1, 2)).reshape(grid.shape[:2])
    left.contour(grid[..., 0], grid[..., 1], values, levels=[0.5], colors=INK, linewidths=1.2)
    left.contour(grid[..., 0], grid[..., 1], values, levels=[0.1, 0.25, 1.0, 2.0], colors="#c9cdd4", linewidths=0.7)
    for colour, start in zip(PALETTE, ((0.3, 1.3), (-0.9, -1.2), (-0.1, 0.3)), strict=False):
        run = flows.descend(flows.Flooding(0.5)(plain), start, learning_rate=0.1, steps=1200, save_every=1)
        left.plot(*run.x.T, color=colour, linewidth=0.6)
        left.plot(*start, "o", color=colour, markersize=4)
    left.set_aspect("equal")
    titled(left, "Along L = b to the flat ends", "x₁, a = .5", "x₂, a = 2")
    steps = frame["step"].to_numpy()
    for colour, curvature in zip(PALETTE, a, strict=False):
        moved = frame[f"|x| of a = {curvature:g}"].to_numpy()
        right.semilogy(steps, moved, color=colour, label=f"a = {curvature:g}")
        last = int(np.flatnonzero(moved > _SHOWN)[-1])
        rate_there = late_rate(curvature, float(a.min()), rate)
        theory = moved[last] * np.exp(rate_there * (steps - steps[last]))
        right.semilogy(steps, theory, ":", color=INK, linewidth=0.9)
    right.set_ylim(_SHOWN, 4)
    right.legend(frameon=False, fontsize=8)
    titled(right, f"Coordinates at b = {level:g}, ε = {rate:g}; dotted: theory", "step", "|x|")
