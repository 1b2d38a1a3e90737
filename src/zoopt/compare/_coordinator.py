"""Doing the jobs of an experiment: what is finished is not repeated, what ends is written, and nothing else decides."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from zoopt._arguments import whole
from zoopt.compare import _cluster
from zoopt.compare._crews import Crew, Foreign, Here, OwnProcesses, Report
from zoopt.compare._interrupt import Interrupt, Interrupted
from zoopt.compare._job import Job
from zoopt.compare._ledger import InMemory, InStore, Ledger
from zoopt.compare._plan import Item, Plan
from zoopt.compare._processes import LocalProcesses, check_limits
from zoopt.compare._record import Run, Runs
from zoopt.compare._store import DONE, Store, status_of
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, StoreError, WorkerError

_UNWRITTEN_SECONDS = 0.25
_POLL_SECONDS = 0.5  # between looks at what other coordinators have in hand
_WINDING_DOWN_SECONDS = 2.0  # that runs get to end by themselves after Ctrl-C
_MOST_PROCESSES = 1024


@dataclass(frozen=True)
class Progress:
    """How far an experiment is.

    Attributes
    ----------
    runs_done, runs : int
        Baselines are not counted.
    work_done, work : float
        The same in units of estimated cost.
    doing : str
        The objective finished last.
    failures : int
        Runs so far that have no result.
    seconds_left : float
        Estimated from the times measured so far.
    """

    runs_done: int
    runs: int
    work_done: float
    work: float
    doing: str
    failures: int = 0
    seconds_left: float = 0.0


def execute(
    jobs: Sequence[Job],
    *,
    store: Store | None,
    executor: Any = None,
    processes: int = 1,
    time_limit: float | None = None,
    memory_limit: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    keep_going: bool = True,
    retry_failed: bool = False,
) -> Runs:
    """Do jobs and return their runs; which workers do them, and in which order, does not matter to the result.

    Parameters
    ----------
    jobs : sequence of Job
        One of a key that came before is left out.
    store : Store or None
        Jobs that it has are not done again, and it gets every run as soon as it ends. Others may work on the same jobs
        at the same time: they are shared. None keeps everything in memory.
    executor : executor of concurrent.futures, Client of dask.distributed, address of a Dask scheduler, or None
        Who does the jobs. Anything that submits will do; a worker of it that hangs cannot be stopped, so a run past its
        time limit is given up. It should have nothing else to do. Jobs are pickled on the way to other processes, which
        must be trusted. None: processes of our own.
    processes : int
        How many of those, ≥ 1. A single one is this process, unless there are limits to keep. For an executor that does
        not tell how many workers it has, how many jobs it is given at a time.
    time_limit : float, optional
        Seconds a run, > 0.
    memory_limit : int, optional
        Bytes a run beyond what its process has already; for processes of our own only.
    progress : callable, optional
        Told now and then.
    keep_going : bool
        False: the first run that fails ends the experiment.
    retry_failed : bool
        Whether jobs that the store has as failed are done again.

    Returns
    -------
    Runs
        In the order of the jobs.

    Raises
    ------
    StoreError
        The store cannot be written any more; what it has is kept.
    WorkerError
        There are no workers, or no more.
    ObjectiveError
        A run failed, without `keep_going`.
    Interrupted
        Ctrl-C, a KeyboardInterrupt. Runs in hand have two seconds to end, the second Ctrl-C stops them at once. A
        :class:`LocalProcesses` that was given is stopped as well.
    """
    check_limits(time_limit, memory_limit)
    whole("processes", processes, low=1, high=_MOST_PROCESSES)
    items = {key: Item(job, key, job.cost, job.blank) for job, key in zip(jobs, (job.key for job in jobs), strict=True)}
    keys = list(items)
    ledger: Ledger = InMemory() if store is None else InStore(store, keys, retry_failed=retry_failed)
    interrupt = Interrupt()
    limits = time_limit, memory_limit
    try:
        with interrupt.caught(), _crew(executor, processes, limits, interrupt) as crew:
            coordinator = _Coordinator(items, ledger, crew, interrupt, progress, keep_going)
            coordinator.run()
        return ledger.runs(keys)
    finally:
        ledger.close()


class _Coordinator:
    """Sends chunks to the crew, writes what comes back, and tells of it."""

    def __init__(
        self,
        items: Mapping[str, Item],
        ledger: Ledger,
        crew: Crew,
        interrupt: Interrupt,
        progress: Callable[[Progress], None] | None,
        keep_going: bool,
    ) -> None:
        self._items = items
        finished = ledger.finished()
        self._plan = Plan([item for key, item in items.items() if key not in finished])
        self._work = sum(item.cost for item in items.values())
        self._runs = sum(not item.blank.baseline for item in items.values())
        self._runs_done = sum(not items[key].blank.baseline for key in finished)
        self._failures = sum(status != DONE for status in finished.values())
        self._ledger, self._crew, self._interrupt = ledger, crew, interrupt
        self._progress, self._keep_going = progress, keep_going
        self._unwritten: list[tuple[str, Sequence[Run]]] = []
        self._doing = ""
        self._polled = self._written = time.monotonic()

    def run(self) -> None:
        """Go on until all jobs are finished, here or elsewhere."""
        self._tell()
        try:
            while not self._plan.is_over or self._unwritten:
                if self._interrupt.count:
                    self._wind_down()
                if not self._send() and not self._plan.is_over:
                    self._take(self._crew.collect(self._patience()))
        except BaseException:
            self._crew.stop()
            with suppress(StoreError):
                self._write([])
            raise

    def _send(self) -> bool:
        """Write what is due, and give a chunk to who is free; return whether there was one to give."""
        chunk: list[Item] = []
        if self._crew.busy < self._crew.slots:
            chunk = self._plan.chunk(self._crew.slots, self._crew.most_in_a_chunk) or self._unparked()
        elif self._crew.slots <= 0:
            raise WorkerError(
                "every worker of the executor is in a run past its time limit, and cannot be stopped; what was "
                "finished is kept. Use processes= instead of an executor, whose workers can be stopped"
            )
        if chunk or self._is_due():
            self._write(chunk)
        return bool(chunk)

    def _write(self, chunk: Sequence[Item]) -> None:
        results, self._unwritten = self._unwritten, []
        claim = self._ledger.step(results, [item.key for item in chunk])
        self._written = time.monotonic()
        for key, status in claim.finished.items():
            self._count(self._items[key], status)
        self._plan.park(self._items[key] for key in claim.elsewhere)
        if claim.granted:
            self._crew.send([self._items[key] for key in claim.granted])
        if results or claim.finished:
            self._tell()

    def _unparked(self) -> list[Item]:
        """Look again at what others had in hand, now and then."""
        now = time.monotonic()
        if not self._plan.has_parked or now - self._polled < _POLL_SECONDS:
            return []
        self._polled = now
        self._plan.unpark()
        return self._plan.chunk(self._crew.slots, self._crew.most_in_a_chunk)

    def _take(self, reports: Sequence[Report]) -> None:
        for report in reports:
            item, runs = report.item, report.runs
            if runs is None:
                self._plan.one_by_one([item])
                continue
            self._unwritten.append((item.key, runs))
            self._plan.measured(item, report.seconds)
            self._doing = item.blank.objective
            self._count(item, status_of(runs))
            if not self._keep_going:
                _refuse_failures(runs)

    def _count(self, item: Item, status: str) -> None:
        self._plan.finished(item)
        self._runs_done += not item.blank.baseline
        self._failures += status != DONE

    def _is_due(self) -> bool:
        if not self._unwritten:
            return False
        return self._plan.is_over or time.monotonic() - self._written > _UNWRITTEN_SECONDS

    def _patience(self) -> float:
        return _UNWRITTEN_SECONDS if self._unwritten else _POLL_SECONDS

    def _wind_down(self) -> None:
        """Give what is in hand a little time, keep what ends by then, and leave."""
        until = time.monotonic() + _WINDING_DOWN_SECONDS
        while self._crew.busy and self._interrupt.count == 1 and time.monotonic() < until:
            self._take(self._crew.collect(0.1))
        self._crew.stop()
        self._take([report for report in self._crew.collect(0.0) if report.runs is not None])
        self._write([])
        raise Interrupted(self._ledger.runs(self._items))

    def _tell(self) -> None:
        if self._progress is None:
            return
        self._progress(
            Progress(
                runs_done=self._runs_done,
                runs=self._runs,
                work_done=self._work - self._plan.work_left,
                work=self._work,
                doing=self._doing,
                failures=self._failures,
                seconds_left=self._plan.seconds_left(self._crew.slots),
            )
        )


def _refuse_failures(runs: Sequence[Run]) -> None:
    for run in runs:
        if run.status != DONE:
            raise ObjectiveError(
                f"{run.label} on {run.objective}, seed {run.seed}, ended with status {run.status}: {run.message}"
            )


@contextmanager
def _crew(
    executor: Any, processes: int, limits: tuple[float | None, int | None], interrupt: Interrupt
) -> Iterator[Crew]:
    """Give those who do the jobs, and let them go."""
    time_limit, memory_limit = limits
    if executor is None and processes == 1 and limits == (None, None):
        yield Here(interrupt)
        return
    if executor is None or isinstance(executor, LocalProcesses):
        pool = LocalProcesses(processes) if executor is None else executor
        with _left_alone(pool, ours=executor is None):
            yield OwnProcesses(pool, time_limit=time_limit, memory_limit=memory_limit, interrupt=interrupt)
        return
    if memory_limit is not None:
        raise InvalidInput("memory_limit cannot be kept by an executor of yours; use processes= instead")
    if _cluster.is_cluster(executor):
        with _cluster.workers(executor) as (submits, slots):
            yield Foreign(submits, slots=slots, time_limit=time_limit, interrupt=interrupt)
    elif callable(getattr(executor, "submit", None)):
        count = _workers(executor, processes)
        yield Foreign(executor, slots=lambda: count, time_limit=time_limit, interrupt=interrupt)
    else:
        raise InvalidType(
            "executor must be an executor of concurrent.futures, a Client of dask.distributed or the address of a Dask "
            f"scheduler, got {executor!r:.60}"
        )


@contextmanager
def _left_alone(pool: LocalProcesses, *, ours: bool) -> Iterator[None]:
    """Shut down the processes that are ours: at once where the block fails."""
    try:
        yield
    except BaseException:
        if ours:
            pool.kill()
        raise
    if ours:
        pool.shutdown()


def _workers(executor: Executor, otherwise: int) -> int:
    """Return how many workers an executor has, by the names that executors have for it."""
    for name in ("_max_workers", "max_workers", "num_workers"):
        count = getattr(executor, name, None)
        if isinstance(count, int) and count >= 1:
            return count
    return otherwise
