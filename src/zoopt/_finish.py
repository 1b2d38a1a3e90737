"""What a budget is spent on, and the result that comes of it."""

from __future__ import annotations

import math

import numpy as np

from zoopt._advance import Advance, good_enough
from zoopt._arguments import FloatArray
from zoopt._callback import best_or_mean
from zoopt._optimizer import Optimizer
from zoopt._result import Result
from zoopt._status import ADVICE, CONVERGED, Best, Status
from zoopt._workers import Values
from zoopt.errors import ObjectiveError

_SMALL_SHARE = 100  # a generation may be given up for the final mean where the budget holds this many

# Where a run ends in order, the mean of the search distribution is evaluated too, if an evaluation is left for it:
# methods with a fixed scale never sample where they have arrived.
_MEAN_IS_WORTH_A_LOOK = (
    Status.BUDGET_EXHAUSTED,
    Status.COLLAPSED,
    Status.VALUES_SETTLED,
    Status.STEPS_SETTLED,
    Status.CALLBACK_STOP,
    Status.OUT_OF_TIME,
    Status.ILL_CONDITIONED,
    Status.PLATEAU,
    Status.STAGNATION,
)


def spend(search: Optimizer, advance: Advance, limit: int) -> Status:
    """Use the budget up, but for the evaluation that the final mean is worth."""
    if limit % search.rows == 0 and limit >= _SMALL_SHARE * search.rows:
        start, shape = search.mean, _shape(search)
        status = advance(limit - search.rows)
        if status is not None:
            return status
        if _same(shape, _shape(search)) and not np.array_equal(start, search.mean):
            return Status.BUDGET_EXHAUSTED
    status = advance(limit)
    return Status.BUDGET_EXHAUSTED if status is None else status


def _shape(search: Optimizer) -> list[FloatArray | float | None]:
    return [search.scale, search.deviations, search.covariance]


def _same(one: list[FloatArray | float | None], two: list[FloatArray | float | None]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))  # type: ignore[arg-type]


def finish(search: Optimizer, values: Values, status: Status, limit: int, goal: float | None) -> Result:
    """Return the result, with the final mean in it where an evaluation is left for one."""
    best, nfev = best_or_mean(search), search.nfev
    if nfev < limit and status in _MEAN_IS_WORTH_A_LOOK:
        try:
            best, nfev = _with_mean(search, values, best), nfev + 1
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        if goal is not None and good_enough(best.fun, goal, search.sense):
            status = Status.TARGET_REACHED
    return Result(
        x=best.x,
        fun=best.fun,
        nfev=nfev,
        nit=search.generation,
        success=status in CONVERGED,
        status=int(status),
        message=_message(search, status),
        mean=search.mean,
        trace=search.trace,
        seed=search.seed,
        invalid=search.invalid,
        legs=search.legs,
        state=search.state_dict(),
    )


def _message(search: Optimizer, status: Status) -> str:
    """Return why the run ended, and what the signal-to-noise ratio of its steps says where it ended unfinished."""
    advice = search.advice if status in (Status.BUDGET_EXHAUSTED, Status.OUT_OF_TIME) else None
    return ADVICE[status] if advice is None else f"{ADVICE[status]}; {advice}"


def _with_mean(search: Optimizer, values: Values, best: Best) -> Best:
    """Return the better of the best candidate and the final mean, which costs one evaluation."""
    mean = search.centre
    try:
        value = float(values(mean[None, :].copy(), search.objective_generation)[0])
    except ObjectiveError as error:
        message = f"at the final mean, {error}"
        raise ObjectiveError(message, x=mean, best=search.best) from error.__cause__
    if not math.isfinite(value):
        return best
    better = math.isnan(best.fun) or (value > best.fun if search.sense == "max" else value < best.fun)
    return Best(mean, value) if better else best
