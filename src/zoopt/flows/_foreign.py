"""Fields of functions: by Python, or compiled by Numba."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.flows._failure import FieldFailed
from zoopt.flows._points import Field
from zoopt.objectives._numba import cannot_compile, is_jitted

Function = Callable[..., Any]


class FunctionField(Field):
    """A field of functions; :func:`zoopt.flows.field` makes one.

    Attributes
    ----------
    functions : dict
        The functions by name: value, gradient and, where there is one, hvp.
    compiled : bool
        Whether Numba has compiled them.
    """

    def __init__(self, functions: dict[str, Function], dim: int, select: Callable[[int], None] | None = None) -> None:
        self.functions = functions
        self._select = select
        self.compiled = all(is_jitted(function) for function in functions.values())
        self._wants_out = {name: _wants_out(name, function) for name, function in functions.items()}
        super().__init__(self._compiled(dim) if self.compiled else self._python(dim))

    def __repr__(self) -> str:
        """Names of the functions."""
        names = ", ".join(getattr(function, "__name__", repr(function)) for function in self.functions.values())
        return f"field({names}, dim={self.dim})"

    def __reduce__(self) -> tuple[object, ...]:
        """By the functions."""
        return FunctionField, (self.functions, self.dim)

    def _python(self, dim: int) -> _core.Field:
        parts = {name: self._wrapped(name) for name in self.functions}
        return _core.python_field(parts["value"], parts["gradient"], dim, parts.get("hvp"), self._select)

    def _wrapped(self, name: str) -> Function:
        """Return a call that returns what is expected, or raises what says where it failed."""

        def call(x: FloatArray, *more: FloatArray) -> object:
            at = x.copy()
            try:
                returned = self._call(name, x, *more)
            except Exception as error:
                raise _raised(name, at, error) from error
            return _number(returned, at) if name == "value" else _vector(name, returned, at)

        return call

    def _call(self, name: str, x: FloatArray, *more: FloatArray) -> object:
        if not self._wants_out[name]:
            return self.functions[name](x, *more)
        out = np.full(x.size, np.nan)
        self.functions[name](x, *more, out)
        return out

    def _compiled(self, dim: int) -> _core.Field:
        from zoopt.flows import _entries

        def entry(name: str, returning: Function, writing: Function) -> Any:
            if name not in self.functions:
                return None
            return _entry(self.functions[name], writing if self._wants_out[name] else returning)

        value = entry("value", _entries.value_entry, _entries.value_entry)
        gradient = entry("gradient", _entries.returning_entry, _entries.writing_entry)
        product = entry("hvp", _entries.returning_product, _entries.writing_product)
        self._kept = (value, gradient, product)
        return _core.foreign_field(
            value.address, gradient.address, product.address if product else 0, dim, owner=self._kept
        )

    def explain(self, failed: FieldFailed) -> Exception:
        """Return what is raised for a failure in compiled code: its cause, found by a call through Python."""
        more = (failed.v.copy(),) if failed.part == "hvp" else ()
        try:
            self._call(failed.part, failed.x.copy(), *more)
        except Exception as error:
            raised = _raised(failed.part, failed.x, error)
            raised.__cause__ = error
            return raised
        return ObjectiveError(
            f"{failed.part} failed in compiled code, but not when it was called again; does it return a vector of "
            "another size, or depend on more than its arguments?",
            x=failed.x,
        )


def _entry(function: Function, make: Function) -> Any:
    from numba.core.errors import NumbaError

    from zoopt.flows._entries import VIEWS

    for view in VIEWS:
        try:
            return make(function, view)
        except NumbaError as error:
            last = error
    name = getattr(function, "__name__", "the function")
    raise InvalidType(cannot_compile(name, str(last))) from last


def _wants_out(name: str, function: Function) -> bool:
    """Whether the function writes its vector into a last argument, rather than return it."""
    arguments = 2 if name == "hvp" else 1
    try:
        signature = inspect.signature(getattr(function, "py_func", function))
    except (TypeError, ValueError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = signature.parameters.values()
    needed = sum(p.kind in kinds and p.default is p.empty for p in parameters)
    taken = sum(p.kind in kinds for p in parameters)
    if any(p.kind is p.VAR_POSITIONAL for p in parameters) or needed <= arguments <= taken:
        return False
    if name != "value" and needed == arguments + 1:
        return True
    forms = {"value": "value(x)", "gradient": "gradient(x) or gradient(x, out)", "hvp": "hvp(x, v) or hvp(x, v, out)"}
    raise InvalidInput(f"{name}{signature} cannot be called as {forms[name]}; give further parameters a default")


def _raised(name: str, x: FloatArray, error: Exception) -> ObjectiveError:
    return ObjectiveError(f"{name} raised {type(error).__name__}: {error}", x=x)


def _number(returned: object, x: FloatArray) -> float:
    number = real_numbers(returned)
    if number is None or number.size != 1:
        raise ObjectiveError(f"value must return one real number, got {shown(returned)}", x=x)
    return float(number.reshape(()))


def _vector(name: str, returned: object, x: FloatArray) -> FloatArray:
    vector = real_numbers(returned)
    if vector is None or vector.shape != x.shape:
        got = shown(returned) if vector is None else f"shape {vector.shape}"
        raise ObjectiveError(f"{name} must return a vector of shape {x.shape}, got {got}", x=x)
    return np.ascontiguousarray(vector)
