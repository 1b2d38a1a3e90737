"""What is to be maximised: scikit-learn's word or scorer for it, made into something that can be searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, InvalidType, UnknownName
from zoopt.objectives import Metric, metric
from zoopt.sklearn import _counts
from zoopt.sklearn._counts import OfCounts

Scoring = str | Callable[..., Any]
KAPPAS = {"cohen_kappa": None, "linear_weighted_kappa": 1, "quadratic_weighted_kappa": 2}
"""Words of ours for what scikit-learn has no word for, with the power of the distance that a confusion costs."""


@dataclass(frozen=True)
class Goal:
    """A metric of predicted classes.

    Attributes
    ----------
    name : str
        As the user gave it.
    classes : ndarray of shape (C,)
        Labels by their number.
    of_counts : callable or None
        The value of confusion counts, where the metric is a function of them.
    scorer : callable or None
        scikit-learn's scorer, where it is not.
    binary : bool
        Whether it is about one class of two.
    ordinal : bool
        Whether the order of the classes matters to it.
    prior : bool
        Whether subtracting the log prior is its best decision for true probabilities (balanced accuracy).
    ranking : bool
        Whether it judges scores and not predicted classes.
    probabilities : bool
        Whether those scores are probabilities.
    compiled : Metric or None
        The same, as the core has it.
    """

    name: str
    classes: npt.NDArray[Any]
    of_counts: OfCounts | None = None
    scorer: Callable[..., Any] | None = None
    binary: bool = False
    ordinal: bool = False
    prior: bool = False
    ranking: bool = False
    probabilities: bool = False
    compiled: Metric | None = None

    def value(
        self,
        y: npt.NDArray[np.intp],
        predicted: npt.NDArray[np.intp],
        weights: FloatArray | None = None,
        scores: FloatArray | None = None,
    ) -> float:
        """Return the metric of class numbers, and of scores where it is made from those."""
        if self.of_counts is not None:
            return float(self.of_counts(_counts.confusion(y, predicted, len(self.classes), weights)))
        scorer = cast(Callable[..., Any], self.scorer)  # a goal has one or the other
        # Rankings are of the class numbers, so that the last class is the positive one whatever the labels are.
        labels = np.arange(len(self.classes)) if self.ranking else self.classes
        told = Told(labels, labels[predicted], scores)
        kwargs = {} if weights is None else {"sample_weight": weights}
        return float(scorer(told, np.zeros((len(y), 1)), labels[y], **kwargs))


class Told(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that predicts what it was told, for scorers that want an estimator."""

    def __init__(self, classes: npt.NDArray[Any], labels: npt.NDArray[Any], scores: FloatArray | None) -> None:
        self.classes_ = classes
        self.labels = labels
        self.scores = scores

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: object) -> npt.NDArray[Any]:
        """Return the labels told, whatever X is."""
        return self.labels

    def decision_function(self, X: object) -> FloatArray:
        """Return the scores told."""
        if self.scores is None:
            raise InvalidInput("this metric is made from scores, and a decision changes predicted classes only")
        return self.scores


def goal_of(scoring: Scoring, classes: npt.NDArray[Any]) -> Goal:
    """Return the goal that `scoring` names for these classes.

    Raises
    ------
    UnknownName
        There is no such metric.
    InvalidType
        `scoring` is neither a name nor a scorer.
    InvalidInput
        It is about two classes, and there are more.
    """
    if isinstance(scoring, str):
        goal = _named(scoring, classes)
    elif callable(scoring):
        goal = _of_scorer(scoring, getattr(scoring, "__name__", str(scoring)), classes)
    else:
        raise InvalidType(f"scoring must be a name or a scorer, got {scoring!r}; see sklearn.metrics.make_scorer")
    if goal.compiled is None:
        goal = replace(goal, compiled=_compiled(scoring))
    if goal.binary and len(classes) != 2:
        raise InvalidInput(
            f"Only binary classification is supported by scoring={goal.name!r}, which is about one class of two. The "
            f"type of the target is multiclass, of {len(classes)} classes; use 'f1_macro', 'balanced_accuracy', "
            "'matthews_corrcoef' or another that is for several classes"
        )
    return goal


def _compiled(scoring: Scoring) -> Metric | None:
    """Return the core's metric of classes of that name."""
    if not isinstance(scoring, str):
        return None
    found = metric(scoring)
    return found if found.compiled and "quantity" not in found.targets else None


def handles_several(scoring: Scoring) -> bool:
    """Whether the metric is for more than two classes."""
    try:
        return not goal_of(scoring, np.arange(2)).binary
    except (InvalidInput, InvalidType):
        return True


def _named(name: str, classes: npt.NDArray[Any]) -> Goal:
    if name in KAPPAS:
        return _kappa(name, KAPPAS[name], classes)
    try:
        scorer = metrics.get_scorer(name)
    except ValueError as unknown:
        words = [*KAPPAS, "f1", "f1_macro", "balanced_accuracy", "matthews_corrcoef"]
        raise UnknownName(
            f"there is no metric named {name!r}; choose {', '.join(words)}, or any other of "
            "sklearn.metrics.get_scorer_names()"
        ) from unknown
    return _of_scorer(scorer, name, classes)


def _kappa(name: str, power: int | None, classes: npt.NDArray[Any]) -> Goal:
    costs = None if power is None else _counts.distances(len(classes), power)
    compiled = metric("cohen_kappa", weights={None: "none", 1: "linear", 2: "quadratic"}[power])
    of_counts = partial(_counts.kappa, costs=costs)
    return Goal(name, classes, of_counts, ordinal=power is not None, compiled=compiled)


def _of_scorer(scorer: Callable[..., Any], name: str, classes: npt.NDArray[Any]) -> Goal:
    """Return the goal of a scorer: by its counts where it is made from a function of scikit-learn that has them."""
    function, kwargs = getattr(scorer, "_score_func", None), dict(getattr(scorer, "_kwargs", {}))
    response = getattr(scorer, "_response_method", "predict")
    if response != "predict" and "pos_label" in kwargs:
        raise InvalidInput("give pos_label to the estimator, not to a scorer of rankings")
    if response != "predict":
        return Goal(name, classes, scorer=scorer, ranking=True, probabilities=response == "predict_proba")
    known = _READERS.get(function)
    goal = None if known is None else known(name, classes, kwargs)
    return goal or Goal(name, classes, scorer=scorer)


def _read_accuracy(name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    return None if kwargs else Goal(name, classes, _counts.accuracy, compiled=metric("accuracy"))


def _read_balanced(name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    compiled = metric("balanced_accuracy")
    return None if kwargs else Goal(name, classes, _counts.balanced_accuracy, prior=True, compiled=compiled)


def _read_matthews(name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    return None if kwargs else Goal(name, classes, _counts.matthews, compiled=metric("matthews_corrcoef"))


def _read_kappa(name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    powers = {None: None, "linear": 1, "quadratic": 2}
    weights = kwargs.get("weights")
    return None if set(kwargs) - {"weights"} or weights not in powers else _kappa(name, powers[weights], classes)


def _read_averaged(part: str, name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    """Return F-beta, precision, recall or the index of Jaccard, where its options are those that counts know."""
    average, beta = kwargs.get("average", "binary"), kwargs.get("beta", 1.0)
    strange = set(kwargs) - {"average", "beta", "zero_division", "pos_label"}
    own_positive = kwargs.get("pos_label") not in (None, 1, classes[-1])
    if strange or own_positive or average not in _counts.AVERAGES or kwargs.get("zero_division", 0) not in ("warn", 0):
        return None
    if part == "fbeta":
        compiled, of_counts = metric("fbeta", beta=beta, average=average), _counts.fbeta(beta, average)
    else:
        compiled = metric(part, average=average)
        of_counts = partial(_counts.averaged, part=_counts.PARTS[part], average=average)
    return Goal(name, classes, of_counts, binary=average == "binary", compiled=compiled)


def _read_distance(power: int, name: str, classes: npt.NDArray[Any], kwargs: Mapping[str, Any]) -> Goal | None:
    if kwargs or classes.dtype.kind not in "biuf":
        return None
    steps = np.abs(classes[:, None].astype(np.float64) - classes) ** power
    return Goal(name, classes, partial(_counts.mean_cost, costs=steps), ordinal=True)


_READERS: dict[object, Callable[[str, npt.NDArray[Any], Mapping[str, Any]], Goal | None]] = {
    metrics.accuracy_score: _read_accuracy,
    metrics.balanced_accuracy_score: _read_balanced,
    metrics.matthews_corrcoef: _read_matthews,
    metrics.cohen_kappa_score: _read_kappa,
    metrics.f1_score: partial(_read_averaged, "fbeta"),
    metrics.fbeta_score: partial(_read_averaged, "fbeta"),
    metrics.precision_score: partial(_read_averaged, "precision"),
    metrics.recall_score: partial(_read_averaged, "recall"),
    metrics.jaccard_score: partial(_read_averaged, "jaccard"),
    metrics.mean_absolute_error: partial(_read_distance, 1),
    metrics.mean_squared_error: partial(_read_distance, 2),
}
