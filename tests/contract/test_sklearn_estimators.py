"""scikit-learn's own checks of estimators, all of them, and its conventions: pipelines, searches, clones, routing."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, make_classification
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from zoopt.sklearn import MetricClassifier, MetricDecision, MetricRegressor

# Small, as each is fitted some hundred times.
SMALL = {"generations": 4, "seeds": 1, "cv": 3}
EXACT = LogisticRegression(solver="newton-cholesky", tol=1e-10)  # so that weights are rows repeated to nine digits
CHECKED = [
    MetricClassifier("f1", Cs=[1.0], **SMALL),
    MetricClassifier("f1_macro", Cs=[1.0], **SMALL),
    MetricDecision(EXACT, scoring="f1"),
    MetricDecision(EXACT, scoring="f1_macro"),
    MetricDecision(EXACT, scoring="balanced_accuracy"),
    MetricDecision(Ridge(), scoring="quadratic_weighted_kappa", rule="variance"),
    MetricRegressor("neg_mean_absolute_error", **SMALL),
    MetricRegressor("spearman", **SMALL),
]


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.mark.filterwarnings("ignore:the rarest class has", "ignore:the training")
@parametrize_with_checks(CHECKED)
def test_scikit_learn_checks_pass(estimator, check):
    """No check is expected to fail; one is skipped by scikit-learn where SCIPY_ARRAY_API is not set."""
    check(estimator)


def skewed(seed=0, rows=300):
    return make_classification(rows, 6, weights=[0.8], flip_y=0.1, random_state=seed)


ESTIMATORS = {
    "classifier": MetricClassifier("f1", random_state=0, **SMALL),
    "decision": MetricDecision(GaussianNB(), scoring="f1", random_state=0),
    "cuts": MetricDecision(Ridge(), scoring="quadratic_weighted_kappa", rule="cuts", random_state=0),
    "regressor": MetricRegressor("neg_mean_absolute_error", random_state=0, **SMALL),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_one_random_state_gives_one_fit_whatever_n_jobs_is(name):
    X, y = skewed()
    fits = [clone(ESTIMATORS[name]).set_params(n_jobs=jobs).fit(X, y) for jobs in (None, None, 2)]
    attribute = "decision_" if name in ("decision", "cuts") else "coef_"
    values = [getattr(fit, attribute) for fit in fits]
    values = [value.points if attribute == "decision_" else value for value in values]
    assert values[0].tolist() == values[1].tolist() == values[2].tolist()
    assert str(fits[0].report_) == str(fits[2].report_)


def test_another_random_state_gives_another_fit():
    X, y = skewed()
    one, other = (MetricClassifier("f1", random_state=s, shrink=0.5).fit(X, y).coef_ for s in (0, 1))
    assert (one != other).any()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_pickles_predict_the_same(name):
    X, y = skewed()
    fitted = clone(ESTIMATORS[name]).fit(X, y)
    assert pickle.loads(pickle.dumps(fitted)).predict(X).tolist() == fitted.predict(X).tolist()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_names_of_pandas_columns_are_kept_and_checked(name):
    X, y = skewed()
    table = pd.DataFrame(X, columns=[f"feature {k}" for k in range(6)])
    fitted = clone(ESTIMATORS[name]).fit(table, pd.Series(y))
    assert fitted.feature_names_in_.tolist() == table.columns.tolist()
    assert fitted.n_features_in_ == 6
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(table.rename(columns={"feature 0": "other"}))


def test_they_work_in_pipelines_and_grid_searches():
    X, y = skewed()
    pipeline = make_pipeline(StandardScaler(), MetricClassifier("f1", random_state=0, Cs=[1.0], **SMALL))
    search = GridSearchCV(pipeline, {"metricclassifier__pairs": [2, 4]}, cv=2).fit(X, y)
    assert search.best_params_["metricclassifier__pairs"] in (2, 4)
    wrapped = MetricDecision(make_pipeline(StandardScaler(), LogisticRegression()), scoring="f1", random_state=0)
    grid = {"estimator__logisticregression__C": [0.1, 1.0]}
    search = GridSearchCV(wrapped, grid, scoring="f1", cv=2).fit(X, y)
    assert search.score(X, y) > 0.5
    assert cross_val_score(wrapped, X, y, cv=2).shape == (2,)


def test_score_is_the_metric_and_takes_weights():
    X, y = skewed()
    for model in (ESTIMATORS["classifier"], ESTIMATORS["decision"]):
        fitted = clone(model).fit(X, y)
        want = sklearn.metrics.f1_score(y, fitted.predict(X))
        assert fitted.score(X, y) == pytest.approx(want)
        weights = np.random.default_rng(0).uniform(size=len(y))
        want = sklearn.metrics.f1_score(y, fitted.predict(X), sample_weight=weights)
        assert fitted.score(X, y, sample_weight=weights) == pytest.approx(want)


def test_metadata_is_routed_to_the_estimator():
    X, y = skewed()
    weights = np.random.default_rng(0).uniform(0.1, 1, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        asks = LogisticRegression().set_fit_request(sample_weight=True)
        refuses = LogisticRegression().set_fit_request(sample_weight=False)
        with_weights = MetricDecision(asks, random_state=0).fit(X, y, sample_weight=weights)
        without = MetricDecision(refuses, random_state=0).fit(X, y, sample_weight=weights)
    assert with_weights.estimator_.coef_ == pytest.approx(LogisticRegression().fit(X, y, weights).coef_)
    assert without.estimator_.coef_ == pytest.approx(LogisticRegression().fit(X, y).coef_)


def test_labels_may_be_text_and_the_positive_one_named():
    X, y = skewed()
    text = np.where(y == 1, "yes", "no")
    for model in (MetricClassifier("f1", random_state=0, **SMALL), MetricDecision(GaussianNB(), random_state=0)):
        as_numbers, as_text = clone(model).fit(X, y), clone(model).fit(X, text)
        assert (as_text.predict(X) == "yes").tolist() == (as_numbers.predict(X) == 1).tolist()
        other = clone(model).set_params(pos_label="no").fit(X, text)
        turned = clone(model).fit(X, 1 - y)
        assert (other.predict(X) == "no").tolist() == (turned.predict(X) == 1).tolist()
        assert ((other.decision_function(X) > 0) == (other.predict(X) == "yes")).all()


def test_boosting_and_rounding_of_ordered_labels():
    X, y = load_diabetes(return_X_y=True)
    grades = np.searchsorted(np.quantile(y, [0.25, 0.5, 0.75]), y)
    model = HistGradientBoostingRegressor(max_iter=20, random_state=0)
    fitted = MetricDecision(model, scoring="quadratic_weighted_kappa", random_state=0).fit(X, grades)
    assert [line.name for line in fitted.report_.lines] == ["as it is", "rule variance"]
    assert not hasattr(fitted, "decision_function")
    assert fitted.decision_.points.shape == (3,)


def test_class_weights_are_weights_of_rows():
    X, y = skewed()
    weighted = MetricClassifier("accuracy", random_state=0, class_weight={0: 1.0, 1: 3.0}, **SMALL).fit(X, y)
    rows = MetricClassifier("accuracy", random_state=0, **SMALL).fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    assert weighted.coef_.tolist() == rows.coef_.tolist()


def test_hidden_layers_are_left_as_cross_entropy_made_them():
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:200, :4]
    model = MetricClassifier("f1", hidden=(5,), epochs=500, random_state=0, **SMALL).fit(X, y[:200])
    assert not hasattr(model, "coef_")
    hidden = model._start.features(X)
    assert hidden.shape == (200, 5)
    theta = model._theta
    assert ((hidden @ theta[0, :-1] + theta[0, -1] > 0) == (model.predict(X) == 1)).all()
