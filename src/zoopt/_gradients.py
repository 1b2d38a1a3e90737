"""First-order algorithms: objectives that tell their gradient."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from zoopt._arguments import FloatArray, real_numbers
from zoopt._evaluate import OnError, OnInvalid
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, ObjectiveError

ValueAndGradient = Callable[[FloatArray, int], tuple[float, FloatArray]]


def value_and_gradient(
    fun: object, args: tuple[object, ...], cell: Cell, on_error: OnError, on_invalid: OnInvalid
) -> ValueAndGradient | None:
    """Return what gives value and gradient at a point of a generation, or None for algorithms that take values only.

    The number of the generation goes to objectives that ask for it by a true ``zoopt_generation``. Where value or
    gradient is not finite the value is NaN, which makes the point invalid, and the gradient zeros; or that is an error,
    where it is to be.

    Raises
    ------
    InvalidInput
        If the algorithm needs gradients and the objective has none.
    """
    if not cell.first_order:
        return None
    method = getattr(fun, "value_and_gradient", None)
    if not callable(method):
        raise InvalidInput(
            f"{cell.name} needs gradients: give an objective with a method value_and_gradient(x) -> (value, gradient), "
            "drive zoopt.optimizer by ask and tell(values, gradients=), or choose an algorithm that needs values only, "
            "such as 'cma-es' or 'snes'"
        )

    told = bool(getattr(fun, "zoopt_generation", False))

    def both(x: FloatArray, generation: int) -> tuple[float, FloatArray]:
        try:
            returned = method(x.copy(), *args, **({"generation": generation} if told else {}))
        except Exception as error:
            if on_error == "invalid":
                return math.nan, np.zeros(x.size)
            message = f"value_and_gradient raised {type(error).__name__}: {error}"
            raise ObjectiveError(message, candidate=0, x=x.copy()) from error
        value, gradient = _pair(returned, x)
        if math.isfinite(value) and np.isfinite(gradient).all():
            return value, gradient
        if on_invalid == "raise":
            raise ObjectiveError(
                f"value_and_gradient returned what is not finite: {returned!r:.120}; use on_invalid='worst' to end the "
                "run where it was",
                candidate=0,
                x=x.copy(),
            )
        return math.nan, np.zeros(x.size)

    return both


def _pair(returned: object, x: FloatArray) -> tuple[float, FloatArray]:
    pair = returned if isinstance(returned, tuple | list) and len(returned) == 2 else (None, None)
    value, gradient = real_numbers(pair[0]), real_numbers(pair[1])
    if value is None or value.size != 1 or gradient is None or gradient.shape != x.shape:
        raise ObjectiveError(
            f"value_and_gradient must return a number and a gradient of shape {x.shape}, got {returned!r:.120}",
            candidate=0,
            x=x.copy(),
        )
    return float(value.reshape(())), gradient


def value_alone(fun: object) -> Callable[..., object]:
    """Return a function of the value of an objective that has a method ``value_and_gradient`` and nothing else."""
    method: Callable[..., tuple[object, object]] = fun.value_and_gradient  # type: ignore[attr-defined]

    def value(x: FloatArray, *args: object, **generation: int) -> object:
        return method(x, *args, **generation)[0]

    value.zoopt_generation = getattr(fun, "zoopt_generation", False)  # type: ignore[attr-defined]
    return value
