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
    wants_result = _wants_result(callback)

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


def _wants_result(callback: Callback) -> bool:
    """Whether the callback takes the result so far, and not the best point."""
    if not callable(callback):
        raise InvalidType(f"callback must be callable, got {type(callback).__name__}")
    try:
        signature = inspect.signature(callback)
    except ValueError:  # a builtin that does not tell
        return False
    if list(signature.parameters) == ["intermediate_result"]:
        return True
    try:
        signature.bind(None)
    except TypeError as error:
        raise InvalidType(
            f"callback must take one argument, as callback(xk) or callback(intermediate_result), but its parameters "
            f"are {signature}"
        ) from error
    return False
