"""What policies and losses on the labels of a compiled classifier share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, whole
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import GENERATION_LIMIT, candidate_rows, real_array
from zoopt.objectives._labels import Labels, label_numbers, label_vector
from zoopt.objectives._metric_objective import MetricObjective
from zoopt.objectives._metrics import CompiledMetric
from zoopt.objectives._policy_task import Expectation
from zoopt.objectives._scoring import sample_matrix


class LabelPolicy:
    """A softmax policy over the labels of a compiled classifier, as an objective with a gradient."""

    zoopt_batch = True
    zoopt_generation = True
    dim: int
    _expectation: Expectation

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        model: str,
        dtype: npt.DTypeLike,
        pos_label: object,
        classes: npt.ArrayLike | None,
        threads: int,
    ) -> None:
        self._classifier = MetricObjective(
            X, y, model=model, metric="accuracy", dtype=dtype, pos_label=pos_label, classes=classes, threads=threads
        )
        self.threads = self._classifier.threads
        self._data = sample_matrix(X, self.dtype), label_vector(y)
        self._settings: dict[str, Any] = {
            "model": model,
            "dtype": self.dtype,
            "pos_label": self.pos_label,
            "classes": self.classes_,
            "threads": self.threads,
        }

    def _use(self, task: _core.PolicyTask) -> _core.PolicyObjective:
        """Return the core's objective for a task, and take its dimension."""
        core = _core.policy_on_model(task, self._data[0], self.dtype == np.float32)
        self.dim = core.dim
        return core

    def _measured(self, metric: CompiledMetric) -> _core.Measure:
        """Return a metric as the core has it, for the classes of this policy."""
        return metric.measure(self._classifier._truth)

    @property
    def classes_(self) -> Labels:
        """The classes, sorted."""
        classes: Labels = self._classifier.classes_
        return classes

    @property
    def pos_label(self) -> Any:
        """The positive class of two, else None."""
        return self._classifier.pos_label

    @property
    def dtype(self) -> np.dtype[Any]:
        """What scores are computed in."""
        return self._classifier.dtype

    def __call__(self, candidates: npt.ArrayLike, *, generation: int = 0) -> FloatArray | float:
        """Return the value of every candidate.

        Parameters
        ----------
        candidates : array_like of float, shape (rows, dim) or (dim,)
            Candidates, or a single one.
        generation : int
            Chooses what is drawn, where labelings of the corpus are.

        Returns
        -------
        numpy.ndarray of float64, shape (rows,), or float
            NaN where a candidate is not finite or a score could overflow.

        Raises
        ------
        InvalidInput
            The shape does not fit.
        InvalidType
            The candidates are not real numbers.
        zoopt.errors.ObjectiveError
            A reward function returned no finite number.
        """
        rows = candidate_rows(candidates, self.dim)
        values = self._expectation.values(np.atleast_2d(rows), generation_number(generation))
        return values if rows.ndim == 2 else float(values[0])

    def value_and_gradient(self, theta: npt.ArrayLike, *, generation: int = 0) -> tuple[float, FloatArray]:
        """Return the value of one candidate and its gradient, exact or estimated.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        generation : int
            Chooses what is drawn; ``zoopt.minimize`` gives the number of the generation.

        Returns
        -------
        value : float
        gradient : numpy.ndarray, shape (dim,)

        Raises
        ------
        InvalidInput
            The shape does not fit, or a number is not finite.
        zoopt.errors.ObjectiveError
            A reward function returned no finite number.
        """
        return self._expectation.value_and_gradient(self._candidate(theta), generation_number(generation))

    def probabilities(self, theta: npt.ArrayLike) -> FloatArray:
        """Return the probability of every class for every sample.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.

        Returns
        -------
        numpy.ndarray, shape (n, C)
            In the order of ``classes_``.

        Raises
        ------
        InvalidInput
            The shape does not fit, or a number is not finite.
        """
        found = self._expectation.core.probabilities(self._candidate(theta), self.threads)
        return found[:, self._numbers]

    def predict(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> Labels:
        """Return the likeliest labels, as :meth:`MetricObjective.predict` does."""
        return self._classifier.predict(theta, X)

    def scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return the scores of one candidate, as :meth:`MetricObjective.scores` does."""
        return self._classifier.scores(theta, X)

    def __reduce__(self) -> tuple[object, ...]:
        """By what it was made of."""
        return _rebuilt, (type(self), *self._data, self._settings)

    @property
    def _numbers(self) -> npt.NDArray[np.int32]:
        """The number in the core of every class, where of two the positive one is number 1."""
        numbers = np.arange(len(self.classes_), dtype=np.int32)
        swapped = len(numbers) == 2 and self.pos_label == self.classes_[0]
        return numbers[::-1] if swapped else numbers

    @property
    def _truth(self) -> npt.NDArray[np.int32]:
        """The number of the true class of every sample."""
        truth: npt.NDArray[np.int32] = self._numbers[label_numbers(self._data[1], self.classes_)]
        return truth

    @property
    def _outputs(self) -> int:
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    @property
    def _classes_by_number(self) -> Labels:
        classes: Labels = self.classes_[np.argsort(self._numbers)]
        return classes

    def _candidate(self, theta: npt.ArrayLike) -> FloatArray:
        candidate = real_array("theta", theta)
        if candidate.shape != (self.dim,):
            raise InvalidInput(f"theta must be one candidate of shape ({self.dim},), got {candidate.shape}")
        bad = np.flatnonzero(~np.isfinite(candidate))
        if bad.size:
            raise InvalidInput(f"theta must be finite, but theta[{bad[0]}] is {candidate[bad[0]]}")
        return candidate


def _rebuilt(kind: type[LabelPolicy], X: FloatArray, y: Labels, settings: dict[str, Any]) -> LabelPolicy:
    return kind(X, y, **settings)


def generation_number(generation: int) -> int:
    return whole("generation", generation, low=0, high=GENERATION_LIMIT)
