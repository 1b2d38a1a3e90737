"""Claims about the toy: its flows, what gradient descent makes of them, and who collapses."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.collapse._toy import (
    INVARIANTS,
    VARIANTS,
    border,
    end,
    followed,
    growth,
    invariant,
    late_rate,
    margin,
    toy,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

COLLAPSING = ((-0.6, 0.1), (2.0, 0.5))
"""Starts (φ, θ) that collapse with a stop-gradient: from φ < 0, and from φ² − θ² > 1."""
STAYING = ((0.6, 0.5), (1.5, 0.8))
"""Starts that stay without one: θ² > (1 − φ)²."""
_LONG = 500.0
_NEAR = 0.05  # on a border θ falls like (2t)^−½, which is .032 after _LONG
_FLOW = "zoopt.flows.gradient_flow"
_WHOLE = {"broken_streamlines": False}
_WINDOW = ((-1.5, 2.5), (0.02, 2.0))


def toy_claims(phi: float, theta: float, rate: float, steps: int, grid: int) -> Iterator[Item]:
    """Yield the claims about one start, then those about all."""
    rows: list[dict[str, object]] = []
    for variant in VARIANTS:
        yield from _of_flow(variant, phi, theta, rows)
        yield _growth_claim(variant)
        yield from _of_descent(variant, phi, theta, rate, steps)
    yield _table(rows)
    yield from _errata()
    yield from _basins(grid, (phi, theta))


def _of_flow(variant: str, phi: float, theta: float, rows: list[dict[str, object]]) -> Iterator[Claim]:
    goal = end(variant, phi, theta)
    run = flows.gradient_flow(
        toy(variant), [phi, theta], 40 / float(goal.rate), method="dop853", rtol=1e-12, atol=1e-14
    )
    kept = invariant(variant, *run.x.T)
    name = f"toy, {variant}"
    yield Claim(
        source="S7.1",
        statement=f"{name}: the flow keeps {INVARIANTS[variant]}",
        prediction=0.0,
        measured=float(np.abs(kept - kept[0]).max()),
        tolerance=1e-9,
        kernel=_FLOW,
        note=f"Largest change from φ = {phi:g}, θ = {theta:g}; the tolerance is what the steps leave.",
    )
    for which, symbol in enumerate(("φ", "θ")):
        yield Claim(
            source="S7.1",
            statement=f"{name}: {symbol} ends at",
            prediction=float(goal[which]),
            measured=float(run.x[-1, which]),
            tolerance=1e-6,
            kernel=_FLOW,
        )
    measured = late_rate(variant, phi, theta)
    yield Claim(
        source="S7.1",
        statement=f"{name}: late rate",
        prediction=float(goal.rate),
        measured=measured,
        tolerance=2e-4 * max(float(goal.rate), 1.0),
        kernel=_FLOW,
        note="Between distances of 1e-4 and 1e-6 from the end; the tolerance is for what is not linear there.",
    )
    rows.append(
        {
            "variant": variant,
            "invariant": INVARIANTS[variant],
            "its value": float(kept[0]),
            "φ at the end": float(run.x[-1, 0]),
            "θ at the end": float(run.x[-1, 1]),
            "late rate": measured,
        }
    )


def _table(rows: list[dict[str, object]]) -> Table:
    import pandas as pd

    return Table("toy", pd.DataFrame(rows), "Where the flows of the toy end")


def _growth_claim(variant: str) -> Claim:
    """Return how a tiny θ grows at many φ, against the linearised flow."""
    phi = np.linspace(-1, 2, 13)
    small, time = 1e-7, 1.0
    _, after = followed(variant, phi, np.full_like(phi, small), time, atol=1e-6 * small)
    formula = {"stop-gradient": "φ(1 − φ)", "none": "−(1 − φ)²", "second term only": "−(1 − φ)"}[variant]
    return Claim(
        source="S7.1",
        statement=f"toy, {variant}: near θ = 0 the encoder grows at the rate {formula}",
        prediction=0.0,
        measured=float(np.abs(np.log(after / small) / time - growth(variant, phi)).max()),
        tolerance=1e-4,
        kernel=_FLOW,
        note="Largest difference over thirteen φ from −1 to 2, θ starting at 1e-7.",
    )


def _of_descent(variant: str, phi: float, theta: float, rate: float, steps: int) -> Iterator[Claim]:
    run = flows.descend(toy(variant), [phi, theta], learning_rate=rate, steps=steps, save_every=1)
    at = run.x.T
    kept, residual = invariant(variant, *at), (1 - at[0]) * at[1]
    squares = (rate * residual[:-1]) ** 2
    name, what = f"toy, {variant}", INVARIANTS[variant]
    if variant == "second term only":
        yield Claim(
            source="S7.1",
            statement=f"{name}: gradient descent adds h²r² to {what} at every step, r = (1 − φ)θ",
            prediction=float(kept[0] + squares.sum()),
            measured=float(kept[-1]),
            tolerance=1e-12 * steps,
            kernel="zoopt.flows.descend",
        )
        return
    yield Claim(
        source="S7.1",
        statement=f"{name}: gradient descent multiplies {what} by 1 − h²r² at every step, r = (1 − φ)θ",
        prediction=float(kept[0] * np.prod(1 - squares)),
        measured=float(kept[-1]),
        tolerance=1e-12 * steps,
        kernel="zoopt.flows.descend",
        note=f"h = {rate:g}, {steps} steps; at the start it is {kept[0]:g}.",
    )


def _errata() -> Iterator[Claim]:
    """Yield what the article says of all starts, which fails, and where its counterexamples end."""
    for phi, theta in COLLAPSING:
        yield from _counterexample("stop-gradient", phi, theta, "with a stop-gradient the encoder never collapses")
    for phi, theta in STAYING:
        yield from _counterexample("none", phi, theta, "without a stop-gradient the encoder always collapses")


def _counterexample(variant: str, phi: float, theta: float, said: str) -> Iterator[Claim]:
    goal = end(variant, phi, theta)
    run = flows.gradient_flow(toy(variant), [phi, theta], 40 / float(goal.rate), rtol=1e-10, atol=1e-13)
    collapses = variant == "none"
    reached = tuple(float(each) for each in run.x[-1])
    start = f"(φ, θ) = ({phi:g}, {theta:g})"
    yield Claim(
        source="S7.1",
        statement=f"{said}: |θ| at the end, from {start}",
        relation="at most" if collapses else "at least",
        prediction=0.0 if collapses else 1e-3,
        tolerance=1e-3 if collapses else 0.0,
        measured=abs(reached[1]),
        kernel=_FLOW,
        erratum=True,
        note="A thousandth is the margin.",
    )
    why = "θ² > (1 − φ)²" if collapses else ("φ < 0, |φ| > |θ|" if phi < 0 else "φ² − θ² > 1")
    for which, symbol in enumerate(("φ", "θ")):
        yield Claim(
            source="S7.1",
            statement=f"{start} has {why} and ends, {variant}, at {symbol} =",
            prediction=float(goal[which]),
            measured=reached[which],
            tolerance=1e-6,
            kernel=_FLOW,
        )


def _grid(size: int) -> tuple[FloatArray, FloatArray]:
    (left, right), (low, high) = _WINDOW
    phi, theta = np.meshgrid(np.linspace(left, right, size), np.linspace(low, high, size))
    return phi, theta


def _basins(size: int, start: tuple[float, float]) -> Iterator[Item]:
    phi, theta = _grid(size)
    heights = {}
    for variant in VARIANTS:
        _, heights[variant] = followed(variant, phi, theta, _LONG)
        yield Claim(
            source="S7.1",
            statement=f"toy, {variant}: the closed form says of every start where it ends",
            prediction=0.0,
            measured=float(np.abs(heights[variant] - end(variant, phi, theta).theta).max()),
            tolerance=_NEAR,
            kernel=_FLOW,
            note=f"Largest |Δθ| over {phi.size} starts at time {_LONG:g}; on a border θ falls like 1/√(2t) only.",
        )
    yield Figure(
        "phase_portrait",
        lambda canvas: _draw(canvas, heights, (start, *STAYING, *COLLAPSING)),
        "Where the toy goes. Shaded: starts from which the flow has been followed to θ = 0; dashed: borders of that "
        "basin in closed form; thick: rest points, φ = 1 and the part of θ = 0 that attracts.",
        width=9.6,
        height=3.6,
    )


def _draw(canvas: "Canvas", heights: dict[str, FloatArray], starts: Iterable[tuple[float, float]]) -> None:
    from zoopt._axes import INK, PALETTE, prepared, titled

    phi, theta = _grid(len(heights[VARIANTS[0]]))
    (left, right), (_, high) = _WINDOW
    for ax, (variant, height) in zip(canvas.subplots(1, len(VARIANTS), sharey=True), heights.items(), strict=True):
        prepared(ax)
        ax.grid(visible=False)
        collapsed = np.where(height < _NEAR, 1.0, np.nan)
        ax.pcolormesh(phi, theta, collapsed, cmap="Oranges", vmin=0, vmax=4, shading="nearest", rasterized=True)
        field = toy(variant, phi.size)
        velocity = -field.gradient(np.concatenate([phi.ravel(), theta.ravel()])).reshape(2, *phi.shape)
        ax.streamplot(phi, theta, *velocity, color="#9aa1ab", linewidth=0.6, arrowsize=0.6, density=0.6, **_WHOLE)
        edge = np.linspace(0, high, 200)
        for side in border(variant, edge):
            ax.plot(side, edge, color=PALETTE[1], linestyle="--", linewidth=1.3)
        axis = np.linspace(left, right, 400)
        ax.plot(axis, np.where(growth(variant, axis) < 0, 0.0, np.nan), color=PALETTE[1], linewidth=3, clip_on=False)
        ax.plot([1, 1], [0, high], color=PALETTE[2], linewidth=3)
        for start in starts:
            run = flows.gradient_flow(toy(variant), start, 60.0)
            ax.plot(*run.x.T, color=INK if margin(variant, *start) > 0 else PALETTE[0], linewidth=1.3)
            ax.plot(*start, "o", color=INK, markersize=3)
        ax.set_xlim(left, right)
        ax.set_ylim(0, high)
        titled(ax, variant, "predictor φ", "encoder θ" if variant == VARIANTS[0] else "")
