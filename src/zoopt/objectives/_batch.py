"""Marks a function of whole batches."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy.typing as npt

Batch = Callable[..., npt.ArrayLike]


def batch(fun: Batch) -> Batch:
    """Mark `fun` as a function of all candidates at once, so that it is not called point by point.

    Parameters
    ----------
    fun : callable
        ``fun(rows, *args) -> values``: rows of shape (rows, dim), values of shape (rows,).

    Returns
    -------
    callable
        The same function, marked; `fun` itself is left as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from zoopt.objectives import batch
    >>> @batch
    ... def sphere(rows):
    ...     return (rows**2).sum(axis=1)
    >>> sphere(np.ones((2, 3))).tolist()
    [3.0, 3.0]
    """

    @functools.wraps(fun)
    def marked(*args: object, **kwargs: object) -> npt.ArrayLike:
        return fun(*args, **kwargs)

    marked.zoopt_batch = True  # type: ignore[attr-defined]
    return marked
