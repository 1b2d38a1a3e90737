"""Checks of what users pass: one place that turns arguments into what the core takes, or says what is wrong."""

from __future__ import annotations

import math
import secrets
from numbers import Integral, Real

import numpy as np
import numpy.typing as npt

from zoopt.errors import InvalidInput, InvalidType

FloatArray = npt.NDArray[np.float64]
Seed = int | np.integer | np.random.Generator | np.random.RandomState | None


def point(x0: npt.ArrayLike) -> FloatArray:
    """Return the start as a float64 vector of its own; a scalar is a vector of one."""
    try:
        start = np.array(x0, dtype=np.float64, ndmin=1)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"x0 must be a vector of numbers, got {x0!r}") from error
    if start.ndim != 1:
        raise InvalidInput(f"x0 must have one dimension, got an array of shape {start.shape}; use x0.ravel()")
    if start.size == 0:
        raise InvalidInput("x0 is empty; it needs at least one coordinate")
    bad = np.flatnonzero(~np.isfinite(start))
    if bad.size:
        raise InvalidInput(f"x0 must be finite, but x0[{bad[0]}] is {start[bad[0]]}")
    return start


def positive(name: str, value: object) -> float:
    """Return `value` as a finite float above zero."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidType(f"{name} must be a number above 0, got {value!r}")
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise InvalidInput(f"{name} must be finite and above 0, got {number}")
    return number


def whole(name: str, value: object, *, low: int, high: int) -> int:
    """Return `value` as an int within [low, high]; floats and booleans are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise InvalidType(f"{name} must be an integer, got {value!r}")
    number = int(value)
    if not low <= number <= high:
        raise InvalidInput(f"{name} must lie in [{low}, {high}], got {number}")
    return number


def seed_of(seed: Seed) -> int:
    """Return a seed below 2**64: the integer itself, one drawn from a generator, or a fresh one for None."""
    if seed is None:
        return secrets.randbits(63)
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**63))
    if isinstance(seed, np.random.RandomState):
        return int(seed.randint(2**31 - 1))
    return whole("seed", seed, low=0, high=2**64 - 1)


def values_of(values: npt.ArrayLike, rows: int, source: str) -> FloatArray:
    """Return `values` as a float64 vector of `rows` entries."""
    try:
        vector = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{source} must be {rows} numbers, got {type(values).__name__}") from error
    if vector.shape != (rows,):
        raise InvalidInput(f"{source} must have shape ({rows},), one value a row, got {vector.shape}")
    return vector
