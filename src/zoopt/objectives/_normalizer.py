"""Running means and variances of what a policy sees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, real_numbers, whole
from zoopt.errors import InvalidInput, InvalidType


class RunningNormalizer:
    """Centres and scales the inputs of a policy by the mean and standard deviation of all it has seen.

    Observations count from the next :meth:`freeze` on, so that all candidates of a generation see one and the same
    transformation; call it once before each generation.

    Parameters
    ----------
    dim : int
        Coordinates of an input.

    Attributes
    ----------
    count : int
        Inputs observed so far.
    mean : ndarray, shape (dim,)
        Their mean; zeros before the first.
    variance : ndarray, shape (dim,)
        Their variance, over count - 1; zeros before the second.

    Notes
    -----
    Batches are merged as in [1]_, which loses no digits to large means. Version 2 of augmented random search [2]_
    normalises the states of a policy like this.

    References
    ----------
    .. [1] Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for computing the sample variance. The
       American Statistician 37.
    .. [2] Mania, H., Guy, A. and Recht, B. (2018). Simple random search of static linear policies is competitive for
       reinforcement learning. NeurIPS.

    Examples
    --------
    >>> from zoopt.objectives import RunningNormalizer
    >>> normal = RunningNormalizer(2)
    >>> normal.observe([[1.0, 100.0], [3.0, 300.0]])
    >>> normal.freeze()
    >>> normal([2.0, 200.0]).tolist()
    [0.0, 0.0]
    """

    def __init__(self, dim: int) -> None:
        self.dim = whole("dim", dim, low=1, high=2**34)
        self.count = 0
        self.mean = np.zeros(self.dim)
        self._squares = np.zeros(self.dim)
        self._shift = np.zeros(self.dim)
        self._factor = np.ones(self.dim)

    @property
    def variance(self) -> FloatArray:
        """Variance of what was observed, shape (dim,)."""
        return self._squares / (self.count - 1) if self.count > 1 else np.zeros(self.dim)

    def __call__(self, inputs: npt.ArrayLike) -> FloatArray:
        """Return the inputs normalised by what was observed before the last :meth:`freeze`.

        Parameters
        ----------
        inputs : array_like, shape (dim,) or (rows, dim)

        Returns
        -------
        ndarray
            Of the same shape. Coordinates that have never varied are 0; before the first :meth:`freeze` with
            observations nothing is changed.

        Raises
        ------
        InvalidInput
            For another shape, or what are no numbers.
        """
        return (self._rows(inputs) - self._shift) * self._factor

    def observe(self, inputs: npt.ArrayLike) -> None:
        """Take note of inputs, shape (dim,) or (rows, dim).

        Raises
        ------
        InvalidInput
            For another shape, or what are no finite numbers; nothing of it is then noted.
        """
        rows = np.atleast_2d(self._rows(inputs))
        if not np.isfinite(rows).all():
            raise InvalidInput("observed inputs must be finite; leave out those that are not")
        if len(rows) == 0:
            return
        mean = rows.mean(axis=0)
        self._add(len(rows), mean, np.square(rows - mean).sum(axis=0))

    def merge(self, other: RunningNormalizer) -> None:
        """Take note of all that another normalizer has observed, for example in a worker.

        Raises
        ------
        InvalidType
            If `other` is no RunningNormalizer.
        InvalidInput
            If it has another dimension.
        """
        if not isinstance(other, RunningNormalizer):
            raise InvalidType(f"merge() takes a RunningNormalizer, got {type(other).__name__}")
        if other.dim != self.dim:
            raise InvalidInput(f"merge() takes a normalizer of dimension {self.dim}, got {other.dim}")
        self._add(other.count, other.mean, other._squares)

    def freeze(self) -> None:
        """Let all that has been observed count from now on."""
        if self.count == 0:
            return
        deviation = np.sqrt(self.variance)
        varies = deviation > 1e-7 * np.maximum(1e-300, np.abs(self.mean))
        self._shift = self.mean.copy()
        self._factor = np.where(varies, 1.0 / np.where(varies, deviation, 1.0), 0.0)

    def _add(self, count: int, mean: FloatArray, squares: FloatArray) -> None:
        total = self.count + count
        if total == 0:
            return
        gap = mean - self.mean
        self.mean = self.mean + gap * (count / total)
        self._squares = self._squares + squares + gap**2 * (self.count * count / total)
        self.count = total

    def _rows(self, inputs: npt.ArrayLike) -> FloatArray:
        rows = real_numbers(inputs)
        if rows is None or rows.ndim not in (1, 2) or rows.shape[-1] != self.dim:
            got = "something else" if rows is None else f"shape {rows.shape}"
            raise InvalidInput(f"inputs must be numbers of shape ({self.dim},) or (rows, {self.dim}), got {got}")
        return rows
