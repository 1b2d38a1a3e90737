"""One run: an optimiser on a problem within a budget, its recommendation followed at checkpoints."""

import hashlib
import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _defaults
from zoopt.compare._entry import Entry
from zoopt.compare._objective import ExperimentObjective, Problem
from zoopt.errors import InvalidInput, ZooptError

FloatArray = NDArray[np.float64]

CHECKPOINTS = 25
BEST_POINT = frozenset({"random-search"})
"""Algorithms whose recommendation is the best point seen; all others recommend the mean of the search."""


@dataclass(frozen=True)
class Run:
    """What one optimiser (or baseline) reached on one objective at one seed.

    Attributes
    ----------
    objective, optimizer, start : str
        ``start`` is empty for a baseline.
    seed : int
    search, holdout : float
        Metric of the recommended point on the training part and on the hold-out; NaN without a hold-out.
    evaluations : int
        All evaluations of the search metric, those for the convergence curve included; 0 for a baseline.
    seconds : float
        Time of the search, or of fitting the baseline.
    curve : tuple of (int, float)
        Evaluations used and search metric of the recommendation so far.
    message : str
        Why the run ended before its budget; else empty.
    """

    objective: str
    optimizer: str
    start: str
    seed: int
    search: float
    holdout: float
    evaluations: int
    seconds: float
    curve: tuple[tuple[int, float], ...] = field(default=(), repr=False)
    message: str = ""

    @property
    def label(self) -> str:
        """Name of the row: optimiser and start."""
        return f"{self.optimizer} ({self.start})" if self.start else self.optimizer


@dataclass
class _Recommendation:
    """The point that the run would answer with now, and every evaluation spent on knowing its value."""

    search: Any
    point: FloatArray
    value: float = math.nan
    reports: int = 0

    def report(self, point: FloatArray) -> None:
        self.point = point
        self.value = float(self.search(point[np.newaxis])[0])
        self.reports += 1


def run_group(objective: ExperimentObjective, seed: int, entries: list[Entry], budget: int) -> list[Run]:
    """Prepare the problem of one seed once, then return the runs of its baselines and of all entries."""
    began = time.perf_counter()
    problem = objective.prepare(seed)
    preparation = time.perf_counter() - began
    baselines = [
        Run(
            objective=objective.name,
            optimizer=name,
            start="",
            seed=seed,
            search=float(problem.search(point[np.newaxis])[0]),
            holdout=_holdout(problem, point),
            evaluations=0,
            seconds=preparation,
        )
        for name, point in problem.baselines.items()
    ]
    return baselines + [run_entry(objective.name, problem, entry, seed, budget) for entry in entries]


def run_entry(objective: str, problem: Problem, entry: Entry, seed: int, budget: int) -> Run:
    """Run one entry until its budget is spent; the hold-out is evaluated once, at the end."""
    began = time.perf_counter()
    start = problem.starts[entry.start]
    optimizer = make_optimizer(entry, start, problem.search.sense, search_seed(objective, entry, seed))
    recommended = _Recommendation(problem.search, start)
    recommended.report(start)
    curve = [(1, recommended.value)]
    for checkpoint in checkpoints(budget):
        before = optimizer.nfev
        room = checkpoint - recommended.reports - _reporting(entry)
        if room <= before or optimizer.run(problem.search, room) == before:
            continue
        if not _update(entry, optimizer, recommended):
            break
        curve.append((optimizer.nfev + recommended.reports, recommended.value))
        if optimizer.stop():
            break
    return Run(
        objective=objective,
        optimizer=entry.optimizer,
        start=entry.start,
        seed=seed,
        search=recommended.value,
        holdout=_holdout(problem, recommended.point),
        evaluations=optimizer.nfev + recommended.reports,
        seconds=time.perf_counter() - began,
        curve=tuple(curve),
        message=optimizer.stop() or "",
    )


def make_optimizer(entry: Entry, start: FloatArray, sense: str, seed: int) -> Any:
    """Return the zoopt optimiser of an entry; the one place where the comparison calls the engine."""
    import zoopt

    options: dict[str, Any] = dict(entry.options)
    return zoopt.optimizer(
        entry.algorithm,
        start,
        scale=entry.scale,
        seed=seed,
        sense="max" if sense == "max" else "min",
        **options,
    )


def obstacle(entry: Entry, dimensions: int, budget: int) -> str:
    """Return why an entry cannot run in so many dimensions, or an empty text.

    Raises
    ------
    InvalidInput
        The budget is too small for one generation.
    """
    if dimensions > _defaults.MOST_COVARIANCE_DIMENSIONS and _has_covariance(entry):
        return (
            f"a full covariance in {dimensions} dimensions, which costs their square a candidate, would take the "
            f"comparison minutes a run; the limit is {_defaults.MOST_COVARIANCE_DIMENSIONS}; use sep-cma-es or snes"
        )
    try:
        optimizer = make_optimizer(entry, np.zeros(dimensions), "max", 0)
    except ZooptError as error:
        return str(error)
    least = optimizer.rows + 2
    if budget < least:
        raise InvalidInput(
            f"a budget of {budget} evaluations is too small: {entry.label} needs {optimizer.rows} for one "
            f"generation in {dimensions} dimensions and 2 to report; give at least {least}"
        )
    return ""


def _has_covariance(entry: Entry) -> bool:
    import zoopt

    return zoopt.algorithm(entry.algorithm).distribution in ("full", "factored")


def search_seed(objective: str, entry: Entry, seed: int) -> int:
    """Return the seed of the search noise: its own for every objective, entry and seed."""
    text = f"{objective}|{entry.label}|{seed}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little")


def checkpoints(budget: int) -> list[int]:
    """Return evaluation counts, evenly spaced on a logarithmic axis, the last one the budget."""
    return sorted({round(float(count)) for count in np.geomspace(2, max(2, budget), CHECKPOINTS - 1)})


def _reporting(entry: Entry) -> int:
    """Return the evaluations that a checkpoint costs: a best point has its value already."""
    return 0 if entry.algorithm in BEST_POINT else 1


def _update(entry: Entry, optimizer: Any, recommended: _Recommendation) -> bool:
    """Take over the optimiser's present recommendation; False when it has none that can be evaluated."""
    if entry.algorithm in BEST_POINT:
        best = optimizer.best
        if best is not None and best.fun > recommended.value:
            recommended.point, recommended.value = best.x, best.fun
        return True
    mean = optimizer.mean
    if not np.all(np.isfinite(mean)):
        return False
    recommended.report(mean)
    return True


def _holdout(problem: Problem, point: FloatArray) -> float:
    return math.nan if problem.holdout is None else float(problem.holdout(point[np.newaxis])[0])
