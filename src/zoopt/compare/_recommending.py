"""The meter of objectives whose curve is the value of the answer, not of the luckiest candidate."""

import math
import time

import numpy as np

from zoopt import _core
from zoopt.compare._meter import IntArray, Record, RunMeter
from zoopt.compare._plugin import SearchOver
from zoopt.compare._problem import FloatArray
from zoopt.errors import InvalidInput, ObjectiveError


class RecommendingMeter(RunMeter):
    """A meter whose curve is the value of the recommended point, evaluated at checkpoints at the budget's cost.

    The start is the first recommendation. One evaluation is kept back for the last one. Where an optimiser reports
    nothing, its best point so far is what it recommends, and costs nothing.
    """

    def _make_recorder(self) -> _core.Recorder:
        self._limit = self.budget - 1
        self._curve: list[tuple[int, float]] = []
        self.recommended: FloatArray | None = None
        self._last_value = math.nan
        self._speaks = False
        self._reached = False
        self.reports = 0
        return self._recorder((), np.empty(0), math.nan)

    @property
    def reached(self) -> bool:
        """Whether a recommendation reached the goal."""
        return self._reached

    def cost(self, x: FloatArray) -> float:
        """Return the cost of one point, as :meth:`RunMeter.cost` does."""
        return float(self.costs(np.asarray(x, dtype=np.float64)[np.newaxis])[0])

    def natural(self, rows: FloatArray) -> FloatArray:
        """Return natural values; a best point that is new at a checkpoint is recommended where nothing was reported."""
        values = super().natural(rows)
        if not self._speaks and self._due(self.used) and self._best_point is not None:
            self.recommend(self._best_point, self._sign * self._best_cost)
        return values

    def surrogate(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Return value and gradient, shape (d,), of the problem's surrogate, to be minimised; it costs one evaluation.

        Raises
        ------
        SearchOver
            Nothing is left, or the time limit is reached.
        InvalidInput
            The problem has none.
        """
        if self.problem.surrogate is None:
            raise InvalidInput("the problem has no surrogate; give Problem one, or choose an optimiser that needs none")
        if self.over:
            raise SearchOver
        before = time.perf_counter()
        try:
            value, gradient = self.problem.surrogate(np.array(x, dtype=np.float64))
        except Exception as error:
            raise ObjectiveError(f"the surrogate raised {type(error).__name__}: {error}") from error
        after = time.perf_counter()
        self._objective_seconds += after - before
        self.late = self.late or after >= self._deadline
        self._charged += 1
        self.used += 1
        return float(value), np.asarray(gradient, dtype=np.float64)

    def report(self, x: FloatArray) -> None:
        """Name the point that would be the answer now; it is evaluated where a checkpoint is due."""
        super().report(x)
        self._speaks = True
        if self._due(self.used + 1) and not self.over:
            self.recommend(np.array(x, dtype=np.float64))

    def recommend(self, point: FloatArray, value: float | None = None) -> float:
        """Put the value of a point into the curve, and evaluate it where that is not known.

        Raises
        ------
        SearchOver
            It reaches the goal.
        """
        if value is None:
            speaks, self._speaks = self._speaks, True  # an answer is no candidate
            value = float(super().natural(point[np.newaxis])[0])
            self._speaks = speaks
            self.reports += 1
        self.recommended, self._last_value = point, value
        self._curve.append((self.used, self.measured(value)))
        if self._reaches(self._curve[-1][1], self._goal):
            self._reached = True
            raise SearchOver
        return value

    def recommend_if_better(self, best: tuple[FloatArray, float] | None) -> None:
        """Recommend a point of known value if it is better than the last recommendation, and else that again."""
        last = self._sign * (self._last_value if self.recommended is not None else math.inf)
        if best is not None and self._sign * best[1] < last:
            self.recommend(best[0], best[1])
        elif self.recommended is not None:
            self.recommend(self.recommended, self._last_value)

    def finish(self, point: FloatArray | None, *, evaluate: bool = True) -> Record:
        """Return the record; what is answered with is evaluated if it is not the last recommendation."""
        answer = point if point is not None else self._answer if self._answer is not None else self._best_point
        if evaluate and answer is not None and not self._is_recommended(answer) and not self._reached:
            self._recommend_last(answer)
        spent = np.array([at for at, _ in self._curve], dtype=np.int64)
        values = np.array([value for _, value in self._curve], dtype=np.float64)
        return self._record(self.recommended, spent, values, self._hits(spent, values))

    def _recommend_last(self, answer: FloatArray) -> None:
        known = self._best_point is not None and np.array_equal(answer, self._best_point)
        if not known and self.used >= self.budget:
            return
        try:
            self.recommend(answer, self._sign * self._best_cost if known else None)
        except SearchOver:
            return

    def _is_recommended(self, point: FloatArray) -> bool:
        return self.recommended is not None and np.array_equal(point, self.recommended)

    def _due(self, spent: int) -> bool:
        """Whether a checkpoint has been passed since the last point of the curve."""
        last = self._curve[-1][0] if self._curve else 0
        passed = np.searchsorted(self.checkpoints, [last, spent], side="right")
        return bool(passed[1] > passed[0])

    def _hits(self, spent: IntArray, values: FloatArray) -> IntArray:
        hits = np.full(self._targets.size, -1, dtype=np.int64)
        for index, target in enumerate(self._targets.tolist()):
            reached = np.flatnonzero([self._reaches(value, target) for value in values.tolist()])
            if reached.size:
                hits[index] = spent[reached[0]]
        return hits

    def _reaches(self, value: float, target: float) -> bool:
        return value >= target if self._maximise and self.problem.optimum is None else value <= target
