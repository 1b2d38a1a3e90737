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

WHOLE_SET = 2**64 - 1  # the generation in which an objective with mini-batches uses all samples
_MOST_PROBED = 1000  # coordinates that are looked at one by one
_MOST_NAMED = 10
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


def spend(search: Optimizer, advance: Advance, limit: int, *, noisy: bool = False) -> Status:
    """Use the budget up, but for the evaluation that the final mean is worth: always one where values are `noisy`."""
    if noisy:
        limit -= limit > search.rows
    elif limit % search.rows == 0 and limit >= _SMALL_SHARE * search.rows:
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


def finish(
    search: Optimizer, values: Values, status: Status, limit: int, goal: float | None, objective: object = None
) -> Result:
    """Return the result, with the final mean in it where an evaluation is left for one.

    Of an `objective` whose values come from mini-batches it is the mean alone, with its value on all samples.
    """
    best, nfev = best_or_mean(search), search.nfev
    if noisy(objective):
        best = Best(search.centre, math.nan)
        if nfev < limit and status != Status.INTERRUPTED:
            best, nfev = Best(best.x, _mean_value(search, values, WHOLE_SET)), nfev + 1
    elif nfev < limit and status in _MEAN_IS_WORTH_A_LOOK:
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
        message=_message(search, status, objective),
        mean=search.mean,
        trace=search.trace,
        seed=search.seed,
        invalid=search.invalid,
        legs=search.legs,
        state=search.state_dict(),
    )


def noisy(objective: object) -> bool:
    """Whether values come from mini-batches, so that the best of them is the luckiest."""
    return bool(getattr(objective, "zoopt_mini_batches", False))


def _message(search: Optimizer, status: Status, objective: object) -> str:
    """Return why the run ended, and what the signal-to-noise ratio of its steps says where it ended unfinished."""
    advice = search.advice if status in (Status.BUDGET_EXHAUSTED, Status.OUT_OF_TIME) else None
    if _never_better(search):
        advice = _without_effect(search, objective) or advice
    return ADVICE[status] if advice is None else f"{ADVICE[status]}; {advice}"


def _never_better(search: Optimizer) -> bool:
    best = search.trace.best
    return best.size > 1 and bool(best[0] == best[-1])


def _without_effect(search: Optimizer, objective: object) -> str | None:
    """Return which coordinates have no effect at all, where the objective can tell and they are not too many."""
    unused = getattr(objective, "unused", None)
    if unused is None or search.width > _MOST_PROBED:
        return None
    found = unused(search.centre, scale=search.scale or 1.0)
    if len(found) == search.width:
        return "no score depends on any coordinate: does the model use theta?"
    if not len(found):
        return None
    named = ", ".join(map(str, found[:_MOST_NAMED])) + (", ..." if len(found) > _MOST_NAMED else "")
    return f"no score depends on {len(found)} of the coordinates: {named}"


def _mean_value(search: Optimizer, values: Values, generation: int) -> float:
    mean = search.centre
    try:
        return float(values(mean[None, :].copy(), generation)[0])
    except ObjectiveError as error:
        message = f"at the final mean, {error}"
        raise ObjectiveError(message, x=mean, best=search.best) from error.__cause__


def _with_mean(search: Optimizer, values: Values, best: Best) -> Best:
    """Return the better of the best candidate and the final mean, which costs one evaluation."""
    mean = search.centre
    value = _mean_value(search, values, search.objective_generation)
    if not math.isfinite(value):
        return best
    better = math.isnan(best.fun) or (value > best.fun if search.sense == "max" else value < best.fun)
    return Best(mean, value) if better else best
