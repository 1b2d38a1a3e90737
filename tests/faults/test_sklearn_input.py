"""Bad input to the estimators: what was got, what was expected, what to do."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from zoopt.errors import InvalidInput, InvalidType, UnknownName
from zoopt.sklearn import MetricClassifier, MetricDecision, MetricRegressor

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 3))
Y = (X[:, 0] + RANDOM.normal(size=120) > 0.5).astype(int)
THREE = np.arange(120) % 3
QUICK = {"generations": 2, "seeds": 1, "random_state": 0}


class Fixed(ClassifierMixin, BaseEstimator):
    """Gives the scores it was told."""

    def __init__(self, scores=None):
        self.scores = scores

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X):
        return np.full(len(X), self.scores, dtype=float)


class Mute(ClassifierMixin, BaseEstimator):
    """Has no scores."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_named(score):
    with pytest.raises(InvalidInput, match=r"Fixed gave 24 rows a score that is NaN or infinite, row 0 first"):
        MetricDecision(Fixed(score), random_state=0).fit(X, Y)


@pytest.mark.parametrize(
    ("estimator", "kind", "message"),
    [
        (Mute(), InvalidType, "neither predict_proba nor decision_function"),
        (KMeans(), InvalidType, "must be a classifier or a regressor"),
        ([], InvalidInput, "empty list"),
        ([LogisticRegression(), LinearRegression()], InvalidInput, "all be classifiers, or all regressors"),
        ([GaussianNB(), Fixed(0.5)], InvalidType, "only if all of them have predict_proba"),
    ],
)
def test_estimators_that_cannot_be_decided_on_are_refused(estimator, kind, message):
    with pytest.raises(kind, match=message):
        MetricDecision(estimator, random_state=0).fit(X, Y)


@pytest.mark.parametrize("scoring", ["roc_auc", "average_precision", "neg_log_loss"])
def test_metrics_that_no_decision_changes_are_refused(scoring):
    with pytest.raises(InvalidInput, match="no decision changes"):
        MetricDecision(GaussianNB(), scoring=scoring).fit(X, Y)


def test_metrics_of_probabilities_are_not_searched():
    with pytest.raises(InvalidInput, match="cross-entropy trains already"):
        MetricClassifier("neg_log_loss", **QUICK).fit(X, Y)


@pytest.mark.parametrize("model", [MetricClassifier(**QUICK), MetricDecision(GaussianNB())])
@pytest.mark.parametrize(
    ("scoring", "kind", "message"),
    [
        ("f2", UnknownName, "there is no metric named 'f2'"),
        (3, InvalidType, "must be a name or a scorer"),
        (make_scorer(roc_auc_score, response_method="decision_function", pos_label=1), InvalidInput, "not to a scorer"),
    ],
)
def test_scoring_that_is_no_metric_of_classes_is_refused(model, scoring, kind, message):
    with pytest.raises(kind, match=message):
        model.set_params(scoring=scoring).fit(X, Y)


@pytest.mark.parametrize("model", [MetricClassifier("f1", **QUICK), MetricDecision(GaussianNB(), scoring="f1")])
def test_a_metric_of_two_classes_on_three_says_what_to_take(model):
    with pytest.raises(InvalidInput, match=r"Only binary classification is supported by scoring='f1'.*'f1_macro'"):
        model.fit(X, THREE)


@pytest.mark.parametrize("model", [MetricClassifier("f1", **QUICK), MetricDecision(GaussianNB(), scoring="f1")])
def test_labels_and_rows_are_checked(model):
    with pytest.raises(InvalidInput, match="one class only"):
        model.fit(X, np.ones(120))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, Y[:-1])
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.where(X > 2, np.nan, X), Y)
    with pytest.raises(ValueError, match="Unknown label type"):
        model.fit(X, X[:, 0])
    with pytest.raises(InvalidInput, match="must not be negative"):
        model.fit(X, Y, sample_weight=-np.ones(120))
    with pytest.raises(InvalidInput, match="pos_label is 7, which is none of the classes"):
        type(model)(**model.get_params(deep=False)).set_params(pos_label=7).fit(X, Y)


@pytest.mark.parametrize("model", [MetricClassifier("f1", **QUICK), MetricDecision(GaussianNB(), scoring="f1")])
def test_labels_of_a_hold_out_must_be_known_but_may_be_fewer(model):
    fitted = model.fit(X, Y)
    assert fitted.score(X[Y == 1], Y[Y == 1]) > 0
    with pytest.raises(InvalidInput, match=r"y holds 2, which is none of the classes \[0, 1\]"):
        fitted.score(X, np.full(120, 2))


def test_folds_must_leave_out_every_row_once():
    for model in (MetricClassifier(cv=ShuffleSplit(3, random_state=0), **QUICK), MetricDecision(GaussianNB(), cv=1)):
        with pytest.raises(InvalidInput, match=r"exactly one test part|2 or more folds"):
            model.fit(X, Y)


def test_folds_that_leave_one_class_only_are_refused():
    order = np.argsort(Y, kind="stable")
    halves = [(order[Y[order] == k], order[Y[order] != k]) for k in (0, 1)]
    for model in (MetricClassifier(cv=halves, **QUICK), MetricDecision(GaussianNB(), cv=halves)):
        with pytest.raises(InvalidInput, match="without fold 0 the only class left is 0"):
            model.fit(X, Y)


def test_rankings_need_both_classes_in_every_fold():
    zeros, ones = np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)
    tests = [zeros[:30], np.concatenate([zeros[30:], ones[:10]]), ones[10:]]
    folds = [(np.setdiff1d(np.arange(120), test), test) for test in tests]
    with pytest.raises(InvalidInput, match="no value on fold 0, whose rows are all of the class 0"):
        MetricClassifier("roc_auc", cv=folds, **QUICK).fit(X, Y)
    assert MetricClassifier("f1", cv=folds, **QUICK).fit(X, Y).score(X, Y) > 0


def test_a_class_that_a_fold_lacks_gets_no_rows_of_it():
    """Two rows of a third class in one fold: whoever has not seen it cannot predict it, and nothing breaks."""
    y = np.where(np.arange(120) < 2, 2, Y)
    folds = [(np.arange(40, 120), np.arange(40)), (np.arange(80), np.arange(80, 120))]
    folds.append((np.setdiff1d(np.arange(120), np.arange(40, 80)), np.arange(40, 80)))
    with pytest.warns(UserWarning, match="the rarest class has 2 rows"):
        model = MetricClassifier("f1_macro", cv=folds, **QUICK).fit(X, y)
    assert model.coef_.shape == (3, 3)
    decided = MetricDecision(GaussianNB(), scoring="f1_macro", cv=folds).fit(X, y)
    assert decided.out_of_fold_scores_[:40, 2].max() < decided.out_of_fold_scores_[:40, :2].max(axis=1).min()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "adam"}, "needs gradients"),
        ({"method": "reinforce-bernoulli"}, "needs discrete variables"),
        ({"method": "no-such"}, "no-such"),
        ({"shrink": 2.0}, r"must lie in \[0, 1\]"),
        ({"stop": "never"}, "stop must be 'cv'"),
        ({"Cs": []}, "Cs is empty"),
        ({"hidden": (4,), "activation": "step"}, "activation must be one of relu, tanh, logistic"),
        ({"class_weight": {5: 1.0}}, "class_weight names 5"),
        ({"class_weight": "unfair"}, "class_weight must be a dict"),
        ({"options": {"no_such": 1}}, "no_such"),
        ({"scale": -1.0}, "scale"),
    ],
)
def test_parameters_of_the_classifier_are_checked(parameters, message):
    with pytest.raises((InvalidInput, InvalidType), match=message):
        MetricClassifier("f1", **{**QUICK, **parameters}).fit(X, Y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rule": "guess"}, "rule must be one of auto, threshold"),
        ({"rule": "tau"}, "needs several classes"),
        ({"rule": "variance", "scoring": "f1_macro"}, None),
        ({"cv": "prefit-ish"}, "splitter or 'prefit'"),
        ({"weighting": "vote"}, "weighting must be"),
    ],
)
def test_parameters_of_the_decision_are_checked(parameters, message):
    model = MetricDecision(GaussianNB(), random_state=0).set_params(**parameters)
    if message is None:
        assert model.fit(X, Y).decision_.points.shape == (1,)
        return
    with pytest.raises(InvalidInput, match=message):
        model.fit(X, Y)


def test_weights_for_an_estimator_that_takes_none_are_refused():
    with pytest.raises(InvalidInput, match="KNeighborsClassifier takes no sample_weight"):
        MetricDecision(KNeighborsClassifier()).fit(X, Y, sample_weight=np.ones(120))


@pytest.mark.parametrize("model", [MetricClassifier(**QUICK), MetricRegressor(**QUICK)])
def test_sparse_rows_are_refused_and_say_so(model):
    with pytest.raises(TypeError, match=r"Sparse data was passed.*dense data is required"):
        model.fit(sparse.csr_matrix(X), Y)


def test_sparse_rows_go_through_to_an_estimator_that_takes_them():
    dense = MetricDecision(LogisticRegression(), random_state=0).fit(X, Y)
    thin = MetricDecision(LogisticRegression(), random_state=0).fit(sparse.csr_matrix(X), Y)
    assert thin.predict(sparse.csr_matrix(X)).tolist() == dense.predict(X).tolist()


def test_regressors_check_their_metric_and_parameters():
    with pytest.raises(UnknownName, match="there is no metric named 'mae'"):
        MetricRegressor("mae").fit(X, X[:, 0])
    with pytest.raises(InvalidInput, match="alphas is empty"):
        MetricRegressor(alphas=[]).fit(X, X[:, 0])
    with pytest.raises(InvalidInput, match="shrink"):
        MetricRegressor(shrink=-1).fit(X, X[:, 0])


def test_without_scikit_learn_the_import_says_what_to_install():
    code = (
        "import importlib.util, sys\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'sklearn' else real(name, *rest)\n"
        "import zoopt\n"
        "try:\n    zoopt.sklearn\n"
        "except zoopt.errors.MissingDependency as error:\n    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'zoopt-engine[sklearn]'" in said
