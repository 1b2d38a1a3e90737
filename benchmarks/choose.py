"""Which algorithm for which problem: the measurements behind docs/choose.rst.

    python benchmarks/choose.py > docs/choose.inc

Every algorithm runs with its defaults and scale .5 from one start; a cell is the median over seeds of the best value
found (of the metric: the best share of errors), the least of a row in bold. Gradients of first-order methods would be
another league and are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np

import zoopt

SEEDS = range(11)
SCALE = 0.5
MOST_DIMENSIONS = {"cma-es": 128, "bipop-cma-es": 128, "xnes": 32}  # beyond, the table would take hours
ALGORITHMS = [
    *MOST_DIMENSIONS,
    "sep-cma-es",
    "snes",
    "pgpe",
    "openai-es",
    "two-point",
    "spsa",
    "one-plus-one-es",
    "random-search",
]
Objective = Callable[[np.ndarray], np.ndarray]


class Problem(NamedTuple):
    """A row of the table."""

    name: str
    objective: Objective
    start: np.ndarray
    budget: int


def noisy_sphere(rows: np.ndarray) -> np.ndarray:
    """Return the sphere with noise of standard deviation 1 that depends on the point alone."""
    shuffled = np.sin(rows @ np.arange(1, rows.shape[1] + 1) * 12345.678) * 43758.5453
    return (rows**2).sum(axis=1) + np.sqrt(12) * (shuffled - np.floor(shuffled) - 0.5)


def errors(name: str) -> tuple[Objective, int]:
    """Return the training error of a linear classifier on a bundled data set, and its dimension."""
    from sklearn import datasets

    data = getattr(datasets, f"load_{name}")()
    columns = (data.data - data.data.mean(axis=0)) / (data.data.std(axis=0) + 1e-12)
    metric = zoopt.objectives.MetricObjective(columns, data.target, metric="accuracy")
    return zoopt.objectives.batch(lambda rows: 1 - metric(rows)), metric.dim


def problems() -> Iterator[Problem]:
    """Yield the rows."""
    for dim, budget in ((10, 10_000), (100, 100_000), (1000, 100_000)):
        for name in ("sphere", "ellipsoid", "rosenbrock", "rastrigin"):
            shift = 0.3 * np.cos(np.arange(dim))
            yield Problem(f"{name}, d = {dim}", zoopt.objectives.function(name, dim, shift=shift), np.ones(dim), budget)
    yield Problem("sphere + noise, d = 10", zoopt.objectives.batch(noisy_sphere), np.ones(10), 10_000)
    for name in ("breast_cancer", "wine"):
        objective, dim = errors(name)
        yield Problem(f"training errors, {name}, d = {dim}", objective, np.zeros(dim), 10_000)


def outcome(problem: Problem, method: str) -> float:
    """Return the median over seeds of the best value."""
    found = [
        zoopt.minimize(problem.objective, problem.start, method=method, budget=problem.budget, scale=SCALE, seed=s).fun
        for s in SEEDS
    ]
    return float(np.median(found))


def row(problem: Problem) -> list[str]:
    """Return the cells of a row."""
    fits = [m for m in ALGORITHMS if problem.start.size <= MOST_DIMENSIONS.get(m, problem.start.size)]
    values = {method: outcome(problem, method) for method in fits}
    best = min(values.values())
    cells = {m: f"**{v:.2g}**" if v <= best * 1.001 + 1e-12 else f"{v:.2g}" for m, v in values.items()}
    return [problem.name, f"{problem.budget:,}", *(cells.get(method, "–") for method in ALGORITHMS)]


def main() -> int:
    """Print the table as reStructuredText."""
    print(".. list-table::\n   :header-rows: 1\n")
    for cells in chain([["Problem", "Budget", *ALGORITHMS]], map(row, problems())):
        for k, cell in enumerate(cells):
            print(f"   {'* -' if k == 0 else '  -'} {cell}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
