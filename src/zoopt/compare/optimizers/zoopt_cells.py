"""Every algorithm of zoopt that asks for values only, with all its options."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from zoopt import _core
from zoopt.compare._meter import RunMeter
from zoopt.compare._plugin import Meter, OptimizerPlugin, Option, Outcome, SearchOver, Task, Value
from zoopt.compare._problem import FloatArray
from zoopt.compare._recommending import RecommendingMeter
from zoopt.errors import ZooptError

BEST_POINT = frozenset({"random-search"})
"""Algorithms whose recommendation is the best point seen; all others recommend the mean of the search."""

_NOT_OF_THE_CELL = {
    "noise_handling": Option(False, "bool", summary="whether candidates are evaluated again where ranks change"),
    "most_effort": Option(100, "int", 1, 10**6, summary="most evaluations of a candidate with noise handling"),
    "bounds_handling": Option(None, "str", choices=("transform", "projection"), summary="how candidates stay inside"),
}


@dataclass(frozen=True)
class ZooptCell:
    """An algorithm of :func:`zoopt.algorithms`.

    Attributes
    ----------
    name : str
    """

    name: str

    @property
    def summary(self) -> str:
        """As ``zoopt algorithms`` has it."""
        return str(_cell(self.name).summary)

    def version(self) -> str:
        """Return the version of zoopt."""
        import zoopt

        return zoopt.__version__

    def options(self) -> Mapping[str, Option]:
        """Return the options of its stages, and of noise handling and bounds."""
        return _options(self.name)

    def obstacle(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        """Return why it cannot run: it searches bits, or needs more evaluations a generation than there are."""
        if not _cell(self.name).continuous:
            return "it searches bits or categories; this objective has real variables"
        return self._short_of(dimensions, budget, bounded, options)

    def _short_of(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        limits = (np.full(dimensions, -1.0), np.full(dimensions, 1.0)) if bounded else None
        try:
            optimizer = self._optimizer(np.zeros(dimensions), 1.0, "min", 0, limits, options)
        except ZooptError as error:
            return str(error)
        least = optimizer.rows + 2
        if budget >= least:
            return ""
        return (
            f"a budget of {budget} evaluations is too small: {self.name} needs {optimizer.rows} for one generation in "
            f"{dimensions} dimensions and 2 to report; give at least {least}"
        )

    def run(self, task: Task) -> Outcome:
        """Search by whole generations, in compiled code where the objective is compiled."""
        optimizer = self._optimizer(
            task.start, task.scale, task.problem.search.sense, task.seed, task.bounds, task.options
        )
        if isinstance(task.meter, RecommendingMeter):
            return self._reporting(optimizer, task.meter)
        with contextlib.suppress(SearchOver):  # what it has found so far it answers with
            _advance(optimizer, task.meter, task.budget)
        return Outcome(self._answer(optimizer), optimizer.stop() or "")

    def _reporting(self, optimizer: Any, meter: RecommendingMeter) -> Outcome:
        """Follow the recommendation at checkpoints; the start has been reported."""
        for checkpoint in meter.checkpoints:
            before = optimizer.nfev
            room = checkpoint - meter.reports - (0 if self.name in BEST_POINT else 1)
            if room <= before:
                continue
            _advance(optimizer, meter, room)
            if optimizer.nfev == before:
                continue
            if not self._recommend(optimizer, meter) or optimizer.stop():
                break
        return Outcome(meter.recommended, optimizer.stop() or "")

    def _recommend(self, optimizer: Any, meter: RecommendingMeter) -> bool:
        """Tell the meter the present recommendation; False when there is none that can be evaluated."""
        if self.name in BEST_POINT:
            meter.recommend_if_better(optimizer.best)
            return True
        mean = optimizer.mean
        if not np.all(np.isfinite(mean)):
            return False
        meter.recommend(mean)
        return True

    def _answer(self, optimizer: Any) -> FloatArray | None:
        """Return the recommendation: the mean, or the best point seen, as the optimiser knows it."""
        if self.name in BEST_POINT:
            return None if optimizer.best is None else np.asarray(optimizer.best.x)
        mean = np.asarray(optimizer.mean)
        return mean if np.all(np.isfinite(mean)) else None

    def _optimizer(
        self,
        start: FloatArray,
        scale: float,
        sense: str,
        seed: int,
        bounds: tuple[FloatArray, FloatArray] | None,
        options: Mapping[str, Any],
    ) -> Any:
        import zoopt

        return zoopt.optimizer(
            _cell(self.name),
            start,
            scale=scale,
            seed=seed,
            sense="max" if sense == "max" else "min",
            bounds=None if bounds is None else list(zip(*bounds, strict=True)),
            **options,
        )


def _advance(optimizer: Any, meter: Meter, evaluations: int) -> None:
    """Run whole generations while the optimiser's own evaluations stay within so many.

    Raises
    ------
    SearchOver
        The goal or the time limit is reached.
    """
    recording = meter.recording() if isinstance(meter, RunMeter) else None
    if isinstance(meter, RunMeter) and recording is not None:
        try:
            optimizer.run(recording, evaluations, time_limit=meter.seconds_left)
        except _core.GoalReached:
            raise SearchOver from None
        finally:
            meter.caught_up()
        if meter.late:
            raise SearchOver
        return
    sign = -1.0 if optimizer.sense == "max" else 1.0
    while optimizer.nfev + optimizer.rows <= evaluations and optimizer.status is None:
        optimizer.tell(sign * meter.costs(optimizer.ask()))


@cache
def _cell(name: str) -> Any:
    import zoopt

    return zoopt.algorithm(name)


@cache
def _options(name: str) -> Mapping[str, Option]:
    from zoopt.cells._pycma import RENAMED, SWITCHES, translated

    cell = _cell(name)
    found = {key: _option(option) for key, option in cell.options.items()}
    if cell.presets:
        found["preset"] = Option(None, "str", choices=tuple(cell.presets), summary="constants of another package")
    if cell.translate is translated:
        found |= {theirs: found[ours] for theirs, ours in RENAMED.items()}
        found |= {theirs: Option(None, "bool", summary=f"no: {ours}=0") for theirs, ours in SWITCHES.items()}
    return found | _NOT_OF_THE_CELL


def _option(option: Any) -> Option:
    default: Value | None = option.default
    if option.whole and default is not None:
        default = int(default)
    return Option(default, "int" if option.whole else "float", option.low, option.high, summary=option.doc)


def _plugins() -> tuple[OptimizerPlugin, ...]:
    import zoopt

    return tuple(ZooptCell(name) for name in zoopt.algorithms() if not zoopt.algorithm(name).first_order)


PLUGINS = _plugins()
