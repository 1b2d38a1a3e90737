"""What the claims share: gradient estimates of cells at a fixed point, and means with their intervals."""

from collections.abc import Callable
from typing import TypedDict

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.cells import Cell

Values = Callable[[FloatArray], FloatArray]
"""A function of rows, shape (rows, dim) -> (rows,)."""


class Measured(TypedDict):
    """The two fields of a claim that an estimate gives."""

    measured: float
    interval: tuple[float, float]


def estimator(
    shaping: str, directions: int, *, distribution: str = "isotropic", antithetic: bool = False, metric: str = "vanilla"
) -> Cell:
    """Return the cell whose step of rate 1 is minus the estimate from so many directions."""
    return zoopt.cell(
        distribution=distribution,
        shaping=shaping,
        metric="natural" if metric == "natural" else "vanilla",
        update="sgd",
        population=2 * directions if antithetic else directions,
        antithetic=antithetic,
    )


def estimates(cell: Cell, f: Values, generations: int, dim: int, *, scale: float, seed: int) -> FloatArray:
    """Return a cell's estimates of the gradient of f at 0, one a generation, shape (generations, dim).

    The mean of the search walks by the estimates, and f walks along with it.
    """
    search = zoopt.optimizer(cell, np.zeros(dim), scale=scale, seed=seed, learning_rate=1.0)
    means = np.zeros((generations + 1, dim))
    for t in range(generations):
        search.tell(f(search.ask() - means[t]))
        means[t + 1] = search.mean
    return means[:-1] - means[1:]


def mean_of(values: FloatArray, ratio: float = 0.0) -> Measured:
    """Return the mean with its 95 % interval; `ratio` is test over train where the values are of splits to compare."""
    from zoopt.compare.statistics import mean_interval

    mean, low, high = mean_interval(values, ratio)
    return {"measured": mean, "interval": (low, high)}


def squared_errors(found: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the squared distances of estimates from what they estimate: their mean is the trace variance."""
    return np.asarray(np.square(found - expected).sum(axis=1))


def shares(found: FloatArray, expected: FloatArray) -> FloatArray:
    """Return which share of the expected vector each estimate has along it: the mean is 1 where there is no bias."""
    return np.asarray(found @ expected / (expected @ expected))


def cosine(one: FloatArray, other: FloatArray) -> float:
    """Return the cosine of the angle between two vectors."""
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def gap(actual: FloatArray, expected: FloatArray) -> float:
    """Return the largest difference over the largest number expected."""
    return float(np.abs(actual - expected).max() / np.abs(expected).max())
