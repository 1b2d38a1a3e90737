"""Differentiable losses of compiled models: what first-order algorithms train them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

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
    unknown_name,
)
from zoopt.objectives._labels import Labels, classes_of, label_numbers, label_vector
from zoopt.objectives._loss_samples import (
    as_many,
    class_factors,
    finite,
    offsets_of,
    outputs_of,
    wanted_scores,
    weights_of,
)
from zoopt.objectives._mini_batches import MiniBatched, check_batches
from zoopt.objectives._models import Layout, layout_of, precision
from zoopt.objectives._scoring import sample_matrix

LossName = Literal["cross-entropy", "focal", "smooth-accuracy", "dice", "squared-dice", "squared-error"]
LOSSES: list[str] = list(get_args(LossName))
NUMBERS = "squared-error"
"""The loss whose y is not labels."""
CoreField = _core.Field  # within the class _core is the core's objective


class LossObjective(MiniBatched, OwnObjective):
    """A loss of a compiled model on given samples, with its gradient; to be minimised.

    ``value_and_gradient`` is what first-order algorithms ask for, so ``zoopt.minimize(loss, x0, method="adam")`` trains
    the model. Called with candidates it gives their losses, as any objective does.

    With p(class) the softmax of the scores, or with two classes the logistic function of the single score, which is the
    logit of the larger label, they are the weighted means over the samples of

    - cross-entropy: -log p(class);
    - focal: -(1 - p(class))^γ log p(class), where γ is `focusing`;
    - smooth-accuracy: 1 - p(class), one minus the expected accuracy of labels that are drawn from p;
    - squared-error: (score - y)², also over the outputs;

    and, made of weighted sums over all samples (or those of the mini-batch) that are divided afterwards,

    - dice: 1 - 2 Σ y p / Σ (y + p), one minus the smooth F1, where y is 1 in the class and p its probability;
    - squared-dice: 1 - 2 Σ y p / Σ (y + p²);

    of the larger label where there are two classes, else the mean over the classes (the macro average).

    Values do not depend on the other candidates of a call nor on threads. A candidate that holds NaN or infinity, or
    numbers so large that a score could overflow, has the value NaN, and a gradient of NaN.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied.
    y : array_like, shape (n,) or (n, outputs)
        Labels: text, whole numbers or booleans. Finite numbers for the squared error.
    loss : {"cross-entropy", "focal", "smooth-accuracy", "dice", "squared-dice", "squared-error"}, optional
        Which loss.
    focusing : float, optional
        γ of the focal loss, ≥ 0, by default 2; 0 makes it the cross-entropy. Well-classified samples count the less the
        larger it is.
    logit_adjustment : float, optional
        τ, any finite number: training sees the scores plus τ log(share of the class), where shares are those of
        `sample_weight` before `class_weight`. With τ = 1 what is learnt is the score of balanced classes, so that
        `predict` serves the balanced accuracy; `scores` and `predict` do not add it. Not for the squared error.
    model : {"linear", "mlp"}, optional
        The model; :class:`Layout` says how its parameters stand in θ.
    hidden : int or sequence of int, optional
        Units of each hidden layer of an "mlp".
    activation : {"relu", "tanh", "gelu"}, optional
        What its hidden units make of their sums.
    sample_weight : array_like of float, shape (n,), optional
        Weights of the samples in the mean: at least 0, not all 0.
    class_weight : dict or "balanced", optional
        Factors on the weights by class, not for the squared error; "balanced" is n / (classes × samples of the class).
    batch_size : int, optional
        Samples of a mini-batch, in [1, n]: every generation has one batch for all its candidates, and the loss is that
        of the batch; the mean of dice over batches is not the dice of all. By default all samples are used, as they are
        in generation 2**64 - 1 with batches too.
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
        of a linear model, a mini-batch that could be without weight, an adjustment for a class without samples.
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
        loss: LossName = "cross-entropy",
        focusing: float = 2.0,
        logit_adjustment: float = 0.0,
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
        weights = weights_of(sample_weight, len(samples))
        self.classes_: Labels | None = None
        focusing = finite("focusing", focusing, low=0.0)
        adjustment = finite("logit_adjustment", logit_adjustment)
        if loss == NUMBERS:
            if class_weight is not None or classes is not None or adjustment:
                raise InvalidInput("class_weight, classes and logit_adjustment are for losses of labels")
            truth, offsets = wanted_scores(y, len(samples), self.dtype), list[float]()
            outputs = truth.shape[1]
        else:
            labels = as_many(label_vector(y), len(samples))
            self.classes_ = classes_of(labels, classes)
            numbers = label_numbers(labels, self.classes_)
            offsets = offsets_of(adjustment, numbers, weights, self.classes_)
            weights = weights * class_factors(class_weight, numbers, self.classes_)
            truth, outputs = numbers.astype(np.float64), outputs_of(self.classes_)
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
            loss=loss,
            offsets=offsets,
            focusing=focusing,
            float32=self.dtype == np.float32,
            batch_size=self.batch_size or 0,
            seed=self.seed,
        )
        super().__init__(core, threads)
        self._given = (
            (samples, np.asarray(y)),
            {
                "loss": loss,
                "focusing": focusing,
                "logit_adjustment": adjustment,
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
            Numbers of the samples to take the loss of, such as a mini-batch of your own; each counts as often as it is
            named. By default those of the generation.
        generation : int
            Chooses the mini-batch, where there are any.

        Returns
        -------
        value : float
            The loss.
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
