"""Doing a job wherever a worker is: what goes wrong becomes a run with a status."""

import gc
import time
from collections.abc import Sequence
from dataclasses import replace

from zoopt.compare import _deadline
from zoopt.compare._job import Job
from zoopt.compare._record import Run, Status

Done = tuple[list[Run], float]
"""The runs of a job, and the seconds that it took."""


def do(job: Job, time_limit: float | None) -> Done:
    """Return the runs of a job; it is told its time limit, and is not stopped at it."""
    began = time.perf_counter()
    try:
        with _deadline.within(time_limit):
            runs = job.run()
    except MemoryError as error:
        runs = [ended(job.blank, "memory", _words(error))]
    except (Exception, SystemExit) as error:
        runs = [ended(job.blank, "failed", _words(error))]
    if any(run.status == "memory" for run in runs):
        gc.collect()
    return runs, time.perf_counter() - began


def do_all(jobs: Sequence[Job], time_limit: float | None) -> list[Done]:
    """Return the runs of some jobs that were sent together."""
    return [do(job, time_limit) for job in jobs]


def ended(blank: Run, status: Status, message: str, seconds: float = 0.0) -> Run:
    """Return what is recorded of a run that did not come to its end."""
    return replace(blank, status=status, message=message, seconds=seconds)


def _words(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
