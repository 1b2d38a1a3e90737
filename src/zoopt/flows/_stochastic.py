"""Descent along estimated gradients of a quadratic: mean and covariance of the points, exactly and as a diffusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, positive, real_numbers, shown, whole
from zoopt.errors import InvalidInput, InvalidType
from zoopt.flows._estimates import GradientNoise, _matrix

_MOST_DIMENSIONS = 44  # 990 second moments, a matrix of 8 MB
_STEPS_LIMIT = 2**31


class Moments(NamedTuple):
    """Mean, of shape (dim,), and covariance, of shape (dim, dim), of a random point."""

    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, eq=False)
class StochasticDescent:
    """x ← x − learning_rate · ĝ on ½ (x − centre)ᵀ H (x − centre), with an unbiased estimate ĝ of the gradient.

    The first two moments of the points obey linear recursions, whatever the distribution of ĝ; they are exact.

    Attributes
    ----------
    curvature : array_like, shape (dim, dim) or (dim,)
        H, symmetric, or its diagonal.
    noise : GradientNoise
        How ĝ scatters: :class:`GradientEstimate`, :class:`AdditiveNoise`, :class:`MiniBatchNoise`, or an object with
        a method ``covariance(H, mean, second)``.
    learning_rate : float
        > 0.
    centre : array_like, shape (dim,), or float

    Raises
    ------
    InvalidInput
        A shape does not fit, or a number cannot be used.

    Examples
    --------
    With random directions a rate is stable up to 2 q / (λ (q + d + 1)), not to 2 / λ:

    >>> from zoopt import flows
    >>> pair = flows.GradientEstimate("isotropic", directions=1)
    >>> [flows.StochasticDescent([1.0] * 8, pair, learning_rate=h).growth.__round__(3) for h in (0.1, 0.2, 0.3)]
    [0.9, 1.0, 1.3]

    Noise that stays keeps the points apart; ``stationary`` says how far:

    >>> still = flows.AdditiveNoise([1.0, 1.0])
    >>> process = flows.StochasticDescent([1.0, 4.0], still, learning_rate=0.1)
    >>> process.stationary().diagonal().round(6).tolist()   # h / (λ (2 − h λ))
    [0.052632, 0.015625]
    """

    curvature: npt.ArrayLike
    noise: GradientNoise
    learning_rate: float
    centre: npt.ArrayLike = 0.0

    def __post_init__(self) -> None:
        H = _matrix("curvature", self.curvature)
        middle = real_numbers(self.centre)
        if middle is None or middle.shape not in ((), (len(H),)) or not np.isfinite(middle).all():
            raise InvalidInput(
                f"centre must be a finite number or vector of shape ({len(H)},), got {shown(self.centre)}"
            )
        if not callable(getattr(self.noise, "covariance", None)):
            raise InvalidType(f"noise must have a method covariance(H, mean, second), got {shown(self.noise)}")
        object.__setattr__(self, "curvature", H)
        object.__setattr__(self, "centre", np.broadcast_to(middle, H.shape[:1]))
        object.__setattr__(self, "learning_rate", positive("learning_rate", self.learning_rate))

    def at(self, x0: npt.ArrayLike, steps: int) -> Moments:
        """Return mean and covariance of the point after so many steps from `x0`, in dim³ operations a step."""
        m, P = self._start(x0)
        H, h = self._curvature, self.learning_rate
        kept = np.eye(len(H)) - h * H
        for _ in range(whole("steps", steps, low=0, high=_STEPS_LIMIT)):
            m, P = kept @ m, kept @ P @ kept + h * h * self.noise.covariance(H, m, P)
        return self._moments(m, P)

    def stationary(self) -> FloatArray:
        """Return the covariance that the points come to.

        Raises
        ------
        InvalidInput
            They do not: the learning rate is too long for them to stay together.
        """
        if self.growth >= 1:
            raise InvalidInput(
                f"at learning_rate={self.learning_rate:g} squares of distances grow by the factor {self.growth:.4g} a "
                "step, so that nothing is stationary; take a shorter one, or more directions or samples"
            )
        return self._fixed(self._step_map)

    @cached_property
    def growth(self) -> float:
        """The factor by which mean squares of distances shrink or grow in a step, in the long run; 1 is the limit."""
        return float(np.abs(np.linalg.eigvals(self._linear(self._step_map))).max())

    def diffusion(self, x0: npt.ArrayLike, t: float, *, order: int = 1) -> Moments:
        """Return mean and covariance of the diffusion that stands for the descent, at the time steps · learning_rate.

        Of dX = −H̃ X dt + √(h C(X)) dW about the centre, C the covariance of the estimate, with H̃ = H, or with
        ``order=2`` H + (h/2) H², the gradient of the loss with its implicit penalty (h/4) ‖g‖². The moments are then
        those of the descent up to O(h), or O(h²).

        References
        ----------
        Li, Tai, E (2017), ICML; Mandt, Hoffman, Blei (2017), JMLR 18.
        """
        from scipy.linalg import expm

        time = positive("t", t)
        m, P = self._start(x0)
        drift = self._drift(order)
        d, pairs = len(m), _Pairs(len(m))

        def slope(state: FloatArray) -> FloatArray:
            mean, second = state[:d], pairs.matrix(state[d:-1])
            grown = (
                -drift @ second - second @ drift + self.learning_rate * self._scatter(mean, second, float(state[-1]))
            )
            return np.concatenate([-drift @ mean, pairs.vector(grown), [0.0]])

        size = d + pairs.count + 1
        flow = expm(time * np.column_stack([slope(axis) for axis in np.eye(size)]))
        end = flow @ np.concatenate([m, pairs.vector(P), [1.0]])
        return self._moments(end[:d], pairs.matrix(end[d:-1]))

    def diffusion_stationary(self, *, order: int = 1) -> FloatArray:
        """Return the covariance that the diffusion comes to.

        Raises
        ------
        InvalidInput
            It comes to none.
        """
        drift = self._drift(order)

        def slope(P: FloatArray, constant: float) -> FloatArray:
            """As a step, so that what stays is a fixed point."""
            noise = self.learning_rate * self._scatter(np.zeros(len(P)), P, constant)
            return P + noise - drift @ P - P @ drift

        if np.linalg.eigvals(self._linear(slope)).real.max() >= 1:
            raise InvalidInput(
                f"at learning_rate={self.learning_rate:g} the diffusion spreads without end; take a shorter one"
            )
        return self._fixed(slope)

    @property
    def _curvature(self) -> FloatArray:
        return np.asarray(self.curvature)

    def _drift(self, order: int) -> FloatArray:
        H = self._curvature
        second = whole("order", order, low=1, high=2) == 2
        return H + 0.5 * self.learning_rate * H @ H if second else H

    def _start(self, x0: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        x = real_numbers(x0)
        if x is None or x.shape != self._curvature.shape[:1] or not np.isfinite(x).all():
            raise InvalidInput(f"x0 must be finite and have shape ({len(self._curvature)},), got {shown(x0)}")
        y = x - np.asarray(self.centre)
        return y, np.outer(y, y)

    def _moments(self, m: FloatArray, P: FloatArray) -> Moments:
        return Moments(np.asarray(self.centre) + m, P - np.outer(m, m))

    def _scatter(self, m: FloatArray, P: FloatArray, constant: float) -> FloatArray:
        """Return the covariance of the estimate, with what does not depend on the moments times `constant`."""
        still = self.noise.covariance(self._curvature, 0 * m, 0 * P)
        return self.noise.covariance(self._curvature, m, P) + (constant - 1) * still

    def _step_map(self, P: FloatArray, constant: float) -> FloatArray:
        """Return the second moments after a step, about a mean that has come to the centre."""
        kept = np.eye(len(P)) - self.learning_rate * self._curvature
        return kept @ P @ kept + self.learning_rate**2 * self._scatter(np.zeros(len(P)), P, constant)

    def _linear(self, step: Callable[[FloatArray, float], FloatArray]) -> FloatArray:
        """Return the matrix of a step of second moments, without its constant."""
        pairs = _Pairs(len(self._curvature))
        return np.column_stack([pairs.vector(step(pairs.matrix(axis), 0.0)) for axis in np.eye(pairs.count)])

    def _fixed(self, step: Callable[[FloatArray, float], FloatArray]) -> FloatArray:
        pairs = _Pairs(len(self._curvature))
        constant = pairs.vector(step(np.zeros_like(self._curvature), 1.0))
        return pairs.matrix(np.asarray(np.linalg.solve(np.eye(pairs.count) - self._linear(step), constant), np.float64))


class _Pairs:
    """Symmetric matrices as vectors of their upper triangles."""

    def __init__(self, dim: int) -> None:
        if dim > _MOST_DIMENSIONS:
            raise InvalidInput(
                f"this takes a matrix with dim^4 / 4 entries, for at most {_MOST_DIMENSIONS} coordinates, not {dim}; "
                "at(x0, steps) takes any number, and rate_limits a spectrum of any length"
            )
        self._upper = np.triu_indices(dim)
        self._dim = dim
        self.count = len(self._upper[0])

    def vector(self, matrix: FloatArray) -> FloatArray:
        return matrix[self._upper]

    def matrix(self, vector: FloatArray) -> FloatArray:
        found = np.zeros((self._dim, self._dim))
        found[self._upper] = vector
        return found + np.triu(found, 1).T
