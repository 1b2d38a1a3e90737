"""Differentiable losses of compiled models: what first-order algorithms train them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, seed_of, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import (
    OwnObjective,
    Sense,
    generation_number,
    one_candidate,
    real_array,
    unknown_name,
)
from zoopt.objectives._labels import Labels, classes_of, label_numbers, label_vector
from zoopt.objectives._mini_batches import MiniBatched, check_batches
from zoopt.objectives._models import Layout, layout_of, precision
from zoopt.objectives._scoring import sample_matrix

LOSSES = ["cross-entropy", "squared-error"]
CoreField = _core.Field  # within the class _core is the core's objective


class LossObjective(MiniBatched, OwnObjective):
    """The mean loss of a compiled model on given samples, with its gradient; to be minimised.

    ``value_and_gradient`` is what first-order algorithms ask for, so ``zoopt.minimize(loss, x0, method="adam")`` trains
    the model. Called with candidates it gives their losses, as any objective does.

    cross-entropy: the weighted mean of -log p(class), p being the softmax of the scores; with two classes the single
    score is the logit of the larger label. squared-error: the weighted mean, also over the outputs, of (score - y)².
    Values do not depend on the other candidates of a call nor on threads. A candidate that holds NaN or infinity, or
    numbers so large that a score could overflow, has the value NaN, and a gradient of NaN.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied.
    y : array_like, shape (n,) or (n, outputs)
        Labels for the cross-entropy: text, whole numbers or booleans. Finite numbers for the squared error.
    loss : {"cross-entropy", "squared-error"}, optional
        Which loss.
    model : {"linear", "mlp"}, optional
        The model; :class:`Layout` says how its parameters stand in θ.
    hidden : int or sequence of int, optional
        Units of each hidden layer of an "mlp".
    activation : {"relu", "tanh", "gelu"}, optional
        What its hidden units make of their sums.
    sample_weight : array_like of float, shape (n,), optional
        Weights of the samples in the mean: at least 0, not all 0.
    class_weight : dict or "balanced", optional
        For the cross-entropy, factors on the weights by class; "balanced" is n / (classes × samples of the class).
    batch_size : int, optional
        Samples of a mini-batch, in [1, n]: every generation has one batch for all its candidates, and the loss is the
        weighted mean over that batch. By default all samples are used, as they are in generation 2**64 - 1 with
        batches too.
    seed : int, optional
        Of the mini-batches, which are the same in every run.
    dtype : {float64, float32}, optional
        What samples and parameters are rounded to, and scores computed in. float32 is about twice as quick.
    classes : array_like, shape (C,), optional
        All classes, where y may lack some; by default those of y. Sorted either way.
    threads : int, optional
        Threads that a call may use.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate.
    sense : str
        ``"min"``.
    layout : Layout
        Where weights and intercepts stand.
    classes_ : numpy.ndarray, shape (C,), or None
        The classes, sorted; None for the squared error.
    batches_an_epoch : int
        Generations after which every sample has been used once; 1 without mini-batches.
    batch_size, seed
        As given.

    Raises
    ------
    UnknownName
        There is no such loss, model or activation.
    InvalidInput
        Shapes that do not fit, numbers that are not finite, one class only, weights that cannot be used, hidden layers
        of a linear model, a mini-batch that could be without weight.
    InvalidType
        X or y hold something else than numbers or labels.

    Examples
    --------
    >>> import zoopt
    >>> from zoopt.objectives import LossObjective
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["same", "different", "different", "same"]
    >>> loss = LossObjective(X, y, model="mlp", hidden=4, activation="tanh")
    >>> start = loss.layout.initial(seed=2)
    >>> result = zoopt.minimize(loss, start, method="adam", budget=500, options={"learning_rate": 0.1})
    >>> bool(result.fun < 0.01)
    True
    >>> loss.predict(result.x).tolist()
    ['same', 'different', 'different', 'same']
    """

    sense: Sense = "min"
    zoopt_generation = True
    _core: _core.LossObjective

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        loss: Literal["cross-entropy", "squared-error"] = "cross-entropy",
        model: Literal["linear", "mlp"] = "linear",
        hidden: int | Sequence[int] = (),
        activation: Literal["relu", "tanh", "gelu"] = "relu",
        sample_weight: npt.ArrayLike | None = None,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float64,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        if not isinstance(loss, str) or loss not in LOSSES:
            raise unknown_name("loss", loss, LOSSES)
        self.loss = loss
        self.dtype = precision(dtype)
        samples = sample_matrix(X, self.dtype)
        weights = _weights(sample_weight, len(samples))
        self.classes_: Labels | None = None
        if loss == "cross-entropy":
            labels = _as_many(label_vector(y), len(samples))
            self.classes_ = classes_of(labels, classes)
            numbers = label_numbers(labels, self.classes_)
            weights = weights * _class_factors(class_weight, numbers, self.classes_)
            truth, outputs = numbers.astype(np.float64), _outputs(self.classes_)
        else:
            if class_weight is not None or classes is not None:
                raise InvalidInput("class_weight and classes are for the cross-entropy; use sample_weight")
            truth = _wanted_scores(y, len(samples), self.dtype)
            outputs = truth.shape[1]
        if not weights.any():
            raise InvalidInput("all weights are 0; some sample must count")
        self.layout: Layout = layout_of(
            model, features=samples.shape[1], outputs=outputs, hidden=hidden, activation=activation
        )
        self.seed = seed_of(seed)
        self._cut(len(samples), batch_size, self.seed)
        check_batches(self.batch_size, weights)
        core = _core.LossObjective(
            self.layout.core,
            samples,
            truth,
            weights,
            squared=loss == "squared-error",
            float32=self.dtype == np.float32,
            batch_size=self.batch_size or 0,
            seed=self.seed,
        )
        super().__init__(core, threads)
        self._given = (
            (samples, np.asarray(y)),
            {
                "loss": loss,
                "model": model,
                "hidden": self.layout.hidden,
                "activation": activation,
                "sample_weight": sample_weight,
                "class_weight": class_weight,
                "batch_size": self.batch_size,
                "seed": self.seed,
                "dtype": self.dtype,
                "classes": classes,
                "threads": self.threads,
            },
        )
        self._weights = weights

    def value_and_gradient(
        self, theta: npt.ArrayLike, *, samples: npt.ArrayLike | None = None, generation: int = 0
    ) -> tuple[float, FloatArray]:
        """Return the loss of one candidate and its gradient.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate.
        samples : array_like of int, shape (m,), optional
            Numbers of the samples to take the mean of, such as a mini-batch of your own; each counts as often as it is
            named. By default those of the generation.
        generation : int
            Chooses the mini-batch, where there are any.

        Returns
        -------
        value : float
            The mean loss.
        gradient : numpy.ndarray of float64, shape (dim,)
            Its derivatives. At the kink of "relu" the derivative is 0.

        Raises
        ------
        InvalidInput
            The shape does not fit, or there is no such sample.
        """
        candidate = one_candidate(theta, self.dim, finite=False)
        core = self._core if samples is None else self._core.of_chosen(self._numbers(samples))
        return core.value_and_gradient(candidate, generation_number(generation), self.threads)

    def zoopt_field(self) -> CoreField:
        """Return what :func:`zoopt.flows.field` makes a field of."""
        return _core.loss_field(self._core, self.threads)

    def scores(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return the scores of one candidate.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray of `dtype`, shape (m,) or (m, outputs)
            One score a sample where the model has one output.

        Raises
        ------
        InvalidInput
            A shape does not fit.
        """
        features = self._given[0][0] if X is None else sample_matrix(X, self.dtype)
        if features.shape[1] != self.layout.features:
            raise InvalidInput(f"X has {features.shape[1]} features, the model has {self.layout.features}")
        single = self.dtype == np.float32
        scores = _core.network_scores(
            self.layout.core, features, one_candidate(theta, self.dim, finite=False), single, self.threads
        )
        exact = scores.astype(self.dtype, copy=False)
        return exact[:, 0] if self.layout.outputs == 1 else exact

    def predict(self, theta: npt.ArrayLike, X: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return what one candidate predicts: labels, or for the squared error the scores.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate.
        X : array_like of float, shape (m, p), optional
            Samples; by default those of the objective.

        Returns
        -------
        numpy.ndarray
            Labels of shape (m,), or scores.

        Raises
        ------
        InvalidInput
            A shape does not fit.
        """
        scores = self.scores(theta, X)
        if self.classes_ is None:
            return scores
        winners = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        labels: Labels = self.classes_[winners]
        return labels

    def __reduce__(self) -> tuple[object, ...]:
        """By what it was made from."""
        return _rebuilt, (type(self), *self._given)

    def __repr__(self) -> str:
        """Loss and sizes."""
        sizes = " x ".join(str(width) for width in (self.layout.features, *self.layout.hidden, self.layout.outputs))
        batches = "" if self.batch_size is None else f", batch_size={self.batch_size}"
        return f"LossObjective({len(self._weights)} samples, {self.loss}, {sizes}{batches}, dtype={self.dtype.name})"

    def _numbers(self, samples: npt.ArrayLike) -> npt.NDArray[np.uint32]:
        numbers = np.asarray(samples)
        if numbers.dtype.kind not in "iu" or numbers.ndim != 1:
            raise InvalidType(f"samples must be a vector of sample numbers, got {shown(samples)}")
        count = len(self._weights)
        if numbers.size == 0 or numbers.min() < 0 or numbers.max() >= count:
            raise InvalidInput(f"samples must be numbers in [0, {count - 1}], one at least, got {shown(samples)}")
        if not self._weights[numbers].any():
            raise InvalidInput("the chosen samples all have weight 0")
        return numbers.astype(np.uint32)


def _rebuilt(kind: type[LossObjective], data: tuple[FloatArray, Any], settings: dict[str, Any]) -> LossObjective:
    return kind(*data, **settings)


def _outputs(classes: Labels) -> int:
    return 1 if len(classes) == 2 else len(classes)


def _as_many(labels: Labels, samples: int) -> Labels:
    if len(labels) != samples:
        raise InvalidInput(f"X has {samples} samples, y has {len(labels)} labels; they must be as many")
    return labels


def _weights(sample_weight: npt.ArrayLike | None, samples: int) -> FloatArray:
    if sample_weight is None:
        return np.ones(samples)
    weights = real_array("sample_weight", sample_weight)
    if weights.shape != (samples,):
        raise InvalidInput(f"sample_weight must have shape ({samples},), got {weights.shape}")
    bad = np.flatnonzero(~((weights >= 0) & np.isfinite(weights)))
    if bad.size:
        raise InvalidInput(f"weights must be finite and at least 0, but sample_weight[{bad[0]}] is {weights[bad[0]]}")
    return weights


def _class_factors(class_weight: Any, numbers: npt.NDArray[np.int32], classes: Labels) -> FloatArray:
    if class_weight is None:
        return np.ones(len(numbers))
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(numbers, minlength=len(classes))
        present = np.count_nonzero(counts)
        return len(numbers) / (present * counts[numbers])
    if not isinstance(class_weight, Mapping):
        raise InvalidType(f"class_weight must be a dict of factors by class or 'balanced', got {shown(class_weight)}")
    strange = [label for label in class_weight if label not in classes.tolist()]
    if strange:
        raise InvalidInput(f"class_weight names {strange[0]!r}, which is none of the classes {classes.tolist()}")
    factors = np.array([class_weight.get(label, 1.0) for label in classes.tolist()], dtype=np.float64)
    if not (np.isfinite(factors) & (factors >= 0)).all():
        raise InvalidInput(f"factors of class_weight must be finite and at least 0, got {class_weight}")
    return factors[numbers]


def _wanted_scores(y: npt.ArrayLike, samples: int, dtype: np.dtype[Any]) -> FloatArray:
    wanted = real_array("y", y)
    table = wanted.reshape(-1, 1) if wanted.ndim == 1 else wanted
    if table.ndim != 2 or len(table) != samples or table.shape[1] == 0:
        raise InvalidInput(f"y must have shape ({samples},) or ({samples}, outputs), got {wanted.shape}")
    bad = np.argwhere(~(np.abs(table) <= float(np.finfo(dtype).max)))
    if bad.size:
        raise InvalidInput(f"y must be finite in {dtype.name}, but y[{bad[0][0]}] is {table[tuple(bad[0])]}")
    return table
