"""A battery of tests of randomness, in two steps: tally what was drawn, then turn the tally into p-values.

Tallies of separate draws add up, so that a battery runs over any number of draws in the memory of one cube: two seeds,
two generations and two samples of a run of coordinates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

Draw = Callable[[int, int, int, int], np.ndarray]

POWERS = range(1, 9)
TAILS = (3.0, 4.0, 5.0, 6.0)
NORMAL_LAGS = (1, 2, 3, 4, 8)
SIGN_LAGS = (1, 2, 31, 32, 64, 127, 128)
BINS_PER_UNIT = 1024
REACH = 8
AXES = ("seeds", "generations", "samples")
VIEWS = ("z", "z^2", "|z|")


@dataclass
class Tally:
    """Sums over draws, by the name of the check that they are for."""

    draws: int = 0
    sums: dict[str, np.ndarray] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, total: np.ndarray | float, count: int) -> None:
        self.sums[name] = self.sums.get(name, 0) + np.asarray(total)
        self.counts[name] = self.counts.get(name, 0) + count

    def merge(self, other: Tally) -> Tally:
        self.draws += other.draws
        for name, total in other.sums.items():
            self.add(name, total, other.counts[name])
        return self


def cube(draw: Draw, seed: int, generation: int, sample: int, size: int) -> np.ndarray:
    """Draws of shape (2 seeds, 2 generations, 2 samples, size)."""
    return np.array(
        [[[draw(seed + i, generation + j, sample + k, size) for k in range(2)] for j in range(2)] for i in range(2)],
        dtype=np.float64,
    )


def dot(first: np.ndarray, second: np.ndarray) -> float:
    """Sum of products, on this thread alone: a BLAS would start threads of its own for every one of these."""
    return float(np.einsum("...i,...i->...", first, second).sum())


def add_products(tally: Tally, values: np.ndarray, lags: tuple[int, ...], view: str) -> None:
    """Sums of products of neighbours, along each axis of a cube and over the lags of its coordinates."""
    for axis, name in enumerate(AXES):
        first, second = np.moveaxis(values, axis, 0)
        tally.add(f"{view}: neighbouring {name}", dot(first, second), first.size)
    for lag in lags:
        first, second = values[..., :-lag], values[..., lag:]
        tally.add(f"{view}: coordinates {lag} apart", dot(first, second), first.size)


def normal_tally(z: np.ndarray) -> Tally:
    """Tally a cube of normals."""
    tally = Tally(draws=z.size)
    flat = z.ravel()
    power = np.ones_like(flat)
    for k in POWERS:
        power *= flat
        tally.add(f"moment {k}", power.sum(), z.size)
    size = np.abs(z)
    for edge in TAILS:
        tally.add(f"tail {edge:g}", np.count_nonzero(size > edge), z.size)
    bins = np.floor((flat + REACH) * BINS_PER_UNIT).astype(np.int64)
    tally.add("Kolmogorov-Smirnov", np.bincount(bins, minlength=2 * REACH * BINS_PER_UNIT), z.size)
    centred = (z, (z * z - 1) / np.sqrt(2), (size - np.sqrt(2 / np.pi)) / np.sqrt(1 - 2 / np.pi))
    for view, values in zip(VIEWS, centred, strict=True):
        add_products(tally, values, NORMAL_LAGS, view)
    return tally


def sign_tally(signs: np.ndarray) -> Tally:
    """Tally a cube of signs, whole blocks of 128 of them."""
    tally = Tally(draws=signs.size)
    tally.add("all bits", signs.sum(), signs.size)
    tally.add("bit of the block", signs.reshape(-1, 128).sum(axis=0), signs.size // 128)
    add_products(tally, signs, SIGN_LAGS, "sign")
    return tally


def double_factorial(k: int) -> float:
    return float(np.prod(np.arange(k, 0, -2))) if k > 0 else 1.0


def normal_moment(k: int) -> float:
    return 0.0 if k % 2 else double_factorial(k - 1)


def moment_score(k: int, total: float, n: int) -> float:
    """Standard score of the k-th sample moment, with its exact standard error."""
    error = np.sqrt((normal_moment(2 * k) - normal_moment(k) ** 2) / n)
    return (total / n - normal_moment(k)) / error


def two_sided(score: np.ndarray | float) -> np.ndarray:
    return 2 * stats.norm.sf(np.abs(np.atleast_1d(score)))


def kolmogorov_smirnov(histogram: np.ndarray, n: int) -> np.ndarray:
    """Asymptotic p-value of the largest distance between the distributions at the edges of the bins."""
    edges = np.arange(1, histogram.size + 1) / BINS_PER_UNIT - REACH
    distance = np.abs(np.cumsum(histogram) / n - stats.norm.cdf(edges)).max()
    return np.atleast_1d(stats.kstwobign.sf(distance * np.sqrt(n)))


def p_values(tally: Tally) -> dict[str, np.ndarray]:
    """p-values of every check of a tally, by name."""
    found = {}
    for name, total in tally.sums.items():
        n = tally.counts[name]
        kind, _, which = name.partition(" ")
        if kind == "moment":
            found[name] = two_sided(moment_score(int(which), float(total), n))
        elif kind == "tail":
            outside = 2 * stats.norm.sf(float(which))
            found[name] = np.atleast_1d(stats.binomtest(int(total), n, outside).pvalue)
        elif kind == "Kolmogorov-Smirnov":
            found[name] = kolmogorov_smirnov(total, n)
        else:
            found[name] = two_sided(total / np.sqrt(n))
    return found


def rejections(tally: Tally, family_wise: float) -> dict[str, float]:
    """Names and smallest p-values of the checks that reject, at Bonferroni's level."""
    found = p_values(tally)
    level = family_wise / sum(p.size for p in found.values())
    return {name: float(p.min()) for name, p in found.items() if p.min() < level}


def run(draw: Draw, tally_of: Callable[[np.ndarray], Tally], cubes: range, size: int) -> Tally:
    """Tally cubes whose seeds, generations and samples are all small and near one another: the hardest counters."""
    tally = Tally()
    for c in cubes:
        tally.merge(tally_of(cube(draw, 2 * (c // 64), 2 * (c // 8 % 8), 2 * (c % 8), size)))
    return tally
