"""How good a whole curve of convergence is, as one number."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]


def area_over_curve(
    evaluations: ArrayLike, values: ArrayLike, budget: int, *, low: float = 1e-8, high: float = 1e2, log: bool = True
) -> FloatArray:
    """Return the area over convergence curves (AOCC), as IOHprofiler defines it.

    Parameters
    ----------
    evaluations : array_like of shape (k,)
        Evaluations used, ascending, ≥ 1.
    values : array_like of shape (k,) or (n, k)
        Value held from each of them on, to be minimised; NaN where there is none yet. A value that gets worse again is
        held at its best.
    budget : int
        Evaluations B that the area runs over, ≥ 1; a curve that ends before holds its last value.
    low, high : float
        Values that count 1 and 0; better and worse ones are clipped to them. The defaults are those of the BBOB
        functions, for distances from the optimum.
    log : bool
        Whether values are compared on a logarithmic scale; they and the bounds are > 0 then (a distance of 0 counts 1).

    Returns
    -------
    ndarray of shape () or (n,)
        In [0, 1], larger is better.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, evaluations that do not ascend, or a number out of range.

    Notes
    -----
    AOCC = 1/B Σᵢ (1 - (min(max(yᵢ, low), high) - low) / (high - low)), yᵢ the best value after i = 1 … B evaluations,
    and all logarithms where asked: López-Ibáñez, Vermetten, Dreo, Doerr (2025), Using the empirical attainment
    function for analyzing single-objective black-box optimization algorithms, IEEE Trans. Evolutionary Computation.

    Examples
    --------
    >>> float(area_over_curve([1, 51], [1e2, 1e-3], 100))
    0.25
    """
    spent, table = np.asarray(evaluations, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if spent.ndim != 1 or table.shape[-1:] != spent.shape or not spent.size:
        raise InvalidInput(f"values of shape {table.shape} do not fit evaluations of shape {spent.shape}")
    if not np.all(np.diff(spent) >= 0) or spent[0] < 1 or budget < 1:
        raise InvalidInput("evaluations must ascend from 1 or more, and the budget be at least 1")
    if not (low < high and (low > 0 or not log)):
        raise InvalidInput(f"the bounds must ascend, and be > 0 on a logarithmic scale; got {low!r} and {high!r}")
    best = np.fmin.accumulate(np.where(np.isnan(table), np.inf, table), axis=-1)
    clipped = np.clip(best, low, high)
    if log:
        clipped, low, high = np.log10(clipped), float(np.log10(low)), float(np.log10(high))
    heights = 1.0 - (clipped - low) / (high - low)
    lengths = np.diff(np.minimum(np.append(spent, budget + 1.0), budget + 1.0))
    area: FloatArray = heights @ lengths / budget
    return area
