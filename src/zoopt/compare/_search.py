"""A search by one optimiser within a budget; whatever it raises is caught and told."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from zoopt.compare._entry import Entry
from zoopt.compare._meter import Record, RunMeter
from zoopt.compare._plugin import SearchOver, Task, Value
from zoopt.compare._problem import Problem
from zoopt.compare._recommending import RecommendingMeter
from zoopt.compare._record import Status

_TOLERANCE = 1e-9  # by which rounding may bring a value below the optimum, relative to its size


@dataclass(frozen=True)
class Terms:
    """What a search has to keep to, and what is recorded of it.

    Attributes
    ----------
    objective : str
    seed, budget : int
    follows : {"best", "recommendation"}
    checkpoints : sequence of int
    targets : sequence of float
    goal : float or None
    deadline : float or None
        As :class:`~zoopt.compare._meter.RunMeter` has them.
    """

    objective: str
    seed: int
    budget: int
    follows: Literal["best", "recommendation"]
    checkpoints: Sequence[int] = ()
    targets: Sequence[float] = ()
    goal: float | None = None
    deadline: float | None = None

    def part(self, after: int, budget: int) -> "Terms":
        """Return the terms of a part that begins after so many evaluations; its checkpoints are those that fall in."""
        inside = [count - after for count in self.checkpoints if after < count <= after + budget]
        if self.follows == "recommendation" and inside[-1:] != [budget]:
            inside.append(budget)
        return dataclasses.replace(self, budget=budget, checkpoints=inside)


@dataclass(frozen=True)
class Searched:
    """How a search ended; ``reached`` says whether it was by its goal."""

    record: Record
    status: Status = "done"
    message: str = ""
    reached: bool = False


def search(
    problem: Problem, entry: Entry, terms: Terms, options: Mapping[str, Value] | None = None, trial: int | None = None
) -> Searched:
    """Run one optimiser until it or its budget is done; what it raises is caught and told.

    Parameters
    ----------
    problem : Problem
    entry : Entry
    terms : Terms
    options : mapping, optional
        In place of the entry's.
    trial : int, optional
        Of a tuning, which has search noise of its own.
    """
    kind = RecommendingMeter if terms.follows == "recommendation" else RunMeter
    meter = kind(
        problem,
        budget=terms.budget,
        checkpoints=terms.checkpoints,
        targets=terms.targets,
        goal=terms.goal,
        deadline=terms.deadline,
    )
    start = problem.starts[entry.start]
    task = Task(
        meter=meter,
        problem=problem,
        start=start.copy(),
        scale=problem.scales[entry.start] if entry.scale is None else entry.scale,
        bounds=problem.bounds,
        seed=search_seed(terms.objective, entry.label, terms.seed, trial),
        budget=terms.budget,
        options=entry.options if options is None else options,
    )
    message = ""
    try:
        if isinstance(meter, RecommendingMeter):
            meter.recommend(task.start)
        outcome = entry.plugin.run(task)
        record, message = meter.finish(outcome.point), outcome.message
    except SearchOver:
        record = meter.finish(None)
    except Exception as error:
        return Searched(meter.finish(None, evaluate=False), failure_of(error), named(error))
    return _judged(meter, record, message)


def _judged(meter: RunMeter, record: Record, message: str) -> Searched:
    wrong = _wrong(meter, meter.problem.optimum)
    if wrong:
        return Searched(record, "failed", wrong)
    if meter.late:
        return Searched(record, "timeout", "the time limit of the run is reached", meter.reached)
    invalid = f"{record.invalid} of {record.evaluations} values were NaN or infinite" if record.invalid else ""
    return Searched(record, "done", "; ".join(filter(None, (message, invalid))), meter.reached)


def _wrong(meter: RunMeter, optimum: float | None) -> str:
    """Return what makes the record worthless, or an empty text."""
    below = meter.recorder.below
    if optimum is not None and below > _TOLERANCE * max(1.0, abs(optimum)):
        return f"a value was {below:g} better than the stated optimum {optimum:g}; state the right one, or none"
    if meter.used and meter.recorder.invalid == meter.used:
        return f"none of {meter.used} values was finite"
    return ""


def failure_of(error: BaseException) -> Status:
    """Return the status of a run that ended by an error."""
    return "memory" if isinstance(error, MemoryError) else "failed"


def named(error: BaseException) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def search_seed(objective: str, label: str, seed: int, trial: int | None = None) -> int:
    """Return the seed of the search noise: its own for every objective, entry, seed and trial of a tuning."""
    text = f"{objective}|{label}|{seed}" + ("" if trial is None else f"|trial {trial}")
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
