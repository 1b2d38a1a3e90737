"""Claims about linear encoders of digits: gradient descent on the exact expectation over shifts and noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidOption
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.collapse._digits import Digits
from zoopt.studies.collapse._linear import Siamese
from zoopt.studies.collapse._linear_claims import law_claim
from zoopt.studies.collapse._outputs import Seen, seen

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

LOOKS = 24
"""Points of a run that are looked at."""
STAYING = ("SimSiam", "BYOL")
_AVERAGE = 1.0
_FACTOR = 0.75
_KERNEL = "zoopt.flows.descend"


@dataclass(frozen=True)
class Run:
    """A network, the norms of its encoder on the way, and how it ended."""

    net: Siamese
    times: FloatArray
    norms: FloatArray
    start: FloatArray
    last: FloatArray
    ends: list[Seen]

    @property
    def late_rate(self) -> float:
        """Return how quickly ‖W‖ falls in the last quarter."""
        since = 3 * len(self.times) // 4
        return float(np.log(self.norms[since] / self.norms[-1]) / (self.times[-1] - self.times[since]))


def variants(data: Digits, units: int) -> dict[str, Siamese]:
    """Return the networks that are compared, by name."""
    net = data.linear(units)
    alone = net.with_(predictor=False)
    return {
        "SimSiam": net,
        "no stop-gradient": net.with_(stop_gradient=False),
        "no predictor": alone,
        "neither": alone.with_(stop_gradient=False),
        "BYOL": net.with_(average=_AVERAGE),
        "BYOL, no predictor": alone.with_(average=_AVERAGE),
    }


def starts(units: int, inputs: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return an encoder and a small predictor at random."""
    rng = np.random.default_rng([seed, 2])
    return rng.normal(size=(units, inputs)) / np.sqrt(inputs), 0.1 * rng.normal(size=(units, units)) / np.sqrt(units)


def trained(data: Digits, net: Siamese, W: FloatArray, P: FloatArray, rate: float, time: float) -> Run:
    """Return gradient descent from a start."""
    from threadpoolctl import threadpool_limits

    every = max(round(time / rate / LOOKS), 1)
    with threadpool_limits(1):  # small matrices, and the same sums however many cores there are
        run = flows.descend(net.field(), net.joined(W, P), learning_rate=rate, steps=LOOKS * every, save_every=every)
    encoders = [net.split(x)[0] for x in run.x]
    norms = np.array([np.linalg.norm(each) for each in encoders])
    looked = [seen(data.images @ each.T) for each in encoders]
    return Run(net, run.t, norms, run.x[0], run.x[-1], looked)


def check_rate(data: Digits, rate: float) -> None:
    """Refuse a learning rate at which descents of linear encoders are not stable.

    Raises
    ------
    InvalidOption
        It is 2 / the largest curvature or more: of two derived views without a predictor, 2(Σ − Σ̄), or where the
        predictor is −I, Σ + Σ̄.
    """
    net = data.linear(1)
    curvatures = (2 * (net.view - net.common), net.view + net.common)
    limit = 2 / max(float(np.linalg.eigvalsh(each)[-1]) for each in curvatures)
    if rate >= limit:
        raise InvalidOption(
            f"learning_rate is {rate:g}; with sigma2 {data.sigma2:g} descents of linear encoders are stable below "
            f"{limit:.4g}: give less"
        )


def settling_time(horizon: float) -> float:
    """Return how long networks are trained that do not collapse: the least of their modes grow slowly."""
    return 8 * horizon


def linear_digits(data: Digits, units: int, rate: float, horizon: float, decay: float, seed: int) -> Iterator[Item]:
    """Yield the claims about all variants."""
    W, P = starts(units, data.images.shape[1], seed)
    time = horizon / data.sigma2
    runs = {
        name: trained(data, net, W, P, rate, settling_time(horizon) if name in STAYING else time)
        for name, net in variants(data, units).items()
    }
    yield from _staying(runs, W, P)
    yield from _collapsing(runs, rate)
    yield from _telling(runs["no predictor"], rate)
    yield _negative_start(data, units, W, rate, time)
    yield law_claim(data.linear(units, decay=decay), W, P, time=5.0, data=f"digits, η = {decay:g}")
    yield _table(data, runs)
    yield Figure(
        "linear_norms",
        lambda canvas: _draw(canvas, runs),
        "Linear encoders of digits. Left: without a predictor or a stop-gradient the weights vanish. Right: of the "
        "same runs the standard deviation of normalised outputs, times the root of their number, which does not tell.",
        width=9.0,
    )


def _staying(runs: dict[str, Run], W: FloatArray, P: FloatArray) -> Iterator[Claim]:
    """Yield what of the end of a network with predictor and stop-gradient is known in closed form."""
    net = runs["SimSiam"].net
    shares = np.linalg.eigvals(np.linalg.solve(net.view, net.common)).real
    largest = np.sort(shares)[: -net.units - 1 : -1]
    for name in STAYING:
        run = runs[name]
        encoder, predictor, _ = run.net.split(run.last)
        found = np.sort(np.linalg.eigvals(predictor).real)[::-1]
        yield Claim(
            source="S7.4",
            statement=f"linear on digits, {name}: does not collapse, ‖W‖ at the end",
            prediction=float(np.sqrt(np.sum(largest**2) + np.trace(W @ W.T - P.T @ P))),
            measured=float(np.linalg.norm(encoder)),
            tolerance=0.02 * float(np.linalg.norm(encoder)),
            kernel=_KERNEL,
            note="‖W‖² = ‖P‖² + tr C; ‖P‖² is taken as the sum of squares of its eigenvalues, and steps change C by "
            "h². The set-up of the article's run (‖W‖ ≈ 2.3, 5-NN .863) is not known, so its figures are not repeated.",
        )
        yield Claim(
            source="S7.4",
            statement=f"linear on digits, {name}: P has the {net.units} largest eigenvalues of Σ⁻¹Σ̄",
            prediction=0.0,
            measured=float(np.abs(found - largest).max()),
            tolerance=0.02,
            kernel=_KERNEL,
            note="Σ are the second moments of a view, Σ̄ those of two views of an image; neighbours among the "
            "eigenvalues settle slowly.",
        )


def _collapsing(runs: dict[str, Run], rate: float) -> Iterator[Claim]:
    formulas = {
        "no stop-gradient": "the least eigenvalue of (I + PᵀP)⊗Σ − (P + Pᵀ)⊗Σ̄",
        "no predictor": "the least eigenvalue of Σ − Σ̄",
        "neither": "twice the least eigenvalue of Σ − Σ̄",
        "BYOL, no predictor": "the least root of x² − (Σ + β)x + β(Σ − Σ̄), of matrices",
    }
    for name, formula in formulas.items():
        run = runs[name]
        P = run.net.split(run.last)[1]
        slowest = run.net.late_rate(P)
        yield Claim(
            source="S7.4",
            statement=f"linear on digits, {name}: W vanishes at the rate {formula}",
            prediction=float(flows.flow_hessian([slowest], rate)[0]),
            measured=run.late_rate,
            tolerance=_FACTOR / float(run.times[-1]),
            kernel=_KERNEL,
            note=f"Of the last quarter of the run, in which ‖W‖ ends at {run.norms[-1]:.1e}; the prediction is that of "
            "steps of this length, −log(1 − hx)/h. The tolerance is for modes that are quicker by less than one over "
            "the time, which are not gone yet.",
        )


def _telling(run: Run, rate: float) -> Iterator[Claim]:
    """Yield what a collapse can be seen by: not the directions of outputs, but their size."""
    yield Claim(
        source="S7.4",
        statement="a collapse shows in the std of normalised outputs: its end, as a part of its start (no predictor)",
        relation="at most",
        prediction=0.5,
        measured=run.ends[-1].normalised_std / run.ends[0].normalised_std,
        kernel=_KERNEL,
        erratum=True,
        note="Half is the margin: all units shrink alike, so that directions hardly change.",
    )
    kept, axes = np.linalg.eigh(run.net.view - run.net.common)
    steps = round(float(run.times[-1]) / rate)
    encoder = run.net.split(run.start)[0] @ axes
    factor = np.exp(steps * np.log1p(-rate * kept))
    yield Claim(
        source="S7.4",
        statement="it shows in ‖W‖: its decimal logarithm at the end (no predictor)",
        prediction=float(np.log10(np.linalg.norm(encoder * factor))),
        measured=float(np.log10(run.norms[-1])),
        tolerance=1e-3,
        kernel=_KERNEL,
        note="The prediction is W(I − h(Σ − Σ̄))ⁿ.",
    )
    yield Claim(
        source="S7.4",
        statement="and in the spectrum of outputs: its largest variance, the end as a part of the start",
        relation="at most",
        prediction=1e-3,
        measured=float(run.ends[-1].spectrum[0] / run.ends[0].spectrum[0]),
        kernel=_KERNEL,
    )


def _negative_start(data: Digits, units: int, W: FloatArray, rate: float, time: float) -> Claim:
    """Return that the toy's correction holds for matrices: W Wᵀ − PᵀP < 0 and P < 0 at the start."""
    run = trained(data, data.linear(units), 0.1 * W, -np.eye(units), rate, time)
    return Claim(
        source="S7.1",
        statement="digits, SimSiam: a predictor that starts at −I, with a smaller W, collapses: ‖W‖, end over start",
        relation="at most",
        prediction=1e-3,
        measured=float(run.norms[-1] / run.norms[0]),
        kernel=_KERNEL,
        note="With a stop-gradient, as the toy does from φ < 0 with |φ| > |θ|.",
    )


def _table(data: Digits, runs: dict[str, Run]) -> Table:
    import pandas as pd

    rows = []
    for name, run in runs.items():
        encoder = run.net.split(run.last)[0]
        outputs, held_out = data.images @ encoder.T, data.held_out @ encoder.T
        rows.append(
            {
                "variant": name,
                "norm of W": float(run.norms[-1]),
                "largest variance": float(run.ends[-1].spectrum[0]),
                "effective units": run.ends[-1].effective_units,
                "std of normalised outputs": run.ends[-1].normalised_std,
                "5-NN, whitened": data.neighbours(outputs, held_out),
                "5-NN, as they are": data.neighbours(outputs, held_out, whitened=False),
            }
        )
    return Table("linear_digits", pd.DataFrame(rows), "Linear encoders of digits at the end of training")


def _draw(canvas: "Canvas", runs: dict[str, Run]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    left, right = map(prepared, canvas.subplots(1, 2))
    for colour, (name, run) in zip(PALETTE, runs.items(), strict=False):
        style = "--" if name == STAYING[-1] else "-"
        left.semilogy(run.times, run.norms, color=colour, linestyle=style, label=name)
        told = [each.normalised_std for each in run.ends]
        right.plot(run.times, told, color=colour, linestyle=style, label=name)
    right.set_ylim(0, 1.05)
    for ax in (left, right):
        ax.set_xlim(0, runs["neither"].times[-1])
    left.legend(frameon=False, fontsize=8)
    titled(left, "Norm of the encoder", "time (steps × learning rate)", "‖W‖")
    titled(right, "Std of normalised outputs × √units", "time (steps × learning rate)", "")
