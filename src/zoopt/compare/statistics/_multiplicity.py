"""Adjusted p-values for families of tests: reject where the adjusted value is below the level of the family."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zoopt.errors import InvalidInput


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values min(1, m p), in the order given.

    Parameters
    ----------
    p_values : sequence of float
        Raw p-values in [0, 1] of one family of m tests; may be empty.

    Returns
    -------
    list of float

    Examples
    --------
    >>> [round(p, 3) for p in bonferroni([0.01, 0.04, 0.5])]
    [0.03, 0.12, 1.0]
    """
    raw = _probabilities(p_values)
    return [float(p) for p in np.minimum(1.0, raw * raw.size)]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values, in the order given.

    Parameters
    ----------
    p_values : sequence of float
        Raw p-values in [0, 1] of one family of tests; may be empty.

    Returns
    -------
    list of float
        Reject where the adjusted value is below α: the chance of any false rejection is then at most α.

    Raises
    ------
    InvalidInput
        A value outside [0, 1].

    Notes
    -----
    Holm (1979): sorted p₍₁₎ ≤ … ≤ p₍ₘ₎ become the running maximum of min(1, (m - i + 1) p₍ᵢ₎).

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    raw = _probabilities(p_values)
    order = np.argsort(raw, kind="stable")
    stepped = np.minimum(1.0, raw[order] * np.arange(raw.size, 0, -1))
    return _in_place(order, np.maximum.accumulate(stepped))


def hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Hochberg's adjusted p-values, in the order given; for tests that are independent or positively dependent.

    Parameters
    ----------
    p_values : sequence of float
        Raw p-values in [0, 1] of one family of tests; may be empty.

    Returns
    -------
    list of float
        None is larger than Holm's.

    Raises
    ------
    InvalidInput
        A value outside [0, 1].

    Notes
    -----
    Hochberg (1988), A sharper Bonferroni procedure for multiple tests of significance, Biometrika 75: sorted
    p₍₁₎ ≤ … ≤ p₍ₘ₎ become the running minimum from above of (m - i + 1) p₍ᵢ₎.

    Examples
    --------
    >>> [round(p, 3) for p in hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    raw = _probabilities(p_values)
    order = np.argsort(raw, kind="stable")
    stepped = np.minimum(1.0, raw[order] * np.arange(raw.size, 0, -1))
    return _in_place(order, np.minimum.accumulate(stepped[::-1])[::-1])


def _probabilities(p_values: Sequence[float]) -> NDArray[np.float64]:
    raw = np.asarray(p_values, dtype=float)
    if raw.size and not (np.all(raw >= 0) and np.all(raw <= 1)):
        raise InvalidInput(f"p-values must lie in [0, 1], got {list(p_values)}")
    return raw


def _in_place(order: NDArray[np.intp], values: NDArray[np.float64]) -> list[float]:
    adjusted = np.empty_like(values)
    adjusted[order] = values
    return [float(p) for p in adjusted]
