"""The part of a policy objective that looks at one candidate: its scores, probabilities, labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import generation_number, one_candidate
from zoopt.objectives._labels import Labels
from zoopt.objectives._models import Layout
from zoopt.objectives._policy_task import Expectation
from zoopt.objectives._scoring import sample_matrix
from zoopt.objectives._targets import Classes


class LabelPolicy:
    """A softmax policy over the labels of a compiled classifier."""

    dim: int
    threads: int
    dtype: np.dtype[Any]
    layout: Layout
    _features: FloatArray
    _truth: Classes
    _expectation: Expectation

    @property
    def classes_(self) -> Labels:
        """The classes, sorted."""
        return self._truth.classes

    @property
    def pos_label(self) -> Any:
        """The positive class of two, else None."""
        return self._truth.pos_label

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
        found = self._expectation.core.probabilities(one_candidate(theta, self.dim), self.threads)
        return found[:, self._numbers]

    def draw(self, theta: npt.ArrayLike, *, generation: int = 0) -> Labels:
        """Return the labels that are drawn in a generation.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        generation : int
            Number of the generation.

        Returns
        -------
        numpy.ndarray, shape (samples, n)
            Labels out of ``classes_``, a row a draw, of the samples of the generation.

        Raises
        ------
        InvalidInput
            The shape does not fit, or a number is not finite.
        """
        drawn = self._expectation.core.choices(
            one_candidate(theta, self.dim), generation_number(generation), self.threads
        )
        return self._labels_of(drawn)

    def predict(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> Labels:
        """Return the likeliest labels, as :meth:`MetricObjective.predict` does.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray, shape (m,)
            Labels out of ``classes_``.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        return self._truth.predictions(self._scores(theta, X))

    def scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return the scores of one candidate, as :meth:`MetricObjective.scores` does.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray of `dtype`, shape (m,) or (m, C)
            One score a sample with two classes, else one for each class.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        scores = self._scores(theta, X)
        return scores[:, 0] if self.layout.outputs == 1 else scores

    @property
    def _numbers(self) -> npt.NDArray[np.int32]:
        """The number in the core of every class, where of two the positive one is number 1."""
        numbers = np.arange(len(self.classes_), dtype=np.int32)
        return numbers[::-1] if self._truth.positive == 0 else numbers

    def _labels_of(self, numbers: npt.NDArray[np.int32]) -> Labels:
        labels: Labels = self.classes_[np.argsort(self._numbers)][numbers]
        return labels

    def _scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None) -> npt.NDArray[Any]:
        features = self._features if X is None else sample_matrix(X, self.dtype)
        if features.shape[1] != self.layout.features:
            raise InvalidInput(f"X has {features.shape[1]} features, the model has {self.layout.features}")
        single = self.dtype == np.float32
        scores = _core.network_scores(self.layout.core, features, one_candidate(theta, self.dim), single, self.threads)
        return scores.astype(self.dtype, copy=False)
