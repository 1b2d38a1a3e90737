"""One job of an experiment: an optimiser on the problem of one seed, or the baselines there."""

import dataclasses
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

import zoopt
from zoopt import _core
from zoopt.compare import _deadline, _key
from zoopt.compare._entry import Entry
from zoopt.compare._problem import ExperimentObjective, FloatArray, Problem
from zoopt.compare._record import Run, Status
from zoopt.compare._search import Searched, Terms, failure_of, named, search
from zoopt.compare._trials import tuned_search

FORMAT = 2
"""Version of what a run records; one more where finished runs must not be taken for those of today."""

CHECKPOINTS, REPORTS = 200, 25
"""Points of a curve: of the best value, which costs nothing, and of the recommendation, which costs evaluations."""

_NANOSECONDS_PER_WORK, _WORK_PER_EVALUATION = 0.5, 2_000.0
_PREPARED = 8  # problems that a process keeps ready


@dataclass(frozen=True)
class Job:
    """What is run, stored and repeated as one: an entry at one seed, or all baselines of the seed.

    Attributes
    ----------
    objective : ExperimentObjective
    entry : Entry or None
        None for the baselines.
    seed, budget : int
    identity : str
        Hash of the objective's identity.
    target : float or None
        Measured value that ends the run.
    targets : tuple of float
        Measured values whose first reach is recorded, from easy to hard.
    checkpoints : tuple of int
        Evaluations, ascending, at which the curve has a point.
    """

    objective: ExperimentObjective
    entry: Entry | None
    seed: int
    budget: int
    identity: str
    target: float | None = None
    targets: tuple[float, ...] = ()
    checkpoints: tuple[int, ...] = field(default=(), repr=False)

    @cached_property
    def key(self) -> str:
        """SHA-256, in hexadecimal digits, of all that decides the runs; the baselines of a seed share one."""
        return _key.digest(
            {
                "format": FORMAT,
                "objective": [self.objective.name, self.identity],
                "optimizer": None if self.entry is None else self.entry.digest,
                "seed": self.seed,
                "budget": None if self.entry is None else self.budget,
                "target": None if self.entry is None else self.target,
                "recorded": [_digest_of(self.targets), _digest_of(self.checkpoints)],
                "zoopt": zoopt.__version__,
                "noise": _core.NOISE_VERSION,
            }
        )

    @property
    def label(self) -> str:
        """The entry's label; "baselines" for those."""
        return "baselines" if self.entry is None else self.entry.label

    @property
    def cost(self) -> float:
        """Estimated nanoseconds, to order and share out jobs."""
        evaluations = 1 if self.entry is None else self.budget
        return evaluations * _NANOSECONDS_PER_WORK * (self.objective.work + _WORK_PER_EVALUATION)

    @property
    def blank(self) -> Run:
        """The run as it is known before it is begun."""
        return self._run(self.label if self.entry is None else self.entry.optimizer)

    def run(self) -> list[Run]:
        """Return the run, or one for each baseline; what the objective or the optimiser raises is in the record.

        The time that :func:`zoopt.compare._deadline.left` gives is kept to.
        """
        began = time.perf_counter()
        try:
            problem, preparation = prepared(self.objective, self.identity, self.seed)
            if self.entry is None:
                return self._baselines(problem, preparation)
            return [self._optimised(problem, self.entry, began)]
        except Exception as error:
            blank = dataclasses.replace(self.blank, seconds=time.perf_counter() - began)
            message = f"the objective cannot be prepared: {named(error)}"
            return [dataclasses.replace(blank, status=failure_of(error), message=message)]

    def _run(self, optimizer: str, **facts: object) -> Run:
        return Run(
            key=self.key,
            objective=self.objective.name,
            optimizer=optimizer,
            start="" if self.entry is None else self.entry.start,
            seed=self.seed,
            budget=self.budget,
            baseline=self.entry is None,
            **facts,  # type: ignore[arg-type]
        )

    def _baselines(self, problem: Problem, preparation: float) -> list[Run]:
        return [
            self._run(
                name,
                search=measured(problem, value_of(problem, "search", point)),
                holdout=measured(problem, value_of(problem, "holdout", point)),
                seconds=preparation,
            )
            for name, point in problem.baselines.items()
        ]

    def _optimised(self, problem: Problem, entry: Entry, began: float) -> Run:
        left = _deadline.left()
        deadline = None if math.isinf(left) else time.perf_counter() + left
        terms = Terms(
            self.objective.name, self.seed, self.budget, self.objective.follows, self.checkpoints, self.targets,
            self.target, deadline,
        )  # fmt: skip
        tuning = entry.tuning
        found = search(problem, entry, terms) if tuning is None else tuned_search(problem, entry, tuning, terms)
        record = found.record
        held, status, message = math.nan, found.status, found.message
        if status in ("done", "timeout") and record.point is not None:
            held, status, message = _held_out(problem, found)
        return self._run(
            entry.optimizer,
            status=status,
            message=message,
            evaluations=record.evaluations,
            search=record.search,
            holdout=held,
            seconds=time.perf_counter() - began,
            objective_seconds=record.objective_seconds,
            curve_evaluations=record.curve_evaluations,
            curve_values=record.curve_values,
            hits=record.hits,
        )


@lru_cache(maxsize=256)
def _digest_of(numbers: tuple[float, ...]) -> str:
    """Return the hash of numbers that many jobs share."""
    return _key.digest(numbers)


def _held_out(problem: Problem, found: Searched) -> tuple[float, Status, str]:
    try:
        held = measured(problem, value_of(problem, "holdout", found.record.point))
    except Exception as error:
        return math.nan, failure_of(error), f"the hold-out failed: {named(error)}"
    return held, found.status, found.message


def value_of(problem: Problem, part: str, point: FloatArray | None) -> float:
    """Return the natural value of a point on the search objective or the hold-out; NaN where there is none."""
    objective = problem.search if part == "search" else problem.holdout
    return math.nan if objective is None or point is None else float(objective(point[np.newaxis])[0])


def measured(problem: Problem, value: float) -> float:
    """Return the measured value: the distance from the optimum where that is known."""
    if problem.optimum is None or math.isnan(value):
        return value
    return max(0.0, problem.optimum - value if problem.search.sense == "max" else value - problem.optimum)


def checkpoints_to(budget: int, most: int = CHECKPOINTS) -> tuple[int, ...]:
    """Return at most so many evaluation counts, evenly spaced on a logarithmic axis, the last one the budget."""
    return tuple(sorted({round(float(count)) for count in np.geomspace(1, budget, most)}))


def reporting_checkpoints(budget: int, most: int = REPORTS) -> tuple[int, ...]:
    """Return the same for curves that cost evaluations, the first of which is for the start."""
    return tuple(sorted({round(float(count)) for count in np.geomspace(2, max(2, budget), most - 1)}))


_cache: OrderedDict[tuple[str, str, int], tuple[Problem, float]] = OrderedDict()
_lock = threading.Lock()


def prepared(objective: ExperimentObjective, identity: str, seed: int) -> tuple[Problem, float]:
    """Return the problem of a seed, and the seconds that it took to prepare; the last few are kept."""
    key = (objective.name, identity, seed)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    began = time.perf_counter()
    problem = objective.prepare(seed)
    found = problem, time.perf_counter() - began
    with _lock:
        _cache[key] = found
        while len(_cache) > _PREPARED:
            _cache.popitem(last=False)
    return found
