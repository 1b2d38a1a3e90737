"""Groups of features that are read together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoopt._arguments import whole
from zoopt.errors import InvalidInput, InvalidType


def patches(shape: tuple[int, int], size: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    """Return the pixels of the patches of an image, row by row, as groups for :class:`SkipReading`.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the image, whose pixels are features in row-major order.
    size : tuple of int
        Rows and columns of a patch; those at the right and lower edge may be smaller.

    Returns
    -------
    tuple of tuples of int

    Raises
    ------
    InvalidInput
        A size below 1.

    Examples
    --------
    >>> from zoopt.objectives import patches
    >>> patches((2, 4), (2, 2))
    ((0, 1, 4, 5), (2, 3, 6, 7))
    """
    rows, columns = (whole("shape", extent, low=1, high=2**20) for extent in shape)
    tall, wide = (whole("size", extent, low=1, high=2**20) for extent in size)
    pixels = np.arange(rows * columns).reshape(rows, columns)
    corners = [(r, c) for r in range(0, rows, tall) for c in range(0, columns, wide)]
    return tuple(tuple(pixels[r : r + tall, c : c + wide].ravel().tolist()) for r, c in corners)


def groups_of(groups: Sequence[Sequence[int]] | None, features: int) -> tuple[tuple[int, ...], ...]:
    """Return groups that hold each feature once; by default each feature is a group."""
    if groups is None:
        return tuple((f,) for f in range(features))
    try:
        found = tuple(tuple(whole("groups", f, low=0, high=features - 1) for f in group) for group in groups)
    except TypeError as error:
        raise InvalidType(f"groups must be sequences of numbers of features, got {groups!r:.60}") from error
    if any(len(group) == 0 for group in found):
        raise InvalidInput(f"groups[{[len(group) for group in found].index(0)}] is empty; leave it out")
    members = [f for group in found for f in group]
    if sorted(members) != list(range(features)):
        missing = sorted(set(range(features)) - set(members))
        wrong = f"feature {missing[0]} is in none" if missing else "a feature is in two"
        raise InvalidInput(f"groups must hold each of the {features} features once, but {wrong}")
    return found
