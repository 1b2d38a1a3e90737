"""First-order algorithms: objectives that tell their gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zoopt._arguments import FloatArray, real_numbers
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, ObjectiveError

ValueAndGradient = Callable[[FloatArray], tuple[float, FloatArray]]


def value_and_gradient(fun: object, args: tuple[object, ...], cell: Cell) -> ValueAndGradient | None:
    """Return what gives value and gradient at a point, or None for an algorithm that takes values only.

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

    def both(x: FloatArray) -> tuple[float, FloatArray]:
        try:
            value, slope = method(x.copy(), *args)
        except Exception as error:
            message = f"value_and_gradient raised {type(error).__name__}: {error}"
            raise ObjectiveError(message, candidate=0, x=x.copy()) from error
        number, gradient = real_numbers(value), real_numbers(slope)
        if number is None or number.size != 1 or gradient is None or gradient.shape != x.shape:
            raise ObjectiveError(
                f"value_and_gradient must return a number and a gradient of shape {x.shape}, "
                f"got {value!r:.40} and {slope!r:.60}",
                candidate=0,
                x=x.copy(),
            )
        if not np.isfinite(gradient).all():
            raise ObjectiveError("value_and_gradient returned a gradient that is not finite", candidate=0, x=x.copy())
        return float(number.reshape(())), gradient

    return both
