"""What a step down and a step up leave behind, in either order, of equal and of unequal length."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies._measures import flow_end, slope

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

LENGTHS = (0.008, 0.004, 0.002)
"""Steps ε of the claims about orders."""
_SLOPE = 0.05
_SHARE = 0.02  # of a coefficient: what the next power of ε adds at the shortest step
_ROUNDING = 1e-14
_RATES = (1 / 100, 1 / 200, 1 / 400)
_FLOODING, _PENALTY = "zoopt.flows.Flooding", "zoopt.flows.GradientPenalty"
Errors = list[float]
Remainder = Callable[[float], FloatArray]


@dataclass(frozen=True)
class Place:
    """A loss and a point where its two steps are looked at."""

    name: str
    field: flows.Field
    x: FloatArray


def places(target: float, seed: int) -> list[Place]:
    """Return a toy and a network whose third derivatives are closed forms."""
    rng = np.random.default_rng([seed, 4])
    net = flows.deep_linear((2, 2, 2), [[1.5, -0.3], [0.2, 0.7]])
    return [
        Place("the toy", flows.product(target), np.array([1.3, -0.9])),
        Place("a deep linear net", net, 0.8 * rng.uniform(-1, 1, size=net.dim)),
    ]


def step(field: flows.Field, x: FloatArray, length: float, *, up: bool) -> FloatArray:
    """Return where one step of flooding leads that goes up, the level being above, or down, it being below."""
    level = field.value(x) + (1.0 if up else -1.0)
    moved: FloatArray = flows.descend(flows.Flooding(level)(field), x, learning_rate=length, steps=1).x[-1]
    return moved


def down_up(field: flows.Field, x: FloatArray, down: float, up: float) -> FloatArray:
    """Return what a step down and then a step up move a point by."""
    return step(field, step(field, x, down, up=False), up, up=True) - x


def up_down(field: flows.Field, x: FloatArray, down: float, up: float) -> FloatArray:
    """Return what a step up and then a step down move a point by."""
    return step(field, step(field, x, up, up=True), down, up=False) - x


def expansion(target: float, ratio: float, backstitch: float, seed: int) -> Iterator[Item]:
    """Yield the claims about two steps, and what they come to over many."""
    import pandas as pd

    found: dict[str, Errors] = {}
    for place in places(target, seed):
        yield _what_flooding_is(place)
        yield from _equal(place, found)
        yield from _unequal(place, ratio, found)
    yield from _on_quadratics(ratio, seed)
    yield from _many(flows.product(target), backstitch)
    yield Table("two_steps", pd.DataFrame({"ε": LENGTHS, **found}), "What is left of two steps after a formula")
    yield Figure("remainders", lambda canvas: _draw(canvas, found), "What is left of two steps after a formula.")


def _what_flooding_is(place: Place) -> Claim:
    """Compare gradients of the flooded loss with those of the loss, turned below the level."""
    points = place.x + np.linspace(-1, 1, 41)[:, None]
    level = float(np.median(place.field.values(points)))
    flooded = flows.Flooding(level)(place.field)
    gaps = [
        np.abs(flooded.gradient(x) - np.sign(place.field.value(x) - level) * place.field.gradient(x)).max()
        for x in points
    ]
    return Claim(
        source="S4.1",
        statement=f"{place.name}: |L − b| + b descends above b and ascends below it",
        prediction=0.0,
        measured=float(max(gaps)),
        kernel=_FLOODING,
        note="Largest difference of its gradient from sign(L − b) ∇L at 41 points, half of them below b.",
    )


def _equal(place: Place, found: dict[str, Errors]) -> Iterator[Claim]:
    field, x = place.field, place.x
    slope_here = field.gradient(x)
    penalty, third = field.hessian_vector(x, slope_here), field.third(x, slope_here)

    def first(length: float) -> FloatArray:
        return _crossing(field, x, length, up_first=False) + length**2 * penalty

    def second(length: float) -> FloatArray:
        return _crossing(field, x, length, up_first=True) + length**2 * penalty

    yield _order(place, "down then up leaves −(ε²/2) ∇‖g‖²", 3, first, found)
    yield _order(place, "up then down leaves −(ε²/2) ∇‖g‖²", 3, second, found)
    for name, sign, remainder in (("down then up", 1, first), ("up then down", -1, second)):
        yield _coefficient(place, f"{name} leaves besides, in (ε³/2) T[g, g],", sign, remainder, third / 2)
    yield _order(
        place,
        "the mean of both orders leaves −(ε²/2) ∇‖g‖²",
        4,
        lambda length: (first(length) + second(length)) / 2,
        found,
    )


def _crossing(field: flows.Field, x: FloatArray, length: float, *, up_first: bool) -> FloatArray:
    """Return what two steps of flooding move a point by, the level being between it and its neighbour."""
    near = step(field, x, length, up=up_first)
    flooded = flows.Flooding((field.value(x) + field.value(near)) / 2)(field)
    moved: FloatArray = flows.descend(flooded, x, learning_rate=length, steps=2).x[-1] - x
    return moved


def _unequal(place: Place, ratio: float, found: dict[str, Errors]) -> Iterator[Claim]:
    field, x = place.field, place.x
    third = field.third(x, field.gradient(x))

    def penalised(length: float) -> FloatArray:
        down, up = ratio * length, length
        loss = flows.GradientPenalty(down * up / (2 * (down - up)))(field)
        moved: FloatArray = flows.descend(loss, x, learning_rate=down - up, steps=1).x[-1] - x
        return moved

    def first(length: float) -> FloatArray:
        return down_up(field, x, ratio * length, length) - penalised(length)

    def second(length: float) -> FloatArray:
        return up_down(field, x, ratio * length, length) - penalised(length)

    what = f"ε₁ = {ratio:g} ε₂, is a step of ε₁ − ε₂ on L + ε₁ε₂ / (2(ε₁ − ε₂)) ‖g‖²"
    yield _order(place, f"down by ε₁, up by ε₂, {what}", 3, first, found, kernel=_PENALTY)
    yield _order(place, f"up by ε₂, down by ε₁ (backstitch), {what}", 3, second, found, kernel=_PENALTY)
    for name, weight, form, remainder in (
        ("down by ε₁, up by ε₂", ratio**2, "ε₁²ε₂", first),
        ("up by ε₂, down by ε₁", -ratio, "ε₁ε₂²", second),
    ):
        statement = f"{name} leaves besides, in ({form}/2) T[g, g],"
        yield _coefficient(place, statement, float(np.sign(weight)), remainder, abs(weight) * third / 2)


def _order(
    place: Place, statement: str, power: int, remainder: Remainder, found: dict[str, Errors], kernel: str = _FLOODING
) -> Claim:
    errors = [float(np.linalg.norm(remainder(length))) for length in LENGTHS]
    found[f"{place.name}: {statement.partition(' leaves')[0].partition(', ε₁ =')[0]}"] = errors
    return Claim(
        source="S4.2",
        statement=f"{place.name}: {statement} up to ε^{power}",
        prediction=power,
        measured=slope(LENGTHS, errors),
        tolerance=_SLOPE,
        kernel=kernel,
        note="Slope in a plot of both logarithms.",
    )


def _coefficient(place: Place, statement: str, sign: float, remainder: Remainder, direction: FloatArray) -> Claim:
    """Compare a remainder over ε³ with a vector: extrapolated from two lengths, what is left of it is of order ε²."""
    short, shorter = LENGTHS[-2:]
    share = short / shorter
    at_short, at_shorter = (remainder(each) / each**3 for each in (short, shorter))
    limit = (share * at_shorter - at_short) / (share - 1)
    along = float(limit @ direction / (direction @ direction))
    off = float(np.linalg.norm(limit - along * direction) / np.linalg.norm(direction))
    return Claim(
        source="S4.2",
        statement=f"{place.name}: {statement} so many times that",
        prediction=sign,
        measured=along,
        tolerance=_SHARE,
        kernel=_FLOODING,
        note=f"Extrapolated from two lengths; what is not along T[g, g] is {off:.1g} of it.",
    )


def _on_quadratics(ratio: float, seed: int) -> Iterator[Claim]:
    rng = np.random.default_rng([seed, 5])
    root = rng.normal(size=(4, 4))
    field = flows.quadratic(root @ root.T)
    x, length = rng.normal(size=4), 0.05
    penalty = field.hessian_vector(x, field.gradient(x))
    gaps = [np.abs(_crossing(field, x, length, up_first=up) + length**2 * penalty).max() for up in (False, True)]
    yield Claim(
        source="S4.2",
        statement="a quadratic: −(ε²/2) ∇‖g‖² is exact, in both orders",
        prediction=0.0,
        measured=float(max(gaps)),
        tolerance=_ROUNDING * float(np.abs(x).max() + np.linalg.norm(penalty)),
        kernel=_FLOODING,
    )
    down, up = ratio * length, length
    loss = flows.GradientPenalty(down * up / (2 * (down - up)))(field)
    aim = flows.descend(loss, x, learning_rate=down - up, steps=1).x[-1] - x
    yield Claim(
        source="S4.2",
        statement="a quadratic: the penalty of unequal steps is exact, in both orders",
        prediction=0.0,
        measured=float(max(np.abs(moved(field, x, down, up) - aim).max() for moved in (down_up, up_down))),
        tolerance=_ROUNDING * float(np.abs(x).max() + np.linalg.norm(aim)),
        kernel=_PENALTY,
    )


def _many(field: flows.Field, backstitch: float) -> Iterator[Claim]:
    """Follow backstitch for a time, against the flow with its penalty and that of descent."""
    x0 = np.array([1.3, -0.9])
    plans = {
        "L + (h/4 + α(1 + α)h/2) ‖g‖²": (2, 0.25 + backstitch * (1 + backstitch) / 2),
        "L + (h/4) ‖g‖², that of descent": (1, 0.25),
    }
    ends = []
    for h in _RATES:
        x = x0
        for _ in range(round(1 / h)):
            x = x + up_down(field, x, (1 + backstitch) * h, backstitch * h)
        ends.append(x)
    for name, (power, share) in plans.items():
        errors = []
        for h, x in zip(_RATES, ends, strict=True):
            flow = flows.GradientPenalty(share * h)(field)
            errors.append(float(np.linalg.norm(x - flow_end(flow, x0, 1.0))))
        yield Claim(
            source="S4.2",
            statement=f"backstitch with α = {backstitch:g}, up αh and down (1 + α)h, leaves the flow of {name}, "
            f"as h^{power}",
            prediction=power,
            measured=slope(_RATES, errors),
            tolerance=_SLOPE,
            kernel=_PENALTY,
            note="At t = 1, on the toy.",
        )


def _draw(canvas: "Canvas", found: dict[str, Errors]) -> None:
    from zoopt._axes import PALETTE, few_ticks, prepared, titled

    ax = prepared(canvas.subplots())
    per_place = len(found) // 2
    for number, (name, errors) in enumerate(found.items()):
        line = "-" if number < per_place else "--"
        colour = PALETTE[number % per_place]
        label = f"{name}: {slope(LENGTHS, errors):.2f}"
        ax.loglog(LENGTHS, errors, line, marker="o", markersize=3, color=colour, label=label)
    few_ticks(ax)
    ax.legend(frameon=False, fontsize=7, title="slope", title_fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    titled(ax, "What is left of two steps", "step ε (ε₂)", "distance from the formula")
