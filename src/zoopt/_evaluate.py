"""The doors through which an objective comes in: compiled, by Numba, batch, or one point at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray, flag, real_numbers
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.objectives._compiled import CompiledObjective, Sense
from zoopt.objectives._failure import CallFailed
from zoopt.objectives._numba import REPEATED, NumbaObjective, is_jitted, objective_of

OnError = Literal["raise", "invalid"]
OnInvalid = Literal["worst", "raise", "resample"]
Caller = Callable[[FloatArray], object]


class Evaluator:
    """Turns rows into natural values by whatever the user gave, and says clearly what went wrong where.

    Attributes
    ----------
    core : _core.Objective or None
        What C++ can call, where there is such a thing.
    sense : {"min", "max"}
        What is asked of an objective that has no sense of its own.
    batch : bool
        Whether a call takes all rows.
    """

    def __init__(
        self,
        fun: Callable[..., object],
        args: tuple[object, ...] = (),
        on_error: OnError = "raise",
        on_invalid: OnInvalid = "worst",
        *,
        dim: int,
        sense: Sense = "min",
        threads: int = 1,
    ) -> None:
        if not callable(fun):
            raise InvalidType(f"fun must be callable, got {type(fun).__name__}")
        self.fun: Any = objective_of(fun) if is_jitted(fun) and not args else fun
        self.args = args
        self.on_error = on_error
        self.on_invalid = on_invalid
        self.dim = dim
        self.threads = threads
        self.sense = sense
        own = self.fun.batch if isinstance(self.fun, NumbaObjective) else getattr(self.fun, "zoopt_batch", False)
        self.batch = bool(own)
        self.core = self._bound()

    def __getstate__(self) -> dict[str, object]:
        """All but the core, which is bound again."""
        return {name: value for name, value in vars(self).items() if name != "core"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self.core = self._bound()

    def __call__(self, rows: FloatArray, generation: int) -> FloatArray:
        """Return the natural values of `rows`, shape (count, d) -> (count,)."""
        return self.checked(self.values(rows, generation), rows)

    def checked(self, values: FloatArray, rows: FloatArray) -> FloatArray:
        """Return the values as they are, or refuse them where NaN and infinite ones are to be."""
        if self.on_invalid != "raise" or np.isfinite(values).all():
            return values
        bad = np.flatnonzero(~np.isfinite(values))
        index = int(bad[0])
        raise ObjectiveError(
            f"the objective returned {values[index]} at candidate {index}; "
            "use on_invalid='worst' to rank such candidates last",
            candidate=index,
            x=rows[index].copy(),
        )

    def values(self, rows: FloatArray, generation: int, first: int = 0) -> FloatArray:
        """Return the values of rows that are candidates `first`, first + 1, ... of their generation."""
        if self.core is None:
            return self._by_python(rows, generation, first)
        try:
            return self.core.evaluate(rows, generation, self.threads)
        except CallFailed as failed:
            error = self.blame(failed, rows, first)
            raise error from error.__cause__

    def blame(self, failed: CallFailed, rows: FloatArray, first: int = 0) -> ObjectiveError:
        """Return the error behind a failure in compiled code, learnt from a call through Python."""
        found = np.flatnonzero((rows == failed.rows[0]).all(axis=1))
        candidate = first + int(found[0]) if found.size else None
        error = ObjectiveError(REPEATED.format("the objective"))
        try:
            self._by_python(failed.rows, failed.generation, candidate or 0)
        except ObjectiveError as told:
            error = ObjectiveError(str(told))
            error.__cause__ = told.__cause__
        if len(failed.rows) == 1:
            error.candidate, error.x = candidate, failed.rows[0].copy()
        return error

    def _bound(self) -> _core.Objective | None:
        if self.args or not isinstance(self.fun, CompiledObjective):
            return None
        if self.fun.dim not in (None, self.dim):
            raise InvalidInput(f"x0 has {self.dim} coordinates, the objective needs {self.fun.dim}")
        sense = self.fun.sense or self.sense
        return self.fun.bound(self.dim, maximise=sense == "max", invalid=self.on_error == "invalid")

    def _by_python(self, rows: FloatArray, generation: int, first: int) -> FloatArray:
        call = self._caller(generation)
        return self._whole(call, rows, first) if self.batch else self._each(call, rows, first)

    def _caller(self, generation: int) -> Caller:
        """Return what takes a point, or all rows, and nothing else."""
        fun, args = self.fun, self.args
        if isinstance(fun, NumbaObjective):
            return lambda candidates: fun.by_python(candidates, generation, args)
        if getattr(fun, "zoopt_generation", False):
            return lambda candidates: fun(candidates, *args, generation=generation)
        if args:
            return lambda candidates: fun(candidates, *args)
        caller: Caller = fun
        return caller

    def _whole(self, call: Caller, rows: FloatArray, first: int) -> FloatArray:
        try:
            returned = call(rows)
        except Exception as error:
            if self.on_error == "invalid":
                return np.full(len(rows), math.nan)
            where = f"at candidate {first}" if len(rows) == 1 else f"on a batch of {len(rows)} rows"
            raise ObjectiveError(f"the objective raised {_short(error)} {where}") from error
        values = real_numbers(returned)
        if values is None:
            raise ObjectiveError(
                f"a batch objective returns {len(rows)} real numbers for {len(rows)} rows, got {_named(returned)}"
            )
        if values.shape != (len(rows),):
            raise ObjectiveError(
                f"a batch objective returns one value a row: shape ({len(rows)},) for {len(rows)} rows, "
                f"got shape {values.shape}"
            )
        return values

    def _each(self, call: Caller, rows: FloatArray, first: int) -> FloatArray:
        values = np.empty(len(rows))
        for k, point in enumerate(rows.copy()):  # the function may write into it
            try:
                value = call(point)
            except Exception as error:
                if self.on_error == "raise":
                    message = f"the objective raised {_short(error)} at candidate {first + k}"
                    raise ObjectiveError(message, candidate=first + k, x=rows[k].copy()) from error
                value = math.nan
            values[k] = value if isinstance(value, float) else _scalar(value, first + k, rows[k])
        return values


def sense_of(fun: object, maximize: bool | None) -> Sense:
    """Return what is asked for, else what the objective says of itself, else "min"."""
    own = getattr(fun, "sense", None)
    asked = None if maximize is None else ("max" if flag("maximize", maximize) else "min")
    if asked is not None and own in ("min", "max") and asked != own:
        raise InvalidInput(f"maximize={maximize} contradicts the objective, whose sense is {own!r}; leave maximize out")
    return "max" if (asked or own) == "max" else "min"


def _scalar(value: object, index: int, row: FloatArray) -> float:
    array = real_numbers(value)
    if array is None or array.size != 1:
        got = _named(value) if array is None else f"an array of shape {array.shape}"
        raise ObjectiveError(
            f"the objective must return one number for one point, got {got} at candidate {index}; "
            "mark a function of all rows with zoopt.objectives.batch",
            candidate=index,
            x=row.copy(),
        )
    return float(array.reshape(()))


def _named(value: object) -> str:
    return "None; does it return its value?" if value is None else f"{type(value).__name__} {value!r:.60}"


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
