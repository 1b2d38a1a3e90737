"""The temperature at which a softmax policy is what noise on the parameters makes of argmax."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, positive, whole
from zoopt.objectives._scoring import sample_matrix

LOGISTIC_SCALE = 1.7017  # Phi(z / 1.7017) and 1 / (1 + exp(-z)) differ by .00946 at most, the least to four digits


def matched_temperature(X: npt.ArrayLike, scale: float, *, outputs: int = 1) -> FloatArray:
    """Return the temperatures at which policy gradient and zeroth order on argmax are nearly the same.

    Let a linear model have normal noise of standard deviation `scale` on every weight and on the intercept, as
    zeroth-order methods have. The score of sample x has then normal noise of standard deviation s = scale ‖(x, 1)‖, and
    the label that argmax chooses is drawn from a probit policy: zeroth order on a 0-1 reward estimates its gradient, in
    the mean exactly. The softmax policy closest to it has temperature s / 1.7017; probabilities differ by .00946 at
    most. At any fixed temperature there is no such agreement as the scale goes to 0.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite.
    scale : float
        Standard deviation of the noise on the parameters, above 0.
    outputs : int
        Scores of the model: 1 for two classes, else one a class. Two scores with noise of their own differ by noise
        that is larger by the root of 2, and so is the temperature; it matches any two classes, but not exactly what
        argmax does among three.

    Returns
    -------
    numpy.ndarray, shape (n,)
        A temperature a sample, for ``temperature=`` of :class:`PolicyObjective`.

    Raises
    ------
    InvalidInput
        X is no finite matrix, or `scale` or `outputs` not above 0.

    Examples
    --------
    >>> from zoopt.objectives import matched_temperature
    >>> matched_temperature([[0.0, 0.0], [2.0, 2.0]], scale=1.7017).round(12).tolist()
    [1.0, 3.0]
    """
    features = sample_matrix(X, np.dtype(np.float64))
    several = whole("outputs", outputs, low=1, high=2**31) > 1
    spread = positive("scale", scale) * np.sqrt(np.square(features).sum(axis=1) + 1.0)
    return np.asarray(spread * (math.sqrt(2.0) if several else 1.0) / LOGISTIC_SCALE)
