"""Two Gaussians with unequal priors: F1 at every threshold, and where weighted cross-entropy ends, by quadrature."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

_REACH = 12.0
_NODES = 4001
"""The trapezoidal rule is exact to rounding for densities that are this smooth."""


@dataclass(frozen=True)
class Population:
    """Positives are normal around `shift`, negatives around 0, both with variance 1.

    The posterior probability of a positive at x is η(x) = σ(log(π/(1−π)) + shift·x − shift²/2), which rises with x:
    every threshold on η is one on x.

    Attributes
    ----------
    shift : float
        Above 0.
    prior : float
        Share π of positives, in (0, 1).
    """

    shift: float
    prior: float

    @cached_property
    def points(self) -> FloatArray:
        """Nodes of the quadrature."""
        return np.linspace(-_REACH, self.shift + _REACH, _NODES)

    @cached_property
    def masses(self) -> tuple[FloatArray, FloatArray]:
        """Mass of the negatives and of the positives at each node."""
        step = self.points[1] - self.points[0]
        density = np.exp(-(np.array([self.points, self.points - self.shift]) ** 2) / 2) / math.sqrt(2 * math.pi)
        return (1 - self.prior) * density[0] * step, self.prior * density[1] * step

    @property
    def log_odds(self) -> float:
        """Of the priors."""
        return math.log(self.prior / (1 - self.prior))

    @cached_property
    def logits(self) -> FloatArray:
        """Of the posterior, at each node."""
        return self.log_odds + self.shift * self.points - self.shift**2 / 2

    def cut(self, threshold: ArrayLike) -> FloatArray:
        """Return the x at which the posterior is `threshold`."""
        eta = np.asarray(threshold, dtype=np.float64)
        found: FloatArray = (np.log(eta / (1 - eta)) - self.log_odds) / self.shift + self.shift / 2
        return found

    def rates(self, cut: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return the shares of positives and of negatives above x = `cut`."""
        from scipy.special import ndtr

        at = np.asarray(cut, dtype=np.float64)
        return ndtr(self.shift - at), ndtr(-at)

    def f1_above(self, cut: ArrayLike) -> FloatArray:
        """Return the F1 of "positive above `cut`"."""
        hits, alarms = self.rates(cut)
        return np.asarray(
            2 * self.prior * hits / (self.prior * (1 + hits) + (1 - self.prior) * alarms), dtype=np.float64
        )

    def f1(self, threshold: ArrayLike) -> FloatArray:
        """Return the F1 of "positive where the posterior exceeds `threshold`"."""
        return self.f1_above(self.cut(threshold))

    def balanced_accuracy_above(self, cut: ArrayLike) -> FloatArray:
        """Return the mean of both recalls of "positive above `cut`"."""
        hits, alarms = self.rates(cut)
        return np.asarray((hits + 1 - alarms) / 2)

    def accuracy_above(self, cut: ArrayLike) -> FloatArray:
        """Return the accuracy of "positive above `cut`"."""
        hits, alarms = self.rates(cut)
        return np.asarray(self.prior * hits + (1 - self.prior) * (1 - alarms))

    def smooth_f1(self, logits: FloatArray) -> float:
        """Return 2E[yp]/E[y+p] of probabilities that are given by their logits at the nodes."""
        from scipy.special import expit

        negatives, positives = self.masses
        p = expit(logits)
        return float(2 * (positives @ p) / (positives.sum() + (positives + negatives) @ p))

    def weighted_logits(self, threshold: float) -> FloatArray:
        """Return what cross-entropy with weights 1−η of positives and η of negatives has as its minimum."""
        return np.asarray(self.logits + math.log((1 - threshold) / threshold))

    def optimum(self) -> tuple[float, float]:
        """Return the best F1, and the threshold on the posterior that reaches it."""
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(
            lambda cut: -float(self.f1_above(cut)),
            bounds=(-_REACH, self.shift + _REACH),
            method="bounded",
            options={"xatol": 1e-12},
        )
        return -float(found.fun), float(1 / (1 + math.exp(-(self.log_odds + self.shift * found.x - self.shift**2 / 2))))

    def smooth_fixed_point(self) -> float:
        """Return F with F = smooth F1 of cross-entropy with weights 1−F/2 and F/2."""
        return _root(lambda value: self.smooth_f1(self.weighted_logits(value / 2)))

    def hard_fixed_point(self) -> float:
        """Return F with F = F1 at the threshold F/2."""
        return _root(lambda value: float(self.f1(value / 2)))


def _root(improved: object) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda value: improved(value) - value, 1e-9, 1 - 1e-9, xtol=1e-15, rtol=1e-14))  # type: ignore[operator]
