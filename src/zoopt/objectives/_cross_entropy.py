"""The cross-entropy of a classifier, the differentiable loss that stands beside its metrics."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.objectives._compiled import Sense
from zoopt.objectives._policy_labels import LabelPolicy
from zoopt.objectives._policy_task import (
    LIKELIHOOD,
    Estimation,
    Expectation,
    core_task,
    temperatures_of,
    weights_of,
)


class CrossEntropy(LabelPolicy):
    """The weighted mean of -log p(true label), p = softmax(scores / temperature), with its gradient; to be minimised.

    It takes the same parameters as :class:`MetricObjective` and :class:`PolicyObjective`, so that what one has found
    can be given to the others.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied.
    y : array_like, shape (n,)
        Labels: text, whole numbers or booleans.
    temperature : float or array_like of float, shape (n,), optional
        Above 0; one for all, or one a sample.
    sample_weight : array_like of float, shape (n,), optional
        Weights of the samples in the mean.
    model, dtype, pos_label, classes, threads
        As in :class:`MetricObjective`.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate.
    sense : str
        ``"min"``.
    classes_ : numpy.ndarray, shape (C,)
        The classes, sorted.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, temperatures not above 0, weights that cannot be used.

    Examples
    --------
    >>> from zoopt.objectives import CrossEntropy
    >>> loss = CrossEntropy([[-2.0], [-1.0], [1.0], [2.0]], ["no", "yes", "yes", "yes"])
    >>> value, gradient = loss.value_and_gradient([0.0, 0.0])
    >>> round(value, 4), gradient.tolist()
    (0.6931, [-0.5, -0.25])
    """

    sense: Sense = "min"

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        model: str = "linear",
        temperature: npt.ArrayLike = 1.0,
        sample_weight: npt.ArrayLike | None = None,
        dtype: npt.DTypeLike = np.float64,
        pos_label: object = None,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        super().__init__(X, y, model=model, dtype=dtype, pos_label=pos_label, classes=classes, threads=threads)
        self._settings |= {"temperature": temperature, "sample_weight": sample_weight}
        samples = len(self._data[1])
        how = Estimation(LIKELIHOOD, 1, "none", "softmax", 0)
        task = core_task(
            how,
            self._outputs,
            temperatures_of(temperature, samples),
            weights_of(sample_weight, samples, "example"),
            table=np.zeros((len(self.classes_), len(self.classes_))),
            rows=self._truth,
        )
        self._expectation = _Negative(self._use(task), how, self.threads)

    def __repr__(self) -> str:
        """Sizes of the data."""
        n, p = self._data[0].shape
        return f"CrossEntropy({n} samples, {p} features, {len(self.classes_)} classes)"


class _Negative(Expectation):
    """The core's log-likelihood with the other sign."""

    def values(self, rows: FloatArray, generation: int) -> FloatArray:
        return -super().values(rows, generation)

    def value_and_gradient(self, theta: FloatArray, generation: int) -> tuple[float, FloatArray]:
        value, gradient = super().value_and_gradient(theta, generation)
        return -value, -gradient
