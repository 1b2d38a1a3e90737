"""Running statistics of the states that policies see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, real_numbers, whole
from zoopt.errors import InvalidInput, InvalidType

_LEAST_VARIANCE = 1e-8  # of the paper: a coordinate that varies less is not shown at all


class RunningNormalizer:
    """Mean and variance of every coordinate of the states seen so far, and states normalised by them.

    Version 2 of augmented random search is version 1 with a policy that sees ``(state - mean) / deviation`` [1]_. All
    candidates of a generation must be judged by the same policy, so what :meth:`update` collects takes effect at the
    next :meth:`freeze` only.

    Parameters
    ----------
    size : int
        Coordinates of a state, at least 1.

    Attributes
    ----------
    size : int
    count : int
        States seen so far, frozen or not.
    mean, deviation : ndarray, shape (size,)
        In force since the last :meth:`freeze`; 0 and 1 before the first. The deviation is that of a sample, over
        count - 1, and infinite where the variance is below 1e-8, so that such a coordinate becomes 0.

    Raises
    ------
    zoopt.errors.InvalidType, zoopt.errors.InvalidInput
        For a size that is no whole number above 0.

    References
    ----------
    .. [1] Mania, H., Guy, A. and Recht, B. (2018). Simple random search of static linear policies is competitive for
       reinforcement learning. NeurIPS. The statistics are updated as by Welford (1962), Technometrics 4, and merged as
       by Chan, Golub and LeVeque (1983), The American Statistician 37.

    Examples
    --------
    A cart on a line, pushed by a linear policy of its place and speed as the normaliser shows them. It is to come to
    rest at 0 from either side:

    >>> import numpy as np
    >>> import zoopt
    >>> from zoopt.objectives import RunningNormalizer
    >>> shown = RunningNormalizer(2)
    >>> def cost(policy):
    ...     total = 0.0
    ...     for place in (-10.0, 10.0):
    ...         speed = 0.0
    ...         for _ in range(30):
    ...             shown.update([place, speed])
    ...             speed += np.clip(policy @ shown([place, speed]), -1, 1)
    ...             place += speed
    ...             total += abs(place)
    ...     return total
    >>> search = zoopt.optimizer("ars-v2-t", [0.0, 0.0], scale=0.3, seed=1)
    >>> float(cost(search.mean))
    600.0
    >>> for generation in range(40):
    ...     shown.freeze()
    ...     search.tell([cost(policy) for policy in search.ask()])
    >>> bool(cost(search.mean) < 60)
    True
    """

    def __init__(self, size: int) -> None:
        self.size = whole("size", size, low=1, high=2**31)
        self.count = 0
        self._mean = np.zeros(self.size)
        self._squares = np.zeros(self.size)  # of the distances from the mean
        self.mean = np.zeros(self.size)
        self.deviation = np.ones(self.size)

    def __repr__(self) -> str:
        return f"<RunningNormalizer size={self.size} count={self.count}>"

    def __call__(self, states: npt.ArrayLike) -> FloatArray:
        """Return states normalised by the statistics in force.

        Parameters
        ----------
        states : array_like, shape (size,) or (n, size)

        Returns
        -------
        ndarray, of the shape of `states`

        Raises
        ------
        zoopt.errors.InvalidInput
            For another shape, or what are no finite numbers.
        """
        return (self._checked(states) - self.mean) / self.deviation

    def update(self, states: npt.ArrayLike) -> None:
        """Take note of states, without any effect before :meth:`freeze`.

        Parameters
        ----------
        states : array_like, shape (size,) or (n, size)

        Raises
        ------
        zoopt.errors.InvalidInput
            For another shape, or what are no finite numbers; nothing is noted then.
        """
        rows = np.atleast_2d(self._checked(states))
        if len(rows):
            mean = rows.mean(axis=0)
            self._add(len(rows), mean, np.square(rows - mean).sum(axis=0))

    def merge(self, other: RunningNormalizer) -> None:
        """Take note of all that another one has seen, as of a worker; `other` stays as it is.

        Raises
        ------
        zoopt.errors.InvalidType
            If `other` is no RunningNormalizer.
        zoopt.errors.InvalidInput
            If its size is another.
        """
        if not isinstance(other, RunningNormalizer):
            raise InvalidType(f"merge() takes a RunningNormalizer, got {type(other).__name__}")
        if other.size != self.size:
            raise InvalidInput(f"merge() takes a RunningNormalizer of size {self.size}, got one of size {other.size}")
        self._add(other.count, other._mean, other._squares)

    def freeze(self) -> None:
        """Put into force what was seen so far, until the next call; once a generation."""
        if self.count < 2:
            return
        variance = self._squares / (self.count - 1)
        self.mean = self._mean.copy()
        self.deviation = np.where(variance < _LEAST_VARIANCE, np.inf, np.sqrt(variance))

    def _add(self, count: int, mean: FloatArray, squares: FloatArray) -> None:
        total = self.count + count
        if total == 0:
            return
        gap = mean - self._mean
        self._squares = self._squares + squares + gap**2 * (self.count * count / total)
        self._mean = self._mean + gap * (count / total)
        self.count = total

    def _checked(self, states: npt.ArrayLike) -> FloatArray:
        numbers = real_numbers(states)
        if numbers is None or numbers.ndim not in (1, 2) or numbers.shape[-1] != self.size:
            got = "something else" if numbers is None else f"shape {numbers.shape}"
            raise InvalidInput(f"states must be numbers of shape ({self.size},) or (n, {self.size}), got {got}")
        if not np.isfinite(numbers).all():
            raise InvalidInput("states must be finite; leave out the ones that are not")
        return numbers
