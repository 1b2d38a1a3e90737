"""One call that optimises a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from inspect import signature

import numpy.typing as npt

from zoopt._advance import clock, compiled, from_gradients, from_values, in_python, stays_compiled
from zoopt._algorithms import resolve_cell
from zoopt._arguments import Seed, number, whole
from zoopt._bounds import BoundsHandling
from zoopt._callback import Callback, reporter
from zoopt._evaluate import Evaluator, OnError, OnInvalid, sense_of
from zoopt._finish import finish, noisy, spend
from zoopt._gradients import value_alone, value_and_gradient
from zoopt._optimizer import MEMORY_LIMIT, Optimizer
from zoopt._result import Result
from zoopt._workers import Workers, crew
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType

_DEFAULT_SCALE = 0.5
_EVALUATIONS_PER_DIMENSION = 1000
_ANCHORED = "control-variate"  # the driver that evaluates every candidate at two places

_REFUSED = {
    "jac": "zoopt needs no derivatives; leave jac out, or use scipy.optimize.minimize where you have them",
    "hess": "zoopt needs no derivatives; leave hess out",
    "hessp": "zoopt needs no derivatives; leave hessp out",
    "constraints": "constraints are not supported but for bounds; add a penalty to the objective",
    "maxiter": "a generation is no iteration of SciPy's; limit evaluations by budget",
    "maxfev": "limit evaluations by budget",
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
        at most 20 times a candidate and within the budget; not with noise handling, control variates and first-order
        algorithms.
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
    cell = resolve_cell(method)
    for name in refused:
        raise InvalidType(f"minimize() does not take {name!r}: {_instead(name, cell)}")
    once = not (noise_handling or cell.first_order or cell.driver == _ANCHORED)
    _check_choices(on_error, on_invalid, replaceable=once)
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
        budget=budget,
        options=_options(options),
    )
    arguments = args if isinstance(args, tuple) else (args,)
    gradients = value_and_gradient(fun, arguments, cell, on_error, on_invalid)
    evaluate = Evaluator(
        fun if gradients is None or callable(fun) else value_alone(fun),
        arguments,
        on_error,
        on_invalid,
        dim=search.width,
        sense=search.sense,
        threads=threads,
    )
    limit = _budget(budget, search)
    goal = None if target is None else number("target", target)
    late = clock(time_limit)
    with crew(workers, evaluate) as values:
        if gradients is None and stays_compiled(values, evaluate, callback):
            advance = compiled(search, evaluate, goal, time_limit, late)
        else:
            learn = (
                from_values(search, values, limit if on_invalid == "resample" else 0)
                if gradients is None
                else from_gradients(search, gradients)
            )
            advance = in_python(search, learn, goal, late, reporter(callback, search))
        status = spend(search, advance, limit, noisy=noisy(fun))
        return finish(search, values, status, limit, goal, fun)


def _instead(name: str, cell: Cell) -> str:
    """Return what to write in place of an argument that there is none of."""
    if name in _REFUSED:
        return _REFUSED[name]
    if name in cell.options:
        return f"it is an option of {cell.name}; give options={{{name!r}: ...}}"
    close = get_close_matches(name, signature(minimize).parameters, n=1)
    return f"did you mean {close[0]!r}?" if close else "see help(zoopt.minimize)"


def _check_choices(on_error: str, on_invalid: str, *, replaceable: bool) -> None:
    if on_error not in ("raise", "invalid"):
        raise InvalidInput(f"on_error must be 'raise' or 'invalid', got {on_error!r}")
    if on_invalid not in ("worst", "raise", "resample"):
        raise InvalidInput(f"on_invalid must be 'worst', 'raise' or 'resample', got {on_invalid!r}")
    if on_invalid == "resample" and not replaceable:
        raise InvalidInput(
            "candidates that are evaluated more than once, or not drawn, cannot be replaced: leave "
            "on_invalid='resample' out for noise handling, control variates and first-order algorithms"
        )


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


def _budget(budget: int | None, search: Optimizer) -> int:
    if budget is None:
        return max(10_000, _EVALUATIONS_PER_DIMENSION * search.dim, search.rows)
    limit = whole("budget", budget, low=1, high=2**62)
    if limit < search.rows:
        raise InvalidOption(
            f"budget {limit} is too small: one generation of {search.cell.name} takes {search.rows} evaluations; "
            f"raise budget to at least {search.rows}, or lower the option population"
        )
    return limit
