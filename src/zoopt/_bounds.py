"""Boxes that candidates stay in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from zoopt._arguments import FloatArray, real_numbers
from zoopt.errors import InvalidInput

BoundsHandling = Literal["transform", "projection"]

_NONE = np.empty(0)


@dataclass(frozen=True)
class Box:
    """Lower and upper bounds a coordinate, and how the search keeps to them; ``handling`` "none" for no bounds."""

    handling: Literal["none", "transform", "projection"] = "none"
    lower: FloatArray = field(default_factory=_NONE.copy)
    upper: FloatArray = field(default_factory=_NONE.copy)


def box_of(bounds: object, handling: BoundsHandling, start: FloatArray) -> Box:
    """Return the box that `bounds` describes: a scipy Bounds object, or (low, high) pairs with None for no bound.

    Raises
    ------
    InvalidInput
        Where the pairs are not one a coordinate, a lower bound is not below its upper one, or `start` lies outside.
    """
    if handling not in ("transform", "projection"):
        raise InvalidInput(f"bounds_handling must be 'transform' or 'projection', got {handling!r}")
    if bounds is None:
        return Box()
    lower, upper = _ends(bounds, start.size)
    bad = np.flatnonzero(~(lower < upper))
    if bad.size:
        i = int(bad[0])
        raise InvalidInput(
            f"every lower bound must be below its upper bound, but bounds[{i}] is ({lower[i]:g}, {upper[i]:g}); "
            f"{_advice(lower[i], upper[i])}"
        )
    outside = np.flatnonzero((start < lower) | (start > upper))
    if outside.size:
        i = int(outside[0])
        raise InvalidInput(f"x0[{i}] is {start[i]:g}, outside its bounds ({lower[i]:g}, {upper[i]:g}); start inside")
    return Box(handling, lower, upper)


def _advice(low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return "where there is no bound, give None"
    return "exchange them" if low > high else "leave out variables that are fixed"


def _ends(bounds: object, dim: int) -> tuple[FloatArray, FloatArray]:
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        ends = [e for e in (real_numbers(bounds.lb), real_numbers(bounds.ub)) if e is not None]
        if len(ends) == 2 and all(e.shape in ((), (1,), (dim,)) for e in ends):
            lower, upper = (np.broadcast_to(e, (dim,)).astype(float) for e in ends)
            return lower, upper
    elif isinstance(bounds, Sequence | np.ndarray):
        pairs = real_numbers([[_end(e, k) for k, e in enumerate(pair)] for pair in bounds if _is_pair(pair)])
        if pairs is not None and pairs.shape == (dim, 2) and len(bounds) == dim:
            return pairs[:, 0].copy(), pairs[:, 1].copy()
    raise InvalidInput(
        f"bounds must be a scipy.optimize.Bounds or one (low, high) pair for each of the {dim} coordinates, "
        f"with None where there is no bound; got {bounds!r:.80}"
    )


def _is_pair(pair: object) -> bool:
    return isinstance(pair, Sequence | np.ndarray) and not isinstance(pair, str | bytes) and len(pair) == 2


def _end(end: object, which: int) -> object:
    return (-np.inf, np.inf)[which] if end is None else end
