"""Algorithms as their papers write them, in plain numpy: what the cells are compared with.

Each is a generator of the centres of its distribution, one a generation, from 0 on. Nothing of the engine is used but
its random numbers.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.studies.equivalence._estimates import Values


@dataclass(frozen=True)
class Setting:
    """What all of them are run on."""

    f: Values
    dim: int
    radius: float
    seed: int
    directions: int = 8
    rate: float = 0.01

    def draws(self, generation: int, count: int, kind: Literal["normal", "rademacher"] = "normal") -> FloatArray:
        """Return the directions of a generation, shape (count, dim)."""
        rows = [zoopt.noise(self.seed, generation, i, self.dim, kind=kind) for i in range(count)]
        return np.array(rows, dtype=np.float64)


Textbook = Callable[[Setting, int], Iterator[FloatArray]]
Gradient = Callable[[int, FloatArray], FloatArray]


def _descent(setting: Setting, generations: int, gradient: Gradient) -> Iterator[FloatArray]:
    x = np.zeros(setting.dim)
    for t in range(generations):
        x = x - setting.rate * gradient(t, x)
        yield x


def mezo(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Two-point zeroth order along normal directions (Malladi et al. 2023)."""

    def gradient(t: int, x: FloatArray) -> FloatArray:
        z = setting.draws(t, setting.directions)
        ahead, behind = setting.f(x + setting.radius * z), setting.f(x - setting.radius * z)
        return np.asarray(((ahead - behind)[:, None] * z).mean(axis=0) / (2 * setting.radius))

    return _descent(setting, generations, gradient)


def spsa(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Simultaneous perturbation: the difference divided by the perturbation (Spall 1992), with constant gains."""

    def gradient(t: int, x: FloatArray) -> FloatArray:
        delta = setting.draws(t, setting.directions, "rademacher")
        ahead, behind = setting.f(x + setting.radius * delta), setting.f(x - setting.radius * delta)
        return np.asarray(((ahead - behind)[:, None] / (2 * setting.radius * delta)).mean(axis=0))

    return _descent(setting, generations, gradient)


def one_sided(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Forward differences (Nesterov and Spokoiny 2017)."""

    def gradient(t: int, x: FloatArray) -> FloatArray:
        z = setting.draws(t, setting.directions)
        here = setting.f(x[None])[0]
        return np.asarray(((setting.f(x + setting.radius * z) - here)[:, None] * z).mean(axis=0) / setting.radius)

    return _descent(setting, generations, gradient)


def reinforce(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Score function of a normal policy, the mean of the other returns as baseline (Williams 1992)."""

    def gradient(t: int, x: FloatArray) -> FloatArray:
        actions = x + setting.radius * setting.draws(t, setting.directions)
        returns = setting.f(actions)
        others = (returns.sum() - returns) / (setting.directions - 1)
        return np.asarray(((returns - others)[:, None] * (actions - x) / setting.radius**2).mean(axis=0))

    return _descent(setting, generations, gradient)


def openai_es(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Mirrored pairs, centred ranks and Adam (Salimans et al. 2017)."""
    x, m, v = np.zeros(setting.dim), np.zeros(setting.dim), np.zeros(setting.dim)
    rows = 2 * setting.directions
    for t in range(1, generations + 1):
        z = setting.draws(t - 1, setting.directions)
        noise = np.concatenate([z, -z])
        values = setting.f(x + setting.radius * noise)
        ranks = np.argsort(np.argsort(values)) / (rows - 1) - 0.5
        gradient = ranks @ noise / (rows * setting.radius)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        x = x - setting.rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        yield x


def pgpe(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Symmetric sampling of parameters, standardised rewards (Sehnke et al. 2010); the deviations move too."""
    x, sigma = np.zeros(setting.dim), np.full(setting.dim, setting.radius)
    rates = 0.2, 0.1
    for t in range(generations):
        z = setting.draws(t, setting.directions)
        plus, minus = -setting.f(x + sigma * z), -setting.f(x - sigma * z)
        both = np.concatenate([plus, minus])
        plus, minus = (plus - both.mean()) / both.std(), (minus - both.mean()) / both.std()
        moved = ((plus - minus)[:, None] / 2 * sigma * z).mean(axis=0)
        widened = ((plus + minus)[:, None] / 2 * sigma * (z**2 - 1)).mean(axis=0)
        x, sigma = x + rates[0] * moved, sigma + np.clip(rates[1] * widened, -0.2 * sigma, 0.2 * sigma)
        yield x


def snes(setting: Setting, generations: int) -> Iterator[FloatArray]:
    """Separable natural evolution strategy: utilities and an exponential change of deviations (Schaul et al. 2011)."""
    x, sigma, rows = np.zeros(setting.dim), np.full(setting.dim, setting.radius), 2 * setting.directions
    rate = (3 + math.log(setting.dim)) / (5 * math.sqrt(setting.dim))
    utilities = np.maximum(0.0, math.log(rows / 2 + 1) - np.log(np.arange(1, rows + 1)))
    utilities = utilities / utilities.sum() - 1 / rows
    for t in range(generations):
        z = setting.draws(t, rows)
        z = z[np.argsort(setting.f(x + sigma * z))]
        x, sigma = x + sigma * (utilities @ z), sigma * np.exp(rate / 2 * (utilities @ (z**2 - 1)))
        yield x


class CmaEs:
    """Hansen's tutorial (arXiv:1604.00772v1) to the letter, told candidates that somebody else has drawn."""

    def __init__(self, dim: int, scale: float, population: int) -> None:
        self.mean, self.scale, self.covariance = np.zeros(dim), scale, np.eye(dim)
        self._path_scale, self._path_covariance, self._generation = np.zeros(dim), np.zeros(dim), 0
        raw = math.log((population + 1) / 2) - np.log(np.arange(1, population + 1))
        best, rest = raw[raw > 0], raw[raw <= 0]
        self._mu = float(best.sum() ** 2 / (best**2).sum())  # of the weights above 0
        negative = float(rest.sum() ** 2 / (rest**2).sum())
        self._c_1 = 2 / ((dim + 1.3) ** 2 + self._mu)
        self._c_mu = min(1 - self._c_1, 2 * (self._mu + 1 / self._mu - 2) / ((dim + 2) ** 2 + self._mu))
        limits = (
            1 + self._c_1 / self._c_mu,
            1 + 2 * negative / (self._mu + 2),
            (1 - self._c_1 - self._c_mu) / (dim * self._c_mu),
        )
        self._weights = np.where(raw > 0, raw / best.sum(), min(limits) * raw / np.abs(rest).sum())
        self._c_scale = (self._mu + 2) / (dim + self._mu + 5)
        self._damping = 1 + 2 * max(0.0, math.sqrt((self._mu - 1) / (dim + 1)) - 1) + self._c_scale
        self._c_path = (4 + self._mu / dim) / (dim + 4 + 2 * self._mu / dim)
        self._length = math.sqrt(dim) * (1 - 1 / (4 * dim) + 1 / (21 * dim**2))

    def tell(self, rows: FloatArray, values: FloatArray) -> None:
        """Take a generation: equations 38 to 47."""
        dim, self._generation = self.mean.size, self._generation + 1
        squares, axes = np.linalg.eigh(self.covariance)
        inverse_root = (axes / np.sqrt(squares)) @ axes.T
        steps = (rows[np.argsort(values, kind="stable")] - self.mean) / self.scale
        step = np.maximum(self._weights, 0.0) @ steps
        self.mean = self.mean + self.scale * step
        c = self._c_scale
        self._path_scale = (1 - c) * self._path_scale + math.sqrt(c * (2 - c) * self._mu) * (inverse_root @ step)
        length = float(np.linalg.norm(self._path_scale))
        filled = math.sqrt(1 - (1 - c) ** (2 * (self._generation + 1)))
        moving = float(length / filled < (1.4 + 2 / (dim + 1)) * self._length)
        c_path = self._c_path
        pull = math.sqrt(c_path * (2 - c_path) * self._mu) * step
        self._path_covariance = (1 - c_path) * self._path_covariance + moving * pull
        lengths = np.square(steps @ inverse_root).sum(axis=1)
        weights = np.where(self._weights >= 0, self._weights, self._weights * dim / (lengths + 1e-8))
        stalled = (1 - moving) * c_path * (2 - c_path)
        kept = 1 + self._c_1 * stalled - self._c_1 - self._c_mu * self._weights.sum()
        self.covariance = (
            kept * self.covariance
            + self._c_1 * np.outer(self._path_covariance, self._path_covariance)
            + self._c_mu * (steps.T * weights) @ steps
        )
        self.scale *= math.exp(c / self._damping * (length / self._length - 1))
