"""How long a learning rate may be where gradients are estimated, and how wide a smoothing radius."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, number, positive, real_numbers, shown, whole
from zoopt._noise import noise as normals
from zoopt.errors import InvalidInput, InvalidType
from zoopt.flows._derived import checked_field
from zoopt.flows._estimates import GradientEstimate
from zoopt.flows._lanczos import curvature_trace, sharpness
from zoopt.flows._points import Field

_SEED_LIMIT = 2**64 - 1
_PROBES_LIMIT = 2**31
_ROUNDING = float(np.finfo(np.float64).eps)
_ALIKE = ("isotropic", "sphere", "orthogonal")  # in all directions


@dataclass(frozen=True)
class RateLimits:
    """Up to which learning rate mean squares of distances shrink on a quadratic.

    Attributes
    ----------
    sharpness : float
        λ, the largest eigenvalue of the Hessian.
    effective_dim : float
        Its trace over λ: the dimension d where all eigenvalues are the same, and less where few are large.
    gradient : float
        2 / λ, the limit of gradient descent.
    stable : float
        They shrink below it.
    unstable : float
        They grow above it. It is `stable` where the whole spectrum is known.
    best : float
        The rate at which the mean of the loss is sure to fall most in a step, half of `stable` or so.
    """

    sharpness: float
    effective_dim: float
    gradient: float
    stable: float
    unstable: float
    best: float


@dataclass(frozen=True)
class RadiusLimits:
    """Between which smoothing radii differences of values tell the gradient at a point.

    Attributes
    ----------
    least : float
        Below it the rounding or noise of values is more than the share of the gradient that was allowed.
    bias : float
        Above it the gradient of the smoothed function is off by more than that share: infinite on a quadratic.
    scatter : float
        Above it one-sided differences scatter more by curvature than by the gradient. Central ones have no such limit.
    """

    least: float
    bias: float
    scatter: float


def rate_limits(spectrum: npt.ArrayLike, estimate: GradientEstimate) -> RateLimits:
    """Return the limits of the learning rate on a quadratic with these eigenvalues.

    With E ĝ ĝᵀ = A ‖g‖² I + B g gᵀ mean squares shrink as long as Σ A h λᵢ / (2 − B h λᵢ) < 1 and B h λ < 2. Where
    directions are normal and all d eigenvalues are λ, that is h < 2 q / (λ (q + d + 1)).

    Parameters
    ----------
    spectrum : array_like, shape (dim,)
        Eigenvalues, none below 0 and one above. Where directions are random signs or coordinates, those of a diagonal
        Hessian.
    estimate : GradientEstimate

    Raises
    ------
    InvalidInput
        The eigenvalues cannot be used.

    Examples
    --------
    >>> from zoopt import flows
    >>> limits = flows.rate_limits([1.0] * 99, flows.GradientEstimate(directions=25))
    >>> limits.stable, limits.gradient   # 2 q / (q + d + 1), and 2
    (0.4, 2.0)
    """
    values = real_numbers(spectrum)
    if values is None or values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise InvalidInput(f"spectrum must be a finite vector, got {shown(spectrum)}")
    if values.min() < 0 or values.max() == 0:
        raise InvalidInput("spectrum must have no eigenvalue below 0 and one above it; there is no limit along others")
    _known(estimate)
    alike, along = estimate.spread(values.size)
    limit = _limit(values, alike, along)
    return _limits(float(values.max()), float(values.sum()), (alike, along), limit, limit)


def rate_limits_at(
    field: Field, x: npt.ArrayLike, estimate: GradientEstimate, *, probes: int = 64, seed: int = 0
) -> RateLimits:
    """Return the limits of the learning rate on the quadratic that a field looks like at `x`.

    The whole spectrum is found where dim ≤ `probes`. Else the largest eigenvalue and the trace have to do, which leave
    the limit between two numbers; eigenvalues below 0 are passed over.

    Parameters
    ----------
    field : Field
    x : array_like, shape (dim,)
    estimate : GradientEstimate
    probes : int
        Hessian-vector products to spend beside those for the largest eigenvalue.
    seed : int
        Of what is random.

    Raises
    ------
    InvalidInput
        A number cannot be used, or the Hessian has no positive eigenvalue at `x`.

    Examples
    --------
    >>> from zoopt import flows
    >>> steep = flows.quadratic([100.0] + [0.1] * 99)
    >>> limits = flows.rate_limits_at(steep, [0.0] * 100, flows.GradientEstimate(), probes=100)
    >>> round(limits.effective_dim, 3), round(limits.stable, 4)
    (1.099, 0.0066)
    """
    _known(estimate)
    checked_field(field)
    count = whole("probes", probes, low=1, high=_PROBES_LIMIT)
    if field.dim <= count and estimate.distribution in _ALIKE:
        values = np.maximum(np.linalg.eigvalsh(field.hessian(x)), 0.0)
        _positive_curvature(float(values.max()))
        return rate_limits(values, estimate)
    top = sharpness(field, x, rtol=1e-6, seed=seed)
    _positive_curvature(top)
    trace = min(max(curvature_trace(field, x, probes=count, seed=seed), top), top * field.dim)
    alike, along = estimate.spread(field.dim)
    if estimate.distribution == "rademacher":  # the scatter of normal directions is above that of signs in any basis
        alike, along = GradientEstimate("isotropic", estimate.directions, estimate.difference).spread(field.dim)
    stable = 2 / (alike * trace + along * top)
    if estimate.distribution not in _ALIKE:
        return _limits(top, trace, (alike, along), stable, 2 / top)
    rest = max(field.dim - 1, 1)
    even = np.append(np.full(rest, (trace - top) / rest), top)
    return _limits(top, trace, (alike, along), stable, _limit(even, alike, along))


def radius_limits(
    field: Field, x: npt.ArrayLike, *, share: float = 0.1, noise: float = 0.0, probes: int = 1024, seed: int = 0
) -> RadiusLimits:
    """Return which smoothing radii are neither too small nor too large at `x`.

    Parameters
    ----------
    field : Field
    x : array_like, shape (dim,)
        Where the gradient is not zero.
    share : float
        Of the norm of the gradient, which the error may be. In (0, 1).
    noise : float
        Standard deviation of the noise of a value, ≥ 0; rounding is added.
    probes : int
        Products of third and second derivatives to spend: exact where dim ≤ `probes`, else by random directions.
    seed : int
        Of those.

    Raises
    ------
    InvalidInput
        A number cannot be used, or the gradient is zero at `x`.

    Notes
    -----
    Smoothing by ε moves the gradient by (ε²/2) ∇Δf + O(ε⁴). A central difference of noisy values has the deviation
    σ / (√2 ε). Forward differences along one normal direction scatter by (d + 1) ‖g‖² + (ε²/4) (d + 4) (t² + 2 s), with
    t and s the traces of H and H².

    Examples
    --------
    >>> from zoopt import flows
    >>> wave = flows.function("rastrigin", 3)
    >>> limits = flows.radius_limits(wave, [0.1, 0.2, 0.3])
    >>> round(limits.bias, 3)
    0.071
    """
    checked_field(field)
    part, sigma = positive("share", share), number("noise", noise)
    if part >= 1 or not 0 <= sigma < np.inf:
        raise InvalidInput(
            f"share must lie in (0, 1) and noise must be finite and not below 0, got {part:g}, {sigma:g}"
        )
    at, count = field.point("x", x), whole("probes", probes, low=1, high=_PROBES_LIMIT)
    value, gradient = field.value_and_gradient(at)
    size = float(np.linalg.norm(gradient))
    if not size > 0:
        raise InvalidInput("the gradient is zero at x, so that no share of it can be told; choose another point")
    weight = 1.0 if field.dim <= count else 1 / count
    moved, trace, square = np.zeros(field.dim), 0.0, 0.0
    for u in _directions(field.dim, count, whole("seed", seed, low=0, high=_SEED_LIMIT)):
        curved = field.hessian_vector(at, u)
        moved += weight * field.third(at, u)
        trace += weight * float(u @ curved)
        square += weight * float(curved @ curved)
    d, bent = field.dim, float(np.linalg.norm(moved))
    curving = (d + 4) * (trace * trace + 2 * square)
    return RadiusLimits(
        least=math.hypot(sigma, _ROUNDING * abs(value)) / (math.sqrt(2.0) * part * size),
        bias=math.sqrt(2 * part * size / bent) if bent > 0 else np.inf,
        scatter=math.sqrt(4 * (d + 1) * size * size / curving) if curving > 0 else np.inf,
    )


def _limits(top: float, trace: float, spread: tuple[float, float], stable: float, unstable: float) -> RateLimits:
    alike, along = spread
    return RateLimits(top, trace / top, 2 / top, stable, unstable, 1 / (alike * trace + along * top))


def _limit(values: FloatArray, alike: float, along: float) -> float:
    """Return the root h of Σ A h λᵢ / (2 − B h λᵢ) = 1 below 2 / (B λ), by bisection in h λ."""
    top = float(values.max())
    shares = values / top
    low, high = 0.0, 2 / along if along > 0 else 2 / (alike * float(shares.max()))
    if alike == 0:
        return high / top
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        below = float(np.sum(alike * middle * shares / (2 - along * middle * shares))) < 1
        low, high = (middle, high) if below else (low, middle)
    return low / top


def _directions(dim: int, count: int, seed: int) -> Iterator[FloatArray]:
    """Return all axes where they are few enough, else normal directions."""
    for k in range(min(dim, count)):
        if dim <= count:
            axis = np.zeros(dim)
            axis[k] = 1.0
            yield axis
        else:
            yield np.asarray(normals(seed, 0, k, dim), dtype=np.float64)


def _known(estimate: object) -> None:
    if not isinstance(estimate, GradientEstimate):
        raise InvalidType(
            f"estimate must be a GradientEstimate, such as GradientEstimate.of('two-point', dim), got {shown(estimate)}"
        )


def _positive_curvature(top: float) -> None:
    if not top > 0:
        raise InvalidInput("the Hessian has no eigenvalue above 0 at x, so that no rate is too long there")
