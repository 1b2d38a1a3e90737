"""Scorers of scikit-learn's by their names, for metrics that are not compiled; imported when one is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.errors import MissingDependency
from zoopt.objectives._metrics import FunctionMetric

_MISSING = (
    "metric {!r} is none of the compiled ones, and scikit-learn, which has more, is not installed; "
    "pip install scikit-learn, or choose one of zoopt.objectives.metrics()"
)


def scorer_names(wanted: str) -> list[str]:
    """Return the names of all scorers; `wanted` is why they are asked for."""
    if find_spec("sklearn") is None:
        raise MissingDependency(_MISSING.format(wanted))
    from sklearn.metrics import get_scorer_names

    return list(get_scorer_names())


def scorer_metric(name: str) -> ScorerMetric:
    """Return the metric that a scorer is."""
    return ScorerMetric(name)


class ScorerMetric(FunctionMetric):
    """A scorer, which asks a stand-in for the estimator for what it needs.

    Scorers change the sign of what is to be minimised, so all of them are maximised.
    """

    def __init__(self, name: str) -> None:
        from sklearn.metrics import get_scorer

        self._scorer = get_scorer(name)
        of_quantities = "_regression" in self._scorer._score_func.__module__
        super().__init__(self._scorer, name, "max", "scores", "regression" if of_quantities else "classification")
        self.summary = f"scikit-learn's scorer {name!r}, called by Python"

    @property
    def weighed(self) -> Any:
        """The function behind the scorer."""
        return self._scorer._score_func

    def of_candidate(self, stand_in: Any, y: npt.NDArray[Any], weights: FloatArray | None) -> float:
        """Return the value for what the stand-in predicts."""
        more = {} if weights is None else {"sample_weight": weights}
        return float(self._scorer(stand_in, np.zeros((len(y), 1)), y, **more))

    def _identity(self) -> tuple[object, ...]:
        return "scorer", self.name

    def __reduce__(self) -> tuple[object, ...]:
        """By name."""
        return ScorerMetric, (self.name,)

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"metric({self.name!r})"


def stand_in(predictions: Any, scores: Any, probabilities: Any, classes: Any) -> Any:
    """Return an estimator that knows only these answers; `classes` is None for a regressor."""
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    class Regressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
        fitted_ = True

        def predict(self, X: Any) -> Any:
            return predictions

    class Classifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        classes_ = classes

        def predict(self, X: Any) -> Any:
            return predictions

        def decision_function(self, X: Any) -> Any:
            return scores

        def predict_proba(self, X: Any) -> Any:
            return probabilities

    return Regressor() if classes is None else Classifier()
