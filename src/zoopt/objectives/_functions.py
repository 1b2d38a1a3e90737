"""Compiled test functions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, whole
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import OwnObjective, Sense, real_array, unknown_name

_DIM_LIMIT = 2**31 - 1
_ORTHOGONALITY = 1e-8


class TestFunction(OwnObjective):
    """A compiled test function; :func:`function` makes one.

    Attributes
    ----------
    name : str
        The function's name.
    shift : numpy.ndarray of shape (dim,), or None
        What is subtracted from a candidate first.
    rotation : numpy.ndarray of shape (dim, dim), or None
        What the shifted candidate is then multiplied by.
    """

    __test__ = False  # pytest collects classes by name
    sense: Sense = "min"

    def __init__(
        self,
        name: str,
        dim: int,
        *,
        shift: npt.ArrayLike | None = None,
        rotation: npt.ArrayLike | int | None = None,
        threads: int = 1,
    ) -> None:
        least = {known: lowest for known, _, lowest in _core.test_functions()}
        if not isinstance(name, str) or name not in least:
            raise unknown_name("test function", name, list(least))
        size = whole(f"dim of {name}", dim, low=least[name], high=_DIM_LIMIT)
        self.name = name
        self.shift = None if shift is None else _shift(shift, size)
        self.rotation = None if rotation is None else _rotation(rotation, size)
        super().__init__(_core.test_function(name, size, self.shift, self.rotation), threads)

    def __reduce__(self) -> tuple[object, ...]:
        """By what it was made from, a drawn rotation as its matrix."""
        return _rebuilt, (type(self), self.name, self.dim, self.shift, self.rotation, self.threads)

    def __repr__(self) -> str:
        """Name, dimension and what is done to a candidate first."""
        extras = [name for name in ("shift", "rotation") if getattr(self, name) is not None]
        return f"function({self.name!r}, {self.dim}{''.join(f', {extra}=...' for extra in extras)})"


def function(
    name: str,
    dim: int,
    *,
    shift: npt.ArrayLike | None = None,
    rotation: npt.ArrayLike | int | None = None,
    threads: int = 1,
) -> TestFunction:
    """Return a compiled test function f(R (x - shift)), to be minimised.

    Its values are the same bits on every CPU tier and with any number of threads.

    Parameters
    ----------
    name : {"sphere", "ellipsoid", "rosenbrock", "rastrigin"}
        sphere: sum of x_i²; ellipsoid: sum of 10^(6 i/(dim-1)) x_i²; rosenbrock: sum of
        100 (x_{i+1} - x_i²)² + (1 - x_i)²; rastrigin: 10 dim + sum of x_i² - 10 cos 2πx_i. The minimum is 0, at
        R (x - shift) = 0, for rosenbrock at R (x - shift) = (1, ..., 1).
    dim : int
        Coordinates of a candidate, at least 1, for rosenbrock at least 2.
    shift : array_like of float, shape (dim,), optional
        Subtracted from the candidate.
    rotation : array_like of float, shape (dim, dim), or int, optional
        An orthogonal matrix R; or a seed for one drawn uniformly (by Haar's measure): row i of the normal matrix is
        ``zoopt.noise(seed, 0, i, dim, stream=5)``, and the rows are made orthonormal in order by Gram-Schmidt.
        It costs dim² a candidate.
    threads : int, optional
        Threads that a call may use.

    Returns
    -------
    TestFunction
        ``f(rows)`` of shape (rows, dim) gives shape (rows,); ``f(point)`` of shape (dim,) gives a float.

    Raises
    ------
    UnknownName
        There is no function of that name.
    InvalidInput
        `dim` is too small, or `shift` or `rotation` does not fit or is not finite or not orthogonal.

    References
    ----------
    Hansen et al., "Real-parameter black-box optimization benchmarking: noiseless functions definitions", INRIA
    RR-6829, 2009.

    Examples
    --------
    >>> import zoopt
    >>> sphere = zoopt.objectives.function("sphere", 3, shift=[1.0, 2.0, 3.0])
    >>> sphere([1.0, 2.0, 5.0])
    4.0
    >>> sphere([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]).tolist()
    [0.0, 14.0]
    """
    return TestFunction(name, dim, shift=shift, rotation=rotation, threads=threads)


def _rebuilt(
    kind: type[TestFunction],
    name: str,
    dim: int,
    shift: FloatArray | None,
    rotation: FloatArray | None,
    threads: int,
) -> TestFunction:
    return kind(name, dim, shift=shift, rotation=rotation, threads=threads)


def _shift(shift: npt.ArrayLike, dim: int) -> FloatArray:
    vector = real_array("shift", shift)
    if vector.shape != (dim,):
        raise InvalidInput(f"shift must have shape ({dim},), got {vector.shape}")
    return _frozen("shift", vector)


def _rotation(rotation: npt.ArrayLike | int, dim: int) -> FloatArray:
    if isinstance(rotation, int | np.integer):
        return _frozen("rotation", _core.haar_rotation(dim, whole("rotation", rotation, low=0, high=2**64 - 1)))
    matrix = real_array("rotation", rotation)
    if matrix.shape != (dim, dim):
        raise InvalidInput(f"rotation must be a seed or have shape ({dim}, {dim}), got {matrix.shape}")
    matrix = _frozen("rotation", matrix)
    error = float(np.abs(matrix @ matrix.T - np.eye(dim)).max())
    if error > _ORTHOGONALITY:
        raise InvalidInput(f"rotation must be orthogonal, but R Rᵀ differs from the identity by up to {error:.3g}")
    return matrix


def _frozen(name: str, array: FloatArray) -> FloatArray:
    if not np.isfinite(array).all():
        raise InvalidInput(f"{name} must be finite; it holds NaN or infinity")
    own = array.copy()
    own.flags.writeable = False
    return own
