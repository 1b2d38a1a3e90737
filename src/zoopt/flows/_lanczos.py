"""The ends of the spectrum of a Hessian, and its trace, by products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, number, whole
from zoopt._noise import noise
from zoopt.errors import InvalidInput
from zoopt.flows._derived import checked_field
from zoopt.flows._points import Field

_MOST_PRODUCTS = 300
_SEED_LIMIT = 2**64 - 1
_HUGE = 1e150  # whose square is finite
_ROUNDING = 8 * float(np.finfo(np.float64).eps)

Product = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Curvatures:
    """The ends of the spectrum of a Hessian.

    Attributes
    ----------
    smallest, largest : float
        Approached from within: the true ends of the spectrum lie no nearer to each other.
    error : float
        How far they may be from eigenvalues, as estimated from the residuals.
    products : int
        Hessian-vector products that were taken.
    """

    smallest: float
    largest: float
    error: float
    products: int


def curvatures(
    field: Field, x: npt.ArrayLike, *, rtol: float = 1e-6, most: int = _MOST_PRODUCTS, seed: int = 0
) -> Curvatures:
    """Return the least and the largest eigenvalue of the Hessian at `x`, by the method of Lanczos.

    A product a step, all vectors kept orthogonal: dim · products numbers of memory.

    Parameters
    ----------
    field : Field
        Its gradient is that of its value; where products are differences of gradients, the seventh digit is theirs.
    x : array_like, shape (dim,)
    rtol : float
        Ends once both eigenvalues are known to `rtol` times the larger size of the two. In (0, 1).
    most : int
        Products after which it ends whatever is known; ``error`` tells. ≥ 1.
    seed : int
        Of the first vector, which is normal.

    Raises
    ------
    InvalidInput
        A number cannot be used, the Hessian is not finite at `x`, or it is not symmetric.

    References
    ----------
    Lanczos (1950), J. Res. Natl. Bur. Stand. 45; Parlett (1998), The Symmetric Eigenvalue Problem, ch. 13.

    Examples
    --------
    >>> from zoopt import flows
    >>> ends = flows.curvatures(flows.rosenbrock(2), [1.0, 1.0])
    >>> round(ends.smallest, 6), round(ends.largest, 6), ends.products
    (0.399361, 1001.600639, 2)
    """
    at, steps = _symmetric(field, x), whole("most", most, low=1, high=2**31)
    first = _normals(seed, field.dim)
    return lanczos(lambda v: field.hessian_vector(at, v), first, _share(rtol), steps, both=True)


def sharpness(field: Field, x: npt.ArrayLike, *, rtol: float = 1e-4, seed: int = 0) -> float:
    """Return the largest eigenvalue of the Hessian at `x`: gradient descent is stable below 2 / sharpness.

    Parameters
    ----------
    field : Field
    x : array_like, shape (dim,)
    rtol : float
        How exactly, in (0, 1): see :func:`curvatures`, which has both ends.
    seed : int
        Of the first vector.

    Raises
    ------
    InvalidInput
        A number cannot be used, the Hessian is not finite at `x`, or it is not symmetric.

    Examples
    --------
    >>> from zoopt import flows
    >>> round(flows.sharpness(flows.product(0.6), [1.5, 0.4]), 6)
    2.41
    """
    at = _symmetric(field, x)
    first = _normals(seed, field.dim)
    return lanczos(lambda v: field.hessian_vector(at, v), first, _share(rtol), _MOST_PRODUCTS, both=False).largest


def curvature_trace(field: Field, x: npt.ArrayLike, *, probes: int = 64, seed: int = 0) -> float:
    """Return the trace of the Hessian at `x`: exactly where dim ≤ `probes`, else by random signs.

    Parameters
    ----------
    field : Field
    x : array_like, shape (dim,)
    probes : int
        Products to take. The estimate has variance 2 Σ_{i≠j} H_ij² / probes (Hutchinson 1990). ≥ 1.
    seed : int
        Of the signs.

    Raises
    ------
    InvalidInput
        A number cannot be used, or the Hessian is not finite at `x` or not symmetric.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.curvature_trace(flows.quadratic([1.0, 4.0, 0.5]), [0.0, 0.0, 0.0])
    5.5
    """
    at, count = _symmetric(field, x), whole("probes", probes, low=1, high=2**31)
    source = whole("seed", seed, low=0, high=_SEED_LIMIT)
    if field.dim <= count:
        return float(sum(field.hessian_vector(at, axis)[i] for i, axis in enumerate(np.eye(field.dim))))
    total = 0.0
    for k in range(count):
        signs = np.asarray(noise(source, 0, k, field.dim, kind="rademacher"), dtype=np.float64)
        total += float(signs @ field.hessian_vector(at, signs))
    return total / count


def lanczos(product: Product, first: FloatArray, rtol: float, most: int, *, both: bool) -> Curvatures:
    """Return the ends of a spectrum; with ``both=False`` it ends once the largest is known."""
    dim = first.size
    basis = np.empty((min(dim, most) + 1, dim))
    basis[0] = first / np.linalg.norm(first)
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        step = len(diagonal)
        along = product(basis[step])
        if not np.abs(along).max() < _HUGE:
            raise InvalidInput("the Hessian is not finite at x; choose a point nearer to where the loss is")
        diagonal.append(float(basis[step] @ along))
        for _ in range(2):  # once more is enough (Kahan, in Parlett)
            along = along - (basis[: step + 1] @ along) @ basis[: step + 1]
        beside.append(float(np.linalg.norm(along)))
        found = _ends(diagonal, beside, both=both)
        size = max(abs(found.smallest), abs(found.largest))
        exhausted = beside[-1] <= _ROUNDING * size or len(diagonal) == dim
        if exhausted or found.error <= rtol * size or len(diagonal) == most:
            return Curvatures(found.smallest, found.largest, 0.0 if exhausted else found.error, found.products)
        basis[step + 1] = along / beside[-1]


def _ends(diagonal: list[float], beside: list[float], *, both: bool) -> Curvatures:
    """Return what the tridiagonal matrix says so far."""
    matrix = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    values, vectors = np.linalg.eigh(matrix)
    residuals = beside[-1] * np.abs(vectors[-1])
    if values.size == 1:
        return Curvatures(float(values[0]), float(values[0]), float(residuals[0]), 1)
    gaps = np.diff(values)
    errors = [_error(float(residuals[k]), float(gaps[k])) for k in ((0, -1) if both else (-1,))]
    return Curvatures(float(values[0]), float(values[-1]), max(errors), values.size)


def _error(residual: float, gap: float) -> float:
    """Return how far a Ritz value may be off: the residual, or its square over the gap where that is less."""
    return min(residual, residual * residual / gap) if gap > 0 else residual


def _symmetric(field: Field, x: npt.ArrayLike) -> FloatArray:
    checked_field(field)
    if not field.conservative:
        raise InvalidInput("the field is not the gradient of a value, so it has no symmetric Hessian; take its loss")
    return field.point("x", x)


def _normals(seed: object, dim: int) -> FloatArray:
    return np.asarray(noise(whole("seed", seed, low=0, high=_SEED_LIMIT), 0, 0, dim), dtype=np.float64)


def _share(rtol: object) -> float:
    size = number("rtol", rtol)
    if not 0 < size < 1:
        raise InvalidInput(f"rtol must lie in (0, 1), got {size:g}")
    return size
