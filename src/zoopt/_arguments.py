"""Checks of what users pass: one place that turns arguments into what the core takes, or says what is wrong."""

from __future__ import annotations

import math
import secrets
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt.errors import InvalidInput, InvalidType

FloatArray = npt.NDArray[np.float64]
Seed = int | np.integer | np.random.Generator | np.random.RandomState | None


def real_numbers(values: object) -> FloatArray | None:
    """Return `values` as float64, or None where they are text, None, masked, complex or ragged."""
    if np.ma.is_masked(values):
        return None
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":
            return np.array([_real(v) for v in array.ravel()], dtype=np.float64).reshape(array.shape)
    except (TypeError, ValueError, OverflowError):
        return None
    return np.asarray(array, dtype=np.float64) if array.dtype.kind in "biuf" else None


def _real(value: object) -> float:
    if value is None or isinstance(value, str | bytes):
        raise TypeError(f"not a number: {value!r}")
    return float(value)  # type: ignore[arg-type]


def point(x0: npt.ArrayLike) -> FloatArray:
    """Return the start as a float64 vector of its own; a scalar is a vector of one."""
    numbers = real_numbers(x0)
    if numbers is None:
        raise InvalidInput(f"x0 must be a vector of real numbers, got {shown(x0)}")
    start = np.array(numbers, ndmin=1)
    if start.ndim != 1:
        raise InvalidInput(f"x0 must have one dimension, got an array of shape {start.shape}; use x0.ravel()")
    if start.size == 0:
        raise InvalidInput("x0 is empty; it needs at least one coordinate")
    bad = np.flatnonzero(~np.isfinite(start))
    if bad.size:
        raise InvalidInput(f"x0 must be finite, but x0[{bad[0]}] is {start[bad[0]]}")
    return start


def logits(x0: npt.ArrayLike) -> tuple[FloatArray, int]:
    """Return the logits of shape (variables, categories) as a vector, and the number of categories."""
    numbers = real_numbers(x0)
    if numbers is None or numbers.ndim != 2 or numbers.shape[0] < 1 or numbers.shape[1] < 2:
        got = shown(x0) if numbers is None else f"shape {numbers.shape}"
        raise InvalidInput(f"x0 must be logits of shape (variables, categories), 2 categories at least, got {got}")
    return point(numbers.ravel()), numbers.shape[1]


def square_or_diagonal(covariance: npt.ArrayLike, dim: int) -> FloatArray:
    """Return a covariance of shape (dim, dim), or its diagonal of shape (dim,), as a vector."""
    numbers = real_numbers(covariance)
    if numbers is None or numbers.shape not in ((dim,), (dim, dim)) or not np.isfinite(numbers).all():
        got = "something else" if numbers is None else f"shape {numbers.shape}"
        raise InvalidInput(f"covariance must be finite and of shape ({dim}, {dim}) or ({dim},), got {got}")
    least = numbers.min() if numbers.ndim == 1 else np.linalg.eigvalsh(numbers)[0]
    if numbers.ndim == 2 and not np.allclose(numbers, numbers.T, rtol=1e-10, atol=0):
        raise InvalidInput("covariance must be symmetric; use (C + C.T) / 2")
    if least <= 0:
        raise InvalidInput(f"covariance must be positive definite, but its least eigenvalue is {least:g}")
    return np.array(numbers.ravel())


def positive(name: str, value: object) -> float:
    """Return `value` as a finite float above zero."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidType(f"{name} must be a number above 0, got {shown(value)}")
    size = as_float(value)
    if not (math.isfinite(size) and size > 0):
        raise InvalidInput(f"{name} must be finite and above 0, got {size}")
    return size


def flag(name: str, value: object) -> bool:
    """Return `value` as a bool; the word "no" would else be true."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidType(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def whole(name: str, value: object, *, low: int, high: int) -> int:
    """Return `value` as an int within [low, high]; floats and booleans are refused."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise InvalidType(f"{name} must be an integer, got {shown(value)}")
    number = int(value)
    if not low <= number <= high:
        raise InvalidInput(f"{name} must lie in [{low}, {high}], got {number}")
    return number


def number(name: str, value: object) -> float:
    """Return `value` as a float that is not NaN."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidType(f"{name} must be a number, got {shown(value)}")
    found = as_float(value)
    if math.isnan(found):
        raise InvalidInput(f"{name} must be a number, got NaN")
    return found


def as_float(value: Any) -> float:
    """Return a float: infinity for integers beyond all floats."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def seed_of(seed: Seed) -> int:
    """Return a seed below 2**64: the integer itself, one drawn from a generator, or a fresh one for None."""
    if seed is None:
        return secrets.randbits(63)
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**63))
    if isinstance(seed, np.random.RandomState):
        return int(seed.randint(2**31 - 1))
    if not isinstance(seed, Integral):
        raise InvalidType(f"seed must be an integer, a numpy Generator or RandomState, or None, got {shown(seed)}")
    return whole("seed", seed, low=0, high=2**64 - 1)


def values_of(values: npt.ArrayLike, rows: int, source: str) -> FloatArray:
    """Return `values` as a float64 vector of `rows` entries."""
    vector = real_numbers(values)
    if vector is None:
        raise InvalidInput(f"{source} must be {rows} real numbers, got {shown(values)}")
    if vector.shape != (rows,):
        raise InvalidInput(f"{source} must have shape ({rows},), one value a row, got {vector.shape}")
    return np.ascontiguousarray(vector)


def shown(value: object) -> str:
    """Return how a message shows what it got: on one line, and not all of it where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{type(value).__name__} {text[:50]}..."
