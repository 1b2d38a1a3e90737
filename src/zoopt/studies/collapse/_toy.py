"""The smallest siamese network, l = ½ (φθ − θ)²: what its flows keep, where they end, and how quickly.

φ is the predictor and θ the encoder; the second θ is the target. With a *stop-gradient* only φθ is derived, without it
(*none*) both are, and of the *second term only* the target. φ always follows its own derivative.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import flows
from zoopt._arguments import FloatArray

VARIANTS = ("stop-gradient", "none", "second term only")
INVARIANTS = {"stop-gradient": "θ² − φ²", "none": "θ² − (1 − φ)²", "second term only": "θ² + 2φ"}


class End(NamedTuple):
    """Where a flow comes to rest, and the rate at which its distance from there falls."""

    phi: FloatArray
    theta: FloatArray
    rate: FloatArray


def toy(variant: str, starts: int = 1) -> flows.Field:
    """Return the field of one or more independent toys: a point holds all φ, then all θ."""
    through_prediction = variant != "second term only"
    through_target = variant != "stop-gradient"

    def value(x: FloatArray) -> float:
        phi, theta = x.reshape(2, -1)
        return float(0.5 * np.sum(((phi - 1) * theta) ** 2))

    def gradient(x: FloatArray) -> FloatArray:
        phi, theta = x.reshape(2, -1)
        residual = (phi - 1) * theta
        return np.concatenate([residual * theta, residual * (through_prediction * phi - through_target)])

    return flows.field(value, gradient, 2 * starts)


def invariant(variant: str, phi: npt.ArrayLike, theta: npt.ArrayLike) -> FloatArray:
    """Return what the flow does not change."""
    phi, theta = np.asarray(phi, dtype=np.float64), np.asarray(theta, dtype=np.float64)
    kept = {"stop-gradient": -(phi**2), "none": -((1 - phi) ** 2), "second term only": 2 * phi}
    found: FloatArray = theta**2 + kept[variant]
    return found


def margin(variant: str, phi: npt.ArrayLike, theta: npt.ArrayLike) -> FloatArray:
    """Return θ² of the end where it is above 0; a start whose margin is below 0 collapses.

    With a stop-gradient and φ ≤ 0 the way leads through φ = 0, so there θ² − φ² alone decides.
    """
    phi, kept = np.asarray(phi, dtype=np.float64), invariant(variant, phi, theta)
    if variant == "stop-gradient":
        return np.where((phi <= 0) & (kept <= 0), np.minimum(kept, 0.0), 1 + kept)
    return kept - (2 if variant == "second term only" else 0)


def end(variant: str, phi: npt.ArrayLike, theta: npt.ArrayLike) -> End:
    """Return where the flow from a start ends, θ ≠ 0."""
    phi, theta = np.asarray(phi, dtype=np.float64), np.asarray(theta, dtype=np.float64)
    kept, left = invariant(variant, phi, theta), margin(variant, phi, theta)
    collapsed = left <= 0
    size = np.sqrt(np.maximum(-kept, 0))
    fallen = {
        "stop-gradient": np.sign(phi) * size,
        "none": 1 - np.sign(1 - phi) * size,
        "second term only": kept / 2,
    }[variant]
    where = np.where(collapsed, fallen, 1.0)
    height = np.where(collapsed, 0.0, np.sign(theta) * np.sqrt(np.maximum(left, 0)))
    return End(where, height, np.where(collapsed, -growth(variant, fallen), height**2))


def growth(variant: str, phi: npt.ArrayLike) -> FloatArray:
    """Return the rate at which a small θ grows."""
    phi = np.asarray(phi, dtype=np.float64)
    rates = {"stop-gradient": phi * (1 - phi), "none": -((1 - phi) ** 2), "second term only": phi - 1}
    found: FloatArray = rates[variant]
    return found


def border(variant: str, theta: npt.ArrayLike) -> list[FloatArray]:
    """Return φ on the borders of the basin of collapse at heights θ."""
    theta = np.asarray(theta, dtype=np.float64)
    if variant == "stop-gradient":
        return [-np.abs(theta), np.sqrt(1 + theta**2)]
    if variant == "none":
        return [1 - np.abs(theta), 1 + np.abs(theta)]
    return [1 - theta**2 / 2]


def followed(
    variant: str, phi: npt.ArrayLike, theta: npt.ArrayLike, time: float, *, atol: float = 1e-9
) -> tuple[FloatArray, FloatArray]:
    """Return φ and θ of many starts when all have gone with the flow for a time."""
    start = np.concatenate([np.ravel(phi), np.ravel(theta)]).astype(np.float64)
    run = flows.gradient_flow(toy(variant, start.size // 2), start, time, atol=atol, save_every=10**9)
    last = run.x[-1].reshape(2, *np.shape(phi))
    return last[0], last[1]


def late_rate(variant: str, phi: float, theta: float, *, levels: tuple[float, float] = (1e-4, 1e-6)) -> float:
    """Return how quickly the distance from the end falls, measured between two distances."""
    goal = end(variant, phi, theta)
    # the coordinate that comes to its end at first order: φ where the encoder stays, θ where it collapses
    watched, target = (1, 0.0) if goal.theta == 0 else (0, 1.0)

    def far(t: float, x: FloatArray) -> float:
        return float(np.log(abs(x[watched] - target) / levels[0]))

    def near(t: float, x: FloatArray) -> float:
        return float(np.log(abs(x[watched] - target) / levels[1]))

    near.terminal = True  # type: ignore[attr-defined]
    for event in (far, near):
        event.direction = -1  # type: ignore[attr-defined]
    run = flows.gradient_flow(
        toy(variant), [phi, theta], 1e4, method="dop853", rtol=1e-12, atol=1e-15, events=[far, near]
    )
    if not (run.t_events[0].size and run.t_events[1].size):
        return float("nan")
    return float(np.log(levels[0] / levels[1]) / (run.t_events[1][-1] - run.t_events[0][-1]))
