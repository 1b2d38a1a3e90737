"""The loss that linear classifiers are trained by, and its gradient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NAME = "mean cross-entropy"


@dataclass(frozen=True)
class CrossEntropy:
    """Mean cross-entropy of a linear classifier on labelled rows, without a penalty, in float64.

    Attributes
    ----------
    features : ndarray of shape (n, p)
    labels : ndarray of shape (n,)
        Class indices 0 … C - 1.
    outputs : int
        1 for two classes, whose score is that of class 1; else C.
    """

    features: FloatArray
    labels: IntArray
    outputs: int

    def __call__(self, x: FloatArray) -> tuple[float, FloatArray]:
        """Return loss and gradient, shape (d,), at weights of shape (d,): one row [weights, intercept] an output.

        Examples
        --------
        >>> loss = CrossEntropy(np.array([[1.0], [-1.0]]), np.array([1, 0]), outputs=1)
        >>> value, gradient = loss(np.zeros(2))
        >>> round(value, 4), gradient.tolist()
        (0.6931, [-0.5, 0.0])
        """
        rows = x.reshape(self.outputs, -1)
        scores = self.features @ rows[:, :-1].T + rows[:, -1]
        value, errors = self._of_two(scores) if self.outputs == 1 else self._of_many(scores)
        slope = np.column_stack([errors.T @ self.features, errors.sum(axis=0)]) / self.labels.size
        return value, slope.ravel()

    def _of_two(self, scores: FloatArray) -> tuple[float, FloatArray]:
        positive = (self.labels == 1)[:, np.newaxis]
        lost = np.logaddexp(0.0, np.where(positive, -scores, scores))
        probabilities = np.exp(-np.logaddexp(0.0, -scores))
        return float(lost.mean()), probabilities - positive

    def _of_many(self, scores: FloatArray) -> tuple[float, FloatArray]:
        here = np.arange(self.labels.size)
        shifted = scores - scores.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        totals = powers.sum(axis=1)
        errors = powers / totals[:, np.newaxis]
        errors[here, self.labels] -= 1.0
        return float(np.mean(np.log(totals) - shifted[here, self.labels])), errors
