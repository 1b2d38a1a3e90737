"""The noise that the optimisers use: a pure function of seed, stream, generation, sample and coordinate."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import whole
from zoopt.errors import InvalidInput, InvalidType

KINDS = ("normal", "rademacher", "uniform")  # in the order of the core
LAST_STREAM = 5
COORDINATES = 2**34


def noise(
    seed: int,
    generation: int,
    sample: int,
    size: int,
    *,
    kind: Literal["normal", "rademacher", "uniform"] = "normal",
    dtype: npt.DTypeLike = np.float64,
    start: int = 0,
    stream: int = 0,
) -> npt.NDArray[np.float32] | npt.NDArray[np.float64]:
    """Return the very numbers that the optimisers use, for any generation, sample and run of coordinates.

    Nothing is carried from call to call: the same arguments give the same bits on every CPU, compiler and number of
    threads, and any part of a vector can be had without the rest. The generator is Threefry4x32-20 [1]_.

    Parameters
    ----------
    seed : int
        Seed of the run, 0 <= seed < 2**64.
    generation : int
        Generation (iteration), 0 <= generation < 2**64.
    sample : int
        Sample within the generation, 0 <= sample < 2**32. An antithetic pair is one sample.
    size : int
        How many coordinates, at least 0.
    kind : {"normal", "rademacher", "uniform"}, default "normal"
        Standard normals; -1 and 1 with probability 1/2 each; or numbers spread evenly over (0, 1), both ends excluded,
        in steps of 2**-23.
    dtype : dtype, default numpy.float64
        ``float64`` or ``float32``. It is the type of storage only: normals have float32 resolution (and tails to
        6.66 standard deviations), so float64 holds the same numbers.
    start : int, default 0
        First coordinate; start + size <= 2**34.
    stream : int, default 0
        What the noise is for: 0 search, 1 mini-batches, 2 splits, 3 bootstrap, 4 resampling, 5 noise of the objective.
        Streams are independent of one another.

    Returns
    -------
    numpy.ndarray
        Shape (size,), of the given dtype.

    Raises
    ------
    zoopt.errors.InvalidType
        A number that is not an integer, or a kind or dtype of the wrong type.
    zoopt.errors.InvalidInput
        A number out of its range, an unknown kind, or a dtype other than float32 and float64.

    References
    ----------
    .. [1] Salmon, J. K., Moraes, M. A., Dror, R. O. and Shaw, D. E. (2011). Parallel random numbers: as easy as
       1, 2, 3. SC '11. https://doi.org/10.1145/2063384.2063405

    Examples
    --------
    >>> from zoopt import noise
    >>> whole = noise(7, generation=0, sample=3, size=10)
    >>> part = noise(7, generation=0, sample=3, size=4, start=5)
    >>> bool((part == whole[5:9]).all())
    True
    >>> noise(7, generation=0, sample=3, size=6, kind="rademacher")
    array([ 1.,  1., -1.,  1.,  1., -1.])
    """
    count = whole("size", size, low=0, high=COORDINATES)
    first = whole("start", start, low=0, high=COORDINATES)
    if first + count > COORDINATES:
        raise InvalidInput(
            f"start + size must be at most 2**34, got {first} + {count}; a vector has no more coordinates than that"
        )
    fill = _core.noise_float32 if _storage(dtype) == np.float32 else _core.noise_float64
    return fill(
        seed=whole("seed", seed, low=0, high=2**64 - 1),
        stream=whole("stream", stream, low=0, high=LAST_STREAM),
        generation=whole("generation", generation, low=0, high=2**64 - 1),
        sample=whole("sample", sample, low=0, high=2**32 - 1),
        start=first,
        size=count,
        kind=KINDS.index(_kind(kind)),
    )


def _kind(kind: object) -> str:
    if not isinstance(kind, str):
        raise InvalidType(f"kind must be 'normal', 'rademacher' or 'uniform', got {kind!r}")
    if kind not in KINDS:
        raise InvalidInput(f"kind must be 'normal', 'rademacher' or 'uniform', got {kind!r}")
    return kind


def _storage(dtype: npt.DTypeLike) -> np.dtype[np.generic]:
    try:
        storage = np.dtype(dtype)
    except TypeError as error:
        raise InvalidType(f"dtype must be float32 or float64, got {dtype!r}") from error
    if storage not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise InvalidInput(f"dtype must be float32 or float64, got {storage}")
    return storage
