"""What a model on samples predicts, and what can be asked of it beside the value of its metric."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, positive
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import CompiledObjective, one_candidate
from zoopt.objectives._metrics import Metric
from zoopt.objectives._mini_batches import MiniBatched
from zoopt.objectives._scoring import Scoring
from zoopt.objectives._targets import Classes, LabelSets, Quantities, Truth


class OperatingPoint(NamedTuple):
    """Where the scores of two classes are to be cut, for a bound on recall or precision.

    Attributes
    ----------
    feasible : bool
        Whether any threshold keeps the bound. If none does, the rest is NaN, and the metric is 0.
    threshold : float
        Positive is what has a score of at least this.
    precision, recall : float
        What comes of it.
    """

    feasible: bool
    threshold: float
    precision: float
    recall: float


class Predicting(MiniBatched, CompiledObjective):
    """The part of :class:`zoopt.objectives.MetricObjective` that looks at one candidate or at the samples."""

    _metric: Metric
    _truth: Truth
    _scoring: Scoring

    @property
    def pos_label(self) -> Any:
        """The positive class of two, else None."""
        return self._truth.pos_label if isinstance(self._truth, Classes) else None

    @property
    def classes_(self) -> Any:
        """The classes, sorted, or the numbers of the labels; None for a quantity."""
        return self._truth.classes if isinstance(self._truth, Classes | LabelSets) else None

    @property
    def sample_weight(self) -> FloatArray | None:
        """What each sample counts; None where each counts 1."""
        return None if self._truth.weights is None else self._truth.weights.copy()

    def scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return the scores of one candidate: the very numbers that its value is made from.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray of `dtype`, shape (m,) or (m, outputs)
            One score a sample with two classes or a quantity, else one for each class or label.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        scores = self._scores(theta, X)
        return scores[:, 0] if self._truth.outputs == 1 else scores

    def predict(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return what one candidate predicts.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray, shape (m,) or (m, labels)
            Labels out of ``classes_``, or 0 and 1 for each label, or quantities.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        return self._truth.predictions(self._scores(theta, X))

    def probabilities(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> FloatArray:
        """Return the probabilities that log-loss, Brier score and the area under several ROC curves are made from.

        They are the softmax of the scores, for two classes and for labels the logistic function.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray of float64, shape (m, C)
            A column for each of ``classes_``.

        Raises
        ------
        InvalidInput
            y is a quantity, a shape does not fit, or a number is not finite.
        """
        if isinstance(self._truth, Quantities):
            raise InvalidInput("y is a quantity, of which there are no probabilities; use predict()")
        return self._probabilities(self._scores(theta, X))

    def operating_point(self, theta: npt.ArrayLike) -> OperatingPoint:
        """Return whether and where a candidate keeps the bound of ``precision_at_recall`` or ``recall_at_precision``.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.

        Returns
        -------
        OperatingPoint
            feasible, threshold, precision, recall.

        Raises
        ------
        InvalidInput
            The metric of the objective is another one, or theta cannot be used.

        Examples
        --------
        >>> from zoopt.objectives import MetricObjective, metric
        >>> recall = metric("recall_at_precision", precision=0.9)
        >>> objective = MetricObjective([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1], metric=recall)
        >>> objective.operating_point([1.0, 0.0])
        OperatingPoint(feasible=True, threshold=4.0, precision=1.0, recall=0.5)
        >>> objective.operating_point([-1.0, 0.0]).feasible, objective([-1.0, 0.0])
        (False, 0.0)
        """
        bounds = {"precision_at_recall": "recall", "recall_at_precision": "precision"}
        if self._metric.name not in bounds:
            raise InvalidInput(f"metric {self._metric.name!r} has no bound; use one of {', '.join(bounds)}")
        bounded = bounds[self._metric.name]
        scores = self._scores(theta, None).astype(np.float64)
        point = _core.operating_point(scores, self._truth.core, bounded == "recall", self._metric.options[bounded])
        return OperatingPoint(*point)

    def unused(self, theta: npt.ArrayLike, *, scale: float = 1.0) -> npt.NDArray[np.int64]:
        """Return the coordinates on which no score depends, such as the weight of a feature that is always 0.

        Every coordinate is moved by `scale`, at `theta` and at two points on opposite sides of it; one counts as unused
        where no score of any sample changes at any of them. This takes 3 (dim + 1) evaluations.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        scale : float, optional
            How far to move, above 0.

        Returns
        -------
        numpy.ndarray of int64
            Coordinates; empty where every one has a part.

        Raises
        ------
        InvalidInput
            theta or scale cannot be used.

        Examples
        --------
        >>> from zoopt.objectives import MetricObjective
        >>> objective = MetricObjective([[1.0, 0.0], [2.0, 0.0]], [0, 1])
        >>> objective.unused([0.0, 0.0, 0.0]).tolist()
        [1]
        """
        start, step = one_candidate(theta, self.dim), positive("scale", scale)
        idle = np.ones(start.size, dtype=bool)
        away = np.where(np.random.default_rng(0).random(start.size) < 0.5, -step, step)
        for centre in (start, start + away, start - away):
            scores = self._scoring.own(centre)
            for coordinate in np.flatnonzero(idle):
                moved = centre.copy()
                moved[coordinate] += step
                idle[coordinate] = np.array_equal(self._scoring.own(moved), scores, equal_nan=True)
        return np.flatnonzero(idle)

    def _probabilities(self, scores: npt.NDArray[Any]) -> FloatArray:
        chances = _core.probabilities(scores.astype(np.float64), self._truth.core)
        swapped = isinstance(self._truth, Classes) and self._truth.positive == 0
        return np.ascontiguousarray(chances[:, ::-1]) if swapped else chances

    def _scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None) -> npt.NDArray[Any]:
        candidate = one_candidate(theta, self.dim)
        return self._scoring.own(candidate) if X is None else self._scoring.others(candidate, self._scoring.checked(X))
