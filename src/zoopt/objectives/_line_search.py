"""Och's exact line search on n-best lists, and minimum error rate training by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, Seed, positive, seed_of, whole
from zoopt._noise import noise
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._rerank import RerankObjective

_COUNT_LIMIT = 2**31 - 1


@dataclass(frozen=True)
class LineSearch:
    """The best point of a line.

    Attributes
    ----------
    x : numpy.ndarray of float64, shape (dim,)
        The point.
    fun : float
        The value of the objective there.
    step : float
        How far along the direction it is.
    breakpoints : numpy.ndarray of float64, shape (m,)
        Where the pick of a list changes, ascending.
    values : numpy.ndarray of float64, shape (m + 1,)
        The values of the intervals below, between and above them.
    """

    x: FloatArray
    fun: float
    step: float
    breakpoints: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class MertResult:
    """The outcome of :func:`mert`, with the fields of a :class:`zoopt.Result` that it has.

    Attributes
    ----------
    x : numpy.ndarray of float64, shape (dim,)
        The best weights, the largest of them 1 or -1.
    fun : float
        Their value.
    nfev : int
        Line searches done.
    nit : int
        Passes through all directions done.
    success : bool
        Whether every start was followed until no direction helped.
    status : int
        0 where it was, 1 where the budget ended the last one.
    message : str
        The same in words.
    starts : numpy.ndarray of float64
        The value that each start ended at, the given one first.
    seed : int
        What to pass as `seed` to get the same again.
    """

    x: FloatArray
    fun: float
    nfev: int
    nit: int
    success: bool
    status: int
    message: str
    starts: FloatArray
    seed: int


def line_search(objective: RerankObjective, x: npt.ArrayLike, direction: npt.ArrayLike) -> LineSearch:
    """Return the best point of the line ``x + t direction``, exactly.

    Along a line the score of every hypothesis is a straight line in t, so what a list picks follows the upper envelope
    of these, and the metric is constant between the breakpoints of all lists. All intervals are looked at. Of several
    with the best value the widest is taken, and its middle; one without end counts as wide as its breakpoint is large,
    at least 1.

    Parameters
    ----------
    objective : RerankObjective
        With any metric.
    x, direction : array_like of float, shape (dim,)
        Finite; the direction is not 0.

    Returns
    -------
    LineSearch
        ``fun`` is ``objective(x)`` of the new point. It differs from the best of ``values`` only where rounding
        decides: in an interval so narrow that it leads out of it, or between hypotheses that tie all along the line.

    Raises
    ------
    InvalidType
        `objective` is something else.
    InvalidInput
        A shape does not fit, or a number is not finite, or the direction is 0.

    References
    ----------
    Och, "Minimum error rate training in statistical machine translation", ACL 2003.

    Examples
    --------
    >>> from zoopt.objectives import RerankObjective, line_search
    >>> features = [[[0.0, 1.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]]]
    >>> right = [[[1.0], [0.0]], [[0.0], [1.0]]]  # the first of the first list, the second of the second
    >>> objective = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=right)
    >>> found = line_search(objective, [1.0, 0.0], [0.0, 1.0])
    >>> found.breakpoints.tolist(), found.values.tolist()
    ([0.5, 1.0], [1.0, 0.0, 1.0])
    """
    if not isinstance(objective, RerankObjective):
        raise InvalidType(f"line_search takes a RerankObjective, got {type(objective).__name__}")
    start, along = objective.candidate("x", x), objective.candidate("direction", direction)
    if not along.any():
        raise InvalidInput("the direction is 0; it must lead somewhere")
    breakpoints, values = objective.line(start, along)
    step = _best_step(breakpoints, values if objective.sense == "max" else -values)
    point = start + step * along
    return LineSearch(point, float(objective(point)), step, breakpoints, values)


def mert(
    objective: RerankObjective,
    x0: npt.ArrayLike | None = None,
    *,
    restarts: int = 10,
    random_directions: int | None = None,
    scale: float = 1.0,
    budget: int | None = None,
    seed: Seed = None,
) -> MertResult:
    """Tune weights by exact line searches: minimum error rate training, the baseline that other optimisers are to beat.

    From every start, passes are made: along each coordinate in turn, along random directions, and along the way that
    the pass has come (as Powell's method does). Each search moves to the best point of its line where that is better.
    A start is left when a whole pass has found nothing.

    Parameters
    ----------
    objective : RerankObjective
        With any metric.
    x0 : array_like of float, shape (dim,), optional
        The first start; all ones by default. The others are normal around it.
    restarts : int, optional
        Further starts.
    random_directions : int, optional
        How many a pass, drawn anew for each; as many as there are coordinates by default.
    scale : float, optional
        Standard deviation of the further starts, in units of the largest weight of `x0`.
    budget : int, optional
        Line searches at most.
    seed : int, optional
        Decides the further starts and the random directions.

    Returns
    -------
    MertResult

    Raises
    ------
    InvalidType
        `objective` is something else.
    InvalidInput
        `x0` does not fit or is 0, or a number is out of range.

    References
    ----------
    Och, "Minimum error rate training in statistical machine translation", ACL 2003.

    Examples
    --------
    >>> from zoopt.objectives import RerankObjective, mert
    >>> features = [[[0.0, 1.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]]]
    >>> right = [[[1.0], [0.0]], [[1.0], [0.0]]]
    >>> objective = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=right)
    >>> mert(objective, [1.0, 0.0], seed=1).fun
    2.0
    """
    if not isinstance(objective, RerankObjective):
        raise InvalidType(f"mert takes a RerankObjective, got {type(objective).__name__}")
    start = objective.candidate("x0", np.ones(objective.dim) if x0 is None else x0)
    if not start.any():
        raise InvalidInput("x0 is 0, where all hypotheses tie; start at ones")
    number = seed_of(seed)
    extra = objective.dim if random_directions is None else random_directions
    training = _Training(
        objective,
        whole("random_directions", extra, low=0, high=_COUNT_LIMIT),
        number,
        _COUNT_LIMIT if budget is None else whole("budget", budget, low=1, high=_COUNT_LIMIT),
    )
    size = positive("scale", scale)
    unit = normalised(start)
    more = whole("restarts", restarts, low=0, high=_COUNT_LIMIT)
    shifts = (size * noise(number, 0, k, objective.dim) for k in range(more))
    return training.run(point for shift in (None, *shifts) for point in [unit if shift is None else unit + shift])


def normalised(weights: FloatArray) -> FloatArray:
    """Return weights the largest of which is 1 or -1: they pick the same."""
    unit: FloatArray = weights / np.abs(weights).max()
    return unit


class _Training:
    """Starts followed one after the other, as far as the budget goes."""

    def __init__(self, objective: RerankObjective, random_directions: int, seed: int, budget: int) -> None:
        self._objective = objective
        self._random_directions = random_directions
        self._seed = seed
        self._budget = budget
        self._sign = 1.0 if objective.sense == "max" else -1.0
        self._searches = 0
        self._passes = 0

    def run(self, starts: Iterator[FloatArray]) -> MertResult:
        """Follow all starts and return the best end."""
        ends = []
        for start in starts:
            ends.append(self._follow(start))
            if self._spent:
                break
        finished = not self._spent
        x, fun = max(ends, key=lambda end: self._sign * end[1])
        return MertResult(
            x=x,
            fun=fun,
            nfev=self._searches,
            nit=self._passes,
            success=finished,
            status=0 if finished else 1,
            message="no direction helps from any start" if finished else "the budget of line searches is used up",
            starts=np.array([value for _, value in ends]),
            seed=self._seed,
        )

    @property
    def _spent(self) -> bool:
        return self._searches >= self._budget

    def _follow(self, x: FloatArray) -> tuple[FloatArray, float]:
        fun = float(self._objective(x))
        while not self._spent:
            before = fun
            x, fun = self._pass(x, fun)
            if not self._sign * fun > self._sign * before:
                break
        return x, fun

    def _pass(self, x: FloatArray, fun: float) -> tuple[FloatArray, float]:
        self._passes += 1
        origin = x
        for direction in self._directions():
            x, fun = self._search(x, fun, direction)
        way = x - origin
        if way.any():
            x, fun = self._search(x, fun, way)
        return normalised(x), fun

    def _search(self, x: FloatArray, fun: float, direction: npt.ArrayLike) -> tuple[FloatArray, float]:
        if self._spent:
            return x, fun
        self._searches += 1
        found = line_search(self._objective, x, direction)
        better = self._sign * found.fun > self._sign * fun
        return (found.x, found.fun) if better and found.x.any() else (x, fun)

    def _directions(self) -> Iterator[npt.NDArray[np.floating]]:
        dim = self._objective.dim
        yield from np.eye(dim)
        for sample in range(self._random_directions):
            yield noise(self._seed, self._passes, sample, dim)


def _best_step(breakpoints: FloatArray, values: FloatArray) -> float:
    """Return the middle of the widest interval of the highest value."""
    if not breakpoints.size:
        return 0.0
    ends = np.concatenate(
        [
            [breakpoints[0] - max(1.0, abs(breakpoints[0]))],
            breakpoints,
            [breakpoints[-1] + max(1.0, abs(breakpoints[-1]))],
        ]
    )
    widths = np.where(values == values.max(), np.diff(ends), -1.0)
    widest = int(widths.argmax())
    return float(ends[widest] / 2 + ends[widest + 1] / 2)
