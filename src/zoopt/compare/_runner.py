"""Doing the jobs: those of one objective and one seed together, here or in worker processes, the dearest first."""

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from zoopt.compare._record import Run
from zoopt.compare._run import Job
from zoopt.errors import ObjectiveError


def run_jobs(jobs: list[Job], workers: int, done: Callable[[Job], None]) -> list[Run]:
    """Run all jobs; the result depends neither on ``workers`` nor on the order in which they finish.

    Parameters
    ----------
    jobs : list of Job
    workers : int
        Processes; 1 runs in this one. Workers are started afresh ("spawn"), with one BLAS thread each, so a script that
        asks for more than one needs ``if __name__ == "__main__":``.
    done : callable
        Told of each finished job.

    Returns
    -------
    list of Run
        In the order of ``jobs``.

    Raises
    ------
    ObjectiveError
        A worker process died, for example for want of memory.
    KeyboardInterrupt
        Ctrl-C; the workers have been stopped.
    """
    groups = sorted(_groups(jobs), key=lambda group: -sum(jobs[index].cost for index in group))
    found: dict[int, list[Run]] = {}
    with contextlib.closing(_here(jobs, groups) if workers == 1 else _in_workers(jobs, groups, workers)) as finished:
        for index, runs in finished:
            found[index] = runs
            done(jobs[index])
    return [run for index in range(len(jobs)) for run in found[index]]


def _groups(jobs: list[Job]) -> list[list[int]]:
    """Return the indices of jobs that share a problem together."""
    shared: dict[tuple[str, int], list[int]] = {}
    for index, job in enumerate(jobs):
        shared.setdefault((job.identity, job.seed), []).append(index)
    return list(shared.values())


def _here(jobs: list[Job], groups: list[list[int]]) -> Generator[tuple[int, list[Run]], None, None]:
    for group in groups:
        for index in group:
            yield index, jobs[index].run()


def _in_workers(jobs: list[Job], groups: list[list[int]], workers: int) -> Generator[tuple[int, list[Run]], None, None]:
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(workers, len(groups)), mp_context=context, initializer=_start_worker)
    try:
        pending: dict[Future[list[list[Run]]], list[int]] = {
            pool.submit(_run_all, [jobs[index] for index in group]): group for group in groups
        }
        for future in as_completed(pending):
            yield from zip(pending[future], future.result(), strict=True)
    except BrokenProcessPool as error:
        raise ObjectiveError(
            "a worker process died before its runs were done, perhaps for want of memory; "
            "try fewer --jobs or a smaller data set"
        ) from error
    except BaseException:
        _stop(pool, others)
        raise
    pool.shutdown()


def _run_all(jobs: list[Job]) -> list[list[Run]]:
    return [job.run() for job in jobs]


def _stop(pool: ProcessPoolExecutor, others: set[multiprocessing.process.BaseProcess]) -> None:
    """Drop what has not begun and end the workers of this pool, and only those."""
    pool.shutdown(wait=False, cancel_futures=True)
    for process in set(multiprocessing.active_children()) - others:
        process.terminate()
        process.join()


def _start_worker() -> None:
    """Leave Ctrl-C to the coordinator."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
