"""A classifier's metric as an objective."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, shown
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import OwnObjective, Sense, real_array, unknown_name
from zoopt.objectives._labels import Labels, classes_of, label_numbers, label_vector

MODELS = ["linear"]


class MetricObjective(OwnObjective):
    """The metric of a classifier on given samples, as a function of the classifier's parameters; to be maximised.

    A candidate of the linear model with two classes is p weights and then the intercept (dim = p + 1): a sample whose
    score is above 0 is predicted as the positive class, one whose score is exactly 0 as the negative class. With C > 2
    classes a candidate is C such rows of p + 1, one after the other (dim = C (p + 1)), and the class with the largest
    score is predicted, among equal ones the first.

    Values equal scikit-learn's (``zero_division=0``) bit for bit. They do not depend on the other candidates of the
    call nor on threads. In float64 scores are exact sums up to rounding, in which the last bit may depend on the CPU
    tier (its vector unit may fuse multiplication and addition). A candidate that holds NaN or infinity, or numbers so
    large that a score could overflow, has the value NaN.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied.
    y : array_like, shape (n,)
        Labels: text, whole numbers or booleans.
    model : {"linear"}, optional
        The classifier.
    metric : {"accuracy", "f1", "f1_macro"}, optional
        accuracy: fraction of samples predicted right, in [0, 1]. f1: 2 TP / (2 TP + FP + FN) of the positive class, two
        classes only. f1_macro: mean of the F1 of all classes that are present or predicted.
    dtype : {float64, float32}, optional
        What samples and candidates are rounded to, and scores computed in. float32 is about twice as quick.
    pos_label : label, optional
        With two classes, the positive one; by default the larger label.
    classes : array_like, shape (C,), optional
        All classes, where y may lack some; by default those of y. Sorted either way.
    threads : int, optional
        Threads that a call may use.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate.
    sense : str
        ``"max"``.
    classes_ : numpy.ndarray, shape (C,)
        The classes, sorted.
    pos_label : label or None
        With two classes, the positive one.
    metric, model, dtype
        As given.

    Raises
    ------
    UnknownName
        There is no such metric or model; close matches are named.
    InvalidInput
        Shapes that do not fit, X not finite, one class only, f1 with more than two classes, labels that are none of
        `classes`.
    InvalidType
        X or y hold something else than numbers or labels.

    Examples
    --------
    >>> import numpy as np
    >>> from zoopt.objectives import MetricObjective
    >>> X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> objective = MetricObjective(X, ["no", "yes", "yes", "yes"], metric="f1")
    >>> objective([[1.0, 1.5], [-1.0, 0.0]]).tolist()
    [1.0, 0.4]
    >>> objective.predict([1.0, 1.5]).tolist()
    ['no', 'yes', 'yes', 'yes']
    """

    sense: Sense = "max"
    _core: _core.MetricObjective

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        model: str = "linear",
        metric: str = "accuracy",
        dtype: npt.DTypeLike = np.float64,
        pos_label: object = None,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        two_classes_only = {name: only for name, _, only in _core.metrics()}
        if not isinstance(metric, str) or metric not in two_classes_only:
            raise unknown_name("metric", metric, list(two_classes_only))
        if model not in MODELS:
            raise unknown_name("model", model, MODELS)
        self.dtype = _precision(dtype)
        features = sample_matrix(X, self.dtype).astype(self.dtype).astype(np.float64)
        labels = label_vector(y)
        if len(labels) != len(features):
            raise InvalidInput(f"X has {len(features)} samples, y has {len(labels)} labels; they must be as many")
        self.classes_ = classes_of(labels, classes)
        if two_classes_only[metric] and len(self.classes_) != 2:
            raise InvalidInput(_too_many_classes(metric, len(self.classes_), list(two_classes_only)))
        self.model = model
        self.metric = metric
        self._positive = _positive_class(pos_label, self.classes_)
        self._samples, self._features = features.shape
        numbers = label_numbers(labels, self.classes_)
        if self._positive == 0:
            numbers = 1 - numbers
        core = _core.linear_metric(features, numbers, len(self.classes_), metric, self.dtype == np.float32)
        super().__init__(core, threads)

    @property
    def pos_label(self) -> Any:
        """The positive class of two, else None."""
        return None if self._positive is None else self.classes_[self._positive]

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
        numpy.ndarray of `dtype`, shape (m,) or (m, C)
            One score a sample with two classes, else one for each class.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        candidate = self._candidate(theta)
        outputs = 1 if len(self.classes_) == 2 else len(self.classes_)
        if X is None:
            scores = self._core.scores(candidate)
        else:
            features = self._other_samples(X)
            scores = _core.linear_scores(features, candidate, outputs, self.dtype == np.float32)
        exact = scores.astype(self.dtype, copy=False)
        return exact[:, 0] if outputs == 1 else exact

    def predict(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> Labels:
        """Return the labels that one candidate predicts.

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
        scores = self.scores(theta, X)
        if self._positive is None:
            winners = scores.argmax(axis=1)
        else:
            winners = np.where(scores > 0, self._positive, 1 - self._positive)
        labels: Labels = self.classes_[winners]
        return labels

    def with_data(self, X: npt.ArrayLike, y: npt.ArrayLike) -> MetricObjective:
        """Return the same model, classes and metric on other samples, such as a hold-out.

        Parameters
        ----------
        X : array_like of float, shape (m, p)
            Samples.
        y : array_like, shape (m,)
            Labels out of ``classes_``; classes may be missing.

        Returns
        -------
        MetricObjective
            It takes the same candidates.

        Raises
        ------
        InvalidInput
            X has another number of features, or y holds a label that is none of the classes.
        """
        return MetricObjective(
            self._other_samples(X),
            y,
            model=self.model,
            metric=self.metric,
            dtype=self.dtype,
            pos_label=self.pos_label,
            classes=self.classes_,
            threads=self.threads,
        )

    def __reduce__(self) -> tuple[object, ...]:
        """By its samples and labels, which the core gives back."""
        X, numbers = self._core.samples()
        labels = self.classes_[1 - numbers if self._positive == 0 else numbers]
        fixed = (self.model, self.metric, self.dtype, self.pos_label, self.classes_, self.threads)
        return _rebuilt, (type(self), X, labels, *fixed)

    def __repr__(self) -> str:
        """Sizes, classes and metric."""
        return (
            f"MetricObjective({self._samples} samples, {self._features} features, {len(self.classes_)} classes, "
            f"model={self.model!r}, metric={self.metric!r}, dtype={self.dtype.name})"
        )

    def _candidate(self, theta: npt.ArrayLike) -> FloatArray:
        candidate = real_array("theta", theta)
        if candidate.shape != (self.dim,):
            raise InvalidInput(f"theta must be one candidate of shape ({self.dim},), got {candidate.shape}")
        bad = np.flatnonzero(~np.isfinite(candidate))
        if bad.size:
            raise InvalidInput(f"theta must be finite, but theta[{bad[0]}] is {candidate[bad[0]]}")
        return candidate

    def _other_samples(self, X: npt.ArrayLike) -> FloatArray:
        features = sample_matrix(X, self.dtype)
        if features.shape[1] != self._features:
            raise InvalidInput(f"X has {features.shape[1]} features, the model has {self._features}")
        return features


def _rebuilt(
    kind: type[MetricObjective],
    X: FloatArray,
    y: Labels,
    model: str,
    metric: str,
    dtype: np.dtype[Any],
    pos_label: object,
    classes: Labels,
    threads: int,
) -> MetricObjective:
    return kind(X, y, model=model, metric=metric, dtype=dtype, pos_label=pos_label, classes=classes, threads=threads)


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


def _precision(dtype: npt.DTypeLike) -> np.dtype[Any]:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        precision = np.dtype(object)
    if precision not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise InvalidInput(f"dtype must be float64 or float32, got {dtype!r}")
    return precision


def _too_many_classes(metric: str, classes: int, known: list[str]) -> str:
    macro = f"{metric}_macro"
    advice = f"; use metric={macro!r}, the mean over classes" if macro in known else ""
    return f"metric {metric!r} needs two classes, there are {classes}{advice}"


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
