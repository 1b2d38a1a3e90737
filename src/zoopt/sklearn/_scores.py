"""Scores of a fitted estimator, in the form that a decision is made on."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.base import is_regressor

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, InvalidType

Reading = Literal["prediction", "expected class", "log odds", "log probabilities", "margin", "margins"]
LEAST = 1e-12
"""The least probability: the log of 0 would be no number to compare with."""


def reading_of(estimator: Any, classes: int, *, ordinal: bool, prior: bool) -> Reading:
    """Return how the scores of an estimator are read.

    Parameters
    ----------
    estimator : estimator
    classes : int
    ordinal : bool
        Whether the metric knows an order of the classes: then a classifier is read by its expected class number.
    prior : bool
        Whether a log prior is to be taken away, which needs probabilities.

    Raises
    ------
    InvalidType
        The estimator has no scores that fit.
    """
    if is_regressor(estimator):
        return "prediction"
    has_probabilities, has_margin = hasattr(estimator, "predict_proba"), hasattr(estimator, "decision_function")
    if not (has_probabilities or has_margin):
        raise InvalidType(
            f"{type(estimator).__name__} has neither predict_proba nor decision_function, and is no regressor: there "
            "are no scores to decide on"
        )
    if classes > 2:
        if ordinal and has_probabilities:
            return "expected class"
        return "log probabilities" if has_probabilities else "margins"
    return "log odds" if has_probabilities and (prior or not has_margin) else "margin"


def read(estimator: Any, X: Any, reading: Reading, labels: npt.NDArray[Any]) -> FloatArray:
    """Return scores, shape (n,), or (n, C) for "log probabilities" and "margins".

    Parameters
    ----------
    estimator : fitted estimator
    X : array_like of shape (n, p)
    reading : str
    labels : ndarray of shape (C,)
        The classes in the order of the columns; of two the second one is positive. The estimator may lack some.

    Raises
    ------
    InvalidInput
        A score is NaN or infinite.
    """
    if reading == "prediction":
        return finite(np.asarray(estimator.predict(X), dtype=np.float64).reshape(-1), estimator)
    if reading in ("margin", "margins"):
        margins = finite(np.asarray(estimator.decision_function(X), dtype=np.float64), estimator)
        wide = np.column_stack([-margins, margins]) if margins.ndim == 1 else margins
        if reading == "margins":
            return _placed(wide, estimator.classes_, labels, float(wide.min()) - 1.0)
        positive = np.flatnonzero(estimator.classes_ == labels[1])
        return np.asarray(wide[:, positive[0]]) if positive.size else np.full(len(wide), -1.0)
    raw = finite(np.asarray(estimator.predict_proba(X), dtype=np.float64), estimator)
    probabilities = _placed(raw, estimator.classes_, labels, 0.0)
    if reading == "expected class":
        return np.asarray(probabilities @ np.arange(len(labels)))
    logs = np.log(np.maximum(probabilities, LEAST))
    return np.asarray(logs[:, 1] - logs[:, 0]) if reading == "log odds" else logs


def finite(scores: FloatArray, estimator: Any) -> FloatArray:
    """Return scores that are all finite, or say which is not."""
    bad = np.flatnonzero(~np.isfinite(scores.reshape(len(scores), -1)).all(axis=1))
    if bad.size:
        raise InvalidInput(
            f"{type(estimator).__name__} gave {bad.size} rows a score that is NaN or infinite, row {bad[0]} first: "
            f"{np.atleast_1d(scores[bad[0]])}; no decision can be learned from those. Regularise the estimator, or "
            "impute what it cannot score"
        )
    return scores


def _placed(columns: FloatArray, known: npt.NDArray[Any], labels: npt.NDArray[Any], missing: float) -> FloatArray:
    """Return a column for each label, `missing` for the labels that the estimator does not know."""
    found = np.full((len(columns), len(labels)), missing)
    for column, label in enumerate(known):
        found[:, np.flatnonzero(labels == label)[0]] = columns[:, column]
    return found
