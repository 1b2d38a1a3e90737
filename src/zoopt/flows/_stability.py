"""What steps do on quadratics, in closed form: when they are stable, and which flow they follow."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, number, positive, shown
from zoopt.errors import InvalidInput
from zoopt.flows._fields import curvature_of
from zoopt.objectives._compiled import unknown_name

ComplexArray = npt.NDArray[np.complex128]

# Coefficients of z, z^2, ... in the growth R(z) = 1 + z + ... of a step of dx/dt = z x: those of exp(z) as far as the
# order goes, and with as many stages as that no more. The last one of dopri5 is b^T A^5 1 of its tableau.
_TAYLOR = (1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120)
_GROWTH = {
    "gd": _TAYLOR[:1],
    "midpoint": _TAYLOR[:2],
    "heun": _TAYLOR[:2],
    "bs23": _TAYLOR[:3],
    "rk4": _TAYLOR[:4],
    "rk38": _TAYLOR[:4],
    "dopri5": (*_TAYLOR, 1 / 600),
}
_ALIASES = {"sgd": "gd", "euler": "gd", "rk23": "bs23", "rk45": "dopri5", "heavy-ball": "momentum"}
_MOMENTUM = ("momentum", "nesterov")
_DEFAULT_MOMENTUM = 0.9


@dataclass(frozen=True)
class Stability:
    """What a step does on ½ λ x², as a function of z = learning_rate · λ.

    With momentum μ a step is a recursion of two terms, whose growth r solves r² − b r + c = 0: for the heavy ball
    b = 1 + μ − z and c = μ, for Nesterov's gradient b = (1 + μ)(1 − z) and c = μ (1 − z). Else x is multiplied by a
    polynomial in z.

    Attributes
    ----------
    method : str
    momentum : float
        0 where the method has none.
    limit : float
        Steps are stable for 0 < z < `limit`: learning rates below ``limit`` / the largest eigenvalue of the Hessian.
    flow_limit : float
        For z below it steps follow a flow; from there on they oscillate, and no real flow passes through them.
    """

    method: str
    momentum: float
    limit: float
    flow_limit: float

    def growth(self, z: npt.ArrayLike) -> ComplexArray:
        """Return by what a step multiplies, for z of any shape, real or complex.

        The shape of z with an axis behind it: the principal growth, which is 1 at z = 0 and the larger one where both
        are real, and with momentum another one.
        """
        return 1.0 + _growth_less_one(self.method, self.momentum, _complex(z))

    def radius(self, z: npt.ArrayLike) -> FloatArray:
        """Return the largest modulus of the growth, of the shape of z."""
        return np.asarray(np.abs(self.growth(z)).max(axis=-1))

    def stable(self, z: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return whether steps tend to 0, for z of any shape."""
        return self.radius(z) < 1.0


def stability(method: str = "gd", *, momentum: float | None = None) -> Stability:
    """Return for which learning rates a method is stable on quadratics, and what it does there.

    Parameters
    ----------
    method : str
        ``"gd"``, ``"momentum"`` (heavy ball), ``"nesterov"``, or a Runge-Kutta method of :func:`gradient_flow`:
        ``"midpoint"``, ``"heun"``, ``"bs23"``, ``"rk4"``, ``"rk38"``, ``"dopri5"``.
    momentum : float
        Of the heavy ball and of Nesterov's gradient, in [0, 1); by default 0.9.

    Raises
    ------
    UnknownName
        There is no such method.
    InvalidInput
        The momentum is out of its range, or the method has none.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.stability("gd").limit, flows.stability("momentum", momentum=0.5).limit
    (2.0, 3.0)
    >>> round(flows.stability("rk4").limit, 6)
    2.785294
    >>> flows.stability("rk4").radius([1.0, 2.5j, 3.0j]).round(4).tolist()
    [0.375, 0.5082, 1.5052]
    """
    name, share = _method(method, momentum)
    if name == "momentum":
        return Stability(name, share, 2.0 * (1.0 + share), (1.0 - sqrt(share)) ** 2)
    if name == "nesterov":
        limit = 2.0 * (1.0 + share) / (1.0 + 2.0 * share)
        return Stability(name, share, limit, ((1.0 - share) / (1.0 + share)) ** 2)
    return Stability(name, 0.0, min(_crossing(name, 0.0), _crossing(name, -2.0)), _crossing(name, -1.0))


def flow_hessian(
    curvature: npt.ArrayLike, learning_rate: float, *, method: str = "gd", momentum: float | None = None
) -> FloatArray:
    """Return the H̃ whose flow dx/dt = −H̃ x passes through the steps of a method on ½ xᵀ H x.

    For gradient descent −log(1 − hH) / h; else −log r(hH) / h with the principal growth r of :class:`Stability`. With
    momentum, descents come onto this flow after a while.

    Parameters
    ----------
    curvature : array_like, shape (dim, dim) or (dim,)
        H, symmetric, or its diagonal.
    learning_rate : float
        h, above 0.
    method, momentum
        As :func:`stability` has them.

    Returns
    -------
    ndarray, of the shape of `curvature`

    Raises
    ------
    InvalidInput
        Steps oscillate along an eigenvector, so that no real flow passes through them; or `curvature` is no symmetric
        matrix.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.flow_hessian([1.0, 4.0], 0.1).round(6).tolist()  # flatter than 4 becomes sharper
    [1.053605, 5.108256]
    >>> flows.flow_hessian([1.0, 15.0], 0.1)
    Traceback (most recent call last):
    ...
    zoopt.errors.InvalidInput: no real flow passes through the steps of gd: learning_rate times the largest ...
    """
    H = curvature_of(curvature)
    h = positive("learning_rate", learning_rate)
    of = stability(method, momentum=momentum)
    values, vectors = (H, None) if H.ndim == 1 else np.linalg.eigh(H)
    z = h * values
    _check_flow(of, float(z.max()), h)
    moved = -np.log1p(_growth_less_one(of.method, of.momentum, z.astype(np.complex128))[:, 0].real) / h
    return moved if vectors is None else (vectors * moved) @ vectors.T


def _check_flow(of: Stability, largest: float, h: float) -> None:
    if largest < of.flow_limit:
        return
    now = f"are stable but oscillate (up to {of.limit:.4g})" if largest < of.limit else "diverge"
    raise InvalidInput(
        f"no real flow passes through the steps of {of.method}: learning_rate times the largest eigenvalue is "
        f"{largest:.6g}, where they {now}; take a learning rate below {of.flow_limit:.4g} / the eigenvalue = "
        f"{of.flow_limit / (largest / h):.6g}"
    )


def _growth_less_one(method: str, momentum: float, z: ComplexArray) -> ComplexArray:
    """Return the growths less one, which keeps their digits where z is small.

    s = r − 1 solves s² + p s + z = 0 with p = 2 − b, as 1 − b + c is z with both kinds of momentum. The root that takes
    no difference is found first, and the other by their product, z.
    """
    if method not in _MOMENTUM:
        return np.asarray(np.polyval([*_GROWTH[method][::-1], 0.0], -z)[..., None], dtype=np.complex128)
    p = 1.0 - momentum + (z if method == "momentum" else (1.0 + momentum) * z)
    root = np.sqrt(p * p - 4.0 * z)
    forward = p.real >= 0.0
    large = -0.5 * np.where(forward, p + root, p - root)
    small = z / large
    return np.stack([np.where(forward, small, large), np.where(forward, large, small)], axis=-1)


def _crossing(method: str, level: float) -> float:
    """Return the least z > 0 at which the growth less one is `level`, or infinity."""
    coefficients = [c * (-1.0) ** (k + 1) for k, c in enumerate(_GROWTH[method])]
    roots = np.roots([*coefficients[::-1], -level])
    real = roots[np.abs(roots.imag) < 1e-9].real
    above = real[real > 1e-9]
    return float(above.min()) if above.size else inf


def _method(method: object, momentum: object) -> tuple[str, float]:
    name = _ALIASES.get(method, method) if isinstance(method, str) else method
    if name not in (*_GROWTH, *_MOMENTUM):
        raise unknown_name("method with a closed form", method, [*_GROWTH, *_MOMENTUM])
    if name not in _MOMENTUM:
        if momentum is not None:
            raise InvalidInput(f"{method} has no momentum; leave it out, or use 'momentum' or 'nesterov'")
        return str(name), 0.0
    share = _DEFAULT_MOMENTUM if momentum is None else number("momentum", momentum)
    if not 0.0 <= share < 1.0:
        raise InvalidInput(f"momentum must lie in [0, 1), got {share:g}")
    return str(name), share


def _complex(z: npt.ArrayLike) -> ComplexArray:
    try:
        return np.asarray(z, dtype=np.complex128)
    except (TypeError, ValueError):
        raise InvalidInput(f"z must hold real or complex numbers, got {shown(z)}") from None
