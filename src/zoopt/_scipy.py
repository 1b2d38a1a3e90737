"""Cells as SciPy's `method`: its custom minimisers are called with everything that it was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from zoopt._minimize import minimize
from zoopt._result import Result
from zoopt.cells import Cell
from zoopt.errors import InvalidType

_OWN = (
    "target",
    "time_limit",
    "seed",
    "rng",
    "scale",
    "threads",
    "workers",
    "on_error",
    "on_invalid",
    "maximize",
    "bounds_handling",
    "covariance",
    "noise_handling",
    "most_effort",
    "memory_limit",
)

_NOT_OURS = {
    "maxiter": "a generation is no iteration of SciPy's; limit evaluations by the option budget",
    "disp": "nothing is printed; read the message and the trace of the result, or give a callback",
    "return_all": "the result has a trace; collect points with a callback",
}


def minimise(
    cell: Cell,
    fun: Callable[..., object],
    x0: npt.ArrayLike,
    args: tuple[object, ...] = (),
    *,
    callback: Callable[..., object] | None = None,
    budget: int | None = None,
    maxfev: int | None = None,
    **given: Any,
) -> Result:
    """Call :func:`zoopt.minimize` for SciPy, whose `options` come as keywords beside its own arguments."""
    if budget is not None and maxfev is not None:
        raise InvalidType("budget and maxfev are two names for one thing; give one of them")
    for name in ("jac", "hess", "hessp", "constraints"):
        value = given.pop(name, None)
        if not _absent(value):
            minimize(fun, x0, **{name: value})  # refuses it, with advice
    for name, advice in _NOT_OURS.items():
        if name in given:
            raise InvalidType(f"{cell.name} has no option {name!r} as SciPy means it: {advice}")
    keywords = {name: given.pop(name) for name in _OWN if name in given}
    bounds, tolerance = given.pop("bounds", None), given.pop("tol", None)
    if tolerance is not None:
        given = {"tolfun": tolerance, "tolx": tolerance} | given
    return minimize(
        fun,
        x0,
        args,
        method=cell,
        budget=maxfev if budget is None else budget,
        bounds=bounds,
        callback=callback,
        options=given,
        **keywords,
    )


def _absent(value: object) -> bool:
    """Whether SciPy says that there is no such thing: None, False, or no constraints."""
    return value is None or value is False or (isinstance(value, tuple | list) and not value)
