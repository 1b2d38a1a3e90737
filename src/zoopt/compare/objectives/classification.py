"""A metric of a linear classifier on labelled data, one split and one cross-entropy fit a seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _baselines, _data, _defaults, _spec
from zoopt.compare._plugin import ObjectivePlugin
from zoopt.compare._problem import Problem, SimpleObjective
from zoopt.errors import InvalidInput, UnknownName
from zoopt.objectives._metrics import CompiledMetric, metrics
from zoopt.objectives._targets import Classes

FloatArray = NDArray[np.float64]

PLAIN = "cross-entropy"
TUNED = "cross-entropy, tuned"
DEFAULTS = ("breast_cancer:accuracy", "breast_cancer:f1", "digits:f1_macro", "diabetes:f1", "two_causes:f1")
"""The objectives of ``zoopt compare`` without arguments."""
SURROGATE = "mean cross-entropy"
SOURCE = 2
"""Version of how splits, fits and scales are made; one more where that changes a value."""
PLUGINS: tuple[ObjectivePlugin, ...] = ()
"""None: these are named by their data."""


@dataclass(frozen=True)
class Classification(SimpleObjective):
    """A metric of a linear classifier on one data set, its scores computed in float32.

    For every seed: a stratified split; features standardised and constant ones dropped by the training part;
    the cross-entropy baselines on the training part. The metric of a linear rule does not change when all its
    weights are multiplied by one number, so the cross-entropy fit is scaled until a typical weight is 1 (the
    standard deviation of its scores is √(inputs)). Scales and learning rates then mean the same on every data
    set: a scale of 0.3 moves the scores of the fit by 0.3 of their standard deviation, a scale of 1 from zero
    gives scores of deviation √(inputs). Metrics of probabilities do change; for them the fit is left as it is.

    Attributes
    ----------
    data : Dataset
    metric : str
        A compiled metric of classes, or a scoring word, as :func:`zoopt.objectives.metrics` lists them.
    """

    data: _data.Dataset
    metric: str

    def __post_init__(self) -> None:
        known = metric_names()
        if self.metric not in known:
            raise _spec.unknown("metric", self.metric, known)
        metric = CompiledMetric(self.metric, {})
        if metric.options.get("average") == "binary" and len(self.data.classes) != 2:
            macro = f"{self.metric}_macro" if f"{self.metric}_macro" in known else "f1_macro"
            raise InvalidInput(
                f"{self.data.name}: {self.metric} needs two classes, there are {len(self.data.classes)}; use {macro}"
            )
        try:
            metric.measure(Classes(self.data.labels, None, None, None))
        except InvalidInput as error:
            raise InvalidInput(f"{self.data.name}: {error}") from None

    @property
    def name(self) -> str:
        """``data:metric``."""
        return f"{self.data.name}:{self.metric}"

    @property
    def sense(self) -> Literal["min", "max"]:
        """That of the metric."""
        return CompiledMetric(self.metric, {}).sense

    @property
    def follows(self) -> Literal["recommendation"]:
        """The answer, not the luckiest candidate: its metric on the training part."""
        return "recommendation"

    @property
    def targets(self) -> tuple[float, ...]:
        """None: nobody knows which metric can be reached."""
        return ()

    @property
    def starts(self) -> tuple[str, ...]:
        """``warm``, the cross-entropy fit, and ``zero``."""
        return _defaults.STARTS

    @property
    def baselines(self) -> tuple[str, ...]:
        """Cross-entropy, plain and with a tuned decision."""
        return (PLAIN, TUNED)

    @property
    def surrogate(self) -> str:
        """The loss on the training part, which first-order optimisers follow; it has no penalty."""
        return SURROGATE

    @property
    def test_train_ratio(self) -> float:
        """n_test / n_train."""
        return self.data.test_train_ratio

    @property
    def dimensions(self) -> int:
        """Number of weights and intercepts; a split drops features that are constant on its training part."""
        varying = np.ptp(self.data.features, axis=0) > 0
        return self._outputs * (int(varying.sum()) + 1)

    @property
    def work(self) -> float:
        """Multiply-adds of one evaluation."""
        return float(self.dimensions * self.data.rows * self.data.train_share)

    @property
    def _outputs(self) -> int:
        return 1 if len(self.data.classes) == 2 else len(self.data.classes)

    @property
    def _by_probability(self) -> bool:
        """Whether the metric changes when all scores are multiplied by one number."""
        family = CompiledMetric(self.metric, {}).word.metric
        return family in ("log_loss", "brier_score") or (family == "roc_auc" and self._outputs > 1)

    def describe(self) -> dict[str, Any]:
        """Return description, sizes, classes and the hash of the data."""
        data = self.data
        return {
            "description": data.description,
            "synthetic": data.synthetic,
            "metric": self.metric,
            "model": "linear",
            "surrogate": self.surrogate,
            "rows": data.rows,
            "features": int(data.features.shape[1]),
            "classes": list(data.classes),
            "positive_class": data.classes[1] if len(data.classes) == 2 else None,
            "class_rows": [int(count) for count in np.bincount(data.labels, minlength=len(data.classes))],
            "dimensions": self.dimensions,
            "train_share": data.train_share,
            "test_share": data.test_share,
            "test_train_ratio": data.test_train_ratio,
            "sha256": data.digest,
        }

    def identity(self) -> dict[str, Any]:
        """Return data, metric and shares of the split."""
        data = self.data
        shares = {"train_share": data.train_share, "test_share": data.test_share}
        return {"kind": "classification", "source": SOURCE, "name": self.name, "sha256": data.digest, **shares}

    def suited(self, optimizer: str, start: str) -> Mapping[str, float]:
        """Return the learning rate of the one table for all data sets."""
        return _defaults.default_options(optimizer, start)

    def refuses(self, optimizer: str) -> str:
        """Refuse full covariances of many parameters, which would take most of the time of a comparison."""
        import zoopt

        full = optimizer in zoopt.algorithms() and zoopt.algorithm(optimizer).distribution in ("full", "factored")
        if not full or self.dimensions <= _defaults.MOST_COVARIANCE_DIMENSIONS:
            return ""
        return (
            f"a full covariance in {self.dimensions} dimensions, which costs their square a candidate, would take the "
            f"comparison minutes a run; the limit is {_defaults.MOST_COVARIANCE_DIMENSIONS}; use sep-cma-es or snes"
        )

    def prepare(self, seed: int) -> Problem:
        """Split, standardise, fit the baselines and build the objectives on both parts."""
        from zoopt.objectives import LossObjective, MetricObjective

        train, test = self.data.split(seed)
        features, others = standardised(self.data.features[train], self.data.features[test])
        labels, other_labels = self.data.labels[train], self.data.labels[test]
        fit = _baselines.fit_cross_entropy(features, labels, seed)
        factor = 1.0 if self._by_probability else _normalisation(features, fit)
        plain = factor * _parameters(fit.weights, fit.intercepts)
        intercepts = _baselines.tuned_intercepts(fit, labels, self.metric)
        search: Any = MetricObjective(features, labels, model="linear", metric=self.metric, dtype=np.float32)
        return Problem(
            search=search,
            holdout=search.with_data(others, other_labels),
            starts={"warm": plain, "zero": np.zeros_like(plain)},
            scales=_defaults.SCALES,
            baselines={PLAIN: plain, TUNED: factor * _parameters(fit.weights, intercepts)},
            details={"C": fit.regularisation, "dimensions": float(plain.size)},
            surrogate=LossObjective(features, labels, classes=np.arange(len(self.data.classes))).value_and_gradient,
        )


def metric_names() -> list[str]:
    """Return the metrics that a classifier can be compared by."""
    return [
        name
        for name, metric in metrics().items()
        if {"binary", "multiclass"} & set(metric.targets) and metric.options.get("average") != "samples"
    ]


def named_objective(name: str) -> Classification:
    """Return the objective ``data:metric``, such as ``"breast_cancer:f1"``.

    Raises
    ------
    UnknownName
        The data set or the metric is not known; close matches are named.
    """
    data_name, separator, metric = name.partition(":")
    if not separator:
        matches = [default for default in DEFAULTS if default.startswith(f"{name}:")]
        known = matches or list(DEFAULTS)
        raise UnknownName(f"{_spec.unknown('objective', name, known)}; an objective is DATA:METRIC")
    return Classification(_data.dataset(data_name), metric)


def standardised(train: FloatArray, test: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Drop features that are constant in the training part and standardise by it."""
    mean, spread = train.mean(axis=0), train.std(axis=0)
    kept = spread > 1e-12 * np.maximum(1.0, np.abs(mean))
    if not kept.any():
        raise InvalidInput("every feature is constant on the training part; there is nothing to learn from")
    return (
        np.ascontiguousarray((train[:, kept] - mean[kept]) / spread[kept]),
        np.ascontiguousarray((test[:, kept] - mean[kept]) / spread[kept]),
    )


def _parameters(weights: FloatArray, intercepts: FloatArray) -> FloatArray:
    """One row [weights, intercept] for each output, flattened: the layout of the metric objective."""
    return np.column_stack([weights, intercepts]).ravel()


def _normalisation(features: FloatArray, fit: _baselines.CrossEntropyFit) -> float:
    """Return the factor that brings the standard deviation of the scores to √(inputs of an output)."""
    scores = features @ fit.weights.T + fit.intercepts
    if scores.shape[1] > 1:
        scores = scores - scores.mean(axis=1, keepdims=True)
    deviation = float(np.sqrt(np.mean(scores.var(axis=0))))
    return float(np.sqrt(features.shape[1] + 1) / deviation) if deviation > 1e-9 else 1.0
