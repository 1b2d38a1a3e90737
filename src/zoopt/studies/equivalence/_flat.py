"""Smoothing prefers flat minima (S1.E9)."""

from collections.abc import Iterator

import numpy as np

import zoopt
from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item
from zoopt.studies.equivalence._estimates import mean_of

PRODUCT = 1.0
"""y of ½(y − ab)²."""
_POINT = np.array([0.8, 1.3])
_PARTS, _FEWEST = 16, 500_000  # two coordinates cost little
_RUNS = 8
_PAIRS = 32
_RATE = 0.05
_START = np.array([1.6, 0.6])


def flat_minima(radius: float, draws: int, steps: int, seed: int) -> Iterator[Item]:
    """Yield the smoothed function in closed form, and where zeroth order ends."""
    y, (a, b) = PRODUCT, _POINT
    smoothed = [
        flows.Smoothing(radius, directions=max(draws, _FEWEST) // _PARTS, seed=seed + k)(flows.product(y)).value(_POINT)
        for k in range(_PARTS)
    ]
    closed = 0.5 * ((y - a * b) ** 2 + radius**2 * (a**2 + b**2) + radius**4)
    yield Claim(
        source="S1.E9",
        statement="½(y−ab)² smoothed is ½[(y−ab)² + ε²(a²+b²) + ε⁴]",
        prediction=closed,
        **mean_of(np.array(smoothed)),
        tolerance=0.01 * closed,
        kernel="zoopt.flows.Smoothing",
    )
    ends = np.array([_end(radius, steps, seed + k) for k in range(_RUNS)])
    flattest = np.sqrt(y - radius**2)
    yield Claim(
        source="S1.E9",
        statement=f"zeroth order goes to a = b = √(y−ε²) (y = {y:g}, ε = {radius:g})",
        prediction=flattest,
        **mean_of(ends.mean(axis=1)),
        tolerance=0.005,
        kernel="zoopt.optimizer('two-point')",
        note=f"From (1.6, .6), {_RUNS} runs, the mean over the second half. Longer steps add a bias.",
    )
    yield Claim(
        source="S1.E9",
        statement="of all minima ab = y it is the flattest: a − b at the end",
        prediction=0.0,
        **mean_of(ends[:, 0] - ends[:, 1]),
        tolerance=0.02,
        kernel="zoopt.optimizer('two-point')",
    )


def _end(radius: float, steps: int, seed: int) -> FloatArray:
    search = zoopt.optimizer("two-point", _START, scale=radius, seed=seed, population=2 * _PAIRS, learning_rate=_RATE)
    tail = []
    for step in range(steps):
        x = search.ask()
        search.tell(0.5 * (PRODUCT - x[:, 0] * x[:, 1]) ** 2)
        if step >= steps // 2:
            tail.append(search.mean)
    return np.asarray(np.mean(tail, axis=0))
