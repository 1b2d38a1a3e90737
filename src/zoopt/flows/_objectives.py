"""Fields of objectives: of those that tell their gradient, and of what has values only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown, whole
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.flows._foreign import FunctionField
from zoopt.flows._points import DIM_LIMIT, WHOLE_SET, Field


class ObjectiveField(Field):
    """A field of a compiled objective, which is asked without Python.

    Attributes
    ----------
    objective : object
        The objective.
    """

    def __init__(self, objective: Any, make: Callable[[Any, int], _core.Field], dim: int) -> None:
        self.objective = objective
        self._make = make
        super().__init__(make(objective, dim))

    @property
    def whole(self) -> Field:
        """The same of all samples; the field itself where there are no mini-batches."""
        return ObjectiveField(self.objective, self._make, self.dim) if _sampled(self.objective) else self

    def __repr__(self) -> str:
        """Return what it is of."""
        return f"field({self.objective!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """By the objective."""
        return ObjectiveField, (self.objective, self._make, self.dim)


class PythonObjectiveField(FunctionField):
    """A field of an objective that Python calls, in the generation that was selected.

    Attributes
    ----------
    objective : object
        The objective.
    """

    def __init__(self, objective: Any, dim: int) -> None:
        self.objective = objective
        parts = _Parts(objective)
        super().__init__({"value": parts.value, "gradient": parts.gradient}, dim, parts.select)

    @property
    def whole(self) -> Field:
        """The same of all samples; the field itself where there are no mini-batches."""
        return PythonObjectiveField(self.objective, self.dim) if _sampled(self.objective) else self

    def __repr__(self) -> str:
        """Return what it is of."""
        return f"field({self.objective!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """By the objective."""
        return PythonObjectiveField, (self.objective, self.dim)


def of_objective(objective: Any, dim: int | None) -> Field:
    """Return the field of an objective that tells its gradient."""
    if not callable(getattr(objective, "value_and_gradient", None)):
        raise InvalidType(
            "gradient is missing: pass field(value, gradient, dim), or an objective with a method "
            f"value_and_gradient(x), got {shown(objective)}"
        )
    coordinates = _dim(objective, dim)
    own = getattr(objective, "zoopt_field", None)
    if own is not None and own() is not None:
        return ObjectiveField(objective, _own, coordinates)
    return PythonObjectiveField(objective, coordinates)


def of_values(objective: Any, dim: int | None) -> Field:
    """Return a field that has values only, negated where they are to be maximised."""
    if not callable(objective):
        raise InvalidType(f"what is smoothed must be a field or an objective, got {shown(objective)}")
    coordinates = _dim(objective, dim)
    return ObjectiveField(objective, _values_of, coordinates)


def _own(objective: Any, dim: int) -> _core.Field:
    if dim != objective.dim:
        raise InvalidInput(f"dim must be {objective.dim}, as the objective has, got {dim}")
    core: _core.Field = objective.zoopt_field()
    return core


def _values_of(objective: Any, dim: int) -> _core.Field:
    """Return values by the core where it cannot fail in them, else by Python."""
    bound = getattr(objective, "bound", None)
    core = bound(dim) if callable(bound) else None
    if isinstance(core, _core.Objective) and not isinstance(core, _core.ForeignObjective) and core.dim == dim:
        return _core.value_field(core, objective.threads)
    return _core.python_values(_Values(objective), dim)


def _dim(objective: Any, dim: int | None) -> int:
    coordinates = getattr(objective, "dim", None) if dim is None else dim
    if coordinates is None:
        raise InvalidInput("dim is missing: the objective does not know the coordinates of a point")
    return whole("dim", coordinates, low=1, high=DIM_LIMIT)


def _sampled(objective: Any) -> bool:
    """Whether a generation has a part of the samples, or draws."""
    return bool(getattr(objective, "zoopt_mini_batches", False))


def _sign(objective: Any) -> float:
    return -1.0 if getattr(objective, "sense", "min") == "max" else 1.0


class _Parts:
    """Value and gradient of an objective, each by itself, in the generation that was selected."""

    def __init__(self, objective: Any) -> None:
        self.objective = objective
        self._told = bool(getattr(objective, "zoopt_generation", False))
        self._step = WHOLE_SET if _sampled(objective) else 0

    def select(self, step: int) -> None:
        self._step = step

    def value(self, x: FloatArray) -> float:
        return _sign(self.objective) * float(self._both(x)[0])

    def gradient(self, x: FloatArray) -> FloatArray:
        return _sign(self.objective) * np.asarray(self._both(x)[1], dtype=np.float64)

    def _both(self, x: FloatArray) -> Any:
        more = {"generation": self._step} if self._told else {}
        return self.objective.value_and_gradient(x, **more)


class _Values:
    """Values of rows in a generation, of any objective."""

    def __init__(self, objective: Any) -> None:
        self.objective = objective
        self._told = bool(getattr(objective, "zoopt_generation", False))
        self._whole = bool(getattr(objective, "zoopt_batch", False))

    def __call__(self, rows: FloatArray, generation: int) -> FloatArray:
        more = {"generation": generation} if self._told else {}
        try:
            found = self.objective(rows, **more) if self._whole else [self.objective(row, **more) for row in rows]
        except Exception as error:
            raise ObjectiveError(f"the objective raised {type(error).__name__}: {error}", x=rows[0]) from error
        values = real_numbers(found)
        if values is None or values.size != len(rows):
            raise ObjectiveError(f"the objective must return one number a point, got {shown(found)}", x=rows[0])
        return np.ascontiguousarray(_sign(self.objective) * values.reshape(len(rows)))
