"""Weight decay and the L2 penalty: one thing under gradient descent, two under Adam."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_KERNEL = "zoopt.flows.descend"
_CURVATURES = (0.3, 1.0, 5.0)
_CENTRES = (0.5, -0.4, 2.0)  # in units of 1/λ, two within the bound of AdamW and one beyond
_START = (2.0, -1.0, 0.4)
_RATE = 0.01
_REST = 20000  # steps after which Adam rests
_PURE = 20
_EPSILON = 1e-8  # of Adam: a step falls short of the rate by epsilon / (λ |θ|)


def updates(decay: float, decays: tuple[float, ...]) -> Iterator[Item]:
    """Yield the claims for a coefficient λ, and for several."""
    yield _under_descent(decays)
    yield from _pure_penalty(decays)
    yield from _at_rest(decay)
    yield Figure(
        "updates",
        lambda canvas: _draw(canvas, decays),
        "Nothing but the penalty. Left: Adam with the L2 penalty in its gradient. Right: with decoupled decay (AdamW).",
    )


def _under_descent(decays: tuple[float, ...]) -> Claim:
    loss = flows.function("rosenbrock", 4)
    x0 = np.array([0.5, -0.3, 0.2, 0.8])
    ends = [
        (
            flows.descend(loss, x0, learning_rate=1e-3, steps=200, weight_decay=decay).x[-1],
            flows.descend(flows.L2(decay)(loss), x0, learning_rate=1e-3, steps=200).x[-1],
        )
        for decay in decays
    ]
    return Claim(
        source="S5.1",
        statement="θ ← (1 − ελ)θ − εg is gradient descent on L + (λ/2)‖θ‖²",
        prediction=0.0,
        measured=max(float(np.abs(decayed - penalised).max()) for decayed, penalised in ends),
        tolerance=1e-12,
        kernel=_KERNEL,
        note="Largest difference after 200 steps on Rosenbrock's function, over all λ.",
    )


def _pure_penalty(decays: tuple[float, ...]) -> Iterator[Claim]:
    """Look at Adam where there is no loss, with the penalty in the gradient and decoupled."""
    x0 = np.array(_START)
    shortest = min(decays) * float(np.abs(x0).min())
    steps = [(adam_penalty(decay, 1)[-1] - x0) / _RATE for decay in decays]
    yield Claim(
        source="S5.1",
        statement=f"Adam's first step on (λ/2)‖θ‖² is −ε sign θ for every λ from {min(decays):g} to {max(decays):g}",
        prediction=0.0,
        measured=max(float(np.abs(step + np.sign(x0)).max()) for step in steps),
        tolerance=2 * _EPSILON / shortest,
        kernel=_KERNEL,
        note="Largest distance from −sign θ in units of ε; the tolerance is Adam's own 1e-8 beside the gradient.",
    )
    ends = np.array([adam_penalty(decay, _PURE)[-1] for decay in decays])
    yield Claim(
        source="S5.1",
        statement=f"after {_PURE} steps of it all λ are at the same point",
        prediction=0.0,
        measured=float(np.ptp(ends, axis=0).max()) / _RATE,
        tolerance=2 * _PURE * _EPSILON / shortest,
        kernel=_KERNEL,
        note="Spread over λ in units of ε.",
    )
    left = [adam_decay(decay, _PURE)[-1] / x0 / (1 - _RATE * decay) ** _PURE for decay in decays]
    yield Claim(
        source="S5.1",
        statement=f"AdamW multiplies θ by (1 − ελ)^{_PURE} in as many steps",
        prediction=1.0,
        measured=float(max(np.concatenate(left), key=lambda share: abs(share - 1))),
        tolerance=1e-12,
        kernel=_KERNEL,
        note="The share that is left over the predicted one, the worst over λ and coordinates.",
    )


def _at_rest(decay: float) -> Iterator[Claim]:
    """Look at where both come to rest on a bowl: L2 shifts a minimum, and AdamW leaves it within |θ| < 1/λ."""
    curvatures, centre = np.array(_CURVATURES), np.array(_CENTRES) / decay
    bowl = flows.quadratic(curvatures, centre)
    penalised, decayed = (
        flows.descend(
            field, 0 * centre, learning_rate=_RATE / decay, steps=_REST, method="adam", weight_decay=weight_decay
        ).x[-1]
        for field, weight_decay in ((flows.L2(decay)(bowl), 0.0), (bowl, decay))
    )
    note = "Largest distance in units of 1/λ."
    yield Claim(
        source="S5.1",
        statement=f"Adam with L2 rests at the penalised minimum H c/(H + λ), λ = {decay:g}",
        prediction=0.0,
        measured=decay * float(np.abs(penalised - centre * curvatures / (curvatures + decay)).max()),
        tolerance=2e-3,
        kernel=_KERNEL,
        note=note,
    )
    yield Claim(
        source="S5.1",
        statement=f"AdamW rests at the minimum under |θ| ≤ 1/λ, λ = {decay:g}: a bound, no shift",
        prediction=0.0,
        measured=decay * float(np.abs(decayed - np.clip(centre, -1 / decay, 1 / decay)).max()),
        tolerance=2e-3,
        kernel=_KERNEL,
        note=note + " Beyond the article, after Xie and Li (2024), arXiv:2404.04454: at rest −λθ is a gradient over "
        "its size.",
    )


def adam_penalty(decay: float, steps: int) -> FloatArray:
    """Return the points of Adam on the penalty alone, from the first on."""
    field = flows.L2(decay)(flows.quadratic(np.zeros(len(_START))))
    return flows.descend(field, _START, learning_rate=_RATE, steps=steps, method="adam", save_every=1).x


def adam_decay(decay: float, steps: int) -> FloatArray:
    """Return the points of AdamW without a loss, from the first on."""
    field = flows.quadratic(np.zeros(len(_START)))
    return flows.descend(
        field, _START, learning_rate=_RATE, steps=steps, method="adam", weight_decay=decay, save_every=1
    ).x


def _draw(canvas: "Canvas", decays: tuple[float, ...]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    names = {adam_penalty: "Adam + L2: one path for all λ", adam_decay: "AdamW: θ shrinks by its λ"}
    for ax, (path, title) in zip(canvas.subplots(1, 2, sharey=True), names.items(), strict=True):
        prepared(ax)
        for k, decay in enumerate(decays):
            ax.plot(
                path(decay, 300)[:, 0],
                color=PALETTE[k % len(PALETTE)],
                linestyle=(0, (4, 1 + k)),
                label=f"λ = {decay:g}",
            )
        ax.legend(frameon=False, fontsize=8)
        titled(ax, title, "step", "θ")
