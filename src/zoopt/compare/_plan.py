"""The jobs that are left to do, cut into chunks by how long they will take."""

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zoopt.compare._job import Job
from zoopt.compare._record import Run

CHUNK_SECONDS = 0.15
TOGETHER_SECONDS = 2.0
"""What jobs of one problem may take in one chunk, rather than have it prepared by several workers."""

_MOST_UNMEASURED = 16  # runs in a chunk as long as its kind is known by estimates only
_MOST = 256
_SHARE = 0.5  # of what is left for each worker: the last chunks get smaller, so that all workers end together


@dataclass(slots=True)
class Pace:
    """How long one kind of job takes: the seconds and the estimated cost of what was measured, and the cost left."""

    seconds: float = 0.0
    cost: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A job with what the coordinator needs to know of it, asked for once."""

    job: Job
    key: str
    cost: float
    blank: Run

    @property
    def problem(self) -> tuple[str, int]:
        """What it shares with other jobs: objective and seed."""
        return self.blank.objective, self.blank.seed


class Plan:
    """Jobs in the order in which they are to be done: problems with long ones first, and the jobs of one together.

    Whoever does jobs of one problem prepares it once. Measured times correct the estimates, for every objective and
    contender apart.

    Parameters
    ----------
    items : sequence of Item
        Of different keys.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._paces: defaultdict[tuple[str, str], Pace] = defaultdict(Pace)
        self._all = Pace()
        self._queue = deque(_in_order(items))
        self._alone: deque[Item] = deque()
        self._parked: list[Item] = []
        self._unfinished = {item.key for item in items}
        for item in items:
            self._left(item, 1.0)

    @property
    def is_over(self) -> bool:
        """Whether all jobs are finished."""
        return not self._unfinished

    @property
    def has_parked(self) -> bool:
        """Whether some jobs are in the hands of others."""
        return bool(self._parked)

    @property
    def work_left(self) -> float:
        """Estimated cost of the unfinished jobs."""
        return max(0.0, self._all.left)

    def seconds_left(self, workers: int) -> float:
        """Return how long the unfinished jobs will take so many workers."""
        if self.is_over:
            return 0.0
        return sum(pace.left * self._rate(pace) for pace in self._paces.values()) / max(1, workers)

    def chunk(self, workers: int, most: int = _MOST) -> list[Item]:
        """Take the jobs that one worker is to do next; empty when none are left."""
        if self._alone:
            return [self._alone.popleft()]
        found: list[Item] = []
        seconds = 0.0
        share = _SHARE * self._all.left * self._rate(self._all) / max(1, workers)
        while self._queue and len(found) < most:
            item = self._queue[0]
            pace = self._pace(item)
            seconds += item.cost * self._rate(pace)
            room = TOGETHER_SECONDS if found and item.problem == found[-1].problem else CHUNK_SECONDS
            if found and (seconds > min(room, share) or (pace.cost == 0.0 and len(found) >= _MOST_UNMEASURED)):
                break
            found.append(self._queue.popleft())
        return found

    def measured(self, item: Item, seconds: float) -> None:
        """Learn from the time that a job took."""
        for pace in (self._all, self._pace(item)):
            pace.seconds += seconds
            pace.cost += item.cost

    def finished(self, item: Item) -> None:
        """Take a job for finished, by whomever."""
        if item.key in self._unfinished:
            self._unfinished.remove(item.key)
            self._left(item, -1.0)

    def park(self, items: Iterable[Item]) -> None:
        """Keep jobs that others have in hand."""
        self._parked.extend(items)

    def unpark(self) -> None:
        """Look at them again."""
        self._queue.extend(self._parked)
        self._parked.clear()

    def one_by_one(self, items: Iterable[Item]) -> None:
        """Have jobs done again, each in a chunk of its own, because one of them ended their worker."""
        self._alone.extend(items)

    def _left(self, item: Item, sign: float) -> None:
        for pace in (self._all, self._pace(item)):
            pace.left += sign * item.cost

    def _pace(self, item: Item) -> Pace:
        return self._paces[item.blank.objective, item.blank.label]

    def _rate(self, pace: Pace) -> float:
        """Return seconds for a unit of cost; a nanosecond where nothing has been measured."""
        for known in (pace, self._all):
            if known.cost > 0.0:
                return known.seconds / known.cost
        return 1e-9


def _in_order(items: Sequence[Item]) -> Iterator[Item]:
    """Return problems by their longest jobs, rounded to a power of 2 so that equals stay as they were given."""
    problems: dict[tuple[str, int], list[Item]] = {}
    for item in items:
        problems.setdefault(item.problem, []).append(item)
    lengths = {problem: max(math.frexp(item.cost)[1] for item in shared) for problem, shared in problems.items()}
    for problem in sorted(problems, key=lambda problem: -lengths[problem]):
        yield from sorted(problems[problem], key=lambda item: -item.cost)
