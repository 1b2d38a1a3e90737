"""The search objective as an optimiser sees it: counted, timed and recorded."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoopt import _core
from zoopt.compare._plugin import SearchOver
from zoopt.compare._problem import BatchObjective, FloatArray, Problem
from zoopt.compare._recording import Recording, compiled
from zoopt.errors import InvalidInput, ObjectiveError

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """What is known of a search at its end; values are measured.

    Attributes
    ----------
    point : ndarray of shape (d,), or None
        What is recommended.
    evaluations, invalid : int
    search : float
        The value that the curve ends with.
    curve_evaluations, curve_values : ndarray of shape (k,)
    hits : ndarray of shape (t,)
    objective_seconds : float
    """

    point: FloatArray | None
    evaluations: int
    invalid: int
    search: float
    curve_evaluations: IntArray
    curve_values: FloatArray
    hits: IntArray
    objective_seconds: float


class RunMeter:
    """The meter of a run whose curve is the best value so far; see :class:`zoopt.compare._plugin.Meter`.

    Parameters
    ----------
    problem : Problem
    budget : int
        Evaluations, ≥ 1.
    checkpoints : sequence of int
        Evaluations, ascending, at which the curve has a point.
    targets : sequence of float
        Measured values, from easy to hard.
    goal : float or None
        Measured value that ends the run.
    deadline : float or None
        :func:`time.perf_counter` from which no other call is begun.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        budget: int,
        checkpoints: Sequence[int] = (),
        targets: Sequence[float] = (),
        goal: float | None = None,
        deadline: float | None = None,
    ) -> None:
        self.problem = problem
        self.budget = budget
        self.checkpoints = tuple(checkpoints)
        self.used = 0
        self._charged = 0  # evaluations of something else than the objective, of which the recorder does not know
        self.late = False
        self._maximise = problem.search.sense == "max"
        self._sign = -1.0 if self._maximise else 1.0
        self._core = compiled(problem.search)
        self._limit = budget
        self._targets = np.asarray(targets, dtype=np.float64)
        self._goal = math.nan if goal is None else goal
        self._deadline = math.inf if deadline is None else deadline
        self._timed = deadline is not None
        self._aims = goal is not None
        self._shape = (problem.search.dim,)
        self._objective_seconds = 0.0
        self._recording: Recording | None = None
        self._best_cost = math.inf
        self._best_point: FloatArray | None = None
        self._answer: FloatArray | None = None
        self.recorder = self._make_recorder()

    def _make_recorder(self) -> _core.Recorder:
        return self._recorder(self.checkpoints, self._targets, self._goal)

    def _recorder(self, checkpoints: Sequence[int], targets: FloatArray, goal: float) -> _core.Recorder:
        optimum = self.problem.optimum
        return _core.Recorder(
            checkpoints=np.asarray(checkpoints, dtype=np.uint64),
            targets=targets,
            optimum=math.nan if optimum is None else optimum,
            goal=goal,
            maximise=self._maximise,
        )

    @property
    def left(self) -> int:
        """Evaluations left."""
        return max(0, self._limit - self.used)

    @property
    def reached(self) -> bool:
        """Whether the goal is."""
        return self._aims and self.recorder.over

    @property
    def over(self) -> bool:
        """Whether nothing more is to be evaluated."""
        return self.used >= self._limit or self.late or self.reached

    @property
    def seconds_left(self) -> float | None:
        """Until the time limit; None without one."""
        return None if math.isinf(self._deadline) else max(self._deadline - time.perf_counter(), 1e-9)

    def cost(self, x: FloatArray) -> float:
        """Return the cost of one point, shape (d,); +inf for NaN and infinite values.

        Raises
        ------
        SearchOver
            Nothing is left, or this evaluation reached the goal or the time limit.
        """
        recording = self.recording()
        if recording is None:
            return float(self.costs(np.asarray(x, dtype=np.float64)[np.newaxis])[0])
        if self.over:
            raise SearchOver
        point = np.asarray(x, dtype=np.float64)
        if point.shape != self._shape:
            raise self._misshapen(point.shape)
        value = recording.record(point)
        self.used += 1
        cost = self._sign * value if math.isfinite(value) else math.inf
        if cost < self._best_cost:
            self._best_cost, self._best_point = cost, point.copy()
        if self._ends():
            raise SearchOver
        return cost

    def costs(self, rows: FloatArray) -> FloatArray:
        """Return the costs, shape (n,), of rows of shape (n, d); a batch that the budget cuts is evaluated as far.

        Raises
        ------
        SearchOver
            As :meth:`cost`, and where the budget cut the batch.
        """
        if self.over:
            raise SearchOver
        wanted = len(rows)
        values = self.natural(rows[: self.left])
        if len(values) < wanted or self._ends():
            raise SearchOver
        return np.where(np.isfinite(values), self._sign * values, math.inf)

    def natural(self, rows: FloatArray) -> FloatArray:
        """Return natural values as the optimiser sees them; for optimisers that keep to the budget themselves."""
        rows = np.ascontiguousarray(rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1:] != self._shape:
            raise self._misshapen(rows.shape[1:])
        recording = self.recording()
        values = self._called(rows) if recording is None else recording.record(rows)
        counted = self.recorder.evaluations + self._charged - self.used  # not what came after the goal
        self.used += counted
        self._note_best(rows[:counted], values[:counted])
        self._ends()
        return values

    def _ends(self) -> bool:
        """Whether the goal or the time limit is reached; the clock is read where there is a limit only."""
        self.late = self.late or (self._timed and time.perf_counter() >= self._deadline)
        return self.late or self.reached

    def report(self, x: FloatArray) -> None:
        """Name the point that would be the answer now; it is not evaluated."""
        self._answer = np.array(x, dtype=np.float64)

    def recording(self) -> Recording | None:
        """Return the objective for compiled loops, which records what it evaluates; None where it is Python.

        Whoever runs it calls :meth:`caught_up` afterwards.
        """
        if self._core is None or self.problem.noise_free is not None:
            return None
        if self._recording is None:
            problem = self.problem
            self._recording = Recording(
                problem.search, self._core, self.recorder, seed=problem.seed, deviation=problem.noise
            )
        return self._recording

    def caught_up(self) -> None:
        """Take over what a compiled loop has evaluated."""
        self.used = self.recorder.evaluations + self._charged
        self.late = self.late or time.perf_counter() >= self._deadline

    def measured(self, value: float) -> float:
        """Return the measured value of a natural one: its distance from the optimum where that is known."""
        optimum = self.problem.optimum
        return value if optimum is None else max(0.0, self._sign * (value - optimum))

    def finish(self, point: FloatArray | None, *, evaluate: bool = True) -> Record:
        """Return the record of the search, which answered with `point`, or None for the best one seen.

        ``evaluate=False`` keeps it from looking at the answer, after a failure.
        """
        spent = self.checkpoints[: self.recorder.curve.size]
        values = self.recorder.curve
        if self.used and (not spent or spent[-1] < self.used):
            spent, values = (*spent, self.used), np.append(values, self.recorder.best)
        known = np.isfinite(values)
        answer = point if point is not None else self._answer if self._answer is not None else self._best_point
        return self._record(answer, np.asarray(spent, dtype=np.int64)[known], values[known], self.recorder.hits)

    def _record(self, point: FloatArray | None, spent: IntArray, values: FloatArray, hits: IntArray) -> Record:
        seconds = self._objective_seconds + (0.0 if self._recording is None else self._recording.seconds)
        return Record(
            point=point,
            evaluations=self.used,
            invalid=self.recorder.invalid,
            search=float(values[-1]) if values.size else math.nan,
            curve_evaluations=spent,
            curve_values=values,
            hits=hits,
            objective_seconds=seconds,
        )

    def _misshapen(self, shape: tuple[int, ...]) -> InvalidInput:
        return InvalidInput(f"the optimiser asked for points of shape {shape}, expected {self._shape}")

    def _called(self, rows: FloatArray) -> FloatArray:
        """Return what Python says of rows, timed and recorded."""
        before = time.perf_counter()
        values = self._asked(self.problem.search, rows)
        self._objective_seconds += time.perf_counter() - before
        exact = self.problem.noise_free
        self.recorder.note(values if exact is None else self._asked(exact, rows))
        if self.problem.noise:
            values = _core.disturbed(values, self.used, self.problem.seed, self.problem.noise)
        return values

    def _asked(self, objective: BatchObjective, rows: FloatArray) -> FloatArray:
        try:
            values = np.asarray(objective(rows.copy()), dtype=np.float64)  # it may write into them
        except ObjectiveError:
            raise
        except Exception as error:
            raise ObjectiveError(f"the objective raised {type(error).__name__}: {error}") from error
        if values.shape != (len(rows),):
            raise ObjectiveError(f"the objective returned shape {values.shape} for {len(rows)} points")
        return values

    def _note_best(self, rows: FloatArray, values: FloatArray) -> None:
        costs = np.where(np.isfinite(values), self._sign * values, math.inf)
        least = int(costs.argmin())
        if costs[least] < self._best_cost:
            self._best_cost, self._best_point = float(costs[least]), rows[least].copy()
