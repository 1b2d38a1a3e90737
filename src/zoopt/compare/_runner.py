"""Doing the runs: groups of one objective and one seed, here or in worker processes, in the order of their cost."""

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from zoopt.compare._entry import Entry
from zoopt.compare._objective import ExperimentObjective
from zoopt.compare._run import Run, run_group
from zoopt.errors import ObjectiveError


@dataclass(frozen=True)
class Group:
    """All runs of one objective at one seed; they share the split and the cross-entropy fit.

    Attributes
    ----------
    objective : ExperimentObjective
    seed : int
    entries : tuple of Entry
    budget : int
        Evaluations a run.
    """

    objective: ExperimentObjective
    seed: int
    entries: tuple[Entry, ...]
    budget: int

    @property
    def work(self) -> float:
        """Estimated cost, for the order of the groups and the time left."""
        return len(self.entries) * self.budget * (self.objective.work + 2_000.0)

    def run(self) -> list[Run]:
        """Do all runs of the group."""
        return run_group(self.objective, self.seed, list(self.entries), self.budget)


def run_groups(groups: list[Group], jobs: int, done: Callable[[Group], None]) -> list[Run]:
    """Run all groups; the result depends neither on ``jobs`` nor on the order in which they finish.

    Parameters
    ----------
    groups : list of Group
    jobs : int
        Worker processes; 1 runs in this process. Workers are started afresh ("spawn"), with one BLAS thread
        each, so a script that asks for more than one needs ``if __name__ == "__main__":``.
    done : callable
        Told of each finished group.

    Returns
    -------
    list of Run
        In the order of ``groups``.

    Raises
    ------
    ObjectiveError
        A worker process died, for example for want of memory.
    KeyboardInterrupt
        Ctrl-C; the workers have been stopped.
    """
    order = sorted(range(len(groups)), key=lambda index: -groups[index].work)
    found: dict[int, list[Run]] = {}
    if jobs == 1 or len(groups) == 1:
        for index in order:
            found[index] = groups[index].run()
            done(groups[index])
    else:
        with contextlib.closing(_in_workers(groups, order, min(jobs, len(groups)))) as finished:
            for index, runs in finished:
                found[index] = runs
                done(groups[index])
    return [run for index in range(len(groups)) for run in found[index]]


def _in_workers(groups: list[Group], order: list[int], jobs: int) -> Generator[tuple[int, list[Run]], None, None]:
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)
    try:
        pending: dict[Future[list[Run]], int] = {pool.submit(groups[i].run): i for i in order}
        for future in as_completed(pending):
            yield pending[future], future.result()
    except BrokenProcessPool as error:
        raise ObjectiveError(
            "a worker process died before its runs were done, perhaps for want of memory; "
            "try fewer --jobs or a smaller data set"
        ) from error
    except BaseException:
        _stop(pool, others)
        raise
    pool.shutdown()


def _stop(pool: ProcessPoolExecutor, others: set[multiprocessing.process.BaseProcess]) -> None:
    """Drop what has not begun and end the workers of this pool, and only those."""
    pool.shutdown(wait=False, cancel_futures=True)
    for process in set(multiprocessing.active_children()) - others:
        process.terminate()
        process.join()


def _start_worker() -> None:
    """Leave Ctrl-C to the coordinator."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
