"""Labelled data of the article's demonstrations: a sinusoid, Gaussians, a spiral, and digits; some labels are wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoopt._arguments import FloatArray
from zoopt.compare._data import dataset

Labels = NDArray[np.int64]
_TURNS = 1.5
_WIDTH = 0.08
_SIXTEEN = 16.0  # the brightest pixel


@dataclass(frozen=True)
class Part:
    """Samples with labels, some of them wrong."""

    X: FloatArray
    y: Labels


@dataclass(frozen=True)
class Split:
    """What is trained on, what is chosen by, and what is judged by; labels are as noisy in all of them."""

    train: Part
    validation: Part
    test: Part


@dataclass(frozen=True)
class Case:
    """A demonstration.

    Attributes
    ----------
    name : str
    make : callable
        Given a generator and how many, returns samples and true labels.
    count : int
        Samples that are trained on; as many choose.
    test_count : int
        Samples that judge.
    noise : float
        Share ρ of labels that are wrong.
    classes : int
    shared : bool
        Whether the splits are of one finite data set, so that they overlap.
    """

    name: str
    make: Callable[[np.random.Generator, int], tuple[FloatArray, Labels]]
    count: int
    test_count: int
    noise: float
    classes: int = 2
    shared: bool = False

    @property
    def ratio(self) -> float:
        """Return n_test / n_train where splits overlap, else 0: what intervals are corrected by."""
        return self.test_count / self.count if self.shared else 0.0

    @property
    def entropy(self) -> float:
        """Return the entropy of a noisy label given the true one, in nats."""
        return label_entropy(self.noise, self.classes)

    def split(self, seed: int, repeat: int) -> Split:
        """Return the samples of a repeat."""
        rng = np.random.default_rng([seed, repeat, self.count])
        X, y = self.make(rng, 2 * self.count + self.test_count)
        noisy = flipped(y, self.noise, self.classes, rng)
        ends = (self.count, 2 * self.count)
        train, validation, test = map(Part, np.split(X, ends), np.split(noisy, ends))
        return Split(train, validation, test)


def label_entropy(noise: float, classes: int = 2) -> float:
    """Return the entropy of a label that is wrong with a probability, all wrong ones being equally likely, in nats."""
    parts = [1 - noise, *[noise / (classes - 1)] * (classes - 1)]
    return -sum(part * math.log(part) for part in parts if part > 0)


def flipped(y: Labels, noise: float, classes: int, rng: np.random.Generator) -> Labels:
    """Return the labels with each wrong with a probability: another class, any of them."""
    wrong = rng.random(len(y)) < noise
    return np.where(wrong, (y + rng.integers(1, classes, size=len(y))) % classes, y)


def sinusoid(rng: np.random.Generator, count: int) -> tuple[FloatArray, Labels]:
    """Return the first two coordinates of points of the sphere S³ of radius 2, parted by 1.5 x₀ + sin 1.5 x₁ = 0."""
    points = rng.normal(size=(count, 4))
    X = 2 * points[:, :2] / np.linalg.norm(points, axis=1, keepdims=True)
    return X, (1.5 * X[:, 0] + np.sin(1.5 * X[:, 1]) > 0).astype(np.int64)


def gaussians(rng: np.random.Generator, count: int) -> tuple[FloatArray, Labels]:
    """Return two standard Gaussians in ten dimensions, one around 0 and one around (1, …, 1)."""
    y = rng.integers(0, 2, size=count)
    return rng.normal(size=(count, 10)) + y[:, None], y


def spiral(rng: np.random.Generator, count: int) -> tuple[FloatArray, Labels]:
    """Return two arms of a spiral, one and a half turns long."""
    y = rng.integers(0, 2, size=count)
    along = np.sqrt(rng.uniform(0.02, 1, size=count))
    angle = 2 * np.pi * _TURNS * along + np.pi * y
    arms = 2 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return arms + _WIDTH * rng.normal(size=arms.shape), y


def digits(rng: np.random.Generator, count: int) -> tuple[FloatArray, Labels]:
    """Return handwritten digits, drawn without replacement."""
    data = dataset("digits")
    chosen = rng.permutation(len(data.labels))[:count]
    return data.features[chosen] / _SIXTEEN, data.labels[chosen]


CASES = (
    Case("sinusoid, n = 100, ρ = .2", sinusoid, 100, 2000, 0.2),
    Case("sinusoid, n = 200, ρ = .1", sinusoid, 200, 2000, 0.1),
    Case("Gaussians, n = 100, ρ = .1", gaussians, 100, 2000, 0.1),
    Case("spiral, n = 200, ρ = .1", spiral, 200, 2000, 0.1),
    Case("digits, n = 300, ρ = .2", digits, 300, 600, 0.2, classes=10, shared=True),
)
