"""Which rule decides what, metrics without an exact way, and lists of estimators."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine, make_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, f1_score, make_scorer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from zoopt.sklearn import MetricClassifier, MetricDecision


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def classes(count, seed=0, rows=300):
    weights = [0.6, 0.3, 0.1] if count == 3 else [0.8]
    return make_classification(
        rows, 6, n_informative=4, n_classes=count, weights=weights, flip_y=0.1, random_state=seed
    )


@pytest.mark.parametrize(
    ("estimator", "count", "scoring", "rule"),
    [
        (GaussianNB(), 2, "f1", "threshold"),
        (GaussianNB(), 2, "balanced_accuracy", "prior"),
        (LinearSVC(), 2, "balanced_accuracy", "threshold"),
        (GaussianNB(), 3, "balanced_accuracy", "prior"),
        (LinearSVC(), 3, "balanced_accuracy", "tau"),
        (GaussianNB(), 3, "f1_macro", "tau"),
        (GaussianNB(), 3, "quadratic_weighted_kappa", "variance"),
        (LogisticRegression(), 3, "quadratic_weighted_kappa", "cuts"),
        (make_pipeline(StandardScaler(), Ridge()), 3, "quadratic_weighted_kappa", "cuts"),
        (DecisionTreeRegressor(max_depth=3), 3, "quadratic_weighted_kappa", "variance"),
        (DecisionTreeRegressor(max_depth=3), 3, "f1_macro", "cuts"),
        (Ridge(), 2, "f1", "threshold"),
    ],
)
def test_the_rule_follows_from_metric_and_scores(estimator, count, scoring, rule):
    X, y = classes(count)
    model = MetricDecision(estimator, scoring=scoring, cv=2, random_state=0).fit(X, y)
    assert model.report_.kept == f"rule {rule}"


@pytest.mark.parametrize("count", [2, 3])
def test_balanced_accuracy_takes_the_log_prior_away(count):
    X, y = classes(count)
    model = MetricDecision(LogisticRegression(), scoring="balanced_accuracy", random_state=0).fit(X, y)
    logs = LogisticRegression().fit(X, y).predict_log_proba(X)
    want = (logs - np.log(np.bincount(y) / len(y))).argmax(axis=1)
    assert model.predict(X).tolist() == want.tolist()
    assert model.report_.train == pytest.approx(balanced_accuracy_score(y, want))


def own(y, predicted):
    """F1, which nobody can see through."""
    return f1_score(y, predicted, average="macro", zero_division=0)


def test_a_threshold_for_a_metric_of_ones_own_is_the_best_of_its_quantiles():
    X, y = classes(2)
    exact = MetricDecision(GaussianNB(), scoring="f1_macro", random_state=0).fit(X, y)
    opaque = MetricDecision(GaussianNB(), scoring=make_scorer(own), random_state=0).fit(X, y)
    apart = [own(y, (model.out_of_fold_scores_ > model.decision_.points[0]).astype(int)) for model in (exact, opaque)]
    assert apart[0] >= apart[1] >= apart[0] - 0.01


@pytest.mark.parametrize("optimizer", ["cma-es", "snes"])
def test_offsets_for_a_metric_of_ones_own_are_searched_by_any_optimiser(optimizer):
    X, y = classes(3)
    model = MetricDecision(
        GaussianNB(), scoring=make_scorer(own), optimizer=optimizer, budget=300, cv=2, random_state=0
    ).fit(X, y)
    assert model.report_.kept == "rule offsets"
    scores = model.out_of_fold_scores_
    assert own(y, model.decision_.classes_of(scores)) >= own(y, scores.argmax(axis=1))


def test_cut_points_for_a_metric_of_ones_own_are_searched_too():
    X, y = classes(3)
    model = MetricDecision(Ridge(), scoring=make_scorer(own), budget=200, cv=2, random_state=0).fit(X, y)
    assert model.report_.kept == "rule cuts"
    assert (np.diff(model.decision_.points) >= 0).all()


def test_a_scorer_of_scikit_learn_is_known_by_what_it_is_made_of():
    X, y = classes(2)
    named = MetricClassifier("f1_macro", random_state=0, generations=4, seeds=1).fit(X, y)
    made = MetricClassifier(
        make_scorer(f1_score, average="macro", zero_division=0), random_state=0, generations=4, seeds=1
    ).fit(X, y)
    assert named.coef_.tolist() == made.coef_.tolist()


def test_lists_of_estimators_are_cloned_and_named():
    model = MetricDecision([("a", GaussianNB()), ("b", LogisticRegression(C=2.0, max_iter=1000))], random_state=0)
    X, y = load_wine(return_X_y=True)
    fitted = clone(model).set_params(scoring="f1_macro").fit(X[:, :4], y)
    assert fitted.estimators_[1].C == 2.0
    assert fitted.predict(X[:, :4]).shape == y.shape
    graded = MetricDecision([Ridge(), DecisionTreeRegressor(max_depth=2)], scoring="quadratic_weighted_kappa")
    assert graded.fit(X[:, :4], y).mixture_.weights.sum() == pytest.approx(1.0)
    stacked = clone(graded).set_params(weighting="stacking").fit(X[:, :4], y)
    assert stacked.out_of_fold_scores_.shape == y.shape
