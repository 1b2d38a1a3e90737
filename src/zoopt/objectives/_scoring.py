"""Where the scores of a candidate come from: a compiled model, or a function of the user's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import real_array
from zoopt.objectives._models import Layout
from zoopt.objectives._targets import Truth

Chosen = npt.NDArray[np.uint32] | None
Predictor = Callable[[FloatArray, Any], npt.ArrayLike]


class Scoring(ABC):
    """Scores of samples by a model, shape (m, outputs), in the precision of the model.

    Attributes
    ----------
    dim : int or None
        Coordinates of a candidate, where that is known.
    count : int
        Samples.
    described : str
        Sizes, for a repr.
    """

    dim: int | None
    count: int
    described: str

    @abstractmethod
    def samples(self) -> npt.NDArray[Any]:
        """Return the samples."""

    @abstractmethod
    def checked(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return other samples as the model takes them."""

    @abstractmethod
    def own(self, theta: FloatArray, chosen: Chosen = None) -> npt.NDArray[Any]:
        """Return the scores of own samples: of some, or of all."""

    @abstractmethod
    def others(self, theta: FloatArray, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the scores of other samples, as :meth:`checked` returns them."""


class ModelScoring(Scoring):
    """A model of the core."""

    def __init__(self, core: _core.MetricObjective, layout: Layout, dtype: np.dtype[Any], count: int) -> None:
        self.core = core
        self.dim = core.dim
        self.count, self.features = count, layout.features
        self.described = f"{self.count} samples, {self.features} features"
        self._layout = layout
        self._dtype = dtype

    def samples(self) -> npt.NDArray[Any]:
        """Return the samples, rounded to the precision of the model."""
        return self.core.samples()

    def checked(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return other samples as a matrix of as many features."""
        features = sample_matrix(X, self._dtype)
        if features.shape[1] != self.features:
            raise InvalidInput(f"X has {features.shape[1]} features, the model has {self.features}")
        return features

    def own(self, theta: FloatArray, chosen: Chosen = None) -> npt.NDArray[Any]:
        """Return the scores of own samples."""
        scores = self.core.scores(theta).astype(self._dtype, copy=False)
        return scores if chosen is None else scores[chosen]

    def others(self, theta: FloatArray, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the scores of other samples, by the same kernels and so with the same bits."""
        scores = _core.network_scores(self._layout.core, X, theta, self._dtype == np.float32, 1)
        return scores.astype(self._dtype, copy=False)


class FunctionScoring(Scoring):
    """A function ``model(theta, X) -> scores`` of the user's."""

    dim = None

    def __init__(self, function: Predictor, X: npt.ArrayLike, truth: Truth) -> None:
        self.function = function
        self._outputs = truth.outputs
        self._X = self.checked(X).copy()
        self.count = len(self._X)
        self.described = f"{self.count} samples"

    def samples(self) -> npt.NDArray[Any]:
        """Return the samples, as they were given."""
        return self._X

    def checked(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return other samples as an array, one along its first axis each."""
        if hasattr(X, "toarray"):
            raise InvalidType("X is a sparse matrix, which is not supported; pass X.toarray()")
        samples = np.asarray(X)
        if samples.ndim == 0 or len(samples) == 0:
            raise InvalidInput(f"X must have at least one sample, along its first axis, got shape {samples.shape}")
        return samples

    def own(self, theta: FloatArray, chosen: Chosen = None) -> npt.NDArray[Any]:
        """Return the scores of own samples."""
        return self.others(theta, self._X if chosen is None else self._X[chosen])

    def others(self, theta: FloatArray, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what the function returns, as a matrix."""
        scores = real_array("the scores of the model", self.function(theta, X))
        wanted = (len(X), self._outputs)
        if scores.shape != wanted and not (self._outputs == 1 and scores.shape == wanted[:1]):
            shapes = f"{wanted[:1]} or {wanted}" if self._outputs == 1 else f"{wanted}"
            raise InvalidInput(f"the model must return scores of shape {shapes}, got {scores.shape}")
        return scores.reshape(wanted)


def sample_matrix(X: npt.ArrayLike, dtype: np.dtype[Any]) -> FloatArray:
    """Return samples as a finite float64 matrix that fits `dtype`, or say where they are not."""
    features = real_array("X", X)
    if features.ndim != 2:
        raise InvalidInput(f"X must have shape (samples, features), got {features.shape}")
    if 0 in features.shape:
        raise InvalidInput(f"X must have at least one sample and one feature, got shape {features.shape}")
    limit = float(np.finfo(dtype).max)
    bad = np.flatnonzero(~(np.abs(features) <= limit).ravel())
    if bad.size:
        row, column = divmod(int(bad[0]), features.shape[1])
        raise InvalidInput(
            f"X must be finite in {dtype.name}, but row {row}, column {column} is {features[row, column]}; "
            "impute or drop such samples first"
        )
    return features
