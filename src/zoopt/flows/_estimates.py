"""Estimates of a gradient on a quadratic: how they scatter, in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, flag, number, real_numbers, shown, square_or_diagonal, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption
from zoopt.flows import _moments

Distribution = Literal["isotropic", "rademacher", "sphere", "coordinate", "orthogonal"]
Difference = Literal["central", "forward", "leave-one-out"]

_SHAPINGS: dict[str, Difference] = {"centre-baseline": "forward", "leave-one-out": "leave-one-out"}
_WIDEST_BLOCK = 64
_COUNT_LIMIT = 2**31


class GradientNoise(Protocol):
    """What :class:`StochasticDescent` needs to know of an unbiased estimate of H y, where y = x − centre."""

    def covariance(self, H: FloatArray, mean: FloatArray, second: FloatArray) -> FloatArray:
        """Return the mean over y of the estimate's covariance matrix at y, for given E y and E y yᵀ."""
        ...


@dataclass(frozen=True)
class GradientEstimate:
    """A zeroth-order estimate of a gradient: the mean of differences along random directions.

    Attributes
    ----------
    distribution : {"isotropic", "rademacher", "sphere", "coordinate", "orthogonal"}
        Of the directions u, with E u uᵀ = I: normal; random signs; uniform of length √d; √d times a unit vector;
        uniform of length √d and orthogonal to each other.
    directions : int
        How many are averaged, q. Below, n of them cost n, n + 1 or 2 n evaluations.
    difference : {"central", "forward", "leave-one-out"}
        (f(x + εu) − f(x − εu)) u / 2ε; (f(x + εu) − f(x)) u / ε; or with the mean of the other candidates in place
        of f(x).
    radius : float
        ε ≥ 0. On a quadratic central differences do not depend on it.

    Raises
    ------
    InvalidOption
        There is no such distribution or difference, they do not go together, or a number is out of range.

    Examples
    --------
    >>> from zoopt import flows
    >>> estimate = flows.GradientEstimate("isotropic", directions=4)
    >>> estimate.variance([1.0, 2.0, 0.0])   # (d + 1) |g|^2 / q
    5.0
    """

    distribution: Distribution = "isotropic"
    directions: int = 1
    difference: Difference = "central"
    radius: float = 0.0

    def __post_init__(self) -> None:
        _one_of("distribution", self.distribution, get_args(Distribution))
        _one_of("difference", self.difference, get_args(Difference))
        least = 2 if self.difference == "leave-one-out" else 1
        whole("directions", self.directions, low=least, high=_COUNT_LIMIT)
        if not 0 <= number("radius", self.radius) < np.inf:
            raise InvalidOption(f"radius must be finite and not below 0, got {self.radius:g}")
        if self.difference != "central" and self.distribution in {"coordinate", "orthogonal"}:
            raise InvalidOption(
                f"{self.difference} differences along {self.distribution} directions have no closed form here; "
                "use central ones, or another distribution"
            )

    @classmethod
    def of(
        cls, method: str | Cell, dim: int, *, scale: float = 0.0, options: Mapping[str, object] | None = None
    ) -> GradientEstimate:
        """Return the estimate that an algorithm follows.

        Parameters
        ----------
        method : str or Cell
            Such as ``"two-point"``, ``"zo-sgd"``, ``"reinforce"`` or ``"zo-scd"``: differences of values, vanilla.
        dim : int
            Coordinates.
        scale : float
            Its smoothing radius.
        options : dict, optional
            Its options: the population decides the directions.

        Raises
        ------
        InvalidOption
            The algorithm follows something else, which the message names.

        Examples
        --------
        >>> from zoopt import flows
        >>> flows.GradientEstimate.of("zo-sgd", 10, scale=0.1)
        GradientEstimate(distribution='isotropic', directions=1, difference='forward', radius=0.1)
        """
        cell = resolve_cell(method)
        population, values = cell.resolve(dim, options or {})
        if cell.distribution not in get_args(Distribution) or cell.metric != "vanilla" or cell.driver != "plain":
            raise InvalidOption(
                f"{cell.name} does not follow a vanilla gradient along {', '.join(get_args(Distribution))}"
            )
        differences = "central" if cell.antithetic else _SHAPINGS.get(cell.shaping)
        if differences is None or (cell.antithetic and cell.shaping not in {"raw", *_SHAPINGS}):
            raise InvalidOption(
                f"{cell.name} shapes values by {cell.shaping}{'' if cell.antithetic else ' without pairs'}, whose "
                "variance does not close; closed are pairs of raw values, centre-baseline and leave-one-out"
            )
        directions = population // 2 if cell.antithetic else population
        if cell.distribution == "orthogonal":
            _check_block(values["block"], directions, dim)
        return cls(cell.distribution, directions, differences, scale)  # type: ignore[arg-type]

    def evaluations(self) -> int:
        """Return how many values an estimate takes: 2 q, q + 1 or q."""
        return {"central": 2 * self.directions, "forward": self.directions + 1}.get(self.difference, self.directions)

    def variance(self, gradient: npt.ArrayLike, curvature: npt.ArrayLike | None = None) -> float:
        """Return the trace of the estimate's covariance at a point of a quadratic.

        Parameters
        ----------
        gradient : array_like, shape (dim,)
            There.
        curvature : array_like, shape (dim, dim) or (dim,), optional
            The Hessian or its diagonal; it matters to all but central differences. By default 0, a linear function.
        """
        g = _vector("gradient", gradient)
        H = np.zeros((g.size, g.size)) if curvature is None else _matrix("curvature", curvature, g.size)
        return float(np.trace(self.scatter(np.outer(g, g), H)))

    def scatter(self, G: FloatArray, H: FloatArray) -> FloatArray:
        """Return the covariance matrix where the gradient g is random with E g gᵀ = G: linear in G, plus a constant."""
        q, dim = self.directions, G.shape[0]
        if self.distribution == "orthogonal":
            if q > dim:
                raise InvalidInput(f"there are no {q} orthogonal directions in {dim} dimensions")
            return _moments.projected(G, q) - G
        spread = _moments.fourth(self.distribution, G)
        curved = self.radius**2 / 4
        if self.difference == "central" or (self.difference == "forward" and curved == 0):
            return (spread - G) / q
        if self.difference == "forward":
            return (spread + curved * _moments.sixth(self.distribution, H) - G) / q
        around = _moments.fourth(self.distribution, H)
        t = float(np.trace(H))
        wide = _moments.sixth(self.distribution, H) - 2 * t * around + t * t * np.eye(dim)
        square = float(np.trace(G)) + curved * (
            float(np.sum(H * around)) - t * t
        )  # of a value about its mean, / radius^2
        return (spread + curved * wide - G) / q + (square * np.eye(dim) + G) / (q * (q - 1))

    def covariance(self, H: FloatArray, mean: FloatArray, second: FloatArray) -> FloatArray:
        """Return the covariance matrix at a random point y with E y yᵀ = `second`, where the gradient is H y."""
        return self.scatter(H @ second @ H, H)

    def spread(self, dim: int) -> tuple[float, float]:
        """Return A and B of E ĝ ĝᵀ = A ‖g‖² I + B g gᵀ on a linear function; for signs and coordinates, see there.

        Random signs and coordinates are not alike in all directions: these are what holds on the diagonal, which is
        all that matters where the Hessian is diagonal.
        """
        q = self.directions
        if self.distribution == "orthogonal":
            return _moments.projection(dim, q)
        alike, along = _moments.SPREADS[self.distribution](dim)
        if self.difference == "leave-one-out":
            return alike / q + 1 / (q * (q - 1)), 1 + (along - 1) / q + 1 / (q * (q - 1))
        return alike / q, 1 + (along - 1) / q


@dataclass(frozen=True)
class AdditiveNoise:
    """A gradient with noise that does not depend on the point.

    Attributes
    ----------
    matrix : array_like, shape (dim, dim) or (dim,)
        Covariance matrix of the noise, or its diagonal: positive definite.

    Raises
    ------
    InvalidInput
        It is no covariance matrix.
    """

    matrix: npt.ArrayLike

    def __post_init__(self) -> None:
        numbers = real_numbers(self.matrix)
        if numbers is None or numbers.ndim not in (1, 2):
            raise InvalidInput(f"matrix must be a covariance matrix or its diagonal, got {shown(self.matrix)}")
        square_or_diagonal(numbers, numbers.shape[0])
        object.__setattr__(self, "matrix", np.diag(numbers) if numbers.ndim == 1 else numbers)

    def covariance(self, H: FloatArray, mean: FloatArray, second: FloatArray) -> FloatArray:
        """Return it, whatever the point."""
        matrix: FloatArray = np.asarray(self.matrix)
        if matrix.shape != H.shape:
            raise InvalidInput(
                f"the noise must have {H.shape[0]} coordinates, as the curvature has, got {matrix.shape[0]}"
            )
        return matrix


@dataclass(frozen=True)
class MiniBatchNoise:
    """A gradient that is the mean over a few parts of a finite sum, drawn anew in every step.

    Part i has the gradient H_i x + b_i. That the whole sum is taken in shuffled order instead correlates steps: see
    :func:`zoopt.flows.modified_flow`.

    Attributes
    ----------
    curvatures : array_like, shape (parts, dim, dim)
        H_i, symmetric.
    slopes : array_like, shape (parts, dim)
        b_i, the gradients at 0.
    batch_size : int
        Parts a step, in [1, parts].
    replace : bool
        Whether a part can be drawn twice within a step.

    Raises
    ------
    InvalidInput
        The shapes do not fit, a number is not finite, or the sum has no single minimum.
    """

    curvatures: npt.ArrayLike
    slopes: npt.ArrayLike
    batch_size: int = 1
    replace: bool = True

    def __post_init__(self) -> None:
        H, b = real_numbers(self.curvatures), real_numbers(self.slopes)
        if H is None or b is None or H.ndim != 3 or H.shape[1] != H.shape[2] or b.shape != H.shape[:2] or not H.size:
            raise InvalidInput("curvatures must have shape (parts, dim, dim), and slopes (parts, dim)")
        if not (np.isfinite(H).all() and np.isfinite(b).all()):
            raise InvalidInput("curvatures and slopes must be finite")
        if not np.allclose(H, H.transpose(0, 2, 1), rtol=1e-12, atol=0):
            raise InvalidInput("curvatures must be symmetric; use (H + H.transpose(0, 2, 1)) / 2")
        whole("batch_size", self.batch_size, low=1, high=len(H))
        flag("replace", self.replace)
        object.__setattr__(self, "curvatures", H)
        object.__setattr__(self, "slopes", b)

    @classmethod
    def least_squares(
        cls, X: npt.ArrayLike, y: npt.ArrayLike, *, batch_size: int = 1, replace: bool = True
    ) -> MiniBatchNoise:
        """Return the noise of the loss ½ mean over samples of (xᵢᵀθ − yᵢ)².

        Parameters
        ----------
        X : array_like, shape (samples, dim)
        y : array_like, shape (samples,)
        batch_size, replace
            As the attributes.
        """
        samples, targets = real_numbers(X), real_numbers(y)
        if samples is None or targets is None or samples.ndim != 2 or targets.shape != samples.shape[:1]:
            raise InvalidInput("X must have shape (samples, dim), and y (samples,)")
        return cls(np.einsum("ni,nj->nij", samples, samples), -samples * targets[:, None], batch_size, replace)

    @property
    def curvature(self) -> FloatArray:
        """The mean of the H_i, shape (dim, dim)."""
        mean: FloatArray = np.asarray(self.curvatures).mean(axis=0)
        return mean

    @property
    def centre(self) -> FloatArray:
        """Where the mean of the gradients is zero, shape (dim,)."""
        try:
            return np.linalg.solve(self.curvature, -np.asarray(self.slopes).mean(axis=0))
        except np.linalg.LinAlgError:
            raise InvalidInput("the sum of the parts has no single minimum: its curvature is singular") from None

    def covariance(self, H: FloatArray, mean: FloatArray, second: FloatArray) -> FloatArray:
        """Return the mean covariance at points y about the centre with the moments given."""
        parts: FloatArray = np.asarray(self.curvatures)
        if parts.shape[1:] != H.shape:
            raise InvalidInput(
                f"the noise must have {H.shape[0]} coordinates, as the curvature has, got {parts.shape[1]}"
            )
        left: FloatArray = np.asarray(self.slopes) + parts @ self.centre  # the gradients at the centre
        moved = np.einsum("nij,j,nk->ik", parts, mean, left) / len(parts)
        pure = np.einsum("nij,jk,nkl->il", parts, second, parts, optimize=True) / len(parts)
        total: FloatArray = pure + moved + moved.T + left.T @ left / len(parts) - H @ second @ H
        few = 1.0 if self.replace else (len(parts) - self.batch_size) / max(len(parts) - 1, 1)
        total *= few / self.batch_size
        return total


def _check_block(block: float, directions: int, dim: int) -> None:
    most = min(_WIDEST_BLOCK, dim)
    if directions > most or not (np.isnan(block) or block == directions):
        raise InvalidOption(
            f"orthogonal directions in several blocks have no closed form here; use one of at most {most}"
        )


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InvalidOption(f"{name} must be one of {', '.join(known)}, got {shown(value)}")


def _vector(name: str, values: npt.ArrayLike) -> FloatArray:
    numbers = real_numbers(values)
    if numbers is None or numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise InvalidInput(f"{name} must be a finite vector, got {shown(values)}")
    return numbers


def _matrix(name: str, values: npt.ArrayLike, dim: int | None = None) -> FloatArray:
    """Return a symmetric matrix, made of its diagonal where that is given."""
    numbers = real_numbers(values)
    if numbers is None or numbers.ndim not in (1, 2) or not numbers.size or not np.isfinite(numbers).all():
        raise InvalidInput(f"{name} must be a finite symmetric matrix or its diagonal, got {shown(values)}")
    matrix: FloatArray = np.diag(numbers) if numbers.ndim == 1 else numbers
    if matrix.shape[0] != matrix.shape[1] or (dim is not None and matrix.shape[0] != dim):
        raise InvalidInput(f"{name} must have shape ({dim or 'dim'}, {dim or 'dim'}), got {numbers.shape}")
    if not np.allclose(matrix, matrix.T, rtol=1e-12, atol=0):
        raise InvalidInput(f"{name} must be symmetric; use (H + H.T) / 2")
    return matrix
