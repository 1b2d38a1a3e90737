"""Ways to train a linear classifier for a rare class, each ending as weights whose decision is a score above 0."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ITERATIONS = 200
_FLAT, _LEVEL = 5.0, 1e-9  # where L-BFGS stops: change of the value in units of rounding, and of the gradient
_ROUNDS = 40
_SETTLED = 1e-9
_SETTLED_ON_FOLDS = 1e-3
_LEAST = 1e-6
_SCALE, _BUDGET = 0.3, 600


def trained(
    features: FloatArray, labels: IntArray, *, ridge: float = 0.0, start: FloatArray | None = None, **settings: Any
) -> FloatArray:
    """Return the weights of a linear model that minimise a loss plus ridge/2 |w|², intercepts not penalised.

    Parameters
    ----------
    features : ndarray of shape (n, p)
    labels : ndarray of shape (n,)
    ridge : float
    start : ndarray of shape (dim,), optional
        By default zeros.
    **settings
        Of :class:`zoopt.objectives.LossObjective`.
    """
    from scipy.optimize import fmin_l_bfgs_b
    from threadpoolctl import threadpool_limits

    from zoopt.objectives import LossObjective

    objective = LossObjective(features, labels, **settings)
    penalised = np.ones(objective.dim)
    penalised.reshape(objective.layout.outputs, -1)[:, -1] = 0.0

    def penalty(theta: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = objective.value_and_gradient(theta)
        kept = ridge * penalised * theta
        return value + float(kept @ theta) / 2, gradient + kept

    begin = np.zeros(objective.dim) if start is None else start
    with threadpool_limits(1):  # the products of L-BFGS are tiny
        found, _, _ = fmin_l_bfgs_b(penalty, begin, factr=_FLAT, pgtol=_LEVEL, maxiter=_ITERATIONS)
    return np.asarray(found)


def scores(theta: FloatArray, features: FloatArray) -> FloatArray:
    """Return the scores of a linear model of one output."""
    return np.asarray(features @ theta[:-1] + theta[-1])


def f1(positive: NDArray[np.bool_], predicted: NDArray[np.bool_], masses: FloatArray | None = None) -> float:
    """Return the F1 of predictions, 0 where there is nothing to find and nothing is predicted."""
    share = np.ones(len(positive)) if masses is None else masses
    size = float(share @ positive + share @ predicted)
    return 2 * float(share @ (positive & predicted)) / size if size else 0.0


@dataclass(frozen=True)
class Problem:
    """A training set of two classes.

    Attributes
    ----------
    features : ndarray of shape (n, p)
    labels : ndarray of shape (n,)
        1 is the rare class.
    seed : int
        Of folds and searches.
    masses : ndarray of shape (n,), optional
        How much each sample counts.
    ridge : float
        Penalty on the weights, of all methods.
    focusing : float
        Of the focal loss.
    folds : tuple of (train, test), optional
        What is tuned is tuned on the scores of left-out folds; without folds on the training scores.
    """

    features: FloatArray
    labels: IntArray
    seed: int = 0
    masses: FloatArray | None = None
    ridge: float = 0.0
    focusing: float = 2.0
    folds: tuple[tuple[IntArray, IntArray], ...] | None = None

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Which samples are of the rare class."""
        return np.asarray(self.labels == 1)

    @property
    def log_odds(self) -> float:
        """Log of positives over negatives."""
        share = float(np.average(self.positive, weights=self.masses))
        return float(np.log(share / (1 - share)))

    @cached_property
    def plain(self) -> FloatArray:
        """The weights that cross-entropy finds."""
        return self.fit()

    def fit(self, weights: tuple[float, float] | None = None, **settings: Any) -> FloatArray:
        """Return weights trained by a loss; ``weights`` are those of negatives and positives."""
        return self._fit(np.arange(len(self.labels)), weights, **settings)

    def held_out_scores(self, weights: tuple[float, float] | None, fitted: FloatArray) -> FloatArray:
        """Return scores to tune on: of left-out folds, or of ``fitted`` where there are no folds."""
        if self.folds is None:
            return scores(fitted, self.features)
        found = np.empty(len(self.labels))
        for train, test in self.folds:
            found[test] = scores(self._fit(train, weights, start=fitted), self.features[test])
        return found

    def _fit(self, rows: IntArray, weights: tuple[float, float] | None, **settings: Any) -> FloatArray:
        factors = None if weights is None else dict(enumerate(weights))
        masses = None if self.masses is None else self.masses[rows]
        return trained(
            self.features[rows],
            self.labels[rows],
            ridge=self.ridge,
            class_weight=factors,
            sample_weight=masses,
            **settings,
        )


@dataclass(frozen=True)
class FixedPoint:
    """Where cross-entropy with weights F/2 and 1 − F/2, F measured and set again, comes to rest."""

    theta: FloatArray
    value: float
    path: tuple[float, ...]


def fixed_point(problem: Problem, *, smooth: bool, start: float = 0.5) -> FixedPoint:
    """Iterate F ← the F1 of cross-entropy with weights F/2 of negatives and 1 − F/2 of positives.

    Parameters
    ----------
    problem : Problem
    smooth : bool
        Whether F is the article's smooth F1, 2Σyp/Σ(y+p), or that of decisions.
    start : float
        The first F, in (0, 1).
    """
    settled = _SETTLED if problem.folds is None else _SETTLED_ON_FOLDS
    path, theta = [start], problem.plain
    for _ in range(_ROUNDS):
        weights = (path[-1] / 2, 1 - path[-1] / 2)
        theta = problem.fit(weights, start=theta)
        held_out = problem.held_out_scores(weights, theta)
        found = _smooth_f1(problem, held_out) if smooth else f1(problem.positive, held_out > 0, problem.masses)
        value = min(max(found, _LEAST), 1 - _LEAST)
        seen = any(abs(value - before) < settled for before in path)  # at rest, or in a cycle
        path.append(value)
        if seen:
            break
    return FixedPoint(theta, path[-1], tuple(path))


def _smooth_f1(problem: Problem, held_out: FloatArray) -> float:
    from scipy.special import expit

    share = np.ones(len(held_out)) if problem.masses is None else problem.masses
    p = expit(held_out)
    return float(2 * (share @ (problem.positive * p)) / (share @ (problem.positive + p)))


def _moved(theta: FloatArray, by: float) -> FloatArray:
    found = theta.copy()
    found[-1] += by
    return found


def _balanced(problem: Problem) -> FloatArray:
    share = float(np.average(problem.positive, weights=problem.masses))
    return problem.fit((0.5 / (1 - share), 0.5 / share))


def _tuned(problem: Problem) -> FloatArray:
    from zoopt.compare._baselines import best_threshold

    held_out = problem.held_out_scores(None, problem.plain)
    return _moved(problem.plain, -best_threshold(held_out, problem.positive, "f1"))


def _direct(problem: Problem) -> FloatArray:
    return _searched(problem) if problem.folds is None else _classifier(problem)


def _searched(problem: Problem) -> FloatArray:
    """Return the mean of evolution strategies on the training F1, from where cross-entropy ends."""
    import zoopt
    from zoopt.objectives import MetricObjective

    metric = MetricObjective(problem.features, problem.labels, metric="f1", sample_weight=problem.masses)
    found = zoopt.minimize(metric, problem.plain, method="snes", scale=_SCALE, budget=_BUDGET, seed=problem.seed)
    return np.asarray(found.mean)


def _classifier(problem: Problem) -> FloatArray:
    """Return the weights of evolution strategies on the F1, steps chosen by cross-validation, 0 among them."""
    import warnings

    from zoopt.sklearn import MetricClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few rows a feature: the table shows what comes of it
        model = MetricClassifier(scoring="f1", random_state=problem.seed % 2**32).fit(problem.features, problem.labels)
    return np.append(model.coef_[0], model.intercept_[0])


CROSS_ENTROPY, BALANCED, ADJUSTED, POST_HOC = "cross-entropy", "balanced weights", "logit adjustment", "post hoc −log π"
SMOOTH, HARD = "weights by smooth F1", "weights by hard F1"
TUNED, DIRECT = "tuned threshold", "F1 by zeroth order"

METHODS: dict[str, Callable[[Problem], FloatArray]] = {
    CROSS_ENTROPY: lambda problem: problem.plain,
    BALANCED: _balanced,
    ADJUSTED: lambda problem: problem.fit(logit_adjustment=1.0),
    POST_HOC: lambda problem: _moved(problem.plain, -problem.log_odds),
    "focal": lambda problem: problem.fit(loss="focal", focusing=problem.focusing, start=problem.plain),
    "smooth accuracy": lambda problem: problem.fit(loss="smooth-accuracy", start=problem.plain),
    "Dice (smooth F1)": lambda problem: problem.fit(loss="dice", start=problem.plain),
    "squared Dice": lambda problem: problem.fit(loss="squared-dice", start=problem.plain),
    SMOOTH: lambda problem: fixed_point(problem, smooth=True).theta,
    HARD: lambda problem: fixed_point(problem, smooth=False).theta,
    TUNED: _tuned,
    DIRECT: _direct,
}
"""Name and function; the zeroth-order search comes last, because it takes longest."""
