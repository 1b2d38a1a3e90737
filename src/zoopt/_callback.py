"""Callbacks, spoken to as SciPy does."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

from zoopt._optimizer import Optimizer
from zoopt._result import Result
from zoopt._status import Best
from zoopt.errors import InvalidType

Callback = Callable[..., object]


def reporter(callback: Callback | None, search: Optimizer) -> Callable[[], bool]:
    """Return a function that calls the callback and says whether it asked to stop."""
    if callback is None:
        return lambda: False
    wants_result = _parameters(callback) == ["intermediate_result"]

    def report() -> bool:
        best = best_or_mean(search)
        try:
            if wants_result:
                callback(
                    intermediate_result=Result(
                        x=best.x, fun=best.fun, nfev=search.nfev, nit=search.generation, mean=search.mean
                    )
                )
            else:
                callback(best.x)
        except StopIteration:
            return True
        return False

    return report


def best_or_mean(search: Optimizer) -> Best:
    """Return the best point so far, or the mean with the value NaN where none is known."""
    return search.best or Best(search.centre, math.nan)


def _parameters(callback: Callback) -> list[str]:
    if not callable(callback):
        raise InvalidType(f"callback must be callable, got {type(callback).__name__}")
    try:
        return list(inspect.signature(callback).parameters)
    except ValueError:  # a builtin that does not tell
        return []
