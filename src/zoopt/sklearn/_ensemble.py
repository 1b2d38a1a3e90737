"""Weights of several estimators, from scores on rows that they have not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from zoopt._arguments import FloatArray
from zoopt.sklearn._crossfit import Fold, others
from zoopt.sklearn._scores import LEAST

Weighting = Literal["nnls", "stacking"]


class Mixture(Protocol):
    """Makes one score out of those of several estimators, shape (n, m) or (n, m, C)."""

    def mix(self, parts: FloatArray) -> FloatArray:
        """Return scores of shape (n,) or (n, C)."""
        ...


@dataclass(frozen=True)
class Single:
    """The only estimator there is."""

    def mix(self, parts: FloatArray) -> FloatArray:
        """Return its scores."""
        return np.asarray(parts[:, 0])


@dataclass(frozen=True)
class Weighted:
    """A weighted mean: of probabilities where scores are their logs or log odds, else of the scores.

    Attributes
    ----------
    weights : ndarray of shape (m,)
        Not negative, of sum 1.
    reading : str
        What the scores are.
    """

    weights: FloatArray
    reading: str

    def mix(self, parts: FloatArray) -> FloatArray:
        """Return the scores of the mean, in the form of the parts."""
        if self.reading == "log odds":
            share = np.clip((1.0 / (1.0 + np.exp(-parts))) @ self.weights, LEAST, 1.0 - LEAST)
            return np.asarray(np.log(share) - np.log1p(-share))
        if self.reading == "log probabilities":
            return np.asarray(np.log(np.einsum("nmc,m->nc", np.exp(parts), self.weights)))
        return np.asarray(np.tensordot(parts, self.weights, axes=(1, 0)))


@dataclass(frozen=True)
class Stacked:
    """A linear model on the scores: logistic regression for classes, least squares for numbers."""

    model: Any
    classes: int

    def mix(self, parts: FloatArray) -> FloatArray:
        """Return its log odds, log probabilities or predictions."""
        flat = parts.reshape(len(parts), -1)
        if not self.classes:
            return np.asarray(self.model.predict(flat))
        return np.asarray(
            self.model.decision_function(flat) if self.classes == 2 else self.model.predict_log_proba(flat)
        )


def mixture_of(
    parts: FloatArray, y: npt.NDArray[np.intp], classes: int, weights: FloatArray | None, how: Weighting, reading: str
) -> Mixture:
    """Return how the parts are mixed, learned from scores of rows that the estimators have not seen.

    Parameters
    ----------
    parts : ndarray of shape (n, m) or (n, m, C)
    y : ndarray of shape (n,)
        Class numbers.
    classes : int
    weights : ndarray of shape (n,), optional
    how : {"nnls", "stacking"}
    reading : str
        What the scores are: see :mod:`zoopt.sklearn._scores`.
    """
    if parts.shape[1] == 1:
        return Single()
    if how == "stacking":
        return _stacked(parts, y, classes, weights, reading)
    root = 1.0 if weights is None else np.sqrt(weights)
    if reading == "log odds":
        found, _ = nnls((1.0 / (1.0 + np.exp(-parts))) * np.reshape(root, (-1, 1)), y * root)
    elif reading == "log probabilities":
        wide = np.exp(parts).transpose(0, 2, 1) * np.reshape(root, (-1, 1, 1))
        found, _ = nnls(wide.reshape(-1, parts.shape[1]), (np.eye(classes)[y] * np.reshape(root, (-1, 1))).ravel())
    else:
        found, _ = nnls(parts * np.reshape(root, (-1, 1)), y * root)
    total = found.sum()
    return Weighted(found / total if total > 0 else np.full(parts.shape[1], 1.0 / parts.shape[1]), reading)


def _stacked(
    parts: FloatArray, y: npt.NDArray[np.intp], classes: int, weights: FloatArray | None, reading: str
) -> Stacked:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    flat = parts.reshape(len(parts), -1)
    if reading in ("prediction", "expected class"):
        return Stacked(LinearRegression().fit(flat, y, sample_weight=weights), 0)
    return Stacked(LogisticRegression(max_iter=1000).fit(flat, y, sample_weight=weights), classes)


@dataclass(frozen=True)
class Mixing:
    """Left-out scores of several estimators, and how mixtures of them are learned.

    Attributes
    ----------
    parts : ndarray of shape (n, m) or (n, m, C)
    y : ndarray of shape (n,)
    weights : ndarray of shape (n,) or None
    classes : int
    how : {"nnls", "stacking"}
    reading : str
    """

    parts: FloatArray
    y: npt.NDArray[np.intp]
    weights: FloatArray | None
    classes: int
    how: Weighting
    reading: str

    def learned(self, rows: npt.NDArray[np.bool_] | slice) -> Mixture:
        """Return the mixture learned from some rows."""
        weights = None if self.weights is None else self.weights[rows]
        return mixture_of(self.parts[rows], self.y[rows], self.classes, weights, self.how, self.reading)

    def crossed(self, folds: list[Fold]) -> FloatArray:
        """Return mixed scores of every row, by mixtures learned without its fold."""
        mixed = [self.learned(others(folds, k, len(self.y))).mix(self.parts[test]) for k, (_, test) in enumerate(folds)]
        found = np.empty((len(self.y), *mixed[0].shape[1:]))
        for part, (_, test) in zip(mixed, folds, strict=True):
            found[test] = part
        return found
