"""Where the weights of the layers of a network stand in its parameters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.flows._points import Field

Coordinates = npt.NDArray[np.uint32]


def layers_of(field: Field, given: Iterable[Any] | None) -> list[Coordinates]:
    """Return the coordinates of the weights of every layer: those given, or those that the field has."""
    if given is None:
        return _own(field)
    if isinstance(given, str | bytes | slice) or not isinstance(given, Iterable):
        raise InvalidType(f"layers must be slices or vectors of coordinates, one a layer, got {shown(given)}")
    layers = [_coordinates(number, layer, field.dim) for number, layer in enumerate(given)]
    if not layers:
        raise InvalidInput("layers is empty; name one at least")
    every = np.concatenate(layers)
    taken, times = np.unique(every, return_counts=True)
    if (times > 1).any():
        raise InvalidInput(f"coordinate {taken[times > 1][0]} stands in layers more than once")
    return layers


def _own(field: Field) -> list[Coordinates]:
    while (inner := getattr(field, "inner", None)) is not None:
        field = inner
    layout = getattr(getattr(field, "objective", None), "layout", None)
    if layout is not None:
        places = np.arange(field.dim, dtype=np.float64)
        return [weights.astype(np.uint32).ravel() for weights, _ in layout.layers(places)]
    widths = getattr(field, "widths", None)
    if widths is None:
        raise InvalidInput(f"{field!r} has no layers of its own; give layers=, slices or vectors of coordinates")
    ends = np.cumsum([0, *(inputs * units for inputs, units in pairwise(widths))])
    return [np.arange(begin, end, dtype=np.uint32) for begin, end in pairwise(ends)]


def _coordinates(number: int, layer: Any, dim: int) -> Coordinates:
    if isinstance(layer, slice):
        found = np.arange(dim)[layer]
    else:
        found = np.asarray(layer)
        if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
            raise InvalidType(f"layers[{number}] must be a slice or a vector of coordinates, got {shown(layer)}")
    if found.size == 0:
        raise InvalidInput(f"layers[{number}] has no coordinate")
    if found.min() < 0 or found.max() >= dim:
        raise InvalidInput(f"layers[{number}] must hold coordinates in [0, {dim - 1}], got {shown(layer)}")
    return found.astype(np.uint32)
