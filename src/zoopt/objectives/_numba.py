"""Functions compiled by Numba as objectives."""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any, overload

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray, flag, whole
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.objectives._compiled import CompiledObjective, Sense
from zoopt.objectives._failure import CallFailed

_DIM_LIMIT = 2**31 - 1
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # which Numba adds where colorama is installed
_SPECIFIC = re.compile(r"raised a specific error:\s*\w+: (.+)")
_NOISE = ("Failed in nopython", "During:", "File ")


class NumbaObjective(CompiledObjective):
    """A Numba function as an objective; :func:`zoopt.objective` makes one.

    Attributes
    ----------
    function : numba dispatcher
        The function itself, as Python calls it.
    sense : {"min", "max"} or None
        Whether lower or higher values are better; None where whoever optimises it says so.
    dim : int or None
        Coordinates of a candidate; None takes any number.
    batch : bool
        Whether the function takes all rows at once.
    generation : bool
        Whether it takes the number of the generation too.
    threads : int
        Threads that a call may use; they change no bit of the values.
    """

    zoopt_generation = True

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        sense: Sense | None = None,
        dim: int | None = None,
        batch: bool = False,
        generation: bool = False,
        threads: int = 1,
    ) -> None:
        self._given = function
        self._python: Callable[..., Any] = getattr(function, "py_func", function)
        if not inspect.isfunction(self._python):
            raise InvalidType(
                f"zoopt.objective takes a function, plain or of numba.njit, got {type(function).__name__}"
            )
        if sense not in (None, "min", "max"):
            raise InvalidInput(f"sense must be 'min' or 'max', got {sense!r}")
        super().__init__(None if dim is None else whole("dim", dim, low=1, high=_DIM_LIMIT), threads)
        self.sense = sense
        self.batch = flag("batch", batch)
        self.generation = flag("generation", generation)
        self._entry: tuple[Any, bool] | None = None
        functools.update_wrapper(self, self._python, updated=())

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        """The function as Numba compiles it for Python."""
        if is_jitted(self._given):
            return self._given
        import numba

        compiled: Callable[..., Any] = numba.njit(self._given)
        return compiled

    def __repr__(self) -> str:
        """Name and what was said of it."""
        said = {"sense": self.sense, "dim": self.dim, "batch": self.batch, "generation": self.generation}
        return f"objective({self._python.__name__}{''.join(f', {k}={v!r}' for k, v in said.items() if v)})"

    def __reduce__(self) -> tuple[object, ...]:
        """By the function, which Numba sends by value."""
        return _rebuilt, (self.function, self.sense, self.dim, self.batch, self.generation, self.threads)

    def bound(self, dim: int, *, maximise: bool = False, invalid: bool = False) -> _core.Objective:
        """Return what the core calls for candidates of `dim` coordinates; failures are NaN where `invalid`."""
        if self._entry is None:
            self._entry = self._compiled()
        entry, parallel = self._entry
        return _core.ForeignObjective(
            entry.address,
            dim=dim,
            batch=self.batch,
            maximise=maximise,
            invalid=invalid,
            threads_of_its_own=parallel,
            owner=entry,
        )

    def _values(self, rows: FloatArray, generation: int) -> FloatArray:
        try:
            return self.bound(rows.shape[1]).evaluate(rows, generation, self.threads)
        except CallFailed as failed:
            self.by_python(failed.rows if self.batch else failed.rows[0], failed.generation)
            raise ObjectiveError(REPEATED.format(self._python.__name__), x=failed.rows[0]) from None

    def by_python(self, candidates: FloatArray, generation: int, args: tuple[object, ...] = ()) -> object:
        """Call the function as Python does: one point, or all rows of a batch function."""
        signed = generation - 2**64 if generation >= 2**63 else generation  # as compiled code gets it
        more = ((signed,) if self.generation else ()) + args
        if not self._writes(len(args)):
            return self.function(candidates.copy(), *more)
        out = np.full(len(candidates), np.nan)
        self.function(candidates.copy(), out, *more)
        return out

    def _writes(self, args: int) -> bool:
        """Whether the function writes its values into an argument, rather than return them."""
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = inspect.signature(self._python).parameters.values()
        needed = sum(p.kind in kinds and p.default is p.empty for p in parameters) - args - self.generation
        if needed not in ((1, 2) if self.batch else (1,)):
            raise InvalidInput(_wrong_arguments(self))
        return needed == 2

    def _compiled(self) -> tuple[Any, bool]:
        """Return the entry, and whether it has parallel loops of Numba's own."""
        from numba.core.errors import NumbaError

        from zoopt.objectives import _entries

        make = _entries.returning_entry if self.batch else _entries.point_entry
        if self._writes(0):
            make = _entries.writing_entry
        function = _entries.inlined(self.function)
        if not self.generation:
            function = _entries.taking_generation(function)
        try:
            entry = make(function, _entries.shown)
        except NumbaError:
            try:
                entry = make(function, _entries.copied)
            except NumbaError as error:
                raise InvalidType(cannot_compile(self._python.__name__, str(error))) from error
        return entry, _entries.runs_in_parallel(entry)


REPEATED = "{} failed in compiled code, but not when it was called again; does it depend on more than its arguments?"


@overload
def objective(
    function: Callable[..., Any],
    /,
    *,
    sense: Sense | None = None,
    dim: int | None = None,
    batch: bool = False,
    generation: bool = False,
    threads: int = 1,
) -> NumbaObjective: ...


@overload
def objective(
    *,
    sense: Sense | None = None,
    dim: int | None = None,
    batch: bool = False,
    generation: bool = False,
    threads: int = 1,
) -> Callable[[Callable[..., Any]], NumbaObjective]: ...


def objective(
    function: Callable[..., Any] | None = None,
    /,
    *,
    sense: Sense | None = None,
    dim: int | None = None,
    batch: bool = False,
    generation: bool = False,
    threads: int = 1,
) -> NumbaObjective | Callable[[Callable[..., Any]], NumbaObjective]:
    """Make an objective of a function that Numba can compile; a decorator, with or without arguments.

    The core calls the compiled function by its address, without Python and without the GIL, from several threads where
    ``threads`` of :func:`zoopt.minimize` allows it. It is compiled when it is first used. What it raises is caught in
    compiled code; the candidate is then evaluated again through Python to learn what was wrong.

    Parameters
    ----------
    function : function
        A Python function, or one of ``numba.njit`` where options such as ``fastmath`` are wanted. ``f(x) -> float``
        for one point of shape (d,). Numba does not check indices unless asked to (``njit(boundscheck=True)``).
    sense : {"min", "max"}, optional
        Whether lower or higher values are better; by default the optimiser says so.
    dim : int, optional
        Coordinates of a candidate; by default any number.
    batch : bool
        The function takes all rows at once: ``f(X) -> values`` or ``f(X, out)``, X of shape (rows, d), one value a
        row. It must treat every row by itself: rows come in parts.
    generation : bool
        The function takes the number of the generation behind these arguments, as mini-batch objectives need; -1
        asks for all data, where an algorithm needs the value of no mini-batch.
    threads : int
        Threads that a direct call may use.

    Returns
    -------
    NumbaObjective
        ``f(rows)`` of shape (rows, d) gives shape (rows,); ``f(point)`` of shape (d,) gives a float.

    Raises
    ------
    InvalidType
        `function` is no function.
    InvalidInput
        `sense`, `dim` or `threads` cannot be used.

    Notes
    -----
    The function sees candidates that cannot be written to. One that writes into them, or that has an explicit
    signature, gets copies, at the cost of an allocation a call.

    Examples
    --------
    >>> import zoopt
    >>> @zoopt.objective
    ... def bowl(x):
    ...     total = 0.0
    ...     for i in range(x.size):
    ...         total += (x[i] - i) ** 2
    ...     return total
    >>> bowl([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]).tolist()
    [0.0, 5.0]
    >>> zoopt.minimize(bowl, [5.0, 5.0, 5.0], budget=3000, seed=1).x.round(3).tolist()
    [0.0, 1.0, 2.0]
    """
    make = functools.partial(NumbaObjective, sense=sense, dim=dim, batch=batch, generation=generation, threads=threads)
    return make if function is None else make(function)


def is_jitted(function: Any) -> bool:
    """Whether this is a function of ``numba.njit``; nothing is, as long as nobody has imported Numba."""
    if "numba" not in sys.modules:
        return False
    from numba.extending import is_jitted as is_dispatcher

    return bool(is_dispatcher(function))


def objective_of(function: Any) -> NumbaObjective:
    """Return the objective of a plain ``njit`` function, the same one every time, so that it is compiled once."""
    known = getattr(function, "_zoopt_objective", None)
    if known is None:
        known = function._zoopt_objective = NumbaObjective(function)
    objective: NumbaObjective = known
    return objective


def _rebuilt(
    function: Callable[..., Any], sense: Sense | None, dim: int | None, batch: bool, generation: bool, threads: int
) -> NumbaObjective:
    return NumbaObjective(function, sense=sense, dim=dim, batch=batch, generation=generation, threads=threads)


def _wrong_arguments(objective: NumbaObjective) -> str:
    more = ", generation" if objective.generation else ""
    form = f"f(X{more}) -> values or f(X, out{more})" if objective.batch else f"f(x{more}) -> float"
    takes = inspect.signature(objective._python)
    return (
        f"{objective._python.__name__}{takes} cannot be called as {form}; give further parameters a default, or make a "
        "closure of them"
    )


def cannot_compile(name: str, error: str) -> str:
    """Return the message of a function that Numba does not know how to compile."""
    return (
        f"Numba cannot compile {name}: {_reason(error)}. Change what Numba does not know, or pass the plain Python "
        "function, which is called point by point"
    )


def _reason(error: str) -> str:
    """Return the line of Numba's report that says what is wrong; the report itself is the error's cause."""
    error = _COLOURS.sub("", error)
    specific = [line for line in _SPECIFIC.findall(error) if not line.startswith(_NOISE)]
    if specific:
        return str(specific[-1]).strip()
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(_NOISE)] or lines
    return " ".join(told[:2] if told[0].endswith(":") else told[:1]).rstrip(".")
