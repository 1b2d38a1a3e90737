"""What is compared on real data: the ways of practice, ours, and gradient boosting. Nothing here sees the test rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score, make_scorer, matthews_corrcoef
from sklearn.model_selection import GridSearchCV, StratifiedKFold, TunedThresholdClassifierCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zoopt.sklearn import MetricClassifier, MetricDecision

Values = Callable[[np.ndarray, np.ndarray], float]
METRICS: dict[str, tuple[str, Values]] = {
    "F1": ("f1", partial(f1_score, zero_division=0)),
    "MCC": ("matthews_corrcoef", matthews_corrcoef),
    "macro-F1": ("f1_macro", partial(f1_score, average="macro", zero_division=0)),
    "QWK": ("quadratic_weighted_kappa", partial(cohen_kappa_score, weights="quadratic")),
}
STRENGTHS = [0.01, 0.1, 1.0, 10.0]
REFERENCE = "tuned"
PREDICTORS = {
    "plain": "Cross-entropy",
    "weighted": "Class-weighted",
    REFERENCE: "Cross-entropy, tuned",
    "decision": "MetricDecision",
    "es": "MetricClassifier",
    "snes": "the same, SNES",
    "cma-es": "the same, CMA-ES",
    "boosting": "Gradient boosting",
    "boosting-decision": "Boosting, MetricDecision",
}


class Split:
    """One split of one task: fits what several methods share once."""

    def __init__(self, metric: str, X: np.ndarray, y: np.ndarray, test: np.ndarray, seed: int) -> None:
        self.scoring, self.value = METRICS[metric]
        self.ordered = metric == "QWK"
        self.X, self.y, self.test, self.seed = X, y, test, seed
        self.folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        self._logistic: dict[Any, Any] = {}

    def logistic(self, class_weight: str | None = None) -> Any:
        """Return logistic regression with the C of the best cross-validated log loss."""
        if class_weight not in self._logistic:
            model = make_pipeline(StandardScaler(), LogisticRegression(class_weight=class_weight, max_iter=500))
            grid = {"logisticregression__C": STRENGTHS}
            search = GridSearchCV(model, grid, scoring="neg_log_loss", cv=self.folds).fit(self.X, self.y)
            self._logistic[class_weight] = search.best_estimator_
        return self._logistic[class_weight]

    def predicted(self, method: str) -> np.ndarray:
        """Return what a method predicts for the test rows."""
        if method in ("es", "snes", "cma-es"):
            model = MetricClassifier(
                self.scoring, method="auto" if method == "es" else method, cv=self.folds, random_state=self.seed
            )
            return np.asarray(model.fit(self.X, self.y).predict(self.test))
        return np.asarray(getattr(self, f"_{method.replace('-', '_')}")())

    def _plain(self) -> np.ndarray:
        return self.logistic().predict(self.test)

    def _weighted(self) -> np.ndarray:
        return self.logistic("balanced").predict(self.test)

    def _tuned(self) -> np.ndarray:
        """scikit-learn's tuned threshold; for several classes a weight of the log prior out of 81."""
        if self.y.max() == 1:
            scoring = make_scorer(self.value)
            model = TunedThresholdClassifierCV(self.logistic(), scoring=scoring, cv=self.folds)
            return model.fit(self.X, self.y).predict(self.test)
        left_out = cross_val_predict(self.logistic(), self.X, self.y, cv=self.folds, method="predict_log_proba")
        prior = np.log(np.bincount(self.y) / len(self.y))
        taus = sorted(np.linspace(-2, 2, 81), key=abs)
        best = max(taus, key=lambda tau: self.value(self.y, (left_out - tau * prior).argmax(axis=1)))
        return (self.logistic().predict_log_proba(self.test) - best * prior).argmax(axis=1)

    def _decision(self) -> np.ndarray:
        return self._decided(self.logistic())

    def _boosting(self) -> np.ndarray:
        if self.ordered:
            model = HistGradientBoostingRegressor(random_state=self.seed).fit(self.X, self.y)
            return np.clip(model.predict(self.test).round(), 0, self.y.max()).astype(int)
        return HistGradientBoostingClassifier(random_state=self.seed).fit(self.X, self.y).predict(self.test)

    def _boosting_decision(self) -> np.ndarray:
        kind = HistGradientBoostingRegressor if self.ordered else HistGradientBoostingClassifier
        return self._decided(kind(random_state=self.seed))

    def _decided(self, estimator: Any) -> np.ndarray:
        model = MetricDecision(estimator, scoring=self.scoring, cv=self.folds, random_state=self.seed)
        return np.asarray(model.fit(self.X, self.y).predict(self.test))


def score(split: Split, method: str, y_test: np.ndarray) -> float:
    """Return the metric of a method on the test rows; what its fit warns of is known here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(split.value(y_test, split.predicted(method)))
