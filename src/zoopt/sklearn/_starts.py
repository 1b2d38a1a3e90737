"""Where the search starts: a model fitted by cross-entropy, whose last layer is linear."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.utils.validation import has_fit_parameter

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput
from zoopt.sklearn._scores import LEAST

Codes = npt.NDArray[np.intp]
_NEWTON_LIMIT = 120  # parameters: beyond it the Hessian costs more than it saves


@dataclass(frozen=True)
class Start:
    """A fitted model: features, and a linear layer on them.

    Attributes
    ----------
    mean, spread : ndarray of shape (p,)
        Of the raw features, which are standardised first.
    layers : tuple of (weights (a, b), biases (b,))
        Hidden layers; none for a linear model.
    activation : str
    theta : ndarray of shape (k, q + 1)
        Weights and then the intercept of each output: one for two classes, else one a class.
    """

    mean: FloatArray
    spread: FloatArray
    layers: tuple[tuple[FloatArray, FloatArray], ...]
    activation: str
    theta: FloatArray

    def features(self, X: FloatArray) -> FloatArray:
        """Return what the last layer sees, shape (n, q)."""
        found = (X - self.mean) / self.spread
        for weights, biases in self.layers:
            found = _ACTIVATIONS[self.activation](found @ weights + biases)
        return np.asarray(found)


_ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "tanh": np.tanh,
    "logistic": lambda x: 1.0 / (1.0 + np.exp(-x)),
}
ACTIVATIONS = tuple(_ACTIVATIONS)


def scores_of(theta: FloatArray, features: FloatArray) -> FloatArray:
    """Return scores (n,) of one output, or (n, C)."""
    found = features @ theta[:, :-1].T + theta[:, -1]
    return np.asarray(found[:, 0] if len(theta) == 1 else found)


class Recipe(Protocol):
    """Fits a start; which of several, `strength` says."""

    @property
    def strengths(self) -> tuple[float, ...]:
        """What is chosen among by cross-validated log loss."""
        ...

    def fit(self, X: FloatArray, y: Codes, weights: FloatArray | None, classes: int, strength: float) -> Start:
        """Fit to rows; classes that y lacks get a score below all others."""
        ...


def standardised(X: FloatArray, weights: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of the columns; 1 for those that are constant."""
    mean = np.average(X, axis=0, weights=weights)
    spread = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weights))
    return mean, np.where(spread > 1e-12 * np.maximum(1.0, np.abs(mean)), spread, 1.0)


@dataclass(frozen=True)
class Linear:
    """Logistic regression on standardised features.

    Attributes
    ----------
    strengths : tuple of float
        scikit-learn's C.
    """

    strengths: tuple[float, ...]

    def fit(self, X: FloatArray, y: Codes, weights: FloatArray | None, classes: int, strength: float) -> Start:
        """Fit to rows."""
        mean, spread = standardised(X, weights)
        known = np.unique(y)
        outputs = 1 if classes == 2 else classes
        small = (len(known) if outputs > 1 else 1) * (X.shape[1] + 1) <= _NEWTON_LIMIT
        model = LogisticRegression(
            C=strength,
            solver="newton-cholesky" if small else "lbfgs",
            tol=1e-8 if small else 1e-4,
            max_iter=100 if small else 500,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit this close is as good a start
            model.fit((X - mean) / spread, y, sample_weight=weights)
        layer = np.column_stack([model.coef_, model.intercept_])
        return Start(mean, spread, (), "relu", _spread_out(layer, known, classes))


@dataclass(frozen=True)
class Network:
    """scikit-learn's perceptron on standardised features."""

    hidden: tuple[int, ...]
    activation: str
    alpha: float
    epochs: int
    seed: int

    @property
    def strengths(self) -> tuple[float, ...]:
        """One: nothing is chosen."""
        return (self.alpha,)

    def fit(self, X: FloatArray, y: Codes, weights: FloatArray | None, classes: int, strength: float) -> Start:
        """Fit to rows."""
        mean, spread = standardised(X, weights)
        model = MLPClassifier(
            self.hidden, activation=self.activation, alpha=strength, max_iter=self.epochs, random_state=self.seed
        )
        given = {}
        if weights is not None:
            if not has_fit_parameter(model, "sample_weight"):
                raise InvalidInput("sample_weight with hidden= needs scikit-learn 1.7 or later")
            given = {"sample_weight": weights}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # epochs are the user's
            model.fit((X - mean) / spread, y, **given)
        layers = tuple(zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True))
        layer = np.column_stack([model.coefs_[-1].T, model.intercepts_[-1]])
        return Start(mean, spread, layers, self.activation, _spread_out(layer, model.classes_, classes))


def _spread_out(layer: FloatArray, known: Codes, classes: int) -> FloatArray:
    """Return a row for each class where there are more than two; those of unknown classes never win."""
    if classes == 2:
        return layer
    wide = np.vstack([np.zeros_like(layer), layer]) if len(layer) == 1 else layer
    found = np.zeros((classes, layer.shape[1]))
    found[:, -1] = np.log(LEAST)
    found[known] = wide
    return found


def log_loss(scores: FloatArray, y: Codes, weights: FloatArray | None) -> float:
    """Return the mean cross-entropy of scores (n,) of the positive class or (n, C)."""
    full = np.column_stack([np.zeros(len(y)), scores]) if scores.ndim == 1 else scores
    top = full.max(axis=1)
    losses = top + np.log(np.exp(full - top[:, None]).sum(axis=1)) - full[np.arange(len(y)), y]
    return float(np.average(losses, weights=weights))
