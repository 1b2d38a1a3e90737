"""Data profiles and performance profiles: on what share of problems is each solver done, and how soon.

Both take *times* of shape (p, s): the evaluations that each of s solvers needs on each of p problems; negative or
infinite where it does not get there.

References
----------
Dolan, Moré (2002), Benchmarking optimization software with performance profiles, Mathematical Programming 91.
Moré, Wild (2009), Benchmarking derivative-free optimization algorithms, SIAM J. Optimization 20.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.compare.statistics._running_times import as_times
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


def decrease_times(
    curves: ArrayLike, grid: ArrayLike, start: ArrayLike, *, tolerance: float, best: ArrayLike | None = None
) -> FloatArray:
    """Return the evaluations with which each solver passes the convergence test of Moré and Wild.

    Parameters
    ----------
    curves : array_like of shape (p, s, g)
        Best value so far of each solver on each problem, to be minimised, at each point of the grid; NaN before the
        first.
    grid : array_like of shape (g,)
        Evaluations, ascending.
    start : array_like of shape (p,)
        Value at the starting point, f(x₀).
    tolerance : float
        τ in (0, 1): the share of the decrease that may be left.
    best : array_like of shape (p,), optional
        The value f_L that the decrease is measured from; default the least that any of the solvers reached.

    Returns
    -------
    ndarray of shape (p, s)
        First evaluation with f ≤ f_L + τ (f(x₀) - f_L); infinite where there is none.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, or a tolerance out of range.

    Notes
    -----
    Moré and Wild (2009), equation 2.2.

    Examples
    --------
    >>> decrease_times([[[9.0, 1.0, 0.0], [8.0, 5.0, 4.0]]], [10, 20, 30], [10.0], tolerance=0.1)
    array([[20., inf]])
    """
    values, points = np.asarray(curves, dtype=np.float64), np.asarray(grid, dtype=np.float64)
    first = np.asarray(start, dtype=np.float64)
    if values.ndim != 3 or points.shape != values.shape[2:] or first.shape != values.shape[:1] or not values.size:
        raise InvalidInput(f"curves must have shape (problems, solvers, grid), got {values.shape} on {points.shape}")
    if not 0.0 < tolerance < 1.0:
        raise InvalidInput(f"the tolerance must lie between 0 and 1, got {tolerance!r}")
    known = np.where(np.isnan(values), np.inf, values)
    least = known.min(axis=(1, 2)) if best is None else np.asarray(best, dtype=np.float64)
    wanted = least + tolerance * (first - least)
    done = known <= wanted[:, None, None]
    times: FloatArray = np.where(done.any(axis=2), points[done.argmax(axis=2)], np.inf)
    return times


def data_profile(times: ArrayLike, dimensions: ArrayLike, grid: ArrayLike) -> FloatArray:
    """Return the share of problems that each solver has solved within κ simplex gradients.

    Parameters
    ----------
    times : array_like of shape (p, s)
        Evaluations needed; negative or infinite for never.
    dimensions : array_like of shape (p,)
        Number of variables of each problem, ≥ 1.
    grid : array_like of shape (g,)
        κ, in units of dimension + 1 evaluations.

    Returns
    -------
    ndarray of shape (s, g)

    Raises
    ------
    InvalidInput
        No problems, or shapes that do not fit.

    Notes
    -----
    Moré and Wild (2009), equation 2.3: d(κ) is the share of problems with t / (n + 1) ≤ κ.

    Examples
    --------
    >>> data_profile([[30, 60], [90, -1]], [2, 2], [10, 20, 30])
    array([[0.5, 0.5, 1. ],
           [0. , 0.5, 0.5]])
    """
    table, size = _table(times), np.asarray(dimensions, dtype=np.float64)
    if size.shape != table.shape[:1] or not np.all(size >= 1):
        raise InvalidInput(f"{len(table)} problems need as many dimensions, each at least 1; got shape {size.shape}")
    return _shares(table / (size[:, None] + 1.0), grid)


def performance_profile(times: ArrayLike, grid: ArrayLike) -> FloatArray:
    """Return the share of problems on which each solver is within a factor of the fastest.

    Parameters
    ----------
    times : array_like of shape (p, s)
        Evaluations needed, > 0; negative or infinite for never.
    grid : array_like of shape (g,)
        Factors, ≥ 1.

    Returns
    -------
    ndarray of shape (s, g)
        A problem that no solver solves counts for none, and in the number of problems.

    Raises
    ------
    InvalidInput
        No problems, or times that are 0.

    Notes
    -----
    Dolan and Moré (2002): ρ(τ) is the share of problems with t / (least t of all solvers) ≤ τ. Ratios are to the
    fastest of the solvers given, so that two profiles of one solver among different others cannot be compared.

    Examples
    --------
    >>> performance_profile([[30, 60], [90, -1]], [1, 2, 4])
    array([[1. , 1. , 1. ],
           [0. , 0.5, 0.5]])
    """
    table = _table(times)
    if np.any(table == 0):
        raise InvalidInput("times must be > 0, or negative or infinite for never; got 0")
    fastest = table.min(axis=1, keepdims=True)
    ratios = np.divide(table, fastest, out=np.full_like(table, np.inf), where=np.isfinite(table))
    return _shares(ratios, grid)


def _table(times: ArrayLike) -> FloatArray:
    if np.ndim(times) != 2 or not np.size(times):
        raise InvalidInput(f"times must be a table of problems by solvers, got an array of shape {np.shape(times)}")
    return as_times(times)


def _shares(scaled: FloatArray, grid: ArrayLike) -> FloatArray:
    """Share of each column that is at most each point of the grid."""
    points = np.asarray(grid, dtype=np.float64)
    ordered = np.sort(scaled, axis=0)
    counts = [np.searchsorted(column, points, side="right") for column in ordered.T]
    shares: FloatArray = np.array(counts) / len(scaled)
    return shares
