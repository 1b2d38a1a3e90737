"""One call that optimises a function."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, Seed, number, positive, whole
from zoopt._bounds import BoundsHandling
from zoopt._callback import Callback, best_or_mean, reporter
from zoopt._evaluate import Evaluator, OnError, OnInvalid, sense_of
from zoopt._gradients import ValueAndGradient, value_alone, value_and_gradient
from zoopt._optimizer import MEMORY_LIMIT, Optimizer
from zoopt._result import Result
from zoopt._status import ADVICE, CONVERGED, Best, Status
from zoopt._workers import Values, Workers, crew
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError

Advance = Callable[[int], Status | None]

_DEFAULT_SCALE = 0.5
_EVALUATIONS_PER_DIMENSION = 1000

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

_REFUSED = {
    "jac": "zoopt needs no derivatives; leave jac out, or use scipy.optimize.minimize where you have them",
    "hess": "zoopt needs no derivatives; leave hess out",
    "hessp": "zoopt needs no derivatives; leave hessp out",
    "constraints": "constraints are not supported but for bounds; add a penalty to the objective",
    "tol": "name what is to be small: options={'tolfun': ...} for values, options={'tolx': ...} for steps",
}


def minimize(
    fun: Callable[..., object],
    x0: npt.ArrayLike,
    args: tuple[object, ...] = (),
    *,
    method: str | Cell = "cma-es",
    bounds: object = None,
    bounds_handling: BoundsHandling | None = None,
    budget: int | None = None,
    target: float | None = None,
    time_limit: float | None = None,
    seed: Seed = None,
    rng: Seed = None,
    scale: float | None = None,
    options: Mapping[str, object] | None = None,
    callback: Callback | None = None,
    on_error: OnError = "raise",
    on_invalid: OnInvalid = "worst",
    threads: int = 1,
    workers: Workers = None,
    maximize: bool | None = None,
    covariance: npt.ArrayLike | None = None,
    noise_handling: bool = False,
    most_effort: int = 100,
    memory_limit: float = MEMORY_LIMIT,
    **refused: object,
) -> Result:
    """Minimise (or maximise) a function of a vector without derivatives.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args) -> float`` for one point of shape (d,); a compiled objective of :mod:`zoopt.objectives`; a
        Numba function, of ``numba.njit`` or :func:`zoopt.objective`; or a function of all rows,
        ``fun(X, *args) -> (rows,)`` with X of shape (rows, d), marked with :func:`zoopt.objectives.batch`. One that
        has an attribute ``zoopt_generation`` that is true is called with ``generation=``, the number of the generation.
    x0 : array_like, shape (d,)
        Mean of the first search distribution; logits where candidates are discrete, of shape (variables, categories)
        for categories.
    args : tuple
        Further arguments of `fun`. With them a Numba function is called from Python, which is slower; a function that
        closes over its arguments is not.
    method : str or Cell
        An algorithm of :func:`zoopt.algorithms`, or a cell of :func:`zoopt.cell`.
    bounds : scipy.optimize.Bounds or sequence of (low, high), optional
        A box that no candidate leaves, with None or infinities where there is no bound.
    bounds_handling : {"transform", "projection"}, optional
        How candidates stay in it: see :func:`zoopt.optimizer`.
    budget : int, optional
        Most evaluations; never exceeded. Default: 1000 d, but at least 10 000. Generations are whole; if evaluations
        are left over after the last that fits, one of them is for the mean of the search distribution. Where none would
        be left over, a method whose distribution has moved but not changed its shape or scale, so that it never samples
        where it has arrived, gives up its last generation for the mean, if that is at most 1 % of the budget.
    target : float, optional
        Stop once a value this good has been seen.
    time_limit : float, optional
        Stop after the generation in which so many seconds have passed. How far a run gets then depends on the machine.
    seed : int, numpy Generator or None
        The same seed gives the same run. `rng` is another name for it, as in SciPy.
    scale : float, optional
        Standard deviation of the first search distribution, in the units of x. Default .5.
    options : dict, optional
        Options of the algorithm: see ``zoopt.algorithm(method).options``.
    callback : callable, optional
        Called after every generation as ``callback(xk)`` with the best point so far, or, if its parameter is named
        ``intermediate_result``, with a :class:`Result` of `x`, `fun`, `nfev`, `nit`, `mean`. Raising ``StopIteration``
        ends the run.
    on_error : {"raise", "invalid"}
        What to do when `fun` raises: pass it on as :class:`~zoopt.errors.ObjectiveError`, or count the candidate as
        invalid.
    on_invalid : {"worst", "raise", "resample"}
        What to do with values that are NaN or infinite: rank them last, raise, or draw other candidates in their place,
        at most 20 times a candidate and within the budget.
    threads : int
        Threads for compiled objectives and sampling; the result does not depend on it.
    workers : int, executor or map-like callable, optional
        Who evaluates candidates: a number of processes of our own (-1: as many as there are cores), an executor of
        :mod:`concurrent.futures` or another that has ``submit``, or a function that is called as ``map`` is. Candidates
        are sent in contiguous parts, batch functions get a part of the rows each, and the result does not depend on
        how many workers there are. The objective must be picklable where it goes to processes. For compiled
        objectives `threads` is quicker.
    maximize : bool, optional
        Default: what the objective says of itself (metrics are maximised), else minimise.
    covariance : array_like, shape (d, d) or (d,), optional
        Of the first distribution, divided by scale², or its diagonal: a warm start beside `x0` and `scale`.
    noise_handling : bool
        Whether candidates are evaluated again, more often the more their ranks change by it: for objectives whose
        values are noisy. See :func:`zoopt.optimizer`, also for `most_effort`.
    most_effort : int
        Most evaluations of one candidate in a generation.
    memory_limit : float
        Bytes that the search distribution may take; a method that needs more is refused before it allocates.

    Returns
    -------
    Result
        With the natural value in ``fun`` and a ``status`` that says why the run ended.

    Raises
    ------
    zoopt.errors.InvalidInput, zoopt.errors.InvalidType, zoopt.errors.InvalidOption, zoopt.errors.UnknownName
        For arguments that cannot be used; the message says which and why.
    zoopt.errors.ObjectiveError
        If `fun` raises or returns the wrong shape, or a worker dies; ``best`` holds the best so far.

    Examples
    --------
    >>> import zoopt
    >>> result = zoopt.minimize(lambda x: (x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2, [0.0, 0.0], budget=2000, seed=3)
    >>> result.x.round(3).tolist()
    [1.0, -2.0]
    """
    for name in refused:
        raise InvalidType(f"minimize() does not take {name!r}: {_REFUSED.get(name, 'see help(zoopt.minimize)')}")
    _check_choices(on_error, on_invalid)
    cell = resolve_cell(method)
    search = Optimizer(
        cell,
        x0,
        scale=_DEFAULT_SCALE if scale is None and cell.continuous else scale,
        seed=_one_seed(seed, rng),
        bounds=bounds,
        bounds_handling=bounds_handling,
        sense=sense_of(fun, maximize),
        threads=threads,
        covariance=covariance,
        noise_handling=noise_handling,
        most_effort=most_effort,
        memory_limit=memory_limit,
        budget=budget if budget is None else whole("budget", budget, low=1, high=2**62),
        options=_options(options),
    )
    arguments = args if isinstance(args, tuple) else (args,)
    gradients = value_and_gradient(fun, arguments, cell, on_error)
    evaluate = Evaluator(
        fun if gradients is None or callable(fun) else value_alone(fun),
        arguments,
        on_error,
        on_invalid,
        dim=search.width,
        sense=search.sense,
        threads=threads,
    )
    limit = _budget(budget, search.dim, search)
    goal = None if target is None else number("target", target)
    late = _clock(time_limit)
    with crew(workers, evaluate) as values:
        if gradients is None and _stays_compiled(values, evaluate, callback):
            advance = _compiled(search, evaluate, goal, time_limit, late)
        else:
            replaces = on_invalid == "resample"
            learn = _from_values(search, values, limit if replaces else 0)
            if gradients is not None:
                learn = _from_gradients(search, gradients)
            advance = _in_python(search, learn, goal, late, reporter(callback, search))
        return _finish(search, values, _spend(search, advance, limit), limit, goal)


def _check_choices(on_error: str, on_invalid: str) -> None:
    if on_error not in ("raise", "invalid"):
        raise InvalidInput(f"on_error must be 'raise' or 'invalid', got {on_error!r}")
    if on_invalid not in ("worst", "raise", "resample"):
        raise InvalidInput(f"on_invalid must be 'worst', 'raise' or 'resample', got {on_invalid!r}")


def _one_seed(seed: Seed, rng: Seed) -> Seed:
    if seed is not None and rng is not None:
        raise InvalidType("seed and rng are two names for one thing; give one of them")
    return seed if rng is None else rng


def _options(options: Mapping[str, object] | None) -> dict[str, object]:
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise InvalidType(f"options must map names to numbers, got {type(options).__name__}")
    return dict(options)


def _budget(budget: int | None, dim: int, search: Optimizer) -> int:
    if budget is None:
        return max(10_000, _EVALUATIONS_PER_DIMENSION * dim, search.rows)
    limit = whole("budget", budget, low=1, high=2**62)
    if limit < search.rows:
        raise InvalidOption(
            f"budget {limit} is too small: one generation of {search.cell.name} takes {search.rows} evaluations; "
            f"raise budget to at least {search.rows}, or lower the option population"
        )
    return limit


def _spend(search: Optimizer, advance: Advance, limit: int) -> Status:
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


def _compiled(
    search: Optimizer, evaluate: Evaluator, goal: float | None, time_limit: float | None, late: Callable[[], bool]
) -> Advance:
    """Return what runs generations within so many evaluations, and says why if it ended before."""

    def advance(limit: int) -> Status | None:
        try:
            search.run(evaluate, limit, target=goal, time_limit=time_limit)
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return _ended(search, goal) or (Status.OUT_OF_TIME if late() else None)

    return advance


def _stays_compiled(values: Values, evaluate: Evaluator, callback: Callback | None) -> bool:
    """Whether nothing of Python is wanted between two generations."""
    return values is evaluate and evaluate.core is not None and callback is None and evaluate.on_invalid == "worst"


def _clock(time_limit: float | None) -> Callable[[], bool]:
    """Return a function that says whether the time is over."""
    if time_limit is None:
        return lambda: False
    end = time.perf_counter() + positive("time_limit", time_limit)
    return lambda: time.perf_counter() >= end


def _from_values(search: Optimizer, values: Values, resampling_limit: int) -> Callable[[], None]:
    """Return what runs one generation, with invalid candidates replaced while the evaluations stay within a limit."""

    def learn() -> None:
        rows = search.ask()
        parts = np.split(rows, np.cumsum([count for count, _ in search.passes])[:-1])
        told = [_values(values, part, g, search) for part, (_, g) in zip(parts, search.passes, strict=True)]
        found = np.concatenate(told)
        while search.nfev + 2 * search.rows <= resampling_limit:
            replaced, fresh = search.resample(found)
            if replaced.size == 0:
                break
            found[replaced] = _values(values, fresh, search.objective_generation, search)
        search.tell(found)

    return learn


def _from_gradients(search: Optimizer, gradients: ValueAndGradient) -> Callable[[], None]:
    """Return what takes one step along told gradients."""

    def learn() -> None:
        try:
            value, slope = gradients(search.ask()[0])
        except ObjectiveError as error:
            error.best = search.best
            raise
        search.tell([value], gradients=slope[None, :])

    return learn


def _in_python(
    search: Optimizer,
    learn: Callable[[], None],
    goal: float | None,
    late: Callable[[], bool],
    report: Callable[[], bool],
) -> Advance:
    """Return the same, for values that are made in Python."""

    def advance(limit: int) -> Status | None:
        try:
            while search.nfev + search.rows <= limit:
                learn()
                status = _ended(search, goal)
                if status is not None:
                    return status
                if report():
                    return Status.CALLBACK_STOP
                if late():
                    return Status.OUT_OF_TIME
        except KeyboardInterrupt:
            return Status.INTERRUPTED
        return None

    return advance


def _ended(search: Optimizer, goal: float | None) -> Status | None:
    return Status.TARGET_REACHED if goal is not None and _reached(search, goal) else search.status


def _values(values: Values, rows: FloatArray, generation: int, search: Optimizer) -> FloatArray:
    try:
        return values(rows, generation)
    except ObjectiveError as error:
        error.best = search.best
        raise


def _reached(search: Optimizer, goal: float) -> bool:
    best = search.best
    return best is not None and _good_enough(best.fun, goal, search.sense)


def _good_enough(value: float, goal: float, sense: str) -> bool:
    return value >= goal if sense == "max" else value <= goal


def _finish(search: Optimizer, values: Values, status: Status, limit: int, goal: float | None) -> Result:
    best, nfev = best_or_mean(search), search.nfev
    if nfev < limit and status in _MEAN_IS_WORTH_A_LOOK:
        try:
            best, nfev = _with_mean(search, values, best), nfev + 1
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        if goal is not None and _good_enough(best.fun, goal, search.sense):
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
