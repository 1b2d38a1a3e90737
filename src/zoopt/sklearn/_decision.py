"""A wrapped estimator whose decision is learned on scores of rows that it has not seen."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, is_regressor
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from zoopt._arguments import FloatArray
from zoopt.cells import Cell
from zoopt.errors import InvalidInput
from zoopt.sklearn._arguments import checked_rows, checked_weights, codes_among, fit_params, order_of, seed_from
from zoopt.sklearn._crossfit import Fold, check_classes, folds_of, others
from zoopt.sklearn._ensemble import Mixing, Weighting
from zoopt.sklearn._goal import Goal, Scoring, goal_of, handles_several
from zoopt.sklearn._report import Line, Report
from zoopt.sklearn._rules import Decision, Learner, Offsets, Rule, described, habit_of, rule_of
from zoopt.sklearn._scores import Reading, read
from zoopt.sklearn._wrapped import check_estimators, common_reading, fitted_on_folds, last_step, left_out_parts, named

Codes = npt.NDArray[np.intp]


def _has_scores(self: MetricDecision) -> bool:
    """Whether decisions are made by scores of classes, and not by cutting one score into several."""
    decision = getattr(self, "decision_", None)
    if decision is None:
        return self.rule not in ("variance", "cuts") and not any(map(is_regressor, named(self.estimator).values()))
    return isinstance(decision, Offsets) or bool(decision.points.size == 1)


class MetricDecision(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier or regressor whose decision is learned for a metric, on scores of rows that it has not seen.

    The estimator is fitted as it is. What is learned is how its scores become classes: a threshold, an offset a class,
    cut points. For that its scores on left-out folds are used; on its own training rows scores are too good, and what
    is tuned on them is too.

    Parameters
    ----------
    estimator : estimator, or list of estimators or of (name, estimator)
        Classifiers with ``predict_proba`` or ``decision_function``, or regressors. Of a list the scores are mixed, by
        weights that are learned on left-out folds too. A regressor is fitted to class numbers 0 … C - 1 in the order of
        ``classes_``.
    scoring : str or callable
        What to maximise: a metric of scikit-learn by its name, a scorer of :func:`sklearn.metrics.make_scorer`, or
        ``"cohen_kappa"``, ``"linear_weighted_kappa"``, ``"quadratic_weighted_kappa"``. Metrics of probabilities or
        rankings are refused: no decision changes them.
    rule : str
        ``"auto"``, or one of

        - ``"threshold"`` (two classes): the best of all cuts between two scores, by one sorted sweep.
        - ``"prior"``: the log prior is taken away from log probabilities, which is best for balanced accuracy.
        - ``"tau"`` (several classes): tau times the log prior is taken away; all breakpoints of tau in [-2, 2] are
          tried.
        - ``"offsets"`` (several classes): one offset a class, by `optimizer`. It loses to ``"tau"`` on most data.
        - ``"variance"`` (one score): cut points that give rounded scores the mean and variance of the class numbers.
        - ``"cuts"`` (one score): cut points by coordinate search, mean over 20 bootstrap samples.

        "auto" takes "prior" for balanced accuracy where there are probabilities; else "threshold" for two classes; for
        one score and several classes "variance" if the metric is ordinal and the estimator has no ``coef_``, else
        "cuts"; and "tau" for the rest, or "offsets" where the metric is not made of confusion counts.
    cv : int, splitter, iterable or "prefit"
        Folds; every row must be left out exactly once. With ``"prefit"`` the estimator is fitted already and is not
        fitted again, and **X and y must be rows that it has not seen**.
    weighting : {"nnls", "stacking"}
        For a list of estimators: weights that are not negative, by least squares on probabilities; or a logistic
        regression on the scores.
    optimizer : str or zoopt.Cell
        Any zoopt algorithm, for ``"offsets"`` and for metrics that are not made of confusion counts.
    budget : int
        Its evaluations.
    pos_label : label, optional
        Of two classes the one that F1, precision and the like are about; by default the larger label.
    random_state : int, RandomState or None
        Of the folds, bootstrap samples and searches.
    n_jobs : int, optional
        Folds that are fitted at the same time; the result does not depend on it.

    Attributes
    ----------
    estimator_ : estimator
        Fitted to all rows; of a list the first. ``estimators_`` has them all. Its probabilities are untouched.
    classes_ : ndarray of shape (C,)
    decision_ : object
        What was learned; ``str(decision_)`` shows it.
    mixture_ : object
        How the scores of several estimators are mixed.
    out_of_fold_scores_ : ndarray of shape (n,) or (n, C)
        What the decision was learned on.
    report_ : Report
        Metric on training rows and out of fold, without and with the learned decision. The latter is nested: each fold
        is decided by what the other folds' scores gave.
    trace_ : dict
        The decision and the metric of every fold.
    n_features_in_, feature_names_in_
        As of the estimator.

    Raises
    ------
    zoopt.errors.InvalidInput, zoopt.errors.InvalidType, zoopt.errors.UnknownName
        From ``fit``: one class only, a rule that does not fit, folds that leave rows out, scores that are not finite, a
        metric that no decision changes.

    Notes
    -----
    No significance test decides whether the decision is used: it always is. A gate throws away much of the gain; the
    report shows what was gained out of fold, and it may be negative.

    There is no ``predict_proba``: the probabilities are those of ``estimator_``, and the decision is not their argmax.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from zoopt.sklearn import MetricDecision
    >>> X, y = make_classification(600, weights=[0.9], flip_y=0.1, random_state=1)
    >>> model = MetricDecision(LogisticRegression(), scoring="f1", random_state=0).fit(X, y)
    >>> model.report_.out_of_fold > model.report_.baseline
    True
    """

    def __init__(
        self,
        estimator: Any,
        *,
        scoring: Scoring = "f1",
        rule: Rule = "auto",
        cv: Any = 5,
        weighting: Weighting = "nnls",
        optimizer: str | Cell = "cma-es",
        budget: int = 2000,
        pos_label: Any = None,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.scoring = scoring
        self.rule = rule
        self.cv = cv
        self.weighting = weighting
        self.optimizer = optimizer
        self.budget = budget
        self.pos_label = pos_label
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **params: Any) -> Self:
        """Fit the estimator to all rows, and learn the decision on scores of left-out ones.

        Parameters
        ----------
        X : array_like or sparse matrix of shape (n, p)
            Whatever the estimator takes.
        y : array_like of shape (n,)
            Classes; for ordinal metrics their sorted order is the order.
        sample_weight : array_like of shape (n,), optional
            Passed to the estimator, and weights of the rows in the metric.
        **params
            Passed to ``fit`` of the estimator, cut to the rows of each fold.

        Returns
        -------
        self
        """
        estimators = list(named(self.estimator).values())
        check_estimators(estimators)
        if self.weighting not in ("nnls", "stacking"):
            raise InvalidInput(f"weighting must be 'nnls' or 'stacking', got {self.weighting!r}")
        if isinstance(self.cv, str) and not self._prefit:
            raise InvalidInput(f"cv must be a number of folds, a splitter or 'prefit', got {self.cv!r}")
        X, labels, weights = checked_rows(self, X, y, sample_weight)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        self._order, self._reversed = order_of(self.classes_, self.pos_label)
        goal = goal_of(self.scoring, self._order)
        if goal.ranking:
            raise InvalidInput(
                f"scoring={goal.name!r} is made from scores, which no decision changes; choose a metric of predicted "
                "classes such as 'f1', or train on it with MetricClassifier"
            )
        codes = codes_among(labels, self.classes_, self._reversed)
        random = check_random_state(self.random_state)
        seeds = seed_from(random), seed_from(random)
        fitting = fit_params(self, named(self.estimator), weights, params)
        folds = folds_of(5 if self._prefit else self.cv, X, codes, classifier=True, seed=seeds[0])
        check_classes(codes, self._order, folds)
        wants_prior = self.rule == "prior" or (self.rule == "auto" and goal.prior) or len(estimators) > 1
        ordinal = goal.ordinal and self.rule not in ("tau", "offsets")
        target = codes if is_regressor(estimators[0]) else labels
        left_out: list[list[Any]] = []
        self.estimators_ = estimators
        if not self._prefit:
            self.estimators_, left_out = fitted_on_folds(estimators, X, target, folds, fitting, self.n_jobs)
        self.estimator_ = self.estimators_[0]
        self._reading: Reading = common_reading(self.estimators_, len(self._order), ordinal=ordinal, prior=wants_prior)
        parts = self._parts(X) if self._prefit else left_out_parts(left_out, X, folds, self._reading, self._order)
        learner = self._learner(goal)
        mixing = Mixing(parts, codes, weights, len(self._order), self.weighting, self._reading)
        self.mixture_ = mixing.learned(slice(None))
        scores = mixing.crossed(folds)
        self.out_of_fold_scores_ = scores
        self.decision_ = learner.learn(scores, codes, weights, seeds[1])
        self._judge(X, codes, weights, folds, learner, seeds[1])
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the classes decided, shape (m,)."""
        check_is_fitted(self)
        labels: npt.NDArray[Any] = self._order[self.decision_.classes_of(self._scores(X))]
        return labels

    @available_if(_has_scores)  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> FloatArray:
        """Return scores with the decision in them.

        Returns
        -------
        ndarray of shape (m,) or (m, C)
            With two classes, above 0 where the larger label is predicted; else the largest is the class predicted.
            Not there where one score is cut into several classes.
        """
        check_is_fitted(self)
        scores = self._scores(X)
        if isinstance(self.decision_, Offsets):
            return np.asarray(scores + self.decision_.offsets)
        above = scores - self.decision_.points[0]
        return np.asarray(-above if self._reversed else above)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the metric of `scoring` on other rows."""
        check_is_fitted(self)
        goal = goal_of(self.scoring, self._order)
        decided = self.decision_.classes_of(self._scores(X))
        return goal.value(codes_among(y, self.classes_, self._reversed), decided, checked_weights(sample_weight, X))

    def summary(self) -> str:
        """Return the report as a table, with the decision."""
        check_is_fitted(self)
        return f"{self.report_}\n{self.decision_}"

    def get_metadata_routing(self) -> MetadataRouter:
        """Return how fit parameters are routed: to the estimators by their requests."""
        router = MetadataRouter(owner=self).add_self_request(self)
        for name, estimator in named(self.estimator).items():
            router.add(**{name: estimator}, method_mapping=MethodMapping().add(caller="fit", callee="fit"))
        return router

    def __sklearn_tags__(self) -> Any:
        """Return what the estimator can take."""
        tags = super().__sklearn_tags__()
        first = next(iter(named(self.estimator).values()))
        tags.input_tags = get_tags(first).input_tags
        tags.classifier_tags.multi_class = handles_several(self.scoring)
        tags.classifier_tags.poor_score = is_regressor(first)  # which takes the classes to be in order
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a decision."""
        return hasattr(self, "decision_")

    @property
    def n_features_in_(self) -> int:
        """Features seen by the estimator."""
        return int(self._fitted().n_features_in_)

    @property
    def feature_names_in_(self) -> npt.NDArray[Any]:
        """Names of the features seen by the estimator."""
        names: npt.NDArray[Any] = self._fitted().feature_names_in_
        return names

    def _fitted(self) -> Any:
        if not hasattr(self, "estimator_"):
            raise AttributeError(f"{type(self).__name__} is not fitted yet")
        return self.estimator_

    @property
    def _prefit(self) -> bool:
        return isinstance(self.cv, str) and self.cv == "prefit"

    def _learner(self, goal: Goal) -> Learner:
        one_score = self._reading not in ("log probabilities", "margins")
        log_odds = self._reading in ("log odds", "log probabilities")
        linear = hasattr(last_step(self.estimator_), "coef_")
        rule = rule_of(self.rule, goal, one_score=one_score, log_odds=log_odds, linear=linear)
        habit = habit_of(goal, one_score=one_score, regression=self._reading in ("prediction", "expected class"))
        return Learner(rule, goal, habit, self.optimizer, self.budget)

    def _judge(
        self,
        X: Any,
        codes: Codes,
        weights: FloatArray | None,
        folds: list[Fold],
        learner: Learner,
        seed: int,
    ) -> None:
        """Compare the learned decision with the habitual one, on rows that had no part in it."""
        goal, scores = learner.goal, self.out_of_fold_scores_
        nested = np.empty(len(codes), dtype=np.intp)
        decisions, values = [], []
        for k, (_, test) in enumerate(folds):
            rest = others(folds, k, len(codes))
            part = None if weights is None else weights[rest]
            decision = learner.learn(scores[rest], codes[rest], part, seed)
            nested[test] = decision.classes_of(scores[test])
            decisions.append(described(decision))
            values.append(goal.value(codes[test], nested[test], None if weights is None else weights[test]))
        seen = scores if self._prefit else self._scores(X)
        habit: Decision = learner.habit
        lines = (
            Line("as it is", _value(goal, codes, habit, seen, weights), _value(goal, codes, habit, scores, weights)),
            Line(
                f"rule {learner.rule}",
                _value(goal, codes, self.decision_, seen, weights),
                goal.value(codes, nested, weights),
            ),
        )
        notes = ("prefit: worth what the rows given are worth, which the estimator must not have seen",)
        self.report_ = Report(
            goal.name, lines, lines[1].name, "a learned decision is always used", notes if self._prefit else ()
        )
        self.trace_ = {"decision": decisions, "out_of_fold": values}

    def _scores(self, X: Any) -> FloatArray:
        return self.mixture_.mix(self._parts(X))

    def _parts(self, X: Any) -> FloatArray:
        return np.stack([read(estimator, X, self._reading, self._order) for estimator in self.estimators_], axis=1)


def _value(goal: Goal, codes: Codes, decision: Decision, scores: FloatArray, weights: FloatArray | None) -> float:
    return goal.value(codes, decision.classes_of(scores), weights)
