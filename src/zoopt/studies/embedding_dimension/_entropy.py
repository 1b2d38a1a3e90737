"""The entropy that word vectors of a dimension leave, and the dimension at which nothing is left.

With p(i, j) = exp⟨u_i, v_j⟩ / Z and u, v uniform on the sphere of radius √n the entropy is 2 ln N + h_n, where

    h_n = ln M − n I_{ν+1}(n) / I_ν(n),   M = E exp(n cos θ) = Γ(n/2) (2/n)^ν I_ν(n),   ν = n/2 − 1.
"""

import math
from functools import cache
from typing import Literal

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray

from zoopt.errors import InvalidInput, InvalidOption

Model = Literal["joint", "conditional"]
FloatArray = NDArray[np.float64]

GOLDEN = (1 + math.sqrt(5)) / 2
SLOPE = -math.log(GOLDEN) / 2
"""h_n / n for large n."""
CONSTANT = math.log(GOLDEN) - math.log(5) / 4 - 2 / (5 * GOLDEN**2)
"""h_n − SLOPE n for large n."""
INVERSE = (4 / 5 + 2 / 3 - 2 * math.sqrt(5) / 3) / 4 - (math.sqrt(5) - 1) ** 2 * (3 * math.sqrt(5) - 5) * (
    math.sqrt(5) + 1
) / (100 * math.sqrt(5))
"""n (h_n − SLOPE n − CONSTANT) for large n."""
MODELS: dict[str, int] = {"joint": 2, "conditional": 1}
"""How often ln N stands in the entropy: of pairs, or of a word given another."""

_ASYMPTOTIC = 64.0  # from here on series; ten terms of both are exact to rounding there
_TERMS = 10
_RECURRENCES = 60  # each takes a factor of φ² off the error of the start, more where the order is small
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66)


def entropy_change(n: ArrayLike) -> FloatArray:
    """Return h_n: what n dimensions add to the entropy 2 ln N of N words.

    Parameters
    ----------
    n : float or array_like
        Dimension, ≥ 2; not only whole numbers.

    Returns
    -------
    ndarray of the shape of n
        Negative. Exact to about 1e-14 of its size, for any n.

    Raises
    ------
    InvalidInput
        A dimension below 2 or not finite.

    Examples
    --------
    >>> entropy_change([32, 512]).round(6).tolist()
    [-7.774705, -123.264247]
    """
    dimensions = np.asarray(n, dtype=np.float64)
    if not (np.isfinite(dimensions) & (dimensions >= 2)).all():
        raise InvalidInput(f"dimension is {n!r}; give numbers ≥ 2")
    large = dimensions >= _ASYMPTOTIC
    log_mean = np.empty_like(dimensions)
    log_mean[large] = _log_mean_series(dimensions[large])
    log_mean[~large] = _log_mean_bessel(dimensions[~large])
    changes: FloatArray = log_mean - dimensions * _bessel_ratio(dimensions)
    return changes


def entropy(n: ArrayLike, vocabulary: float, model: Model = "joint") -> FloatArray:
    """Return the entropy that the theory leaves to a model of `vocabulary` words in n dimensions, in nats."""
    return MODELS[model] * math.log(vocabulary) + entropy_change(n)


def required_dimension(vocabulary: float, model: Model = "joint") -> float:
    """Return the dimension at which word vectors have no entropy left: where ln N or 2 ln N + h_n is 0.

    Parameters
    ----------
    vocabulary : float
        Number of words N, ≥ 2.
    model : {"joint", "conditional"}
        Of pairs p(w_i, w_j), or of p(w_j | w_i), which needs half as many.

    Returns
    -------
    float
        About 4 ln N / ln φ or half of that, φ being the golden ratio. From this dimension on the capacity suffices.

    Raises
    ------
    InvalidOption
        Fewer than two words, or an unknown model.

    Notes
    -----
    The formula of the entropy holds below this dimension; above it the true entropy stays positive.

    Examples
    --------
    >>> import zoopt.studies
    >>> round(zoopt.studies.required_dimension(1000), 3)
    57.109
    >>> round(zoopt.studies.required_dimension(1000, model="conditional"), 3)
    28.396
    """
    from scipy.optimize import brentq

    if isinstance(vocabulary, bool | str) or not (vocabulary >= 2 and math.isfinite(vocabulary)):
        raise InvalidOption(f"vocabulary is {vocabulary!r}; give a number of words ≥ 2")
    if model not in MODELS:
        raise InvalidOption(f"model is {model!r}; give one of {', '.join(MODELS)}")
    most = MODELS[model] * math.log(vocabulary) / -SLOPE  # h_n < SLOPE n
    return float(brentq(lambda n: float(entropy(n, vocabulary, model)), 2.0, most, xtol=1e-11, rtol=1e-14))


def _bessel_ratio(n: FloatArray) -> FloatArray:
    """Return I_{n/2}(n) / I_{n/2−1}(n), the mean of cos θ, by downward recurrence (DLMF 10.33.1)."""
    highest = n / 2 - 1 + _RECURRENCES
    ratio = n / (highest + 1 + np.hypot(highest + 1, n))
    for step in range(_RECURRENCES - 1, -1, -1):
        ratio = 1 / (2 * (n / 2 + step) / n + ratio)
    return ratio


def _log_mean_bessel(n: FloatArray) -> FloatArray:
    """Return ln E exp(n cos θ) where the scaled Bessel function neither over- nor underflows."""
    from scipy.special import gammaln, ive

    order = n / 2 - 1
    found: FloatArray = gammaln(n / 2) + order * np.log(2 / n) + np.log(ive(order, n)) + n
    return found


def _log_mean_series(n: FloatArray) -> FloatArray:
    """Return ln E exp(n cos θ) by Stirling's series and Debye's (DLMF 5.11.1, 10.41.3).

    Terms of size n ln n cancel on paper, so that the error is of the size of rounding of n.
    """
    half, order = n / 2, n / 2 - 1
    stirling = sum(b / (2 * k * (2 * k - 1) * half ** (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1))
    z = n / order
    root = np.sqrt(1 + z * z)
    exponent = order * (root + np.log(z / (1 + root)))
    series = sum(polynomial(1 / root) / order**k for k, polynomial in enumerate(_debye()))
    found: FloatArray = np.log(half / order) / 2 - half + stirling + exponent - np.log(1 + z * z) / 4 + np.log(series)
    return found


@cache
def _debye() -> tuple[Polynomial, ...]:
    """Return the polynomials U_k (DLMF 10.41.9)."""
    found = [Polynomial([1.0])]
    for _ in range(_TERMS - 1):
        last = found[-1]
        found.append(Polynomial([0, 0, 0.5, 0, -0.5]) * last.deriv() + (Polynomial([1, 0, -5]) * last).integ() / 8)
    return tuple(found)
