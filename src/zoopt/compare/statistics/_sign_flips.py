"""The distribution that random signs give to a sum of weights: behind every test of paired differences here."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
EXACT_PAIRS = 100
"""Up to so many pairs the distribution is counted out; beyond, the normal one is as good."""


def tails(weights: FloatArray, positive: float) -> tuple[float, float]:
    """Return P(S ≥ positive) and P(S ≤ positive), where S adds each weight with probability one half.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        ≥ 0, multiples of one half.
    positive : float
        The sum observed, a multiple of one half.

    Returns
    -------
    above, below : float
    """
    if weights.size <= EXACT_PAIRS:
        doubled = tuple(sorted(int(weight) for weight in np.rint(2.0 * weights)))
        upper, lower = _cumulated(doubled)
        at = round(2.0 * positive)
        return float(upper[at]), float(lower[at])
    spread = math.sqrt(float(np.sum(weights**2))) / 2.0
    if spread == 0.0:
        return 1.0, 1.0
    z = (positive - float(weights.sum()) / 2.0) / spread
    return normal_tail(z), normal_tail(-z)


def normal_tail(z: float) -> float:
    """Return P(Z > z) of the standard normal distribution."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def normal_quantile(probability: float) -> float:
    """Return the quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(probability))


@lru_cache(maxsize=512)
def _cumulated(weights: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """P(S ≥ s) and P(S ≤ s) for s = 0 … sum of the whole weights; each is summed from its own small end."""
    chances = np.zeros(sum(weights) + 1)
    chances[0] = 1.0
    reach = 0
    for weight in weights:
        grown = chances[: reach + 1].copy()
        chances[weight : reach + weight + 1] += grown
        chances *= 0.5
        reach += weight
    upper = np.minimum(1.0, np.cumsum(chances[::-1])[::-1])
    lower = np.minimum(1.0, np.cumsum(chances))
    return upper, lower
