"""Runs at one learning rate after the other, and what is measured on them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zoopt._arguments import FloatArray
from zoopt._optimizer import optimizer
from zoopt.flows._descend import descend
from zoopt.flows._rate_flows import FlowPoints
from zoopt.flows._rate_task import IntArray, Task, thinned
from zoopt.flows._rates import Outcome, RatePath, RateRow
from zoopt.flows._stochastic import Moments, StochasticDescent
from zoopt.flows._trajectory import FlowStatus, Trajectory

_MOST_QUADRATIC = 44  # coordinates, for which moments are found
_AT_LIMIT = 0.95  # of the limit of the sharpness is at its edge


@dataclass(frozen=True, eq=False)
class Run:
    """What a method did at a rate: points on its way, and where it was at the equal steps and the equal time."""

    step: FloatArray  # of the kept points
    x: FloatArray  # the kept points, the last one after all steps; of several runs their means
    value: FloatArray  # at the checkpoints; of several runs the means
    probed: FloatArray  # the points at the checkpoints; of several runs those of the first one
    ends: FloatArray  # after all steps, a row a run
    timed: FloatArray  # at the equal time, a row a run
    diverged_at: int | None
    share: float  # of runs that left all finite numbers or ended above the start

    @property
    def diverged(self) -> bool:
        """Whether most of them did."""
        return self.share > 0.5


class Runs(ABC):
    """The runs of a task, rate by rate."""

    def __init__(self, task: Task, rates: FloatArray) -> None:
        self.task = task
        self.rates = rates
        self.flow = FlowPoints(task, rates)

    @abstractmethod
    def run(self, rate: float) -> Run:
        """Go as far as asked at a rate."""

    def predicted_spread(self, rate: float) -> float:
        """Return the spread of several runs that the quadratic at the start has, or NaN."""
        return math.nan

    def row(self, rate: float, project: Callable[[FloatArray], FloatArray]) -> tuple[RateRow, RatePath]:
        """Return what a rate did, and its way."""
        run = self.run(rate)
        path = self._path(rate, run, project)
        measured = self._lost(run) if run.diverged else self._measured(rate, run, path)
        row = RateRow(
            rate=rate,
            outcome=self._outcome(rate, run, path),
            diverged_at=run.diverged_at,
            sharpness_most=math.nan if run.diverged else _most(path.sharpness),
            spread_predicted=self.predicted_spread(rate),
            diverged_share=run.share if self.task.seeds > 1 else math.nan,
            **measured,
        )
        return row, path

    def _measured(self, rate: float, run: Run, path: RatePath) -> dict[str, float]:
        """Return what there is to know of a run that did not diverge."""
        task, several = self.task, len(run.ends) > 1
        square = float(np.mean([_square(task.whole.gradient(x)) for x in run.ends]))
        away, modified = self.flow.distances(rate, run.timed.mean(axis=0))
        apart = run.ends - run.ends.mean(axis=0)
        return {
            "loss": float(path.value[-1]),
            "metric": task.measured(run.ends),
            "loss_at_time": task.mean_loss(run.timed),
            "metric_at_time": task.measured(run.timed),
            "gradient_square": square,
            "penalty": rate / 4 * square,
            "sharpness": float(np.mean([task.sharpness_at(x) for x in run.ends]) if several else path.sharpness[-1]),
            "flow_distance": away,
            "modified_distance": modified,
            "spread": float(np.sqrt(np.sum(apart**2) / (len(apart) - 1))) if several else math.nan,
        }

    def _lost(self, run: Run) -> dict[str, float]:
        """Return the same of one that did: a loss of infinity, and nothing else."""
        known = {"loss": math.inf, "loss_at_time": math.inf}
        unknown = ("metric", "metric_at_time", "gradient_square", "penalty", "sharpness", "flow_distance")
        return {**dict.fromkeys((*unknown, "modified_distance", "spread"), math.nan), **known}

    def _path(self, rate: float, run: Run, project: Callable[[FloatArray], FloatArray]) -> RatePath:
        chosen = self.task.checkpoints_of(len(run.x))
        points = run.probed
        with np.errstate(over="ignore", invalid="ignore"):
            squares = [_square(self.task.whole.gradient(x)) for x in points]
        return RatePath(
            rate=rate,
            step=run.step[chosen],
            value=run.value,
            gradient_square=np.array(squares),
            sharpness=np.array([math.nan if run.diverged else self.task.sharpness_at(x) for x in points]),
            plane=project(run.x[thinned(len(run.x), self.task.dots)]),
        )

    def _outcome(self, rate: float, run: Run, path: RatePath) -> Outcome:
        if run.diverged:
            return "diverges"
        product = rate * path.sharpness
        late = product[len(product) // 2 :]
        if run.share > 0 or _most(late) >= _AT_LIMIT * self.task.limit:
            return "edge"
        return "oscillates" if product[-1] >= self.task.flow_limit else "follows"


class FirstOrderRuns(Runs):
    """Descents along the gradient."""

    def run(self, rate: float) -> Run:
        """Descend once as many steps as asked, and once as long."""
        task = self.task
        way = self._descent(rate, task.steps)
        timed_steps = task.timed_steps(rate)
        timed = way if timed_steps == task.steps else self._descent(rate, timed_steps)
        probed = way.x[task.checkpoints_of(len(way.x))]
        value = task.whole.values(probed)
        lost = FlowStatus.DIVERGED in (way.status, timed.status)
        return Run(
            step=np.round(way.t / rate),
            x=way.x,
            value=value,
            probed=probed,
            ends=way.x[-1:],
            timed=timed.x[-1:],
            diverged_at=max(way.nit, timed.nit) + 1 if lost else None,
            share=float(lost or not value[-1] <= task.start_loss),
        )

    def _descent(self, rate: float, steps: int) -> Trajectory:
        task = self.task
        run = descend(task.field, task.x0, learning_rate=rate, steps=steps, method=task.cell, **task.options)
        if run.status is FlowStatus.INTERRUPTED:
            raise KeyboardInterrupt
        return run


class ZerothOrderRuns(Runs):
    """Several runs of an optimiser that sees values only."""

    def run(self, rate: float) -> Run:
        """Let every seed make as many steps as asked, and as the equal time takes if that is more."""
        task = self.task
        timed = task.timed_steps(rate)
        kept = thinned(task.steps + 1, task.dots + 1)
        chosen = task.checkpoints_of(kept.size)
        ways, values, times, lost = [], [], [], []
        for seed in range(task.seeds):
            way, at_time, ended = self._search(rate, seed, kept, timed)
            if ended is not None:
                lost.append(ended)
                continue
            value = task.whole.values(way[chosen])
            if value[-1] <= task.start_loss:
                ways.append(way)
                values.append(value)
                times.append(at_time)
        still = np.repeat(task.x0[None], kept.size, axis=0)
        return Run(
            step=kept.astype(np.float64),
            x=np.mean(ways, axis=0) if ways else still,
            value=np.mean(values, axis=0) if ways else np.full(chosen.size, task.start_loss),
            probed=ways[0][chosen] if ways else still[chosen],
            ends=np.array([way[-1] for way in ways]) if ways else still[-1:],
            timed=np.array(times) if ways else still[-1:],
            diverged_at=min(lost) if lost else None,
            share=1 - len(ways) / task.seeds,
        )

    def predicted_spread(self, rate: float) -> float:
        """Return the spread on the quadratic that the loss looks like at the start."""
        process = self._process(rate)
        if process is None:
            return math.nan
        with np.errstate(over="ignore", invalid="ignore"):
            moments: Moments = process.at(self.task.x0, self.task.steps)
            spread = float(np.sqrt(np.trace(moments.covariance)))
        return spread if math.isfinite(spread) else math.inf

    def _process(self, rate: float) -> StochasticDescent | None:
        if self._quadratic is None or self.task.estimate is None or not self.task.plain:
            return None
        H, centre = self._quadratic
        return StochasticDescent(H, self.task.estimate, learning_rate=rate, centre=centre)

    @cached_property
    def _quadratic(self) -> tuple[FloatArray, FloatArray] | None:
        """The Hessian at the start and the minimum that it points to, where the Hessian is positive definite."""
        task = self.task
        if task.x0.size > _MOST_QUADRATIC:
            return None
        H = task.whole.hessian(task.x0)
        H = (H + H.T) / 2
        if np.linalg.eigvalsh(H)[0] <= 0:
            return None
        return H, task.x0 - np.linalg.solve(H, task.whole.gradient(task.x0))

    def _search(self, rate: float, seed: int, kept: IntArray, timed: int) -> tuple[FloatArray, FloatArray, int | None]:
        """Return means at the kept steps, the one at the equal time, and the step that left all finite numbers."""
        task = self.task
        options: dict[str, Any] = {**task.options, "learning_rate": rate}
        search = optimizer(task.cell, task.x0, scale=task.radius, seed=seed, **options)
        wanted = set(kept.tolist())
        points, at_time = [], task.x0
        for step in range(max(task.steps, timed) + 1):
            if step in wanted:
                points.append(search.mean)
            if step == timed:
                at_time = search.mean
            if step == max(task.steps, timed):
                break
            task.field.select(step)
            with np.errstate(over="ignore", invalid="ignore"):
                rows = search.ask()
                values = task.field.values(rows) if np.isfinite(rows).all() else np.full(len(rows), np.nan)
            if not np.isfinite(values).all():
                return np.array(points), at_time, step + 1
            search.tell(values)
        return np.array(points), at_time, None


def _square(gradient: FloatArray) -> float:
    return float(gradient @ gradient)


def _most(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else math.nan
