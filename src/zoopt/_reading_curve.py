"""How accurate a classifier is that reads a part of its inputs, over what it costs to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt._algorithms import cell
from zoopt._arguments import FloatArray, number, positive, whole
from zoopt._minimize import minimize
from zoopt._noise import noise
from zoopt.errors import InvalidInput
from zoopt.objectives._labels import Labels, classes_of, label_vector
from zoopt.objectives._scoring import sample_matrix
from zoopt.objectives._skip_reading import SkipReading

_RATES = 0.05, 0.02  # of Adam, by the loss and by the policy gradient
_ADAM = cell(
    distribution="point", shaping="exact", metric="vanilla", update="adam", population=1, schedule="cosine", name="adam"
)
METHODS = ("skip", "saliency", "random")


@dataclass(frozen=True)
class ReadingPoint:
    """One classifier on one split.

    Attributes
    ----------
    method : {"skip", "saliency", "random"}
        Whether it decides itself what to read, or reads the groups of most saliency, or groups chosen at random.
    setting : float
        The cost of reading everything, or the number of groups.
    split : int
        Number of the split.
    share : float
        Share of the features that is read, on the held-out part.
    accuracy : float
        There.
    """

    method: str
    setting: float
    split: int
    share: float
    accuracy: float


@dataclass(frozen=True)
class ReadingCurve:
    """Accuracy against share read, by method, setting and split; see :func:`reading_curve`.

    Attributes
    ----------
    points : tuple of ReadingPoint
    """

    points: tuple[ReadingPoint, ...]

    def table(self) -> list[dict[str, object]]:
        """Return a row for every method and setting: means over splits, and the standard deviation of the accuracy.

        Returns
        -------
        list of dict
            With keys method, setting, share, accuracy, deviation, splits.
        """
        rows: list[dict[str, object]] = []
        for method, setting in dict.fromkeys((point.method, point.setting) for point in self.points):
            here = [p for p in self.points if (p.method, p.setting) == (method, setting)]
            accuracies = np.array([p.accuracy for p in here])
            rows.append(
                {
                    "method": method,
                    "setting": setting,
                    "share": float(np.mean([p.share for p in here])),
                    "accuracy": float(accuracies.mean()),
                    "deviation": float(accuracies.std(ddof=1)) if len(here) > 1 else float("nan"),
                    "splits": len(here),
                }
            )
        return rows

    def gains(self, method: str, cost: float) -> FloatArray:
        """Return by how much skipping at a cost is more accurate than a method that reads as much, a number a split.

        Between the numbers of groups that were tried the accuracy of the other method is interpolated, on the same
        split.

        Parameters
        ----------
        method : {"saliency", "random"}
        cost : float
            One of the costs.

        Returns
        -------
        numpy.ndarray, shape (splits,)

        Raises
        ------
        InvalidInput
            There are no points of that method or cost.
        """
        own = [p for p in self.points if p.method == "skip" and p.setting == cost]
        others = [p for p in self.points if p.method == method != "skip"]
        if not own or not others:
            costs = sorted({p.setting for p in self.points if p.method == "skip"})
            raise InvalidInput(f"method must be 'saliency' or 'random' and cost one of {costs}, got {method!r}, {cost}")
        gains = []
        for point in own:
            known = np.array(sorted((p.share, p.accuracy) for p in others if p.split == point.split))
            gains.append(point.accuracy - float(np.interp(point.share, known[:, 0], known[:, 1])))
        return np.array(gains)


def reading_curve(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    groups: Sequence[Sequence[int]] | None = None,
    costs: Sequence[float] = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0),
    sizes: Sequence[int] | None = None,
    splits: int = 5,
    hold_out: float = 0.3,
    steps: tuple[int, int] = (200, 600),
    batch_size: int = 128,
    seed: int = 0,
    threads: int = 1,
) -> ReadingCurve:
    """Measure a classifier that decides what to read against ones that read fixed groups, on held-out samples.

    All are :class:`~zoopt.objectives.SkipReading` classifiers, trained alike by Adam with a rate that falls to 0: first
    by the cross-entropy, with half of all groups read at random, then by accuracy less cost. Where what is read is
    fixed, the gates are and there is no cost; "saliency" takes the groups whose weights have the largest sum of sizes
    in a classifier that reads everything, "random" any. Nothing is chosen by the held-out part.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite.
    y : array_like, shape (n,)
        Labels.
    groups : sequence of sequences of int, optional
        As in :class:`~zoopt.objectives.SkipReading`.
    costs : sequence of float
        Costs of reading everything, each at least 0: a classifier each.
    sizes : sequence of int, optional
        Numbers of groups that are read where that is fixed; by default about ten.
    splits : int
        How often the samples are split anew.
    hold_out : float
        Share of them that is held out, within (0, 1).
    steps : tuple of int
        Steps by the cross-entropy, and by accuracy less cost.
    batch_size : int
        Samples of a step.
    seed : int
        Of splits, batches, draws and random groups.
    threads : int
        Threads; they change no bit.

    Returns
    -------
    ReadingCurve

    Raises
    ------
    InvalidInput
        Arguments out of range.

    Examples
    --------
    >>> import zoopt
    >>> from zoopt.objectives import patches
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> curve = zoopt.reading_curve(X, y, groups=patches((8, 8), (4, 4)), costs=[0.5], sizes=[1, 4], splits=1,
    ...                             steps=(40, 40))
    >>> [row["method"] for row in curve.table()]
    ['skip', 'saliency', 'saliency', 'random', 'random']
    """
    features = sample_matrix(X, np.dtype(np.float64))
    labels = label_vector(y)
    share = positive("hold_out", hold_out)
    if share >= 1:
        raise InvalidInput(f"hold_out must lie strictly between 0 and 1, got {share}")
    prices = [number("costs", cost) for cost in costs]
    trainer = _Trainer(*(whole("steps", count, low=1, high=10**7) for count in steps))
    points: list[ReadingPoint] = []
    for split in range(whole("splits", splits, low=1, high=10**4)):
        train, test = _parts(len(labels), share, seed, split)
        reader = SkipReading(
            features[train], labels[train], groups=groups, batch_size=min(batch_size, len(train)), cost=0.0,
            seed=seed + split, classes=classes_of(labels, None), threads=threads,
        )  # fmt: skip
        held_out = _HeldOut(features[test], labels[test], split)
        points += _skipping(trainer, reader, prices, held_out)
        points += _fixed(trainer, reader, _sizes(sizes, len(reader.groups)), held_out, seed)
    order = {method: place for place, method in enumerate(METHODS)}
    return ReadingCurve(tuple(sorted(points, key=lambda p: (order[p.method], p.setting, p.split))))


@dataclass(frozen=True)
class _Trainer:
    loss_steps: int
    reward_steps: int

    def warm(self, reader: SkipReading, start: FloatArray) -> FloatArray:
        """Train the classifier by its cross-entropy, with gates as they are."""
        loss = reader.changed(cost=0.0, reward="log-likelihood", learn="classifier")
        return _climb(loss, start, _RATES[0], self.loss_steps)

    def on(self, reader: SkipReading, start: FloatArray) -> FloatArray:
        """Train on by the reader's own reward."""
        return _climb(reader, start, _RATES[1], self.reward_steps)


@dataclass(frozen=True)
class _HeldOut:
    features: FloatArray
    labels: Labels
    split: int

    def point(self, reader: SkipReading, theta: FloatArray, method: str, setting: float) -> ReadingPoint:
        reading = reader.read(theta, self.features)
        accuracy = float(np.mean(reading.labels == self.labels))
        return ReadingPoint(method, setting, self.split, reading.share, accuracy)


def _climb(reader: SkipReading, start: FloatArray, rate: float, steps: int) -> FloatArray:
    result = minimize(reader, start, method=_ADAM, budget=steps, options={"learning_rate": rate, "horizon": steps})
    return result.mean


def _skipping(trainer: _Trainer, reader: SkipReading, costs: Sequence[float], held_out: _HeldOut) -> list[ReadingPoint]:
    warm = trainer.warm(reader, reader.start(0.5))
    points = []
    for cost in costs:
        priced = reader.changed(cost=cost)
        points.append(held_out.point(priced, trainer.on(priced, warm), "skip", cost))
    return points


def _fixed(
    trainer: _Trainer, reader: SkipReading, sizes: Sequence[int], held_out: _HeldOut, seed: int
) -> list[ReadingPoint]:
    fixed = reader.changed(learn="classifier", samples=1)  # readings are all alike
    count = len(reader.groups)
    everything = trainer.warm(fixed, reader.start(only=range(count)))
    saliency = _saliency(reader, everything)
    by_chance = noise(seed, held_out.split, 0, count, kind="uniform", stream=3)
    points = []
    for method, worth in (("saliency", saliency), ("random", by_chance)):
        order = np.argsort(-worth, kind="stable")
        for size in sizes:
            start = trainer.warm(fixed, reader.start(only=order[:size].tolist()))
            points.append(held_out.point(fixed, trainer.on(fixed, start), method, float(size)))
    return points


def _saliency(reader: SkipReading, theta: FloatArray) -> FloatArray:
    """Return the sum of the absolute weights of every group's features, which are all of one scale."""
    features = sum(map(len, reader.groups))
    weights = theta[reader.gates :].reshape(-1, features + len(reader.groups) + 1)[:, :features]
    ends = np.cumsum([len(group) for group in reader.groups])
    return np.array([part.sum() for part in np.split(np.abs(weights).sum(axis=0), ends[:-1])])


def _parts(count: int, hold_out: float, seed: int, split: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    shuffled = np.argsort(noise(seed, split, 0, count, kind="uniform", stream=2), kind="stable")
    held = min(max(1, round(hold_out * count)), count - 1)
    return shuffled[held:], shuffled[:held]


def _sizes(sizes: Sequence[int] | None, groups: int) -> list[int]:
    if sizes is None:
        return sorted({max(1, round(groups * tenth / 10)) for tenth in range(1, 11)})
    return [whole("sizes", size, low=1, high=groups) for size in sizes]
