"""A linear regressor that is trained on the metric itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from zoopt._arguments import FloatArray, positive, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput
from zoopt.objectives import MetricObjective
from zoopt.sklearn._arguments import checked_weights, seed_from
from zoopt.sklearn._crossfit import Fold, folds_of
from zoopt.sklearn._goal import Scoring
from zoopt.sklearn._losses import Measure, measure_of
from zoopt.sklearn._report import Line, Report
from zoopt.sklearn._search import Plan, best_stop, climb, plan_of, scale_of
from zoopt.sklearn._starts import standardised

_PLAIN, _SHIFTED, _TRAINED = "ridge", "ridge, shifted", "trained on the metric"


class MetricRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A linear regressor trained on the metric itself from a ridge warm start.

    Ridge regression, with alpha chosen by cross-validated squared error; then the constant that is best for the metric
    on left-out residuals (their median for absolute errors, a quantile for the pinball loss); then a search on the
    metric by antithetic evolution strategies, whose number of steps is chosen by cross-validation with 0 among the
    choices.

    The absolute error and the pinball loss have gradients almost everywhere and exact solvers
    (:class:`sklearn.linear_model.QuantileRegressor`). This is for metrics that have none, such as the rank correlation,
    and for comparing.

    Parameters
    ----------
    scoring : str or callable
        What to maximise: ``"neg_mean_absolute_error"``, ``"neg_root_mean_squared_error"``, ``"r2"``, ``"spearman"``
        (the rank correlation), a scorer of :func:`sklearn.metrics.make_scorer` such as one of
        :func:`sklearn.metrics.mean_pinball_loss`, or any other of scikit-learn's.
    method, shrink, generations, pairs, seeds, scale, options, cv, random_state, n_jobs
        As of :class:`MetricClassifier`; the scale is in standard deviations of the warm start's residuals.
    alphas : sequence of float
        Penalties of the ridge to choose among, for features of variance 1 and the mean of squared errors.

    Attributes
    ----------
    coef_, intercept_ : ndarray of shape (p,), float
    alpha_ : float
        The penalty chosen.
    n_steps_ : int
        Steps taken; 0: the warm start was kept.
    report_, trace_
        As of :class:`MetricClassifier`. The metric out of fold is the mean over folds, weighted by their rows.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    zoopt.errors.InvalidInput, zoopt.errors.InvalidType, zoopt.errors.UnknownName
        From ``fit``: parameters out of range, folds that leave rows out.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from zoopt.sklearn import MetricRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = MetricRegressor(scoring="spearman", random_state=0).fit(X, y)
    >>> model.report_.out_of_fold > 0.6
    True
    """

    def __init__(
        self,
        scoring: Scoring = "neg_mean_absolute_error",
        *,
        method: str | Cell = "auto",
        shrink: float | None = None,
        generations: int = 300,
        pairs: int = 8,
        seeds: int = 3,
        scale: float = 0.3,
        options: Mapping[str, Any] | None = None,
        alphas: Sequence[float] = (1e-4, 1e-3, 1e-2, 1e-1, 1.0),
        cv: Any = 5,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.scoring = scoring
        self.method = method
        self.shrink = shrink
        self.generations = generations
        self.pairs = pairs
        self.seeds = seeds
        self.scale = scale
        self.options = options
        self.alphas = alphas
        self.cv = cv
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on rows.

        Parameters
        ----------
        X : array_like of shape (n, p)
            Finite.
        y : array_like of shape (n,)
            Finite numbers.
        sample_weight : array_like of shape (n,), optional

        Returns
        -------
        self
        """
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        weights = checked_weights(sample_weight, X)
        data = _Data(X, np.asarray(y, dtype=np.float64), np.ones(len(y)) if weights is None else weights)
        measure = measure_of(self.scoring)
        random = check_random_state(self.random_state)
        fold_seed = seed_from(random)
        seeds = [seed_from(random) for _ in range(whole("seeds", self.seeds, low=1, high=1000))]
        plan = plan_of(self.method, self.options, self.pairs, self.generations, seeds)
        task = _Task(measure, plan, positive("scale", self.scale), self._penalties())
        if self.shrink is not None and not 0.0 <= self.shrink <= 1.0:
            raise InvalidInput(f"shrink must lie in [0, 1], got {self.shrink!r}")
        folds = folds_of(self.cv, X, data.y, classifier=False, seed=fold_seed)
        found = Parallel(n_jobs=self.n_jobs)(delayed(_fold)(task, data, fold) for fold in folds)
        self.alpha_, best = _chosen(task, data, folds, found)
        inner = Parallel(n_jobs=self.n_jobs)(
            delayed(_fold_climb)(task, data, folds, k, best) for k in range(len(folds))
        )
        stops, sizes = plan.stops, [data.weights[test].sum() for _, test in folds]
        curve = np.average([fold.values for fold in inner], axis=0, weights=sizes)
        self.n_steps_ = stops[-1] if self.shrink is not None else stops[best_stop(curve)]
        self.trace_ = {
            "steps": np.array(stops),
            "out_of_fold": curve,
            "train": np.mean([fold.train for fold in inner], axis=0),
        }
        residuals = data.y - _gathered(folds, [fold[best] for fold in found], len(y))
        start = _ridge(data, self.alpha_)
        theta = start.theta.copy()
        theta[-1] += measure.shift(residuals, data.weights)
        thetas, train = _searched(task, start, theta, data, self.n_steps_)
        final = thetas[-1] if self.shrink is None else thetas[-1] + self.shrink * (thetas[0] - thetas[-1])
        self.coef_ = final[:-1] / start.spread
        self.intercept_ = float(final[-1] - self.coef_ @ start.mean)
        self._report(measure, data, start, inner, sizes, train, X @ self.coef_ + self.intercept_)
        return self

    def predict(self, X: Any) -> FloatArray:
        """Return predictions, shape (m,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(rows @ self.coef_ + self.intercept_)

    def summary(self) -> str:
        """Return the report as a table."""
        check_is_fitted(self)
        return str(self.report_)

    def _penalties(self) -> tuple[float, ...]:
        if not len(self.alphas):
            raise InvalidInput("alphas is empty; give one value at least")
        return tuple(positive("alphas", alpha) for alpha in self.alphas)

    def _report(
        self,
        measure: Measure,
        data: _Data,
        start: _Start,
        inner: list[_FoldFound],
        sizes: list[float],
        train: FloatArray,
        predictions: FloatArray,
    ) -> None:
        curves = np.array([fold.values for fold in inner])
        nested = []
        for k in range(len(inner)):
            rest = [j for j in range(len(inner)) if j != k]
            others = np.average(curves[rest], axis=0, weights=[sizes[j] for j in rest])
            nested.append(curves[k, -1 if self.shrink is not None else best_stop(others)])
        plain = start.features(data.X) @ start.theta[:-1] + start.theta[-1]
        lines = (
            Line(
                _PLAIN,
                measure.value(data.y, plain, data.weights),
                float(np.average([fold.plain for fold in inner], weights=sizes)),
            ),
            Line(_SHIFTED, float(train[0]), float(np.average(curves[:, 0], weights=sizes))),
            Line(_TRAINED, measure.value(data.y, predictions, data.weights), float(np.average(nested, weights=sizes))),
        )
        why = f"{self.n_steps_} steps have the best out-of-fold {measure.name}, 0 among the choices"
        notes = ("Each fold stops where the other folds say. A gain on training rows alone means nothing.",)
        if self.shrink is not None:
            why = f"shrink={self.shrink} goes that share of the way back to the warm start"
            notes = ("Trained, out of fold: of all steps, without going back.",)
        self.report_ = Report(measure.name, lines, _TRAINED if self.n_steps_ else _SHIFTED, why, notes)


@dataclass(frozen=True)
class _Data:
    X: FloatArray
    y: FloatArray
    weights: FloatArray

    def at(self, rows: Any) -> _Data:
        return _Data(self.X[rows], self.y[rows], self.weights[rows])


@dataclass(frozen=True)
class _Task:
    measure: Measure
    plan: Plan
    share: float
    alphas: tuple[float, ...]


@dataclass(frozen=True)
class _Start:
    mean: FloatArray
    spread: FloatArray
    theta: FloatArray

    def features(self, X: FloatArray) -> FloatArray:
        return np.asarray((X - self.mean) / self.spread)

    def predict(self, X: FloatArray) -> FloatArray:
        return np.asarray(self.features(X) @ self.theta[:-1] + self.theta[-1])


@dataclass(frozen=True)
class _FoldFound:
    values: FloatArray
    train: FloatArray
    plain: float


def _ridge(data: _Data, alpha: float) -> _Start:
    mean, spread = standardised(data.X, data.weights)
    features = (data.X - mean) / spread
    share = data.weights / data.weights.sum()
    middle = float(share @ data.y)
    gram = (features * share[:, None]).T @ features
    moment = features.T @ (share * (data.y - middle))
    weights = np.linalg.solve(gram + alpha * np.eye(len(gram)), moment)
    return _Start(mean, spread, np.append(weights, middle))


def _fold(task: _Task, data: _Data, fold: Fold) -> list[FloatArray]:
    """Return predictions of the left-out rows for every penalty."""
    with threadpool_limits(1):
        return [_ridge(data.at(fold[0]), alpha).predict(data.X[fold[1]]) for alpha in task.alphas]


def _gathered(folds: list[Fold], parts: list[FloatArray], rows: int) -> FloatArray:
    found = np.empty(rows)
    for (_, test), part in zip(folds, parts, strict=True):
        found[test] = part
    return found


def _chosen(task: _Task, data: _Data, folds: list[Fold], found: list[list[FloatArray]]) -> tuple[float, int]:
    errors = [
        np.average((data.y - _gathered(folds, [fold[a] for fold in found], len(data.y))) ** 2, weights=data.weights)
        for a in range(len(task.alphas))
    ]
    best = int(np.argmin(errors))
    return task.alphas[best], best


def _fold_climb(task: _Task, data: _Data, folds: list[Fold], number: int, penalty: int) -> _FoldFound:
    """Start, shift and search without a fold; return its metric at every stop."""
    train, test = folds[number]
    kept, left, alpha = data.at(train), data.at(test), task.alphas[penalty]
    with threadpool_limits(1):
        start = _ridge(kept, alpha)
        theta = start.theta.copy()
        theta[-1] += task.measure.shift(_inner_residuals(data, folds, number, alpha), kept.weights)
        thetas, values = _searched(task, start, theta, kept, None)
        features = start.features(left.X)
        predictions = features @ thetas[:, :-1].T + thetas[:, -1]
        plain = task.measure.value(left.y, start.predict(left.X), left.weights)
    return _FoldFound(task.measure.values(left.y, predictions, left.weights), values, plain)


def _inner_residuals(data: _Data, folds: list[Fold], number: int, alpha: float) -> FloatArray:
    """Return residuals of the rows outside a fold, by ridges that saw neither that fold nor theirs."""
    train = folds[number][0]
    residuals = np.full(len(data.y), np.nan)
    for k, (_, test) in enumerate(folds):
        rows = np.setdiff1d(train, test)
        if k != number and rows.size:
            residuals[test] = data.y[test] - _ridge(data.at(rows), alpha).predict(data.X[test])
    found = residuals[train]
    if np.isnan(found).any():  # two folds: nothing is left when both are out
        return data.y[train] - _ridge(data.at(train), alpha).predict(data.X[train])
    return found


def _searched(
    task: _Task, start: _Start, theta: FloatArray, data: _Data, last: int | None
) -> tuple[FloatArray, FloatArray]:
    """Return theta at every stop up to `last`, and the training metric there."""
    features = start.features(data.X)
    residuals = data.y - features @ theta[:-1] - theta[-1]
    scale = scale_of(residuals, features, task.share, data.weights)

    def values(rows: FloatArray) -> FloatArray:
        return task.measure.values(data.y, features @ (scale * rows[:, :-1].T) + scale * rows[:, -1], data.weights)

    objective: Any = values
    if task.measure.compiled is not None and (data.weights == 1.0).all():
        # In units of the scale: no metric that the core has changes its order of candidates by that.
        objective = MetricObjective(features, data.y / scale, metric=task.measure.compiled)
    rows = climb(objective, theta / scale, task.plan, last)
    thetas = rows * scale
    thetas[0] = theta
    return thetas, values(rows)
