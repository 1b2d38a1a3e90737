"""First-order algorithms: where their gradients come from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zoopt._arguments import FloatArray, real_numbers
from zoopt._evaluate import OnError
from zoopt._optimizer import Optimizer
from zoopt.errors import InvalidType, ObjectiveError


class Gradients:
    """Tells a first-order search the value and the gradient at its mean, as the objective gives them.

    Raises
    ------
    InvalidType
        If the objective has no method ``value_and_gradient``.
    """

    def __init__(self, fun: object, args: tuple[object, ...], on_error: OnError, search: Optimizer) -> None:
        method = getattr(fun, "value_and_gradient", None)
        if not callable(method):
            raise InvalidType(
                f"{search.cell.name} follows gradients, so its objective needs a method value_and_gradient(x) that "
                f"returns (value, gradient), and {type(fun).__name__} has none; give it one, tell the gradients "
                "yourself through zoopt.optimizer, or use a method without gradients, for example 'cma-es'"
            )
        self._method: Any = method
        self._args = args
        self._on_error = on_error
        self._search = search

    def value(self, x: FloatArray, *args: object) -> object:
        """Return the value alone."""
        return self._method(x, *args)[0]

    def tell(self) -> None:
        """Go through one generation."""
        search = self._search
        rows = search.ask()
        value, gradient = self._at(rows[0])
        search.tell([value], gradients=gradient[None])

    def _at(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Return value and gradient; NaN and zeros where one of them is not finite, which is an invalid value."""
        try:
            returned = self._method(x.copy(), *self._args)
        except Exception as error:
            if self._on_error == "invalid":
                return math.nan, np.zeros(x.size)
            raise self._error(f"the objective raised {type(error).__name__}: {error}", x) from error
        value, gradient = self._taken_apart(returned, x)
        valid = math.isfinite(value) and bool(np.isfinite(gradient).all())
        return (value, gradient) if valid else (math.nan, np.zeros(x.size))

    def _taken_apart(self, returned: object, x: FloatArray) -> tuple[float, FloatArray]:
        pair = returned if isinstance(returned, tuple | list) and len(returned) == 2 else (None, None)
        value, gradient = real_numbers(pair[0]), real_numbers(pair[1])
        if value is None or value.size != 1 or gradient is None or gradient.shape != x.shape:
            raise self._error(
                f"value_and_gradient(x) must return one number and an array of shape {x.shape}, got {returned!r:.120}",
                x,
            )
        return float(value.reshape(())), gradient

    def _error(self, message: str, x: FloatArray) -> ObjectiveError:
        error = ObjectiveError(message, candidate=0, x=x.copy())
        error.best = self._search.best
        return error
