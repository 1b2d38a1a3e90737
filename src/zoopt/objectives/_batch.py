"""Marks a function of whole batches."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, overload

import numpy.typing as npt

from zoopt._arguments import flag
from zoopt.errors import InvalidType
from zoopt.objectives._numba import NumbaObjective, is_jitted

Function = Callable[..., npt.ArrayLike]


class Batch:
    """A function of all candidates at once; :func:`batch` makes one."""

    zoopt_batch = True

    def __init__(self, fun: Function, *, generation: bool = False) -> None:
        if not callable(fun):
            raise InvalidType(f"batch takes a function of all rows, got {type(fun).__name__}")
        functools.update_wrapper(self, fun, updated=())
        self.zoopt_generation = flag("generation", generation)
        self._fun = fun

    def __call__(self, *args: object, **kwargs: object) -> npt.ArrayLike:
        """Call the function."""
        return self._fun(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Batch:
        """Bind a marked method to its object."""
        if instance is None:
            return self
        return Batch(self._fun.__get__(instance, owner), generation=self.zoopt_generation)

    def __reduce__(self) -> str | tuple[object, ...]:
        """By name where the mark stands at the function's own name, as it does for a decorator."""
        name = getattr(self, "__qualname__", "")
        if name and _at(getattr(self, "__module__", ""), name) is self:
            return str(name)
        return _marked, (self._fun, self.zoopt_generation)


@overload
def batch(fun: Function, /, *, generation: bool = False) -> Batch | NumbaObjective: ...


@overload
def batch(*, generation: bool = False) -> Callable[[Function], Batch | NumbaObjective]: ...


def batch(
    fun: Function | None = None, /, *, generation: bool = False
) -> Batch | NumbaObjective | Callable[[Function], Batch | NumbaObjective]:
    """Mark `fun` as a function of all candidates at once, so that it is not called point by point.

    Parameters
    ----------
    fun : callable
        ``fun(rows, *args) -> values``: rows of shape (rows, dim), values of shape (rows,). One of ``numba.njit``
        becomes what ``zoopt.objective(fun, batch=True)`` makes of it.
    generation : bool
        Whether `fun` also takes ``generation=``, the number of the generation, with which it can choose one mini-batch
        for all candidates of a generation.

    Returns
    -------
    callable
        The same function, marked; `fun` itself is left as it is.

    Raises
    ------
    InvalidType
        `fun` cannot be called.

    Examples
    --------
    >>> import numpy as np
    >>> from zoopt.objectives import batch
    >>> @batch
    ... def sphere(rows):
    ...     return (rows**2).sum(axis=1)
    >>> sphere(np.ones((2, 3))).tolist()
    [3.0, 3.0]
    """
    if fun is None:
        return functools.partial(_marked, generation=generation)
    return _marked(fun, generation)


def _marked(fun: Function, generation: bool) -> Batch | NumbaObjective:
    if is_jitted(fun):
        return NumbaObjective(fun, batch=True, generation=generation)
    return Batch(fun, generation=generation)


def _at(module: str, name: str) -> Any:
    """Return what stands at a qualified name, or None."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
