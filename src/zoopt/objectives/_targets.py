"""What samples truly are: y of each kind, checked, and in the form that the core takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import real_array
from zoopt.objectives._labels import CLASS_LIMIT, Labels, classes_of, label_numbers, label_vector

Task = Literal["classification", "regression"]


class Truth(ABC):
    """Samples' y and their weights; see its three kinds.

    Attributes
    ----------
    y : numpy.ndarray
        Labels, label indicators or quantities, as a user knows them.
    weights : numpy.ndarray of float64, shape (n,), or None
    outputs : int
        Scores that a model has for a sample.
    core : _core.Targets
    """

    y: npt.NDArray[Any]
    weights: FloatArray | None
    outputs: int
    core: _core.Targets

    @abstractmethod
    def like(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> Truth:
        """Return the same kind, with the same classes, of other samples."""

    @abstractmethod
    def predictions(self, scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what scores of shape (m, outputs) predict, in the form of `y`."""

    @abstractmethod
    def described(self) -> str:
        """Return a few words for a repr."""

    def chosen(self, samples: npt.NDArray[np.uint32] | None) -> tuple[npt.NDArray[Any], FloatArray | None]:
        """Return y and weights of some samples, or of all."""
        if samples is None:
            return self.y, self.weights
        return self.y[samples], None if self.weights is None else self.weights[samples]


class Classes(Truth):
    """One class a sample.

    Attributes
    ----------
    classes : numpy.ndarray, shape (C,)
        Sorted.
    positive : int or None
        Index of the positive class of two.
    """

    def __init__(
        self, y: npt.ArrayLike, weights: npt.ArrayLike | None, classes: npt.ArrayLike | None, pos_label: object
    ) -> None:
        self.y = label_vector(y)
        self.classes = classes_of(self.y, classes)
        self.positive = _positive_class(pos_label, self.classes)
        self.weights = sample_weights(weights, len(self.y))
        self.outputs = 1 if len(self.classes) == 2 else len(self.classes)
        numbers = label_numbers(self.y, self.classes)
        if self.positive == 0:
            numbers = 1 - numbers
        self.core = _core.Targets.of_classes(numbers, len(self.classes), self.weights)

    @property
    def pos_label(self) -> Any:
        """The positive class of two, else None."""
        return None if self.positive is None else self.classes[self.positive]

    def like(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> Classes:
        """Return the same classes of other samples."""
        return Classes(y, weights, self.classes, self.pos_label)

    def predictions(self, scores: npt.NDArray[Any]) -> Labels:
        """Return the class above 0, or with the highest score."""
        if self.positive is None:
            winners = scores.argmax(axis=1)
        else:
            winners = np.where(scores[:, 0] > 0, self.positive, 1 - self.positive)
        labels: Labels = self.classes[winners]
        return labels

    def described(self) -> str:
        """Return how many classes there are."""
        return f"{len(self.classes)} classes"

    def in_core_order(self, table: FloatArray) -> FloatArray:
        """Return a table of classes by classes as the core has them: the positive class of two last."""
        return table[::-1, ::-1].copy() if self.positive == 0 else table


class LabelSets(Truth):
    """Any number of labels a sample: a matrix of 0 and 1, a column for each label."""

    def __init__(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> None:
        self.y = _indicators(y)
        self.weights = sample_weights(weights, len(self.y))
        self.outputs = self.y.shape[1]
        self.classes = np.arange(self.outputs)
        self.core = _core.Targets.of_labels(self.y.astype(np.uint8), self.weights)

    def like(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> LabelSets:
        """Return as many labels of other samples."""
        other = LabelSets(y, weights)
        if other.outputs != self.outputs:
            raise InvalidInput(f"y has {other.outputs} labels, the model has {self.outputs}")
        return other

    def predictions(self, scores: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return 1 for each label whose score is above 0."""
        return (scores > 0).astype(np.int64)

    def described(self) -> str:
        """Return how many labels there are."""
        return f"{self.outputs} labels"


class Quantities(Truth):
    """A quantity a sample."""

    outputs = 1

    def __init__(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> None:
        self.y = _quantities(y)
        self.weights = sample_weights(weights, len(self.y))
        self.core = _core.Targets.of_quantities(self.y, self.weights)

    def like(self, y: npt.ArrayLike, weights: npt.ArrayLike | None) -> Quantities:
        """Return quantities of other samples."""
        return Quantities(y, weights)

    def predictions(self, scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the scores: they are the predictions."""
        return scores[:, 0]

    def described(self) -> str:
        """Return what y is."""
        return "a quantity"


def truth_of(
    y: npt.ArrayLike,
    task: Task,
    weights: npt.ArrayLike | None,
    classes: npt.ArrayLike | None,
    pos_label: object,
) -> Truth:
    """Return y of the kind that the task and its shape say."""
    several = _columns(y) > 1 and task == "classification"
    if several or task == "regression":
        for name, given in (("classes", classes), ("pos_label", pos_label)):
            if given is not None:
                kind = "several labels a sample" if several else "a quantity"
                raise InvalidInput(f"{name} is for y of classes, but y is {kind}; leave it out")
        return LabelSets(y, weights) if several else Quantities(y, weights)
    return Classes(y, weights, classes, pos_label)


def sample_weights(weights: npt.ArrayLike | None, samples: int) -> FloatArray | None:
    """Return weights as float64, or say what is wrong with them."""
    if weights is None:
        return None
    found = real_array("sample_weight", weights)
    if found.shape != (samples,):
        raise InvalidInput(f"sample_weight must have one entry a sample, shape ({samples},), got {found.shape}")
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if bad.size:
        raise InvalidInput(f"sample_weight must be finite and not negative, but entry {bad[0]} is {found[bad[0]]}")
    if not found.any():
        raise InvalidInput("sample_weight is 0 for every sample; one at least must count")
    return found.copy()


def _columns(y: npt.ArrayLike) -> int:
    if hasattr(y, "toarray"):
        raise InvalidType("y is a sparse matrix, which is not supported; pass y.toarray()")
    shape = np.shape(y) if isinstance(y, np.ndarray) or hasattr(y, "shape") else _shape_of_lists(y)
    return shape[1] if len(shape) == 2 else 1


def _shape_of_lists(y: npt.ArrayLike) -> tuple[int, ...]:
    try:
        return np.shape(y)
    except ValueError:  # ragged; whoever reads it says so
        return ()


def _indicators(y: npt.ArrayLike) -> npt.NDArray[np.int64]:
    matrix = real_array("y", y)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise InvalidInput(f"y must have a row a sample and a column a label, got shape {matrix.shape}")
    if matrix.shape[1] > CLASS_LIMIT:
        raise InvalidInput(f"there are {matrix.shape[1]} labels, more than the {CLASS_LIMIT} supported")
    bad = np.argwhere((matrix != 0) & (matrix != 1))
    if bad.size:
        row, column = bad[0]
        raise InvalidInput(
            f"y of several columns must hold 0 and 1, a column for each label, but row {row}, column {column} is "
            f"{matrix[row, column]:g}"
        )
    return matrix.astype(np.int64)


def _quantities(y: npt.ArrayLike) -> FloatArray:
    if np.asarray(y).dtype.kind in "USO" and any(isinstance(value, str) for value in np.ravel(np.asarray(y, object))):
        raise InvalidType("y holds text, but the metric is for quantities; choose one of classification")
    quantities = real_array("y", y)
    if quantities.ndim == 2 and quantities.shape[1] == 1:
        raise InvalidInput(f"y must be a vector, got shape {quantities.shape}; pass y.ravel()")
    if quantities.ndim != 1:
        raise InvalidInput(f"y must be a vector of quantities, got shape {quantities.shape}")
    bad = np.flatnonzero(~np.isfinite(quantities))
    if bad.size:
        raise InvalidInput(f"y[{bad[0]}] is {quantities[bad[0]]}; every sample needs a finite quantity")
    return quantities.copy()


def _positive_class(pos_label: Any, classes: Labels) -> int | None:
    if len(classes) != 2:
        if pos_label is not None:
            raise InvalidInput(f"pos_label is for two classes, there are {len(classes)}")
        return None
    if pos_label is None:
        return 1
    for index, label in enumerate(classes.tolist()):
        if np.ndim(pos_label) == 0 and label == pos_label and isinstance(label, str) == isinstance(pos_label, str):
            return index
    raise InvalidInput(f"pos_label is {shown(pos_label)}, which is none of the classes {classes.tolist()}")
