"""Whether a gradient is that of the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput

STEP, TOLERANCE = 1e-3, 1e-5  # a relative step of eps^(1/5), for differences of fourth order
SINGLE_STEP, SINGLE_TOLERANCE = 2e-2, 5e-3  # the same of gradients that are rounded to float32
SINGLE = 1e-10  # what rounds by more is of float32
SEED = 20
NAMED = 3


def check_gradient(core: _core.Field, x: FloatArray) -> None:
    """Raise where a coordinate of the gradient is not the difference of values along it."""
    told = core.gradient(x)
    steps = _step(core) * np.maximum(1.0, np.abs(x))
    found = np.array([_slope(_along(core, x, i), steps[i]) for i in range(x.size)])
    _compare("gradient", "differences of the value say", told, found, core)


def check_products(core: _core.Field, x: FloatArray) -> None:
    """Raise where a Hessian-vector product is not the difference of gradients along the vector."""
    if not core.has_hessian_vector:
        return
    v = np.random.default_rng(SEED).normal(size=x.size)
    step = _step(core) * max(1.0, float(np.abs(x).max())) / float(np.abs(v).max())
    found = _slope(lambda s: core.gradient(x + s * v), step)
    _compare("hvp", "differences of the gradient say", core.hessian_vector(x, v), found, core)


def _single(core: _core.Field) -> bool:
    return core.rounding > SINGLE


def _step(core: _core.Field) -> float:
    return SINGLE_STEP if _single(core) else STEP


def _slope(function: Callable[[float], Any], step: float) -> Any:
    """Return the derivative at 0: central differences at two steps, extrapolated."""
    near = (function(step / 2) - function(-step / 2)) / step
    far = (function(step) - function(-step)) / (2 * step)
    return (4 * near - far) / 3


def _along(core: _core.Field, x: FloatArray, coordinate: int) -> Callable[[float], float]:
    """Return the value as a function of how far a coordinate is moved."""

    def value(step: float) -> float:
        at = x.copy()
        at[coordinate] += step
        return core.value(at)

    return value


def _compare(name: str, because: str, told: FloatArray, found: FloatArray, core: _core.Field) -> None:
    size = np.maximum(1.0, np.maximum(np.abs(told), np.abs(found)))
    allowed = SINGLE_TOLERANCE * size.max() if _single(core) else TOLERANCE * size
    wrong = np.flatnonzero(~(np.abs(told - found) <= allowed))
    if not wrong.size:
        return
    shown = ", ".join(f"{name}[{i}] is {told[i]:.6g} where {because} {found[i]:.6g}" for i in wrong[:NAMED])
    more = f" (and {wrong.size - NAMED} more)" if wrong.size > NAMED else ""
    raise InvalidInput(f"{name} does not fit: {shown}{more}; mend it, or leave check out where that is meant")
