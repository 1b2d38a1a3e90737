"""What penalties do to the norms of layers along the gradient flow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item
from zoopt.studies.weight_scale._invariance import network

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_FLOW = "zoopt.flows.gradient_flow"
_TIMES = np.linspace(0, 2, 81)
_WIDTHS = (3, 4, 2)
_FLOOR = 0.1
_KINK = 2e-4
"""Where a unit of a ReLU network turns on or off the gradient jumps, and a controlled step sees no jump exactly."""


@dataclass(frozen=True)
class Path:
    """Squared norms of the layers along a flow."""

    times: FloatArray
    first: FloatArray
    second: FloatArray

    @property
    def difference(self) -> FloatArray:
        """‖W₁‖² − ‖W₂‖²."""
        apart: FloatArray = self.first - self.second
        return apart


def norms(decay: float, seed: int) -> Iterator[Item]:
    """Yield the claims for a coefficient λ."""
    yield from _log_term(decay, seed)
    yield from _direction_term(decay, seed)
    nets = {"deep linear network": deep_linear_paths(decay, seed), "ReLU network": relu_paths(decay, seed)}
    yield from _conserved("deep linear network", nets["deep linear network"], decay, 1e-7)
    yield from _conserved("ReLU network", nets["ReLU network"], decay, _KINK)
    yield Figure(
        "norms",
        lambda canvas: _draw(canvas, decay, nets["deep linear network"], seed),
        "Left: the log term takes ‖W‖² away at a constant rate. Right: what penalties do to the balance of layers.",
    )


def _layers(seed: int) -> FloatArray:
    return np.random.default_rng(seed).normal(size=10)


_PLACES = (slice(0, 6), slice(6, 10))


def log_flow(decay: float, seed: int, floor: float = _FLOOR) -> Path:
    """Return the flow of the log term alone, on two layers, until half of the smaller one's time is over."""
    x0 = _layers(seed)
    still = flows.quadratic(np.zeros(x0.size))
    field = flows.WeightScaleInvariant(decay, layers=_PLACES, floor=floor)(still)
    least = min(float(x0[place] @ x0[place]) for place in _PLACES)
    times = np.linspace(0, 0.5 * least / (2 * decay), 21)
    return _path(flows.gradient_flow(field, x0, times[-1], rtol=1e-10, atol=1e-13, t_eval=times))


def _path(run: flows.Trajectory) -> Path:
    first, second = ((run.x[:, place] ** 2).sum(axis=1) for place in _PLACES)
    return Path(run.t, first, second)


def _log_term(decay: float, seed: int) -> Iterator[Claim]:
    path = log_flow(decay, seed)
    slopes = [np.diff(squares) / np.diff(path.times) for squares in (path.first, path.second)]
    yield Claim(
        source="S5.4",
        statement="under the log term d‖W‖²/dt = −2λ for every layer",
        prediction=-2 * decay,
        measured=float(max(np.concatenate(slopes), key=lambda slope: abs(slope + 2 * decay))),
        tolerance=1e-4 * decay,
        kernel=_FLOW,
        note="The worst of all differences over time.",
    )
    x0 = _layers(seed)[_PLACES[0]]
    size = float(x0 @ x0)
    still = flows.quadratic(np.zeros(x0.size))
    field = flows.WeightScaleInvariant(decay, layers=[slice(0, x0.size)], floor=_FLOOR)(still)
    expected = (size - _FLOOR**2) / (2 * decay)

    def above(_: float, x: FloatArray) -> float:
        return float(x @ x) - _FLOOR**2

    step = 0.1 * _FLOOR**2 / decay  # in which ‖W‖ at the clamp moves by a tenth
    run = flows.gradient_flow(field, x0, 1.2 * expected, method="rk4", step=step, events=above)
    found = run.t_events[0]
    yield Claim(
        source="S5.4",
        statement=f"so a layer is at the clamp, ‖W‖ = {_FLOOR:g}, after (‖W‖² − {_FLOOR:g}²)/2λ, a finite time",
        prediction=expected,
        measured=float(found[0]) if len(found) else np.nan,
        tolerance=2 * step,
        kernel=_FLOW,
        note="The tolerance is two steps of Runge and Kutta's method, which the jump of the gradient there asks for.",
    )
    yield Claim(
        source="S5.4",
        statement="and stays there",
        prediction=_FLOOR,
        measured=float(np.linalg.norm(run.x[-1])),
        tolerance=0.2 * _FLOOR,
        kernel=_FLOW,
        note="‖W‖ a fifth of that time later; without the clamp it would go through 0. Tolerance as before.",
    )


def _direction_term(decay: float, seed: int) -> Iterator[Claim]:
    x0 = _layers(seed)
    field = flows.WeightScaleInvariant(0.0, decay, layers=_PLACES)(flows.quadratic(np.zeros(x0.size)))
    slope = field.gradient(x0)
    cosines = [float(slope[p] @ x0[p] / (np.linalg.norm(slope[p]) * np.linalg.norm(x0[p]))) for p in _PLACES]
    yield Claim(
        source="S5.4",
        statement="the gradient of the direction term is orthogonal to W",
        prediction=0.0,
        measured=max(cosines, key=abs),
        tolerance=1e-13,
        kernel="zoopt.flows.WeightScaleInvariant",
        note="Cosine, the worse of two layers.",
    )
    time = 0.2 * float(np.abs(x0).min()) * float(np.linalg.norm(x0[_PLACES[1]])) / decay  # before a weight is 0
    path = _path(flows.gradient_flow(field, x0, time, rtol=1e-10, atol=1e-13))
    moved = [squares[-1] / squares[0] - 1 for squares in (path.first, path.second)]
    yield Claim(
        source="S5.4",
        statement="so its flow changes no norm",
        prediction=0.0,
        measured=float(max(moved, key=abs)),
        tolerance=1e-8,
        kernel=_FLOW,
        note="Relative change of ‖W‖².",
    )


def deep_linear_paths(decay: float, seed: int) -> dict[str, Path]:
    """Return the flows of a deep linear network with two layers: without penalty, with the log term, with L2."""
    inputs, hidden, outputs = _WIDTHS
    rng = np.random.default_rng(seed)
    net = flows.deep_linear(_WIDTHS, rng.normal(size=(outputs, inputs)))
    x0 = rng.normal(size=net.dim)
    x0[: inputs * hidden] *= 1.5
    return _paths(net, x0, np.arange(net.dim) < inputs * hidden, decay, 1e-10)


def relu_paths(decay: float, seed: int) -> dict[str, Path]:
    """Return the same of a ReLU network; biases of hidden units belong to W₁, and those of outputs to none."""
    loss, layers, _ = network((8,), seed)
    x0 = loss.layout.theta([(1.2 * weights, 0.3 * intercepts) for weights, intercepts in layers])
    marks = loss.layout.theta(
        [(np.full(w.shape, 1.0 - k), np.full(b.shape, 1.0 - 3 * k)) for k, (w, b) in enumerate(layers)]
    )
    kept = marks >= 0
    return _paths(flows.field(loss), x0, marks == 1, decay, 1e-8, counted=kept)


def _paths(
    net: flows.Field, x0: FloatArray, first: np.ndarray, decay: float, rtol: float, counted: np.ndarray | bool = True
) -> dict[str, Path]:
    found = {}
    fields = {"none": net, "log": flows.WeightScaleInvariant(decay)(net), "L2": flows.L2(decay)(net)}
    for name, field in fields.items():
        run = flows.gradient_flow(field, x0, _TIMES[-1], rtol=rtol, atol=1e-12, t_eval=_TIMES)
        squares = run.x**2
        found[name] = Path(run.t, squares[:, first].sum(axis=1), squares[:, ~first & counted].sum(axis=1))
    return found


def _conserved(net: str, paths: dict[str, Path], decay: float, tolerance: float) -> Iterator[Claim]:
    start = float(paths["none"].difference[0])
    for name, words in (("none", "without penalty"), ("log", "with the log term")):
        yield Claim(
            source="S5.4",
            statement=f"{net}: ‖W₁‖² − ‖W₂‖² is conserved {words}",
            prediction=start,
            measured=float(max(paths[name].difference, key=lambda found: abs(found - start))),
            tolerance=tolerance * abs(start),
            kernel=_FLOW,
            note="Where it is farthest off." + (" ‖W₁‖ has the biases of hidden units." if "ReLU" in net else ""),
        )
    times = paths["L2"].times
    ratio = paths["L2"].difference / (start * np.exp(-2 * decay * times))
    yield Claim(
        source="S5.4",
        statement=f"{net}: under (λ/2)‖W‖² it decays as e^(−2λt)",
        prediction=1.0,
        measured=float(max(ratio, key=lambda found: abs(found - 1))),
        tolerance=tolerance * float(np.exp(2 * decay * times[-1])),
        kernel=_FLOW,
        note="Measured over predicted where it is farthest off.",
    )


def _draw(canvas: "Canvas", decay: float, paths: dict[str, Path], seed: int) -> None:
    from zoopt._axes import INK, PALETTE, prepared, titled

    left, right = canvas.subplots(1, 2)
    ax, path = prepared(left), log_flow(decay, seed)
    for colour, squares, name in ((PALETTE[0], path.first, "W₁"), (PALETTE[1], path.second, "W₂")):
        ax.plot(path.times, squares[0] - 2 * decay * path.times, color=colour, linewidth=1)
        ax.plot(path.times, squares, "o", color=colour, markersize=3, label=name)
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "‖W‖² under the log term; lines: −2λt", "time", "")
    ax = prepared(right)
    for colour, (name, found) in zip(PALETTE, paths.items(), strict=False):
        ax.plot(
            found.times, found.difference, color=colour, linestyle="--" if name == "log" else "-",
            linewidth=2.4 if name == "none" else 1.4, label={"none": "no penalty", "log": "log term"}.get(name, name),
        )  # fmt: skip
    start = float(paths["none"].difference[0])
    ax.plot(_TIMES[::8], start * np.exp(-2 * decay * _TIMES[::8]), "o", color=INK, markersize=3, label="e^(−2λt)")
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "‖W₁‖² − ‖W₂‖² of a deep linear network", "time", "")
