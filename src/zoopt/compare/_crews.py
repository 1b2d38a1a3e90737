"""Those who do the jobs: this process, processes of ours, or an executor of the caller's."""

import math
import pickle
import queue
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from zoopt.compare._doing import do, do_all, ended
from zoopt.compare._hand import WorkerEnded
from zoopt.compare._interrupt import Interrupt
from zoopt.compare._plan import CHUNK_SECONDS, Item
from zoopt.compare._processes import LocalProcesses
from zoopt.compare._record import Run
from zoopt.errors import InvalidType, WorkerError

FOREIGN_GRACE = 5.0
"""Seconds beyond its time limit after which a run in an executor of the caller's is given up."""

_LEAST_GRACE = 0.5
_MOST_GRACE = 5.0
_MOST_IN_A_CHUNK = 256


class Submits(Protocol):
    """What is asked of an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Return a future of ``fn(*args)`` with the methods of those of ``concurrent.futures``."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a job: its runs and how many seconds it took, or None where it is to be done again, alone."""

    item: Item
    runs: list[Run] | None
    seconds: float = 0.0


class Crew(ABC):
    """Workers that are given chunks of jobs and report on each."""

    most_in_a_chunk = _MOST_IN_A_CHUNK

    @property
    @abstractmethod
    def slots(self) -> int:
        """Chunks that can be done at the same time."""

    @property
    @abstractmethod
    def busy(self) -> int:
        """Chunks that are being done."""

    @abstractmethod
    def send(self, items: Sequence[Item]) -> None:
        """Have a chunk done."""

    @abstractmethod
    def collect(self, patience: float) -> list[Report]:
        """Return what has been reported, after waiting for it up to so many seconds."""

    @abstractmethod
    def stop(self) -> None:
        """Stop what can be stopped; nothing more is sent."""


class Here(Crew):
    """The process and thread that we are in, one job at a time."""

    def __init__(self, interrupt: Interrupt) -> None:
        self._interrupt = interrupt
        self._items: deque[Item] = deque()

    @property
    def slots(self) -> int:
        return 1

    @property
    def busy(self) -> int:
        return int(bool(self._items))

    def send(self, items: Sequence[Item]) -> None:
        self._items.extend(items)

    def collect(self, patience: float) -> list[Report]:
        reports: list[Report] = []
        until = time.monotonic() + min(patience, CHUNK_SECONDS)
        while self._items and not self._interrupt.count:
            item = self._items.popleft()
            with self._interrupt.at_once() as undisturbed:
                runs, seconds = do(item.job, None)
            if not undisturbed():
                break
            reports.append(Report(item, runs, seconds))
            if time.monotonic() > until:
                break
        if not reports and not self._items:
            self._interrupt.wait(patience)
        return reports

    def stop(self) -> None:
        self._items.clear()


class _Elsewhere(Crew):
    """Workers that tell of finished futures by a queue."""

    def __init__(self, interrupt: Interrupt) -> None:
        self._told: deque[tuple[Any, Any]] = deque()
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        interrupt.wake = self._ring

    def collect(self, patience: float) -> list[Report]:
        reports = self._late()
        with suppress(queue.Empty):
            self._bell.get(timeout=0.0 if reports else patience)
        while self._told:
            reports.extend(self._reports(*self._told.popleft()))
        return reports

    def _ring(self) -> None:
        """Wake the one who collects: a chunk has ended, or Ctrl-C was pressed."""
        self._bell.put(None)

    def _late(self) -> list[Report]:
        return []

    @abstractmethod
    def _reports(self, what: Any, future: Any) -> list[Report]:
        """Return what a future says."""


@dataclass(slots=True)
class _Sent:
    """A chunk that is being done: how many futures of it are left, and how many reports."""

    futures: int
    left: int


class OwnProcesses(_Elsewhere):
    """Processes that can be stopped: every job within its limits, whatever it does."""

    def __init__(
        self,
        processes: LocalProcesses,
        *,
        time_limit: float | None,
        memory_limit: int | None,
        interrupt: Interrupt,
    ) -> None:
        super().__init__(interrupt)
        self._processes = processes
        self._time_limit = time_limit
        # a run that looks at the clock ends by itself, and keeps what it found
        self._killed_after = None if time_limit is None else time_limit + grace(time_limit)
        self._memory_limit = memory_limit
        self._busy = 0
        self._stopped = False

    @property
    def slots(self) -> int:
        return self._processes.max_workers

    @property
    def busy(self) -> int:
        return self._busy

    def send(self, items: Sequence[Item]) -> None:
        futures = self._processes.submit_chunk(
            [(do, (item.job, self._time_limit), {}) for item in items],
            time_limit=self._killed_after,
            memory_limit=self._memory_limit,
        )
        self._busy += 1
        sent = _Sent(len(items), len(items))
        for item, future in zip(items, futures, strict=True):
            future.add_done_callback(partial(self._tell, sent, item))

    def stop(self) -> None:
        self._stopped = True
        self._processes.kill()

    def _tell(self, sent: _Sent, item: Item, future: Future[Any]) -> None:
        self._told.append(((sent, item), future))
        sent.futures -= 1
        if not sent.futures:
            self._ring()

    def _reports(self, what: tuple[_Sent, Item], future: Future[Any]) -> list[Report]:
        sent, item = what
        sent.left -= 1
        self._busy -= not sent.left
        if future.cancelled():
            return []
        error = future.exception()
        if error is None:
            return [Report(item, *future.result())]
        if isinstance(error, WorkerEnded):
            return [] if self._stopped else [Report(item, [self._ended(item.blank, error)])]
        if isinstance(error, BrokenExecutor):
            raise WorkerError(str(error)) from error
        if isinstance(error, InvalidType):
            raise error
        return [Report(item, [ended(item.blank, "failed", f"its result cannot be sent: {error}")])]

    def _ended(self, blank: Run, error: WorkerEnded) -> Run:
        if error.status == "timeout" and self._time_limit is not None:
            limit = self._time_limit
            message = f"stopped: it was still running {grace(limit):g} s after its time limit of {limit:g} s"
            return ended(blank, "timeout", message, limit + grace(limit))
        return ended(blank, error.status, str(error))


class Foreign(_Elsewhere):
    """An executor of the caller's, which cannot be told to stop a call.

    Parameters
    ----------
    executor : object with submit
    slots : callable
        Tells how many calls are done at the same time.
    time_limit : float or None
        Seconds a run; one that has not ended of itself ``FOREIGN_GRACE`` seconds later is given up, and so is its
        worker until it comes back.
    """

    def __init__(
        self, executor: Submits, *, slots: Callable[[], int], time_limit: float | None, interrupt: Interrupt
    ) -> None:
        super().__init__(interrupt)
        self._executor = executor
        self._slots = slots
        self._time_limit = time_limit
        self._sent: dict[Any, tuple[Sequence[Item], float]] = {}
        self._given_up: set[Any] = set()
        if time_limit is not None:
            self.most_in_a_chunk = 1  # so that it is known who is late

    @property
    def slots(self) -> int:
        return self._slots() - len(self._given_up)

    @property
    def busy(self) -> int:
        return len(self._sent)

    def send(self, items: Sequence[Item]) -> None:
        try:
            future = self._executor.submit(do_all, [item.job for item in items], self._time_limit)
        except BrokenExecutor as error:
            raise _broken(error) from error
        limit = math.inf if self._time_limit is None else self._time_limit + FOREIGN_GRACE
        self._sent[future] = (items, time.monotonic() + limit)
        future.add_done_callback(partial(self._tell, None))

    def stop(self) -> None:
        for future in self._sent:
            future.cancel()
        self._sent.clear()

    def _tell(self, _: None, future: Any) -> None:
        self._told.append((None, future))
        self._ring()

    def _late(self) -> list[Report]:
        """Give up what is past its limit."""
        reports: list[Report] = []
        now = time.monotonic()
        for future in [future for future, (_, until) in self._sent.items() if now > until]:
            if future.done():
                continue
            items, _ = self._sent.pop(future)
            self._given_up.add(future)  # and not cancelled: a Dask scheduler would take its worker for free
            limit = self._time_limit or 0.0
            message = (
                f"given up {FOREIGN_GRACE:g} s after its time limit of {limit:g} s; its worker cannot be stopped and "
                "may still be at it"
            )
            reports.extend(
                Report(item, [ended(item.blank, "timeout", message, limit + FOREIGN_GRACE)]) for item in items
            )
        return reports

    def _reports(self, what: None, future: Any) -> list[Report]:
        self._given_up.discard(future)
        if future not in self._sent:
            return []
        items, _ = self._sent.pop(future)
        if future.cancelled():
            return [Report(item, None) for item in items]
        error = future.exception()
        if error is None:
            return [Report(item, *done) for item, done in zip(items, future.result(), strict=True)]
        if isinstance(error, BrokenExecutor):
            raise _broken(error) from error
        if _is_about_pickling(error):
            raise InvalidType(
                f"a job cannot be sent to the executor: {error}; define objectives and optimisers at the top of a "
                "module, or use threads"
            ) from error
        if len(items) > 1:
            return [Report(item, None) for item in items]
        return [Report(items[0], [ended(items[0].blank, "lost", f"its worker ended: {type(error).__name__}: {error}")])]


def grace(time_limit: float) -> float:
    """Return the seconds after the time limit at which a process is killed."""
    return min(max(_LEAST_GRACE, 0.1 * time_limit), _MOST_GRACE)


def _is_about_pickling(error: BaseException) -> bool:
    return isinstance(error, pickle.PicklingError) or (
        isinstance(error, AttributeError | TypeError) and "pickle" in str(error)
    )


def _broken(error: BrokenExecutor) -> WorkerError:
    return WorkerError(
        f"the executor is broken: {error} What was finished is kept. Use processes= instead of an executor, where a "
        "worker that dies takes only its own run with it"
    )
