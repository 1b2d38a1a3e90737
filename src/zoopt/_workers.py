"""Evaluation elsewhere: executors, pools of our own, and whatever maps a function over a list."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from numbers import Integral
from typing import Any, Protocol, runtime_checkable

import numpy as np

from zoopt._arguments import FloatArray, whole
from zoopt._evaluate import Evaluator
from zoopt.errors import InvalidType, ObjectiveError


@runtime_checkable
class Executor(Protocol):
    """What is asked of an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Return a future of ``fn(*args)``, with ``result()`` and ``cancel()``."""


Workers = int | Executor | Callable[..., Any] | None
Values = Callable[[FloatArray, int], FloatArray]

_MOST_WORKERS = 1024
_PARTS_A_WORKER = 4  # calls may differ in how long they take; batch functions get one part, which they like long


@dataclass(frozen=True)
class Part:
    """Rows that one worker evaluates together; the first of them is candidate `first`."""

    first: int
    rows: FloatArray
    generation: int


@dataclass(frozen=True)
class Failure:
    """An ObjectiveError on its way between processes, which would lose its cause."""

    message: str
    candidate: int | None
    x: object
    cause: BaseException | None

    def error(self) -> ObjectiveError:
        """Return the error that it was."""
        error = ObjectiveError(self.message, candidate=self.candidate, x=self.x)
        error.__cause__ = self.cause
        return error


Outcome = FloatArray | Failure
Send = Callable[[list[Part]], list[Outcome]]


@contextmanager
def crew(workers: Workers, evaluate: Evaluator) -> Iterator[Values]:
    """Give a function that returns the values of rows: `evaluate` itself, or one that has them made by workers."""
    count = _count(workers)
    if count == 1:
        yield evaluate
    elif count is not None:
        with _own_pool(count, evaluate) as send:
            yield partial(_values, evaluate, send, count)
    elif isinstance(workers, Executor):
        send = partial(_submitted, workers, _task(workers, evaluate), _nothing)
        yield partial(_values, evaluate, send, getattr(workers, "_max_workers", None) or _cpus())
    elif callable(workers):
        run = partial(_portable_outcome, evaluate)
        yield partial(_values, evaluate, partial(_mapped, workers, run), _cpus())
    else:
        raise InvalidType(
            f"workers must be a number, an executor of concurrent.futures or a function like map, got {workers!r:.60}"
        )


def _count(workers: Workers) -> int | None:
    """Return how many processes are asked for by number; 1 is none beside this one."""
    if workers is None:
        return 1
    if not isinstance(workers, Integral | np.bool_):
        return None
    return _cpus() if workers == -1 else whole("workers (-1: all cores)", workers, low=1, high=_MOST_WORKERS)


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _values(evaluate: Evaluator, send: Send, workers: int, rows: FloatArray, generation: int) -> FloatArray:
    """Cut the rows into contiguous parts, have them evaluated, and put the values back in order."""
    count = min(len(rows), workers * (1 if evaluate.batch else _PARTS_A_WORKER))
    cuts = [len(rows) * k // count for k in range(count + 1)]
    parts = [Part(a, rows[a:b].copy(), generation) for a, b in pairwise(cuts)]
    try:
        outcomes = send(parts)
    except BrokenExecutor as error:
        raise ObjectiveError(
            f"a worker died while generation {generation} was evaluated: {error} It may have run out of memory, or the "
            "objective ended its process; a script that starts processes needs if __name__ == '__main__'"
        ) from error
    return evaluate.checked(np.concatenate([_made(outcome) for outcome in outcomes]), rows)


def _made(outcome: Outcome) -> FloatArray:
    if isinstance(outcome, Failure):
        raise outcome.error()
    return outcome


def _submitted(
    executor: Executor, task: Callable[[Part], Outcome], abandon: Callable[[], object], parts: list[Part]
) -> list[Outcome]:
    """Return the outcomes in order, up to the first failure; what has not begun by then is called off."""
    futures: list[Any] = []
    outcomes: list[Outcome] = []
    try:
        futures.extend(executor.submit(task, part) for part in parts)
        for future in futures:
            outcomes.append(future.result())
            if isinstance(outcomes[-1], Failure):
                break
    finally:
        if len(outcomes) < len(parts):
            for future in futures:
                future.cancel()
            abandon()
    return outcomes


def _mapped(workers: Callable[..., Any], run: Callable[[Part], Outcome], parts: list[Part]) -> list[Outcome]:
    """Return the outcomes in order, of a function that is called as ``map`` is."""
    returned = workers(run, parts)
    outcomes = list(returned) if isinstance(returned, Iterable) else []
    if len(outcomes) == len(parts) and all(isinstance(o, np.ndarray | Failure) for o in outcomes):
        return outcomes
    raise InvalidType(
        f"workers= is called as workers(function, parts) and must return function(part) of all {len(parts)} parts in "
        f"their order, as map does; got {returned!r:.60}"
    )


def _task(workers: Workers, evaluate: Evaluator) -> Callable[[Part], Outcome]:
    if isinstance(workers, ThreadPoolExecutor):
        return partial(_outcome, evaluate)
    if isinstance(workers, ProcessPoolExecutor):
        return partial(_sent_outcome, uuid.uuid4().hex, _pickled(evaluate))
    return partial(_portable_outcome, evaluate)


@contextmanager
def _own_pool(count: int, evaluate: Evaluator) -> Iterator[Send]:
    """Give what sends parts to processes that got the objective once, when they began."""
    key, payload = uuid.uuid4().hex, _pickled(evaluate)
    pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(key, payload))
    try:
        with _ctrl_c_waits():
            for _ in range(count):
                pool.submit(os.getpid)  # starts a process
        yield partial(_submitted, pool, partial(_sent_outcome, key, None), partial(_end_processes, pool))
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Hold Ctrl-C back, here and in the processes that are started meanwhile, until they ignore it themselves."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nothing() -> None:
    """Leave work that has begun in an executor of the caller's to that executor."""


def _end_processes(pool: ProcessPoolExecutor) -> None:
    """End workers in the middle of their work: nobody waits for it any more."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()


def _pickled(evaluate: Evaluator) -> bytes:
    try:
        return pickle.dumps(evaluate)
    except Exception as error:
        raise InvalidType(
            f"workers= sends the objective to other processes, but it cannot be pickled: {error}; define it at the top "
            "of a module, or use threads: workers=concurrent.futures.ThreadPoolExecutor()"
        ) from error


# What runs in the workers.

_known: dict[str, bytes | Evaluator] = {}  # of the last objective only: pools may live longer than a run


def _begin(key: str, payload: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _known[key] = payload


def _sent_outcome(key: str, payload: bytes | None, part: Part) -> Outcome:
    """Evaluate with the objective of this key, which is unpickled once a process."""
    evaluate = _known.get(key, payload)
    if not isinstance(evaluate, Evaluator):
        try:
            evaluate = pickle.loads(evaluate or b"")
        except Exception as error:
            message = f"the objective cannot be unpickled in a worker: {error}; define it at the top of a module"
            return Failure(message, None, None, _portable(error))
        _known.clear()
        _known[key] = evaluate
    return _portable_outcome(evaluate, part)


def _outcome(evaluate: Evaluator, part: Part) -> Outcome:
    try:
        return evaluate.values(part.rows, part.generation, part.first)
    except ObjectiveError as error:
        return Failure(str(error), error.candidate, error.x, error.__cause__)


def _portable_outcome(evaluate: Evaluator, part: Part) -> Outcome:
    outcome = _outcome(evaluate, part)
    if not isinstance(outcome, Failure) or outcome.cause is None:
        return outcome
    return Failure(outcome.message, outcome.candidate, outcome.x, _portable(outcome.cause))


def _portable(cause: BaseException) -> BaseException:
    """Return the exception with its traceback as a note, or its likeness where it cannot be pickled and back."""
    note = "In the worker:\n" + "".join(traceback.format_exception(cause)).rstrip()
    try:
        twin = pickle.loads(pickle.dumps(cause))
        if type(twin) is not type(cause):
            twin = RuntimeError(repr(cause))
    except Exception:
        twin = RuntimeError(repr(cause))
    twin.add_note(note)
    found: BaseException = twin
    return found
