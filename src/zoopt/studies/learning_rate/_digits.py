"""A network on digits: the penalty explains what a long step does, and whether it helps on new digits is measured."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from zoopt.objectives import LossObjective

_SHARE = 0.4  # of digits in training
_FINE = 10  # short steps to a long one
_EARLY = 10  # long steps after which distances are compared
_MARGIN = 0.005
_SIXTEEN = 16.0  # the brightest pixel


@dataclass(frozen=True)
class Trained:
    """A network at the end of a descent."""

    rate: float
    loss: float
    slope: float
    sharpness: float
    accuracy: float


def on_digits(hidden: int, rate: float, time: float, repeats: int, seed: int) -> Iterator[Item]:
    """Yield the claims about a tanh network that full-batch descent trains by cross-entropy."""
    import pandas as pd

    from zoopt.compare.statistics import corrected_t_test

    rates = (rate / _FINE, rate / 3, rate)
    runs = {h: [] for h in rates}  # type: dict[float, list[Trained]]
    shares = []
    for repeat in range(repeats):
        loss, x0, X, digits = _problem(hidden, seed, repeat)
        shares.append(_share_left(flows.field(loss), x0, rate))
        for h in rates:
            runs[h].append(_trained(loss, x0, h, time, X, digits))
    yield Claim(
        source="S2.8",
        statement=f"digits: (h/4)‖∇L‖² added to short steps lands where h = {rate:g} does, after {_EARLY} steps",
        relation="at most",
        prediction=0.5,
        measured=float(np.mean(shares)),
        interval=(min(shares), max(shares)),
        kernel="zoopt.flows.GradientPenalty",
        note=f"The distance as a share of what it is without the penalty; mean and range over {repeats} splits.",
    )
    slopes = {h: np.mean([run.slope for run in runs[h]]) for h in rates}
    yield Claim(
        source="S2.8",
        statement=f"digits: at equal time ‖∇L‖² is smaller with h = {rate:g} than with h = {rates[0]:g}",
        relation="at most",
        prediction=1.0,
        measured=float(slopes[rate] / slopes[rates[0]]),
        kernel="zoopt.flows.descend",
        open=True,
        note="What the penalty is on, as a ratio; at a given time the losses differ too, so nothing is predicted.",
    )
    long, short = ([run.accuracy for run in runs[h]] for h in (rate, rates[0]))
    comparison = corrected_t_test(long, short, (1 - _SHARE) / _SHARE, margin=_MARGIN)
    yield Claim(
        source="S2.8",
        statement=f"digits: h = {rate:g} says more of new digits right than h = {rates[0]:g}, at equal time",
        relation="at least",
        prediction=0.0,
        measured=comparison.difference,
        interval=(comparison.low, comparison.high),
        kernel="zoopt.flows.descend",
        open=True,
        note=f"Difference of accuracy, {repeats} splits, corrected resampled t-test. A gain is not promised.",
    )
    frame = pd.DataFrame([vars(run) | {"split": k} for h in rates for k, run in enumerate(runs[h])])
    yield Table("digits", frame, f"A network with {hidden} hidden units at time {time:g}")
    yield Figure("digits_ends", lambda canvas: _draw(canvas, runs), "Ends of training on digits, one dot a split.")


def _problem(hidden: int, seed: int, repeat: int) -> "tuple[LossObjective, FloatArray, FloatArray, FloatArray]":
    """Return the loss on the training part, a start, and the digits and labels of the test part."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    from zoopt.objectives import LossObjective

    X, digits = load_digits(return_X_y=True)
    train, test, y, y_test = train_test_split(
        X / _SIXTEEN, digits, train_size=_SHARE, stratify=digits, random_state=seed + repeat
    )
    loss = LossObjective(train, y, model="mlp", hidden=hidden, activation="tanh")
    return loss, loss.layout.initial(seed=seed + repeat), test, y_test


def _share_left(field: flows.Field, x0: FloatArray, rate: float) -> float:
    """Return how much of the distance between long and short steps is left with the penalty."""
    long = flows.descend(field, x0, learning_rate=rate, steps=_EARLY).x[-1]
    short = rate / _FINE
    plain, penalised = (
        flows.descend(each, x0, learning_rate=short, steps=_FINE * _EARLY).x[-1]
        for each in (field, flows.GradientPenalty((rate - short) / 4)(field))
    )
    return float(np.linalg.norm(penalised - long) / np.linalg.norm(plain - long))


def _trained(
    loss: "LossObjective", x0: FloatArray, rate: float, time: float, X: FloatArray, digits: FloatArray
) -> Trained:
    field = flows.field(loss)
    end = flows.descend(field, x0, learning_rate=rate, steps=math.ceil(time / rate)).x[-1]
    value, slope = field.value_and_gradient(end)
    return Trained(
        rate=rate,
        loss=value,
        slope=float(slope @ slope),
        sharpness=flows.sharpness(field, end, rtol=1e-3),
        accuracy=float(np.mean(loss.predict(end, X) == digits)),
    )


def _draw(canvas: "Canvas", runs: dict[float, list[Trained]]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    shown = {"slope": "‖∇L‖² at the end", "sharpness": "Sharpness at the end", "accuracy": "Accuracy, new digits"}
    places = np.arange(len(runs))
    for ax, (name, title) in zip(canvas.subplots(1, len(shown)), shown.items(), strict=True):
        values = np.array([[getattr(run, name) for run in found] for found in runs.values()])
        prepared(ax).plot(places, values, "o", color=PALETTE[0], markersize=3, alpha=0.6)
        ax.plot(places, values.mean(axis=1), color=PALETTE[1])
        ax.set_xticks(places, [f"{rate:.3g}" for rate in runs])
        ax.set_xlim(-0.5, len(runs) - 0.5)
        titled(ax, title, "learning rate", "")
