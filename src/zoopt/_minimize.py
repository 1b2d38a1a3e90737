"""One call that optimises a function."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Literal

import numpy.typing as npt

from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, Seed, number, point, positive, whole
from zoopt._evaluate import Evaluator, OnError, OnInvalid
from zoopt._optimizer import Optimizer
from zoopt._result import Result
from zoopt._status import ADVICE, Best, Status
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError

Callback = Callable[..., object]

_DEFAULT_SCALE = 0.5
_EVALUATIONS_PER_DIMENSION = 1000

# Where a run ends in order, the mean of the search distribution is evaluated too: methods with a fixed scale never
# sample where they have arrived.
_MEAN_IS_WORTH_A_LOOK = (
    Status.BUDGET_EXHAUSTED,
    Status.COLLAPSED,
    Status.CALLBACK_STOP,
    Status.ILL_CONDITIONED,
)

_REFUSED = {
    "jac": "zoopt needs no derivatives; leave jac out, or use scipy.optimize.minimize where you have them",
    "hess": "zoopt needs no derivatives; leave hess out",
    "hessp": "zoopt needs no derivatives; leave hessp out",
    "constraints": "constraints are not supported; add a penalty to the objective",
    "bounds": "bounds are not supported in this version; map the variables: low + (high - low) / (1 + exp(-x))",
    "tol": "zoopt stops on budget= or target=; leave tol out",
}


def minimize(
    fun: Callable[..., object],
    x0: npt.ArrayLike,
    args: tuple[object, ...] = (),
    *,
    method: str | Cell = "cma-es",
    budget: int | None = None,
    target: float | None = None,
    seed: Seed = None,
    rng: Seed = None,
    scale: float | None = None,
    options: Mapping[str, object] | None = None,
    callback: Callback | None = None,
    on_error: OnError = "raise",
    on_invalid: OnInvalid = "worst",
    threads: int = 1,
    maximize: bool | None = None,
    **refused: object,
) -> Result:
    """Minimise (or maximise) a function of a vector without derivatives.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args) -> float`` for one point of shape (d,); a compiled objective of :mod:`zoopt.objectives`; or a
        function of all rows, ``fun(X, *args) -> (rows,)`` with X of shape (rows, d), marked with
        :func:`zoopt.objectives.batch`.
    x0 : array_like, shape (d,)
        Mean of the first search distribution.
    args : tuple
        Further arguments of `fun`.
    method : str or Cell
        An algorithm of :func:`zoopt.algorithms`, or a cell of :func:`zoopt.cell`.
    budget : int, optional
        Most evaluations; never exceeded. Default: 1000 d, but at least 10 000.
    target : float, optional
        Stop once a value this good has been seen.
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
    on_invalid : {"worst", "raise"}
        What to do with values that are NaN or infinite: rank them last, or raise.
    threads : int
        Threads for compiled objectives and sampling; the result does not depend on it.
    maximize : bool, optional
        Default: what the objective says of itself (metrics are maximised), else minimise.

    Returns
    -------
    Result
        With the natural value in ``fun`` and a ``status`` that says why the run ended.

    Raises
    ------
    zoopt.errors.InvalidInput, zoopt.errors.InvalidType, zoopt.errors.InvalidOption, zoopt.errors.UnknownName
        For arguments that cannot be used; the message says which and why.
    zoopt.errors.ObjectiveError
        If `fun` raises or returns the wrong shape; ``best`` holds the best so far.

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
    evaluate = Evaluator(fun, args if isinstance(args, tuple) else (args,), on_error, on_invalid)
    start = point(x0)
    evaluate.check_dim(start.size)
    search = Optimizer(
        resolve_cell(method),
        start,
        scale=_DEFAULT_SCALE if scale is None else positive("scale", scale),
        seed=_one_seed(seed, rng),
        sense=_sense(maximize, evaluate.sense),
        threads=threads,
        options=_options(options),
    )
    limit = _budget(budget, start.size, search)
    generations_limit = limit - 1 if limit > search.rows else limit  # the last evaluation is for the final mean
    goal = None if target is None else number("target", target)
    if evaluate.core is not None and callback is None and on_invalid == "worst":
        status = _run_compiled(search, fun, generations_limit, goal)
    else:
        report = _reporter(callback, search)
        status = _run_python(search, evaluate, generations_limit, goal, report)
    return _finish(search, evaluate, status, limit, goal)


def _check_choices(on_error: str, on_invalid: str) -> None:
    if on_error not in ("raise", "invalid"):
        raise InvalidInput(f"on_error must be 'raise' or 'invalid', got {on_error!r}")
    if on_invalid not in ("worst", "raise"):
        raise InvalidInput(f"on_invalid must be 'worst' or 'raise', got {on_invalid!r}")


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


def _sense(maximize: bool | None, own: str | None) -> Literal["min", "max"]:
    asked = None if maximize is None else ("max" if maximize else "min")
    if asked is not None and own is not None and asked != own:
        raise InvalidInput(f"maximize={maximize} contradicts the objective, whose sense is {own!r}; leave maximize out")
    return "max" if (asked or own) == "max" else "min"


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


def _run_compiled(search: Optimizer, fun: object, limit: int, goal: float | None) -> Status:
    try:
        search.run(fun, limit, target=goal)
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    if goal is not None and _reached(search, goal):
        return Status.TARGET_REACHED
    return search.status or Status.BUDGET_EXHAUSTED


def _run_python(
    search: Optimizer,
    evaluate: Evaluator,
    limit: int,
    goal: float | None,
    report: Callable[[], bool],
) -> Status:
    try:
        while search.nfev + search.rows <= limit:
            search.tell(_values(evaluate, search.ask(), search))
            if goal is not None and _reached(search, goal):
                return Status.TARGET_REACHED
            if search.status is not None:
                return search.status
            if report():
                return Status.CALLBACK_STOP
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    return Status.BUDGET_EXHAUSTED


def _values(evaluate: Evaluator, rows: FloatArray, search: Optimizer) -> FloatArray:
    try:
        return evaluate(rows)
    except ObjectiveError as error:
        error.best = search.best
        raise


def _reached(search: Optimizer, goal: float) -> bool:
    best = search.best
    return best is not None and _good_enough(best.fun, goal, search.sense)


def _good_enough(value: float, goal: float, sense: str) -> bool:
    return value >= goal if sense == "max" else value <= goal


def _reporter(callback: Callback | None, search: Optimizer) -> Callable[[], bool]:
    """Return a function that calls the callback and says whether it asked to stop."""
    if callback is None:
        return lambda: False
    wants_result = _parameters(callback) == ["intermediate_result"]

    def report() -> bool:
        best = _best_or_mean(search)
        try:
            if wants_result:
                callback(
                    intermediate_result=Result(
                        x=best.x, fun=best.fun, nfev=search.nfev, nit=search.generation, mean=search.mean
                    )
                )
            else:
                callback(best.x)
        except StopIteration:
            return True
        return False

    return report


def _parameters(callback: Callback) -> list[str]:
    if not callable(callback):
        raise InvalidType(f"callback must be callable, got {type(callback).__name__}")
    try:
        return list(inspect.signature(callback).parameters)
    except ValueError:  # a builtin that does not tell
        return []


def _best_or_mean(search: Optimizer) -> Best:
    return search.best or Best(search.mean, math.nan)


def _finish(search: Optimizer, evaluate: Evaluator, status: Status, limit: int, goal: float | None) -> Result:
    best, nfev = _best_or_mean(search), search.nfev
    if nfev < limit and status in _MEAN_IS_WORTH_A_LOOK:
        try:
            best, nfev = _with_mean(search, evaluate, best), nfev + 1
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        if goal is not None and _good_enough(best.fun, goal, search.sense):
            status = Status.TARGET_REACHED
    return Result(
        x=best.x,
        fun=best.fun,
        nfev=nfev,
        nit=search.generation,
        success=status in (Status.TARGET_REACHED, Status.COLLAPSED),
        status=int(status),
        message=ADVICE[status],
        mean=search.mean,
        trace=search.trace,
        seed=search.seed,
        invalid=search.invalid,
        state=search.state_dict(),
    )


def _with_mean(search: Optimizer, evaluate: Evaluator, best: Best) -> Best:
    """Return the better of the best candidate and the final mean, which costs one evaluation."""
    mean = search.mean
    try:
        value = float(evaluate(mean[None, :].copy())[0])
    except ObjectiveError as error:
        message = f"at the final mean, {error}"
        raise ObjectiveError(message, x=mean, best=search.best) from error.__cause__
    if not math.isfinite(value):
        return best
    better = math.isnan(best.fun) or (value > best.fun if search.sense == "max" else value < best.fun)
    return Best(mean, value) if better else best
