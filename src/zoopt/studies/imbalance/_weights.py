"""The weight that each loss puts on the cross-entropy's gradient: closed form, complex step, and compiled gradient."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FloatArray = NDArray[np.float64]
Value = Callable[[Any], Any]
"""Loss of all logits as one number; analytic, so that complex logits may be given."""

_STEP = 1e-100  # its square is lost in rounding, so that the derivative is exact to rounding
_LOGITS = np.linspace(-6, 6, 25)
_ACCURACY = 1e-12
_COMPLEX, _COMPILED = "complex-step derivative", "zoopt.objectives.LossObjective"


@dataclass(frozen=True)
class Batch:
    """A batch of one logit a sample, on which losses and weights are compared.

    Attributes
    ----------
    logits, labels : ndarray of shape (n,)
        Every logit with both labels.
    prior : float
        Share of positives that the logit adjustment is told.
    focusing, adjustment : float
        γ and τ.
    """

    logits: FloatArray
    labels: FloatArray
    prior: float
    focusing: float
    adjustment: float

    @property
    def p(self) -> FloatArray:
        """Probability of the positive class."""
        return 1 / (1 + np.exp(-self.logits))

    @property
    def of_truth(self) -> FloatArray:
        """Probability of the true class."""
        return np.where(self.labels == 1, self.p, 1 - self.p)

    @property
    def shift(self) -> float:
        """What the logit adjustment adds to the logit."""
        return self.adjustment * math.log(self.prior / (1 - self.prior))


@dataclass(frozen=True)
class Loss:
    """A loss of the article: what it is, and the weight it is said to have."""

    name: str
    settings: dict[str, Any]
    value: Callable[[Batch], Value]
    weight: Callable[[Batch], FloatArray]
    source: str = "S6.4"


def batch_of(prior: float, focusing: float, adjustment: float) -> Batch:
    """Return a batch with every logit of a grid and both labels."""
    logits, labels = np.meshgrid(_LOGITS, [0.0, 1.0])
    return Batch(logits.ravel(), labels.ravel(), prior, focusing, adjustment)


def complex_step(value: Value, logits: FloatArray) -> FloatArray:
    """Return the gradient of an analytic function, exact to rounding.

    Squire and Trapp (1998), Using complex variables to estimate derivatives of real functions: Im f(z + ih) / h.

    Examples
    --------
    >>> complex_step(lambda z: (z**3).sum(), np.array([1.0, 2.0])).tolist()
    [3.0, 12.0]
    """
    found = np.empty(len(logits))
    for number in range(len(logits)):
        moved = logits.astype(complex)
        moved[number] += 1j * _STEP
        found[number] = value(moved).imag / _STEP
    return found


def compiled(batch: Batch, loss: str, **settings: Any) -> FloatArray:
    """Return the compiled gradient by each logit: a linear model on unit vectors has the logits as its weights."""
    from zoopt.objectives import LossObjective

    size = len(batch.logits)
    objective = LossObjective(np.eye(size), batch.labels.astype(int), loss=loss, **settings)  # type: ignore[arg-type]
    _, gradient = objective.value_and_gradient(np.append(batch.logits, 0.0))
    return gradient[:size]


def margin_only(batch: Batch) -> Value:
    """Return the mean loss that adds τ log π to the logit of the true class alone."""
    margins = batch.adjustment * np.log(np.where(batch.labels == 1, batch.prior, 1 - batch.prior))
    return lambda z: np.log(1 + np.exp(-(2 * batch.labels - 1) * z - margins)).mean()


def _probability(batch: Batch, z: Any) -> Any:
    """Return the probability of the true class at logits that may be complex."""
    return 1 / (1 + np.exp(-(2 * batch.labels - 1) * z))


def _cross_entropy(batch: Batch) -> Value:
    return lambda z: -np.log(_probability(batch, z)).mean()


def _smooth_accuracy(batch: Batch) -> Value:
    return lambda z: (1 - _probability(batch, z)).mean()


def _focal(batch: Batch) -> Value:
    def value(z: Any) -> Any:
        p = _probability(batch, z)
        return -((1 - p) ** batch.focusing * np.log(p)).mean()

    return value


def _adjusted(batch: Batch) -> Value:
    return lambda z: -np.log(_probability(batch, z + batch.shift)).mean()


def _dice(batch: Batch) -> Value:
    def value(z: Any) -> Any:
        p = 1 / (1 + np.exp(-z))
        return 1 - 2 * (batch.labels * p).sum() / (batch.labels + p).sum()

    return value


def _squared_dice(batch: Batch) -> Value:
    def value(z: Any) -> Any:
        p = 1 / (1 + np.exp(-z))
        return 1 - 2 * (batch.labels * p).sum() / (batch.labels + p**2).sum()

    return value


def _focal_weight(batch: Batch) -> FloatArray:
    p, q, power = batch.of_truth, 1 - batch.of_truth, batch.focusing
    return np.asarray(q**power - power * p * q ** (power - 1) * np.log(p))


def _adjusted_weight(batch: Batch) -> FloatArray:
    adjusted = 1 / (1 + np.exp(-batch.logits - batch.shift))
    return np.where(batch.labels == 1, (1 - adjusted) / (1 - batch.p), adjusted / batch.p)


def _dice_weight(batch: Batch) -> FloatArray:
    """For sums over the batch: the cross-entropy, a mean, has 1/n of its gradient."""
    total = (batch.labels + batch.p).mean()
    overlap = 2 * (batch.labels * batch.p).mean() / total
    return np.asarray(2 / total * np.where(batch.labels == 1, 1 - overlap / 2, overlap / 2) * batch.of_truth)


def _squared_dice_weight(batch: Batch) -> FloatArray:
    total = (batch.labels + batch.p**2).mean()
    overlap = 2 * (batch.labels * batch.p).mean() / total
    cost = overlap * batch.p
    return np.asarray(2 / total * np.where(batch.labels == 1, 1 - cost, cost) * batch.of_truth)


def losses(batch: Batch) -> tuple[Loss, ...]:
    """Return the losses of the article's table; S6.1 and S6.2 derive the first two."""
    return (
        Loss("smooth-accuracy", {}, _smooth_accuracy, lambda batch: batch.of_truth, "S6.1"),
        Loss("dice", {}, _dice, _dice_weight, "S6.2"),
        Loss("squared-dice", {}, _squared_dice, _squared_dice_weight),
        Loss("focal", {"focusing": batch.focusing}, _focal, _focal_weight),
        Loss("logit-adjusted", {}, _adjusted, _adjusted_weight),
    )


_SAID = {
    "smooth-accuracy": "smooth accuracy has the gradient of cross-entropy times p(t)",
    "dice": "smooth F1 (Dice) has the weight 2/E[y+p] · p(t) · (1−F/2 if positive, F/2 if not)",
    "squared-dice": "squared Dice has the weight 2/E[y+p²] · p(t) · (1−Dp if positive, Dp if not)",
    "focal": "focal loss has the weight (1−p(t))^γ − γ p(t)(1−p(t))^(γ−1) log p(t)",
    "logit-adjusted": "logit adjustment has the weight (1−p̃)/(1−p) of positives, p̃/p of negatives",
}


def weights(prior: float, focusing: float, adjustment: float) -> Iterator[Item]:
    """Yield the claims on induced weights."""
    import pandas as pd

    batch = batch_of(prior, focusing, adjustment)
    base = complex_step(_cross_entropy(batch), batch.logits)
    columns: dict[str, FloatArray] = {"logit": batch.logits, "label": batch.labels}
    for loss in losses(batch):
        columns[loss.name] = loss.weight(batch)
        yield from _compared(batch, loss, columns[loss.name], base)
    columns["margin only"] = complex_step(margin_only(batch), batch.logits) / base
    yield from _ratios(batch, columns)
    yield Table("induced_weights", pd.DataFrame(columns), "Weights relative to the gradient of cross-entropy")
    yield Figure(
        "weights",
        lambda canvas: _draw(canvas, batch, columns),
        "What each loss multiplies the gradient of cross-entropy by, relative to its weight at logit 0.",
        height=4.2,
    )


def _compared(batch: Batch, loss: Loss, weight: FloatArray, base: FloatArray) -> Iterator[Claim]:
    derived = complex_step(loss.value(batch), batch.logits)
    yield Claim(
        source=loss.source,
        statement=_SAID[loss.name],
        prediction=0.0,
        measured=float(np.abs(weight * base / derived - 1).max()),
        tolerance=_ACCURACY,
        kernel=_COMPLEX,
        note=f"Largest relative difference over {len(batch.logits)} pairs of logit and label.",
    )
    yield Claim(
        source=loss.source,
        statement=f"the compiled gradient of {loss.name} is the derivative",
        prediction=0.0,
        measured=float(np.abs(_own(batch, loss) - derived).max() / np.abs(derived).max()),
        tolerance=_ACCURACY,
        kernel=_COMPILED,
        note="Largest difference, of the largest derivative.",
    )


def _own(batch: Batch, loss: Loss) -> FloatArray:
    """Return the compiled gradient.

    The adjustment takes its shares from the data, half of which are positives: sample weights make them what they
    should be, and class weights take that back from the loss.
    """
    if loss.name != "logit-adjusted":
        return compiled(batch, loss.name, **loss.settings)
    shares = np.where(batch.labels == 1, batch.prior, 1 - batch.prior)
    even = {0: 0.5 / (1 - batch.prior), 1: 0.5 / batch.prior}
    return compiled(batch, "cross-entropy", logit_adjustment=batch.adjustment, sample_weight=shares, class_weight=even)


def _ratios(batch: Batch, columns: dict[str, FloatArray]) -> Iterator[Claim]:
    half = len(batch.logits) // 2

    def ratio(name: str) -> FloatArray:
        return np.asarray(columns[name][half:] / columns[name][:half])

    expected = ((1 - batch.prior) / batch.prior) ** batch.adjustment
    yield Claim(
        source="S6.4",
        statement="logit adjustment weighs positives (π₀/π₁)^τ times negatives, at every logit",
        prediction=0.0,
        measured=float(np.abs(ratio("logit-adjusted") / expected - 1).max()),
        tolerance=_ACCURACY,
        kernel=_COMPLEX,
    )


def _draw(canvas: "Canvas", batch: Batch, columns: dict[str, FloatArray]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    half, middle = len(batch.logits) // 2, len(_LOGITS) // 2
    shown = {"smooth-accuracy": "smooth accuracy, Dice"}  # they differ by a factor for each class
    names = [name for name in columns if name not in ("logit", "label", "dice")]
    for number, (ax, who) in enumerate(zip(canvas.subplots(1, 2, sharey=True), ("negative", "positive"), strict=True)):
        prepared(ax)
        for colour, name in zip(PALETTE, names, strict=False):
            part = columns[name][number * half : (number + 1) * half]
            ax.plot(_LOGITS, part / part[middle], color=colour, label=shown.get(name, name))
        titled(ax, f"Weight of a {who}", "logit of the positive class", "" if number else "weight / weight at logit 0")
    canvas.axes[0].legend(frameon=False, fontsize=8)
