"""Which of two runs is better: by honest value, and by evaluations where values are alike."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zoopt.compare._verdict._terms import Contest, FloatArray, IntArray, Measure

_NOISE = 1e-12  # differences below this, relative to the values, are rounding


@dataclass(frozen=True)
class Advantage:
    """How much better one optimiser is than another, seed by seed.

    Attributes
    ----------
    differences : ndarray of shape (J,)
        > 0 where it is better; infinite where the other one failed.
    measure : Measure
        What they are measured in.
    """

    differences: FloatArray
    measure: Measure


class Order:
    """The runs of one objective from best to worst.

    Values come first: the natural ones, or powers of ten of the distance from the optimum with a floor. Runs of one
    value are ordered by the evaluations to the hardest target that they have reached. A failed run is worse than any
    other.
    """

    def __init__(self, contest: Contest) -> None:
        self._distance = contest.distance
        self._labels = {label: index for index, label in enumerate(contest.optimisers)}
        table = np.array(list(contest.optimisers.values()), dtype=np.float64)
        self._costs = _costs(table, contest)
        self._hits = [contest.hits.get(label) for label in contest.optimisers]
        self._hardest = np.array([_hardest(hits, line) for hits, line in zip(self._hits, self._costs, strict=True)])

    @cached_property
    def places(self) -> IntArray:
        """Place of each run among all runs of the objective, shape (k, J); alike runs share theirs."""
        times = np.array([_times(hits, hardest) for hits, hardest in zip(self._hits, self._hardest, strict=True)])
        keys = np.array([_rounded(self._costs).ravel(), -self._hardest.ravel(), times.ravel()])
        order = np.lexsort(keys[::-1])
        ordered = keys[:, order]
        new = np.any(ordered[:, 1:] != ordered[:, :-1], axis=0)
        places = np.empty(order.size, np.int64)
        places[order] = np.concatenate([[0], np.cumsum(new)])
        return places.reshape(self._costs.shape)

    def advantage(self, first: str, second: str) -> Advantage:
        """Return how much better the first optimiser is than the second on each seed.

        On a seed where the values are alike, evaluations decide: how many powers of ten fewer the first needs to the
        hardest target that both have reached. On natural values, which have another unit, they do so only where values
        are alike on every seed.
        """
        one, two = self._labels[first], self._labels[second]
        values = _gaps(self._costs[two], self._costs[one])
        alike = values == 0.0
        if not alike.any() or not (self._distance or alike.all()):
            return Advantage(values, "precision" if self._distance else "value")
        sooner = np.where(alike, self._sooner(one, two), 0.0)
        if not sooner.any():
            return Advantage(values, "precision" if self._distance else "value")
        return Advantage(values + sooner, "evaluations" if alike.all() else "precision and evaluations")

    def _sooner(self, one: int, two: int) -> FloatArray:
        """Powers of ten of evaluations that the first saves, 0 where the two have no target in common."""
        common = np.minimum(self._hardest[one], self._hardest[two])
        mine, theirs = (_times(self._hits[index], common) for index in (one, two))
        return np.log10(theirs / mine)


def _costs(table: FloatArray, contest: Contest) -> FloatArray:
    """Scores with smaller ones better, those of failed runs infinite."""
    if contest.distance:
        table = np.log10(np.maximum(table, contest.floor))
    elif contest.sense == "max":
        table = -table
    return np.where(np.isnan(table), np.inf, table)


def _gaps(larger: FloatArray, smaller: FloatArray) -> FloatArray:
    """Differences; rounding counts as none, and two failures are alike."""
    with np.errstate(invalid="ignore"):
        gaps = larger - smaller
        rounding = np.abs(gaps) <= _NOISE * np.maximum(1.0, np.maximum(np.abs(larger), np.abs(smaller)))
    return np.where((larger == smaller) | (rounding & np.isfinite(gaps)), 0.0, gaps)


def _rounded(costs: FloatArray) -> FloatArray:
    """Costs without the digits that are rounding."""
    size = np.where(np.isfinite(costs), np.maximum(1.0, np.abs(costs)), 1.0)
    unit = 10.0 ** np.floor(np.log10(size))
    return np.round(costs / unit, 12) * unit


def _hardest(hits: IntArray | None, costs: FloatArray) -> IntArray:
    """Index of the hardest target that each run has reached, -1 for none and for failed runs."""
    if hits is None or not hits.shape[1]:
        return np.full(costs.size, -1)
    reached = hits >= 0
    last = hits.shape[1] - 1 - np.argmax(reached[:, ::-1], axis=1)
    return np.where(reached.any(axis=1) & np.isfinite(costs), last, -1)


def _times(hits: IntArray | None, targets: IntArray) -> FloatArray:
    """Return the evaluations of each run to the target of this index; 1 where it is -1."""
    if hits is None or not hits.shape[1]:
        return np.ones(targets.size)
    found = hits[np.arange(targets.size), np.maximum(targets, 0)]
    return np.where(targets >= 0, np.maximum(found, 1), 1).astype(np.float64)
