"""A classifier that is trained on the metric itself."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from zoopt._arguments import FloatArray, positive, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput
from zoopt.sklearn._arguments import checked_weights, class_weighted, codes_among, order_of, seed_from
from zoopt.sklearn._choice import chosen, unmeasured, value_of
from zoopt.sklearn._crossfit import Fold, check_classes, folds_of
from zoopt.sklearn._folds import (
    Data,
    Task,
    fitted,
    held_out,
    searched,
    trained_fold,
    with_decision,
)
from zoopt.sklearn._goal import Scoring, goal_of, handles_several
from zoopt.sklearn._objective import codes_of
from zoopt.sklearn._search import plan_of
from zoopt.sklearn._starts import ACTIVATIONS, Linear, Network, Recipe, log_loss, scores_of

_PERFECT = 0.995
_ROWS_A_FEATURE = 5


class MetricClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A linear classifier, or the last layer of a network, trained on the metric itself from a tuned warm start.

    Three stages, each from where the last one ended: cross-entropy, with C chosen by cross-validated log loss; a
    threshold (several classes: a weight of the log prior) that is best on left-out scores, exactly; then a search on
    the metric by antithetic evolution strategies. How many steps the last stage takes is chosen by cross-validation,
    with 0 among the choices, and then all is fitted again to all rows.

    Expect a gain from the last stage for a linear model that is too simple for its data and has enough rows of every
    class; elsewhere it mostly takes 0 steps. More features, or gradient boosting, help more.

    Parameters
    ----------
    scoring : str or callable
        What to maximise: a metric of scikit-learn by its name, a scorer of :func:`sklearn.metrics.make_scorer`, or
        ``"cohen_kappa"``, ``"linear_weighted_kappa"``, ``"quadratic_weighted_kappa"``.
    method : str or zoopt.Cell
        The search: ``"auto"`` is antithetic pairs with standardised values, momentum and half a cosine of step sizes;
        or any zoopt algorithm for real variables.
    stop : {"cv"}
        The number of steps with the best out-of-fold metric is taken, of equals the smallest.
    shrink : float, optional
        In [0, 1]: take all steps, then go back this share of the way to the warm start. .5 is a cheap alternative to
        `stop`, which it overrides: nothing is searched in folds, so the report has no out-of-fold metric of the result.
    generations : int
        The most steps.
    pairs : int
        Antithetic pairs a step, of "auto".
    seeds : int
        Searches, of which the mean is taken.
    scale : float
        Standard deviation of the scores' disturbance, in those of the margins of the warm start.
    options : dict, optional
        Of the algorithm.
    hidden : tuple of int
        Sizes of hidden layers, which are trained by cross-entropy and stay as they are; only the last layer is
        searched.
    activation : {"relu", "tanh", "logistic"}
        Of the hidden layers.
    alpha, epochs : float, int
        Penalty on the weights and most passes over the rows, of the network.
    Cs : sequence of float
        Values of C to choose among, without hidden layers.
    cv : int, splitter or iterable
        Folds; every row must be left out exactly once.
    class_weight : dict, "balanced" or None
        Weights of the rows of each class, in the cross-entropy and in the metric: accuracy with costs, for example. A
        weighted F1 is another metric than F1; for rare classes it is not needed.
    pos_label : label, optional
        Of two classes the one that F1, precision and the like are about; by default the larger label.
    random_state : int, RandomState or None
        Of folds, networks and searches.
    n_jobs : int, optional
        Folds that are trained at the same time; the result does not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (C,)
    coef_, intercept_ : ndarray of shape (k, p), (k,)
        Without hidden layers: of the raw features; k is 1 for two classes, else C.
    C_ : float
        The C chosen.
    n_steps_ : int
        Steps taken; 0: the warm start was kept.
    decision_ : object
        The tuned decision of the warm start.
    report_ : Report
        Metric on training rows and out of fold, of cross-entropy as it is, with the tuned decision, and trained. Each
        fold has a warm start, a decision and a search that never saw it, and its number of steps is chosen by the other
        folds; only C is chosen by all of them.
    trace_ : dict of ndarray
        ``steps``, and the metric after so many: ``out_of_fold``, ``train`` (mean over folds).
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    zoopt.errors.InvalidInput, zoopt.errors.InvalidType, zoopt.errors.UnknownName
        From ``fit``: one class only, a metric for two classes on more, parameters out of range, folds that leave rows
        out.

    Warns
    -----
    UserWarning
        The warm start's training metric is so near 1 that nothing is left to learn from; or a class has fewer than 5
        rows a feature, so that the search mostly fits noise.

    Notes
    -----
    Features are standardised inside; sparse input is refused.

    A gain in the training metric means nothing: nine tenths of what a free search gains there are lost on new rows.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from zoopt.sklearn import MetricClassifier
    >>> X, y = make_moons(400, noise=0.3, random_state=0)
    >>> model = MetricClassifier(scoring="f1", random_state=0).fit(X, y)
    >>> [line.name for line in model.report_.lines]
    ['cross-entropy', 'tuned decision', 'trained on the metric']
    """

    def __init__(
        self,
        scoring: Scoring = "f1",
        *,
        method: str | Cell = "auto",
        stop: Literal["cv"] = "cv",
        shrink: float | None = None,
        generations: int = 300,
        pairs: int = 8,
        seeds: int = 3,
        scale: float = 0.3,
        options: Mapping[str, Any] | None = None,
        hidden: Sequence[int] = (),
        activation: str = "relu",
        alpha: float = 1e-4,
        epochs: int = 200,
        Cs: Sequence[float] = (0.01, 0.1, 1.0, 10.0),
        cv: Any = 5,
        class_weight: Any = None,
        pos_label: Any = None,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.scoring = scoring
        self.method = method
        self.stop = stop
        self.shrink = shrink
        self.generations = generations
        self.pairs = pairs
        self.seeds = seeds
        self.scale = scale
        self.options = options
        self.hidden = hidden
        self.activation = activation
        self.alpha = alpha
        self.epochs = epochs
        self.Cs = Cs
        self.cv = cv
        self.class_weight = class_weight
        self.pos_label = pos_label
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on rows.

        Parameters
        ----------
        X : array_like of shape (n, p)
            Finite.
        y : array_like of shape (n,)
            Labels; for ordinal metrics their sorted order is the order.
        sample_weight : array_like of shape (n,), optional
            Of the rows, in the cross-entropy and in the metric.

        Returns
        -------
        self
        """
        X, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        weights = checked_weights(sample_weight, X)
        self._order, self._reversed = order_of(self.classes_, self.pos_label)
        goal = goal_of(self.scoring, self._order)
        weights = class_weighted(self.class_weight, self.classes_, labels, weights)
        if goal.probabilities:
            raise InvalidInput(
                f"scoring={goal.name!r} is made from probabilities, which cross-entropy trains already; choose a "
                "metric of predicted classes or of rankings, such as 'f1' or 'roc_auc'"
            )
        data = Data(X, codes_among(labels, self.classes_, self._reversed), weights)
        random = check_random_state(self.random_state)
        fold_seed, net_seed, rule_seed = (seed_from(random) for _ in range(3))
        plan = plan_of(self.method, self.options, self.pairs, self.generations, self._seeds(random))
        task = Task(goal, self._recipe(net_seed), plan, positive("scale", self.scale))
        folds = folds_of(self.cv, X, data.y, classifier=True, seed=fold_seed)
        check_classes(data.y, self._order, folds, ranking=goal.ranking)
        self._check_stop()

        self.C_, scores = self._chosen_strength(task, data, folds)
        start = fitted(task, data, self.C_)
        self.decision_ = task.decide(scores, data.y, weights, rule_seed)
        self._warn_of_little(task, data, start.theta, start.features(X))
        if self.shrink is None:
            found = Parallel(n_jobs=self.n_jobs)(
                delayed(trained_fold)(task, data, folds, k, self.C_, rule_seed) for k in range(len(folds))
            )
            outcome = chosen(task, data, folds, found)
        else:
            outcome = unmeasured(task, data, folds, scores, self.shrink, rule_seed)
        thetas, values = searched(task, start, self.decision_, data, outcome.steps)
        theta = thetas[-1] + (self.shrink or 0.0) * (thetas[0] - thetas[-1])
        self.n_steps_ = outcome.steps
        self.trace_ = outcome.trace if self.shrink is None else outcome.trace | {"train": values}
        features = start.features(X)
        train = (value_of(task, data, start.theta, features), float(values[0]), value_of(task, data, theta, features))
        self.report_ = outcome.report(task.goal.name, train)
        self._start, self._theta = start, theta
        if not start.layers:
            self.coef_ = theta[:, :-1] / start.spread
            self.intercept_ = theta[:, -1] - self.coef_ @ start.mean
            if self._reversed:
                self.coef_, self.intercept_ = -self.coef_, -self.intercept_
        return self

    def decision_function(self, X: Any) -> FloatArray:
        """Return scores.

        Returns
        -------
        ndarray of shape (m,) or (m, C)
            With two classes, above 0 where the larger label is predicted; else the largest is the class predicted. They
            are no log odds.
        """
        scores = self._scores(X)
        return -scores if self._reversed else scores

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the classes predicted, shape (m,)."""
        codes = codes_of(self._scores(X))
        labels: npt.NDArray[Any] = self._order[codes]
        return labels

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the metric of `scoring` on other rows."""
        scores = self._scores(X)
        goal = goal_of(self.scoring, self._order)
        codes = codes_among(y, self.classes_, self._reversed)
        return goal.value(codes, codes_of(scores), checked_weights(sample_weight, scores), scores)

    def summary(self) -> str:
        """Return the report as a table."""
        check_is_fitted(self)
        return str(self.report_)

    def __sklearn_tags__(self) -> Any:
        """Return what it can take."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = handles_several(self.scoring)
        return tags

    def _scores(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return scores_of(self._theta, self._start.features(rows))

    def _seeds(self, random: np.random.RandomState) -> list[int]:
        return [seed_from(random) for _ in range(whole("seeds", self.seeds, low=1, high=1000))]

    def _check_stop(self) -> None:
        if self.stop != "cv":
            raise InvalidInput(f"stop must be 'cv', got {self.stop!r}; for a fixed share of the way give shrink=")
        if self.shrink is not None and not 0.0 <= self.shrink <= 1.0:
            raise InvalidInput(f"shrink must lie in [0, 1], got {self.shrink!r}")

    def _recipe(self, seed: int) -> Recipe:
        hidden = tuple(whole("hidden", size, low=1, high=10**6) for size in self.hidden)
        if hidden:
            if self.activation not in ACTIVATIONS:
                raise InvalidInput(f"activation must be one of {', '.join(ACTIVATIONS)}, got {self.activation!r}")
            return Network(hidden, self.activation, self.alpha, self.epochs, seed)
        if not len(self.Cs):
            raise InvalidInput("Cs is empty; give one value at least")
        return Linear(tuple(positive("Cs", strength) for strength in self.Cs))

    def _chosen_strength(self, task: Task, data: Data, folds: list[Fold]) -> tuple[float, FloatArray]:
        """Return the strength with the least out-of-fold log loss, and its out-of-fold scores."""
        parts = Parallel(n_jobs=self.n_jobs)(delayed(held_out)(task, data, fold) for fold in folds)
        scores = np.empty((len(task.recipe.strengths), len(data.y), *parts[0].shape[2:]))
        for part, (_, test) in zip(parts, folds, strict=True):
            scores[:, test] = part
        best = int(np.argmin([log_loss(one, data.y, data.weights) for one in scores]))
        return task.recipe.strengths[best], scores[best]

    def _warn_of_little(self, task: Task, data: Data, theta: FloatArray, features: FloatArray) -> None:
        value = value_of(task, data, with_decision(theta, self.decision_), features)
        if value >= _PERFECT:
            warnings.warn(
                f"the training {task.goal.name} is {value:.4f} before any training on it: nothing is left to learn "
                "from. A metric on rows that were fitted this well says nothing about new rows",
                UserWarning,
                stacklevel=3,
            )
        rarest = int(np.bincount(data.y, minlength=len(self.classes_)).min())
        if rarest < _ROWS_A_FEATURE * features.shape[1]:
            warnings.warn(
                f"the rarest class has {rarest} rows for {features.shape[1]} features; with fewer than "
                f"{_ROWS_A_FEATURE} a feature, training on a metric mostly fits noise. Drop features, or use "
                "MetricDecision",
                UserWarning,
                stacklevel=3,
            )
