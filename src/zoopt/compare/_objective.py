"""What an experiment optimises: a metric of a linear classifier on labelled data, one problem a seed."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _baselines, _data
from zoopt.errors import InvalidInput, UnknownName

FloatArray = NDArray[np.float64]

METRICS = ("accuracy", "f1", "f1_macro")
PLAIN = "cross-entropy"
TUNED = "cross-entropy, tuned"
DEFAULTS = ("breast_cancer:accuracy", "breast_cancer:f1", "digits:f1_macro", "diabetes:f1", "two_causes:f1")
"""The objectives of ``zoopt compare`` without arguments."""


@dataclass(frozen=True)
class Problem:
    """One objective at one seed: everything that all optimisers share there.

    Attributes
    ----------
    search : zoopt objective
        The metric on the training part; what is optimised.
    holdout : zoopt objective or None
        The metric on the hold-out, evaluated once for each run, at its end.
    starts : mapping of str to ndarray of shape (d,)
        Named starting points.
    baselines : mapping of str to ndarray of shape (d,)
        Named rules that no optimiser has touched, as points of the same space.
    details : mapping of str to str or float
        What was chosen on the way, for the record.
    """

    search: Any
    holdout: Any
    starts: Mapping[str, FloatArray]
    baselines: Mapping[str, FloatArray]
    details: Mapping[str, float] = field(default_factory=dict)


class ExperimentObjective(Protocol):
    """What an experiment asks of an objective; anything that can be pickled and has these will do."""

    @property
    def name(self) -> str:
        """Name in tables and reports, unique within the experiment."""

    @property
    def metric(self) -> str:
        """Name of what is measured."""

    @property
    def sense(self) -> Literal["min", "max"]:
        """Direction in which measured values get better."""

    @property
    def targets(self) -> tuple[float, ...]:
        """Measured values whose first reach is recorded exactly."""

    @property
    def follows(self) -> Literal["best", "recommendation"]:
        """What the curve shows."""

    @property
    def test_train_ratio(self) -> float:
        """n_test / n_train of the splits behind the seeds; 0 where seeds are independent."""

    @property
    def dimensions(self) -> int:
        """Largest number of parameters d over the seeds."""

    @property
    def work(self) -> float:
        """Cost of one evaluation in multiply-adds, to share out the work."""

    def describe(self) -> dict[str, Any]:
        """Return what the report says about the objective: description, rows, hash of the data …."""

    def prepare(self, seed: int) -> Problem:
        """Return the problem of one seed, the same at every call."""


@dataclass(frozen=True)
class Classification:
    """A metric of a linear classifier on one data set, its scores computed in float32.

    For every seed: a stratified split; features standardised and constant ones dropped by the training part;
    the cross-entropy baselines on the training part. The metric of a linear rule does not change when all its
    weights are multiplied by one number, so the cross-entropy fit is scaled until a typical weight is 1 (the
    standard deviation of its scores is √(inputs)). Scales and learning rates then mean the same on every data
    set: a scale of 0.3 moves the scores of the fit by 0.3 of their standard deviation, a scale of 1 from zero
    gives scores of deviation √(inputs).

    Attributes
    ----------
    data : Dataset
    metric : {"accuracy", "f1", "f1_macro"}
    """

    data: _data.Dataset
    metric: str

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise UnknownName(_unknown("metric", self.metric, METRICS))
        if self.metric == "f1" and len(self.data.classes) != 2:
            raise InvalidInput(
                f"{self.data.name}: f1 needs two classes, there are {len(self.data.classes)}; use f1_macro"
            )

    @property
    def name(self) -> str:
        """``data:metric``."""
        return f"{self.data.name}:{self.metric}"

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
    def sense(self) -> Literal["min", "max"]:
        """Every metric here is better the larger it is."""
        return "max"

    @property
    def targets(self) -> tuple[float, ...]:
        """None: what a metric can reach differs from data to data."""
        return ()

    @property
    def follows(self) -> Literal["best", "recommendation"]:
        """A run is followed by what it would answer with."""
        return "recommendation"

    @property
    def work(self) -> float:
        """Multiply-adds of one evaluation."""
        return float(self.dimensions * self.data.rows * self.data.train_share)

    @property
    def _outputs(self) -> int:
        return 1 if len(self.data.classes) == 2 else len(self.data.classes)

    def describe(self) -> dict[str, Any]:
        """Return description, sizes, classes and the hash of the data."""
        data = self.data
        return {
            "description": data.description,
            "synthetic": data.synthetic,
            "metric": self.metric,
            "model": "linear",
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

    def prepare(self, seed: int) -> Problem:
        """Split, standardise, fit the baselines and build the objectives on both parts."""
        from zoopt.objectives import MetricObjective

        train, test = self.data.split(seed)
        features, others = _standardised(self.data.features[train], self.data.features[test])
        labels, other_labels = self.data.labels[train], self.data.labels[test]
        fit = _baselines.fit_cross_entropy(features, labels, seed)
        factor = _normalisation(features, fit)
        plain = factor * _parameters(fit.weights, fit.intercepts)
        intercepts = _baselines.tuned_intercepts(fit, labels, self.metric)
        search = MetricObjective(features, labels, model="linear", metric=self.metric, dtype=np.float32)
        return Problem(
            search=search,
            holdout=search.with_data(others, other_labels),
            starts={"warm": plain, "zero": np.zeros_like(plain)},
            baselines={PLAIN: plain, TUNED: factor * _parameters(fit.weights, intercepts)},
            details={"C": fit.regularisation, "dimensions": float(plain.size)},
        )


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
        raise UnknownName(_unknown("objective", name, known) + "; an objective is DATA:METRIC")
    return Classification(_data.dataset(data_name), metric)


def _unknown(kind: str, name: str, known: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=2)
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    return f"unknown {kind} {name!r}; {hint}known are {', '.join(known)}"


def _standardised(train: FloatArray, test: FloatArray) -> tuple[FloatArray, FloatArray]:
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
