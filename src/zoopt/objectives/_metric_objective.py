"""A model's metric as an objective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, seed_of
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import Sense
from zoopt.objectives._metrics import CompiledMetric, Function, FunctionMetric, Metric, metric_of
from zoopt.objectives._mini_batches import WHOLE_SET
from zoopt.objectives._models import Layout, hidden_sizes, layout_of, precision
from zoopt.objectives._predicting import Predicting
from zoopt.objectives._scorers import ScorerMetric, stand_in
from zoopt.objectives._scoring import FunctionScoring, ModelScoring, Predictor, Scoring, sample_matrix
from zoopt.objectives._targets import Classes, Quantities, Truth, truth_of


class MetricObjective(Predicting):
    """The metric of a model on given samples, as a function of the model's parameters.

    What y is follows from the metric and the shape of y: classes, or several labels a sample (a matrix of 0 and 1, a
    column for each label), or a quantity. With two classes or a quantity a sample has one score, else one for each
    class or label. A score above 0 is the positive class or a label that is true, exactly 0 is not; of more than two
    classes the one with the highest score is predicted, of equal ones the first. The score of a quantity is its
    prediction.

    A candidate of the linear model is p weights and then the intercept, for each score: dim = (p + 1) outputs. A
    network is such layers one after the other; :class:`Layout` says where its parameters stand.

    Values equal scikit-learn's (``zero_division=0``), bit for bit where they come from counts without weights. They do
    not depend on the other candidates of the call nor on threads. In float64 scores are exact sums up to rounding, in
    which the last bit may depend on the CPU tier (its vector unit may fuse multiplication and addition). A candidate
    that holds NaN or infinity, or any of whose scores is not finite or could overflow, has the value NaN, as has one
    for which the metric is undefined.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied. For a model of your own anything that numpy makes an array of, a sample
        along its first axis each.
    y : array_like, shape (n,) or (n, labels)
        Classes (text, whole numbers or booleans), or 0 and 1 for each label, or quantities.
    model : {"linear", "mlp"} or callable, optional
        The model: linear, or a network with hidden layers. A callable is ``model(theta, X) -> scores`` of shape (n,)
        or (n, outputs), and is called by Python for every candidate.
    hidden : int or sequence of int, optional
        Units of each hidden layer of an "mlp".
    activation : {"relu", "tanh", "gelu"}, optional
        What its hidden units make of their sums.
    metric : str, Metric or callable, optional
        A name or scoring word that :func:`metrics` lists, another scorer of scikit-learn's, what :func:`metric` makes
        of these with options, or a function of y and predictions.
    sample_weight : array_like of float, shape (n,), optional
        What each sample counts; not negative, not all 0. By default each counts 1.
    batch_size : int, optional
        Samples of a mini-batch, in [1, n]: every generation has one batch for all its candidates, and the metric
        is made from that batch. By default all samples are used, as they are in generation 2**64 - 1 with batches too.
    seed : int, optional
        Of the mini-batches, which are the same in every run.
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
    dim : int or None
        Coordinates of a candidate; None for a model of your own, which takes what it takes.
    sense : {"min", "max"}
        Which way is better: that of the metric.
    classes_ : numpy.ndarray, shape (C,), or None
        The classes, sorted; the numbers of the labels; None for a quantity.
    pos_label : label or None
        With two classes, the positive one.
    sample_weight : numpy.ndarray, shape (n,), or None
    layout : Layout or None
        Where the parameters of a compiled model stand; None for a model of your own.
    batches_an_epoch : int
        Generations after which every sample has been used once; 1 without mini-batches.
    metric, model, hidden, activation, dtype, batch_size, seed
        As given.

    Raises
    ------
    UnknownName
        There is no such metric or model; close matches are named.
    InvalidInput
        Shapes that do not fit, X not finite, one class only, labels that are none of `classes`, weights that cannot be
        used, y of a kind that the metric does not take, or on which it has no value for any candidate (such as the area
        under the ROC curve of one class).
    InvalidType
        X or y hold something else than numbers or labels.
    MissingDependency
        The metric is none of the compiled ones and scikit-learn is not installed.

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

    sense: Sense
    zoopt_generation = True

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        model: str | Predictor = "linear",
        hidden: int | Sequence[int] = (),
        activation: str = "relu",
        metric: str | Metric | Function = "accuracy",
        sample_weight: npt.ArrayLike | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float64,
        pos_label: object = None,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        self.metric = metric
        self._metric = metric_of(metric)
        self.model = model
        self.hidden = _hidden(hidden, model)
        self.activation = activation
        self.dtype = precision(dtype)
        features = X if callable(model) else sample_matrix(X, self.dtype).astype(self.dtype).astype(np.float64)
        self._truth = truth_of(y, self._metric.task, sample_weight, classes, pos_label)
        _check_lengths(features, self._truth)
        if isinstance(self._metric, FunctionMetric) and self._truth.weights is not None:
            self._metric.check_weights()
        self._measure = self._metric.measure(self._truth) if isinstance(self._metric, CompiledMetric) else None
        self.seed = seed_of(seed)
        self._cut(len(self._truth.y), batch_size, self.seed)
        self._scoring = self._made(features)
        self.sense = self._metric.sense
        super().__init__(self._scoring.dim, threads)
        self.zoopt_batch = self._core is not None

    def bound(self, dim: int, *, maximise: bool = False, invalid: bool = False) -> _core.Objective | None:
        """Return what the core calls; None where Python has a part in it."""
        return self._core

    def with_data(
        self, X: npt.ArrayLike, y: npt.ArrayLike, *, sample_weight: npt.ArrayLike | None = None
    ) -> MetricObjective:
        """Return the same model, classes and metric on other samples, such as a hold-out; without mini-batches.

        Parameters
        ----------
        X : array_like of float, shape (m, p)
            Samples.
        y : array_like, shape (m,) or (m, labels)
            Labels out of ``classes_``; classes may be missing, as far as the metric has a value without them.
        sample_weight : array_like of float, shape (m,), optional
            What each sample counts.

        Returns
        -------
        MetricObjective
            It takes the same candidates.

        Raises
        ------
        InvalidInput
            X has another number of features, y holds a label that is none of the classes, or the metric has no value on
            these samples for any candidate.
        """
        truth = self._truth.like(y, sample_weight)
        return _rebuilt(type(self), self._scoring.checked(X), truth.y, self._fixed(truth.weights))

    def __reduce__(self) -> tuple[object, ...]:
        """By its samples and labels, which the core gives back."""
        fixed = self._fixed(self._truth.weights) | {"batch_size": self.batch_size, "seed": self.seed}
        return _rebuilt, (type(self), self._scoring.samples(), self._truth.y, fixed)

    def __repr__(self) -> str:
        """Sizes, classes and metric."""
        model = (
            self.model if isinstance(self.model, str) else getattr(self.model, "__name__", type(self.model).__name__)
        )
        batches = "" if self.batch_size is None else f", batch_size={self.batch_size}"
        metric = self.metric if isinstance(self.metric, str) else self._metric
        layers = f", hidden={self.hidden}, activation={self.activation!r}" if self.hidden else ""
        return (
            f"MetricObjective({self._scoring.described}, {self._truth.described()}, "
            f"model={model!r}{layers}, metric={metric!r}{batches}, dtype={self.dtype.name})"
        )

    def _made(self, features: Any) -> Scoring:
        """Return where scores come from, and keep what the core can evaluate by itself."""
        self._core: _core.MetricObjective | None = None
        self.layout: Layout | None = None
        if callable(self.model):
            return FunctionScoring(self.model, features, self._truth)
        self.layout = layout_of(
            self.model,
            features=features.shape[1],
            outputs=self._truth.outputs,
            hidden=self.hidden,
            activation=self.activation,
        )
        single = self.dtype == np.float32
        core = _core.metric_objective(
            self.layout.core, features, self._truth.core, self._measure, single, self.batch_size or 0, self.seed
        )
        if self._measure is not None:
            self._core = core
        return ModelScoring(core, self.layout, self.dtype, len(features))

    def _values(self, rows: FloatArray, generation: int) -> FloatArray:
        if self._core is not None:
            return self._core.evaluate(rows, generation, self.threads)
        chosen = None if self.batch_size is None or generation == WHOLE_SET else self._batches.of(generation)
        return np.array([self._by_python(row, chosen) for row in rows])

    def _by_python(self, theta: FloatArray, chosen: npt.NDArray[np.uint32] | None) -> float:
        scores = self._scoring.own(theta, chosen)
        if not np.isfinite(scores).all():
            return float("nan")
        if self._measure is not None:
            targets = self._truth.core if chosen is None else self._truth.core.chosen(chosen)
            return float(self._measure.evaluate(scores.astype(np.float64)[None], targets)[0])
        return self._of_function(scores, chosen)

    def _of_function(self, scores: npt.NDArray[Any], chosen: npt.NDArray[np.uint32] | None) -> float:
        metric = cast(FunctionMetric, self._metric)  # what the core has no measure of
        y, weights = self._truth.chosen(chosen)
        plain = scores[:, 0] if self._truth.outputs == 1 else scores
        if isinstance(metric, ScorerMetric):
            quantity = isinstance(self._truth, Quantities)
            chances = None if quantity else self._probabilities(scores)
            answers = stand_in(self._truth.predictions(scores), plain, chances, self.classes_)
            return metric.of_candidate(answers, y, weights)
        if metric.of == "predictions":
            return metric.value(y, self._truth.predictions(scores), weights)
        return metric.value(y, plain if metric.of == "scores" else self._probabilities(scores), weights)

    def _fixed(self, weights: npt.ArrayLike | None) -> dict[str, Any]:
        """Return what an objective on other samples has in common with this one."""
        of_classes = isinstance(self._truth, Classes)
        return {
            "model": self.model,
            "hidden": self.hidden,
            "activation": self.activation,
            "metric": self.metric,
            "sample_weight": weights,
            "dtype": self.dtype,
            "pos_label": self.pos_label,
            "classes": self.classes_ if of_classes else None,
            "threads": self.threads,
        }


def _rebuilt(kind: type[MetricObjective], X: npt.ArrayLike, y: npt.ArrayLike, fixed: dict[str, Any]) -> MetricObjective:
    return kind(X, y, **fixed)


def _check_lengths(features: Any, truth: Truth) -> None:
    if len(truth.y) != len(features):
        raise InvalidInput(f"X has {len(features)} samples, y has {len(truth.y)} labels; they must be as many")


def _hidden(hidden: int | Sequence[int], model: object) -> tuple[int, ...]:
    sizes = hidden_sizes(hidden)
    if callable(model) and sizes:
        raise InvalidInput(f"hidden={sizes} is for model='mlp'; a model of your own has its own layers")
    return sizes
