"""How generations follow one another: in the core, or in Python where that has a part in them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from zoopt._arguments import FloatArray, positive
from zoopt._callback import Callback
from zoopt._evaluate import Evaluator
from zoopt._gradients import ValueAndGradient
from zoopt._optimizer import Optimizer
from zoopt._status import Status
from zoopt._workers import Values
from zoopt.errors import ObjectiveError

Advance = Callable[[int], Status | None]
"""Runs generations within so many evaluations since the start, and says why if it ended before."""


def stays_compiled(values: Values, evaluate: Evaluator, callback: Callback | None) -> bool:
    """Whether nothing of Python is wanted between two generations."""
    return values is evaluate and evaluate.core is not None and callback is None and evaluate.on_invalid == "worst"


def compiled(
    search: Optimizer, evaluate: Evaluator, goal: float | None, time_limit: float | None, late: Callable[[], bool]
) -> Advance:
    """Return what leaves the loop to the core."""

    def advance(limit: int) -> Status | None:
        try:
            search.run(evaluate, limit, target=goal, time_limit=time_limit)
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return _ended(search, goal) or (Status.OUT_OF_TIME if late() else None)

    return advance


def in_python(
    search: Optimizer,
    learn: Callable[[], None],
    goal: float | None,
    late: Callable[[], bool],
    report: Callable[[], bool],
) -> Advance:
    """Return what asks and tells, and does between two generations what is to be done in Python."""

    def advance(limit: int) -> Status | None:
        try:
            while search.nfev + search.rows <= limit:
                learn()
                status = _ended(search, goal)
                if status is not None:
                    return status
                if report():
                    return Status.CALLBACK_STOP
                if late():
                    return Status.OUT_OF_TIME
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return None

    return advance


def from_values(search: Optimizer, values: Values, resampling_limit: int) -> Callable[[], None]:
    """Return what runs one generation, with invalid candidates replaced while the evaluations stay within a limit."""

    def learn() -> None:
        rows = search.ask()
        parts = np.split(rows, np.cumsum([count for count, _ in search.passes])[:-1])
        told = [_values(values, part, g, search) for part, (_, g) in zip(parts, search.passes, strict=True)]
        found = np.concatenate(told)
        while search.nfev + 2 * search.rows <= resampling_limit:
            replaced, fresh = search.resample(found)
            if replaced.size == 0:
                break
            found[replaced] = _values(values, fresh, search.objective_generation, search)
        search.tell(found)

    return learn


def from_gradients(search: Optimizer, gradients: ValueAndGradient) -> Callable[[], None]:
    """Return what takes one step along told gradients."""

    def learn() -> None:
        try:
            value, slope = gradients(search.ask()[0], search.objective_generation)
        except ObjectiveError as error:
            error.best = search.best
            raise
        search.tell([value], gradients=slope[None, :])

    return learn


def clock(time_limit: float | None) -> Callable[[], bool]:
    """Return a function that says whether the time is over."""
    if time_limit is None:
        return lambda: False
    end = time.perf_counter() + positive("time_limit", time_limit)
    return lambda: time.perf_counter() >= end


def _ended(search: Optimizer, goal: float | None) -> Status | None:
    return Status.TARGET_REACHED if goal is not None and _reached(search, goal) else search.status


def _reached(search: Optimizer, goal: float) -> bool:
    best = search.best
    return best is not None and good_enough(best.fun, goal, search.sense)


def good_enough(value: float, goal: float, sense: str) -> bool:
    """Whether a value is as good as the goal; NaN never is."""
    return value >= goal if sense == "max" else value <= goal


def _values(values: Values, rows: FloatArray, generation: int, search: Optimizer) -> FloatArray:
    try:
        return values(rows, generation)
    except ObjectiveError as error:
        error.best = search.best
        raise
