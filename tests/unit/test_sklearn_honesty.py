"""What is reported was seen by no part of what made it: folds with poisoned labels, noise, reports, warnings."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from threadpoolctl import threadpool_limits

from zoopt.sklearn import MetricClassifier, MetricDecision, MetricRegressor
from zoopt.sklearn._crossfit import folds_of
from zoopt.sklearn._ensemble import Mixing
from zoopt.sklearn._folds import Data, Task, trained_fold
from zoopt.sklearn._goal import goal_of
from zoopt.sklearn._search import plan_of
from zoopt.sklearn._starts import Linear


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def skewed(rows=400, seed=0):
    return make_classification(rows, 5, weights=[0.8], flip_y=0.1, random_state=seed)


def task_of(scoring="f1", generations=25):
    goal = goal_of(scoring, np.arange(2))
    return Task(goal, Linear((1.0,)), plan_of("auto", None, 4, generations, [1]), 0.3)


@pytest.mark.parametrize("number", [0, 3])
def test_a_fold_is_predicted_without_its_labels(number):
    """Its labels are turned round: start, threshold, search and number of steps for it stay as they were."""
    X, y = skewed()
    folds = folds_of(4, X, y, classifier=True, seed=0)
    poisoned = y.copy()
    poisoned[folds[number][1]] = 1 - y[folds[number][1]]
    honest = trained_fold(task_of(), Data(X, y, None), folds, number, 1.0, 0)
    again = trained_fold(task_of(), Data(X, poisoned, None), folds, number, 1.0, 0)
    assert honest.scores.tolist() == again.scores.tolist()
    other = trained_fold(task_of(), Data(X, poisoned, None), folds, 1, 1.0, 0)
    assert other.scores.tolist() != trained_fold(task_of(), Data(X, y, None), folds, 1, 1.0, 0).scores.tolist()


def test_left_out_scores_of_a_fold_do_not_depend_on_its_labels():
    X, y = skewed()
    folds = list(StratifiedKFold(4).split(X, y))
    poisoned = y.copy()
    poisoned[folds[2][1]] = 1 - y[folds[2][1]]
    fits = [MetricDecision(GaussianNB(), cv=folds, random_state=0).fit(X, labels) for labels in (y, poisoned)]
    scores = [fit.out_of_fold_scores_ for fit in fits]
    assert scores[0][folds[2][1]].tolist() == scores[1][folds[2][1]].tolist()
    assert scores[0][folds[0][1]].tolist() != scores[1][folds[0][1]].tolist()


class Remembers(ClassifierMixin, BaseEstimator):
    """Knows the labels of its own rows and nothing else: the worst that a model can overfit."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.known_ = {tuple(row): label for row, label in zip(X, y, strict=True)}
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X):
        return np.array([2.0 * self.known_.get(tuple(row), 0.4) - 1.0 for row in X])

    def predict(self, X):
        return (self.decision_function(X) > 0).astype(int)


def test_a_model_that_remembers_its_rows_gains_nothing_out_of_fold():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 3)), random.integers(2, size=200)
    report = MetricDecision(Remembers(), scoring="accuracy", random_state=0).fit(X, y).report_
    assert report.lines[0].train == 1.0
    assert report.out_of_fold < 0.6


def test_the_reported_metric_is_that_of_decisions_by_the_other_folds():
    X, y = skewed()
    model = MetricDecision(GaussianNB(), scoring="f1", cv=4, random_state=0).fit(X, y)
    scores = model.out_of_fold_scores_
    folds = folds_of(4, X, y, classifier=True, seed=np.random.RandomState(0).randint(np.iinfo(np.int32).max))
    nested = np.empty(len(y), dtype=int)
    for train, test in folds:
        cuts = np.append(-np.inf, np.unique(scores[train]))
        values = [f1_score(y[train], scores[train] > cut) for cut in cuts]
        best = cuts[int(np.argmax(values))]
        above = np.sort(scores[train][scores[train] > best])[0]
        nested[test] = scores[test] > (best + above) / 2
    assert model.report_.out_of_fold == pytest.approx(f1_score(y, nested), abs=0.02)
    assert model.report_.baseline == pytest.approx(f1_score(y, scores > 0))
    assert len(model.trace_["decision"]) == 4


@pytest.mark.filterwarnings("ignore:the rarest class")
def test_on_labels_that_are_noise_zero_steps_are_kept_and_no_gain_is_reported():
    """Twelve fits. The training metric grows in all of them that take a step: a choice by it would never take none."""
    steps, gains = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        X, y = random.normal(size=(300, 4)), (random.random(300) < 0.2).astype(int)
        model = MetricClassifier("accuracy", random_state=seed, generations=50, Cs=[0.01]).fit(X, y)
        steps.append(model.n_steps_)
        gains.append(model.report_.line("trained on the metric").out_of_fold - model.trace_["out_of_fold"][0])
        assert model.report_.kept == ("trained on the metric" if model.n_steps_ else "tuned decision")
    assert np.mean(np.array(steps) == 0) >= 0.5
    assert np.mean(gains) <= 0.001


def test_zero_steps_are_kept_where_the_start_is_as_good_as_any():
    """Of equal numbers of steps the smallest is taken: a metric that nothing changes."""

    def constant(estimator, X, y):
        return 0.5

    X, y = skewed(120)
    model = MetricClassifier(constant, random_state=0, generations=4, seeds=1, pairs=2).fit(X, y)
    assert model.n_steps_ == 0
    assert model.report_.kept == "tuned decision"
    assert model.trace_["out_of_fold"].tolist() == [0.5] * len(model.trace_["steps"])


def test_the_trace_has_the_metric_of_every_number_of_steps():
    X, y = skewed()
    model = MetricClassifier("f1", random_state=0, generations=60).fit(X, y)
    assert model.trace_["steps"].tolist() == [0, 1, 2, 4, 7, 13, 25, 50, 60]
    best = model.trace_["out_of_fold"].argmax()
    assert model.n_steps_ == model.trace_["steps"][best]
    assert model.report_.line("tuned decision").out_of_fold == model.trace_["out_of_fold"][0]
    assert model.report_.train == pytest.approx(f1_score(y, model.predict(X)))


def test_shrinking_goes_back_to_the_tuned_decision():
    X, y = skewed()
    made = {s: MetricClassifier("f1", random_state=0, generations=30, shrink=s).fit(X, y).coef_ for s in (0, 0.5, 1)}
    assert made[0.5] == pytest.approx((made[0] + made[1]) / 2)
    report = MetricClassifier("f1", random_state=0, generations=30, shrink=0.5).fit(X, y).report_
    assert np.isnan(report.out_of_fold)
    assert not np.isnan(report.line("tuned decision").out_of_fold)
    assert "not measured" in str(report)


def test_the_start_with_zero_steps_is_the_logistic_regression_with_its_threshold():
    X, y = skewed()
    model = MetricClassifier("f1", random_state=0, generations=0, Cs=[1.0]).fit(X, y)
    mean, spread = X.mean(axis=0), X.std(axis=0)
    plain = LogisticRegression(C=1.0, tol=1e-10, solver="newton-cholesky").fit((X - mean) / spread, y)
    assert model.coef_[0] == pytest.approx(plain.coef_[0] / spread, rel=1e-5)
    moved = plain.decision_function((X - mean) / spread) - model.decision_function(X)
    assert moved == pytest.approx(np.full(len(y), model.decision_.points[0]), abs=1e-6)


def test_prefit_says_what_it_depends_on_and_fits_nothing():
    X, y = skewed()
    fitted = GaussianNB().fit(X[:200], y[:200])
    model = MetricDecision(fitted, cv="prefit", random_state=0).fit(X[200:], y[200:])
    assert model.estimator_ is fitted
    assert "must not have seen" in model.summary()


def test_few_rows_a_feature_are_warned_of():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(120, 30)), np.arange(120) % 6 == 0
    with pytest.warns(UserWarning, match=r"the rarest class has 20 rows for 30 features"):
        MetricClassifier("accuracy", random_state=0, generations=2, seeds=1, Cs=[0.001]).fit(X, y)


def test_a_perfect_start_is_warned_of():
    X = np.vstack([np.random.default_rng(0).normal(size=(50, 2)), np.random.default_rng(1).normal(9, 1, (50, 2))])
    with pytest.warns(UserWarning, match=r"the training f1 is 1.0000 before any training"):
        MetricClassifier("f1", random_state=0, generations=2, seeds=1).fit(X, np.arange(100) // 50)


def test_several_estimators_are_mixed_by_weights_that_add_up_to_one():
    X, y = skewed()
    models = [("good", LogisticRegression()), ("bad", GaussianNB(priors=[0.5, 0.5]))]
    mixed = MetricDecision(models, scoring="f1", random_state=0).fit(X, y)
    assert mixed.mixture_.weights.sum() == pytest.approx(1.0)
    assert (mixed.mixture_.weights >= 0).all()
    assert len(mixed.estimators_) == 2
    stacked = MetricDecision(models, scoring="f1", weighting="stacking", random_state=0).fit(X, y)
    assert stacked.report_.out_of_fold > 0.5
    numbered = MetricDecision([GaussianNB(), LogisticRegression()], scoring="f1_macro", random_state=0).fit(X, y)
    assert numbered.predict(X).shape == y.shape


@pytest.mark.parametrize("how", ["nnls", "stacking"])
def test_a_fold_is_mixed_by_what_the_others_taught(how):
    """Scores of one fold do not move when its labels are turned round; those of another do."""
    random = np.random.default_rng(0)
    y = random.integers(2, size=200)
    parts = random.normal(size=(200, 3)) + y[:, None] * [0.5, 1.0, 2.0]
    folds = list(KFold(4).split(parts))
    poisoned = y.copy()
    poisoned[folds[1][1]] = 1 - y[folds[1][1]]
    mixed = [Mixing(parts, labels, None, 2, how, "log odds").crossed(folds) for labels in (y, poisoned)]
    assert mixed[0][folds[1][1]].tolist() == mixed[1][folds[1][1]].tolist()
    assert mixed[0][folds[0][1]].tolist() != mixed[1][folds[0][1]].tolist()


def test_regressors_shift_to_what_is_best_for_the_metric():
    """Skewed errors: absolute errors want the median of the residuals, the pinball loss its quantile."""
    from sklearn.metrics import make_scorer, mean_pinball_loss

    random = np.random.default_rng(0)
    X = random.normal(size=(400, 2))
    y = X @ [1.0, -2.0] + random.exponential(size=400)
    median = MetricRegressor("neg_mean_absolute_error", generations=0, random_state=0).fit(X, y)
    assert np.mean(y <= median.predict(X)) == pytest.approx(0.5, abs=0.02)
    scorer = make_scorer(mean_pinball_loss, alpha=0.9, greater_is_better=False)
    upper = MetricRegressor(scorer, generations=0, random_state=0).fit(X, y)
    assert np.mean(y <= upper.predict(X)) == pytest.approx(0.9, abs=0.02)
    mean = MetricRegressor("r2", generations=0, random_state=0).fit(X, y)
    assert np.mean(y - mean.predict(X)) == pytest.approx(0.0, abs=0.02)


def test_rankings_are_trained_and_judged_a_fold_at_a_time():
    from sklearn.metrics import average_precision_score, roc_auc_score

    X, y = skewed()
    model = MetricClassifier("roc_auc", random_state=0, generations=7, seeds=1, pairs=2).fit(X, y)
    assert model.report_.train == pytest.approx(roc_auc_score(y, model.decision_function(X)))
    other = MetricClassifier("average_precision", pos_label=0, random_state=0, generations=2, seeds=1, pairs=2).fit(
        X, y
    )
    assert other.score(X, y) == pytest.approx(average_precision_score(1 - y, -other.decision_function(X)))


def test_weights_of_one_are_no_weights_to_a_regressor():
    """With weights the search is by numpy, without by the core: the same to rounding."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 3))
    y = X @ [1.0, 2.0, 0.0] + random.standard_t(2, size=200)
    for scoring in ("neg_mean_absolute_error", "neg_root_mean_squared_error", "r2", "spearman"):
        plain = MetricRegressor(scoring, random_state=0, generations=10, shrink=0.0).fit(X, y)
        twos = MetricRegressor(scoring, random_state=0, generations=10, shrink=0.0).fit(
            X, y, sample_weight=2 * np.ones(200)
        )
        assert plain.coef_ == pytest.approx(twos.coef_, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("scoring", ["neg_mean_absolute_error", "neg_root_mean_squared_error", "r2", "spearman"])
def test_metrics_of_numbers_are_those_of_scikit_learn_and_scipy(scoring):
    from scipy.stats import spearmanr
    from sklearn.metrics import get_scorer

    from zoopt.sklearn._losses import Told, measure_of

    random = np.random.default_rng(0)
    y, predicted = random.normal(size=50), np.round(random.normal(size=50), 1)
    for weights in (np.ones(50), random.integers(1, 4, size=50).astype(float)):
        times = weights.astype(int)
        got = measure_of(scoring).value(y, predicted, weights)
        if scoring == "spearman":
            want = spearmanr(y.repeat(times), predicted.repeat(times)).statistic
        else:
            want = get_scorer(scoring)(Told(predicted), np.zeros((50, 1)), y, sample_weight=weights)
        assert got == pytest.approx(want, abs=1e-12)
