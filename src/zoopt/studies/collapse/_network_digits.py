"""Claims about encoders of digits with a hidden layer, trained on mini-batches of views."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.compare.statistics import mean_interval
from zoopt.objectives import Layout
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.collapse._digits import TRAIN_SHARE, Digits, digits
from zoopt.studies.collapse._linear_digits import settling_time, starts, trained
from zoopt.studies.collapse._network import SiameseNetwork
from zoopt.studies.collapse._outputs import Seen, seen

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MARGIN = 0.1
"""A network has collapsed whose outputs vary less than so many times what they did at the start."""
_AVERAGE = 0.2
_LOOKS = 10
_ROUNDING = 1e-15
"""What eigenvalues are known to, as a part of the largest; below it a figure shows nothing."""
_KERNEL = "zoopt.flows.descend"


@dataclass(frozen=True)
class Plan:
    """Sizes of networks and of their training."""

    units: int
    hidden: int
    batch: int
    rate: float
    steps: int


@dataclass(frozen=True)
class Run:
    """A network and what was seen of its outputs on the way."""

    net: SiameseNetwork
    times: FloatArray
    looks: list[Seen]
    start: FloatArray
    last: FloatArray

    @property
    def left(self) -> float:
        """The variance of outputs at the end, as a part of that at the start."""
        return self.looks[-1].variance / self.looks[0].variance


def variants(data: Digits, plan: Plan) -> dict[str, tuple[SiameseNetwork, bool | None]]:
    """Return the networks by name, and whether theory has them collapse; None where it does not say."""
    layout = Layout(data.images.shape[1], plan.units, (plan.hidden,))

    def network(**more: object) -> SiameseNetwork:
        return SiameseNetwork(data, layout, plan.batch, **more)  # type: ignore[arg-type]

    return {
        "SimSiam": (network(), False),
        "no stop-gradient": (network(stop_gradient=False), True),
        "no predictor": (network(predictor=False), True),
        "neither": (network(predictor=False, stop_gradient=False), True),
        "BYOL": (network(average=_AVERAGE), False),
        "BYOL, no predictor": (network(average=_AVERAGE, predictor=False), True),
        "against x̄": (network(predictor=False, stop_gradient=False, against_clean=True), None),
        "SimSiam against x̄": (network(against_clean=True), None),
    }


def train(net: SiameseNetwork, plan: Plan, seed: int) -> Run:
    """Return gradient descent over mini-batches from a random start."""
    from threadpoolctl import threadpool_limits

    _, P = starts(plan.units, plan.hidden, seed)
    start, every = net.start(seed, P), max(plan.steps // _LOOKS, 1)
    with threadpool_limits(1):
        run = flows.descend(flows.field(net), start, learning_rate=plan.rate, steps=plan.steps, save_every=every)
    looks = [seen(net.outputs(x, net.data.images)) for x in run.x]
    return Run(net, run.t, looks, run.x[0], run.x[-1])


def network_digits(data: Digits, plan: Plan, seed: int) -> Iterator[Item]:
    """Yield the claims about all variants."""
    runs = {}
    for name, (net, collapses) in variants(data, plan).items():
        runs[name] = train(net, plan, seed)
        yield _claim(name, runs[name], collapses)
    yield _table(data, runs)
    yield Figure(
        "network_spectra",
        lambda canvas: _draw(canvas, runs),
        "Encoders of digits with a hidden layer. Left: what their outputs vary, over training. Right: the spectrum of "
        "outputs at the end.",
        width=9.0,
    )


def _claim(name: str, run: Run, collapses: bool | None) -> Claim:
    loss = {"against x̄": "E‖F(Tx) − F(x̄)‖²", "SimSiam against x̄": "E‖P F(Tx) − F(x̄)‖², F(x̄) not derived"}.get(name)
    verb = "collapses" if collapses else "does not collapse"
    return Claim(
        source="S7.4" if loss is None else "S7.3",
        statement=f"network on digits, {loss or name}, {verb}: variance of outputs, end over start",
        relation="at most" if collapses else "at least",
        prediction=MARGIN,
        measured=run.left,
        kernel=_KERNEL,
        open=loss is not None,
        note="A tenth is the margin.",
    )


def neighbour_claims(sigma2: float, plan: Plan, horizon: float, repeats: int, seed: int) -> Iterator[Item]:
    """Yield what SimSiam adds to the accuracy of neighbours, over splits."""
    import pandas as pd

    rows = []
    for repeat in range(repeats):
        data = digits(sigma2, seed + repeat)
        W, P = starts(plan.units, data.images.shape[1], seed + repeat)
        encoder = data.linear(plan.units)
        end = encoder.split(trained(data, encoder, W, P, plan.rate, settling_time(horizon)).last)[0]
        net = variants(data, plan)["SimSiam"][0]
        run = train(net, plan, seed + repeat)
        rows.append(
            {
                "split": repeat,
                "linear, start": data.neighbours(data.images @ W.T, data.held_out @ W.T),
                "linear, end": data.neighbours(data.images @ end.T, data.held_out @ end.T),
                "network, start": _accuracy(net, run.start),
                "network, end": _accuracy(net, run.last),
            }
        )
    frame = pd.DataFrame(rows)
    for kind in ("linear", "network"):
        before, after = frame[f"{kind}, start"], frame[f"{kind}, end"]
        gains = after - before
        mean, low, high = mean_interval(gains, (1 - TRAIN_SHARE) / TRAIN_SHARE)
        yield Claim(
            source="S7.4",
            statement=f"{kind} encoder of digits: SimSiam raises the accuracy of 5-NN on whitened outputs by",
            relation="at least",
            prediction=0.0,
            measured=mean,
            interval=(low, high),
            kernel=_KERNEL,
            note=f"Over {repeats} splits, corrected for their overlap; at the end it is {after.mean():.3f} and at the "
            f"random start {before.mean():.3f}.",
        )
    yield Table("neighbours", frame, "Accuracy of 5-NN on whitened outputs, SimSiam")


def _accuracy(net: SiameseNetwork, x: FloatArray) -> float:
    return net.data.neighbours(net.outputs(x, net.data.images), net.outputs(x, net.data.held_out))


def _table(data: Digits, runs: dict[str, Run]) -> Table:
    import pandas as pd

    rows = []
    for name, run in runs.items():
        layers = run.net.layout.layers(run.net.split(run.last)[0])
        outputs = run.net.outputs(run.last, data.images)
        held_out = run.net.outputs(run.last, data.held_out)
        rows.append(
            {
                "variant": name,
                "variance, end over start": run.left,
                "effective units": run.looks[-1].effective_units,
                "std of normalised outputs": run.looks[-1].normalised_std,
                **{f"norm of W{k}": float(np.linalg.norm(weights)) for k, (weights, _) in enumerate(layers, 1)},
                "5-NN, whitened": data.neighbours(outputs, held_out),
                "5-NN, as they are": data.neighbours(outputs, held_out, whitened=False),
            }
        )
    return Table("network_digits", pd.DataFrame(rows), "Encoders with a hidden layer at the end of training")


def _draw(canvas: "Canvas", runs: dict[str, Run]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    left, right = map(prepared, canvas.subplots(1, 2))
    for colour, (name, run) in zip(PALETTE, runs.items(), strict=False):
        style = "--" if name in ("BYOL", "SimSiam against x̄") else "-"
        left.semilogy(run.times, [look.variance for look in run.looks], color=colour, linestyle=style, label=name)
        spectrum = run.looks[-1].spectrum
        spectrum = np.where(spectrum > _ROUNDING * spectrum[0], spectrum, np.nan)
        right.semilogy(
            np.arange(1, len(spectrum) + 1), spectrum, color=colour, linestyle=style, marker="o", markersize=3
        )
    left.legend(frameon=False, fontsize=8)
    titled(left, "Variance of outputs, all units", "time (steps × learning rate)", "")
    titled(right, "Spectrum of outputs at the end", "eigenvalue", "variance")
