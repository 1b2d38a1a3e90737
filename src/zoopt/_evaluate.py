"""The doors through which an objective comes in: compiled, batch, or one point at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError

OnError = Literal["raise", "invalid"]


@dataclass
class Evaluator:
    """Turns rows into values by whatever the user gave, and says clearly what went wrong where."""

    fun: Callable[..., object]
    args: tuple[object, ...] = ()
    on_error: OnError = "raise"
    core: _core.Objective | None = field(init=False)
    batch: bool = field(init=False)

    def __post_init__(self) -> None:
        if not callable(self.fun):
            raise InvalidType(f"fun must be callable, got {type(self.fun).__name__}")
        core = getattr(self.fun, "_core", None)
        self.core = core if isinstance(core, _core.Objective) and not self.args else None
        self.batch = self.core is not None or bool(getattr(self.fun, "zoopt_batch", False))

    @property
    def sense(self) -> str | None:
        """What the objective itself says of its direction, if anything."""
        sense = getattr(self.fun, "sense", None)
        return sense if sense in ("min", "max") else None

    def check_dim(self, dim: int) -> None:
        """Raise where a compiled objective has another dimension than x0."""
        own = getattr(self.fun, "dim", None)
        if self.core is not None and own != dim:
            raise InvalidInput(f"x0 has {dim} coordinates, the objective needs {own}")

    def __call__(self, rows: FloatArray) -> FloatArray:
        """Return the natural values of `rows`, shape (count, d) -> (count,)."""
        if self.batch:
            return self._whole(rows)
        return np.array([self._single(index, row) for index, row in enumerate(rows)])

    def _whole(self, rows: FloatArray) -> FloatArray:
        try:
            values = np.asarray(self.fun(rows, *self.args), dtype=np.float64)
        except Exception as error:
            if self.on_error == "invalid":
                return np.full(len(rows), math.nan)
            raise ObjectiveError(f"the objective raised {_short(error)} on a batch of {len(rows)} rows") from error
        if values.shape != (len(rows),):
            raise ObjectiveError(
                f"a batch objective returns one value a row: shape ({len(rows)},) for {len(rows)} rows, "
                f"got shape {values.shape}"
            )
        return values

    def _single(self, index: int, row: FloatArray) -> float:
        try:
            value = self.fun(row.copy(), *self.args)
        except Exception as error:
            if self.on_error == "invalid":
                return math.nan
            message = f"the objective raised {_short(error)} at candidate {index}"
            raise ObjectiveError(message, candidate=index, x=row.copy()) from error
        return _scalar(value, index, row)


def _scalar(value: object, index: int, row: FloatArray) -> float:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        array = None
    if array is None or array.size != 1:
        got = type(value).__name__ if array is None else f"an array of shape {array.shape}"
        raise ObjectiveError(
            f"the objective must return one number for one point, got {got} at candidate {index}; "
            "mark a function of all rows with zoopt.objectives.batch",
            candidate=index,
            x=row.copy(),
        )
    return float(array.reshape(()))


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
