"""Metrics and swept decisions against scikit-learn and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from zoopt.compare import _baselines as baselines

SCORERS = {
    "accuracy": metrics.accuracy_score,
    "f1": lambda y, p: metrics.f1_score(y, p, zero_division=0.0),
    "f1_macro": lambda y, p: metrics.f1_score(y, p, average="macro", zero_division=0.0),
}


@pytest.mark.parametrize("metric", SCORERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_metric_value_is_that_of_scikit_learn(metric, data):
    classes = 2 if metric == "f1" else data.draw(st.integers(2, 4))
    rows = data.draw(st.integers(1, 12))
    labels = st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)
    truth, predicted = np.array(data.draw(labels)), np.array(data.draw(labels))
    assert baselines.metric_value(truth, predicted, metric) == pytest.approx(SCORERS[metric](truth, predicted))


@pytest.mark.parametrize("metric", SCORERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_threshold_is_better_than_the_swept_one(metric, data):
    rows = data.draw(st.integers(2, 14))
    scores = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=rows, max_size=rows)), dtype=float)
    positive = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    positive[0], positive[1] = True, False
    truth = positive.astype(np.int64)

    def value(cut):
        return baselines.metric_value(truth, (scores > cut).astype(np.int64), metric)

    reached = value(baselines.best_threshold(scores, positive, metric))
    assert reached == pytest.approx(max(value(cut) for cut in np.arange(-4.5, 5.0, 0.5)))


OFFSETS = {
    "matthews_corrcoef": metrics.matthews_corrcoef,
    "zero_one_loss": lambda y, p: -metrics.zero_one_loss(y, p),
    "balanced_accuracy": metrics.balanced_accuracy_score,
}


@pytest.mark.parametrize("metric", OFFSETS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_threshold_is_better_than_the_one_found_for_any_metric_of_counts(metric, data):
    rows = data.draw(st.integers(2, 14))
    scores = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=rows, max_size=rows)), dtype=float)
    truth = np.array(data.draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows)))
    truth[0], truth[1] = 1, 0
    fit = baselines.CrossEntropyFit(np.ones((1, 1)), np.array([2.0]), 1.0, scores[:, None])
    threshold = 2.0 - baselines.tuned_intercepts(fit, truth, metric)[0]
    values = {
        cut: OFFSETS[metric](truth, (scores > cut).astype(int)) for cut in [*np.arange(-4.5, 5.0, 0.5), threshold]
    }
    assert values[threshold] == pytest.approx(max(values.values()))


def test_metrics_of_order_move_no_intercept():
    rng = np.random.default_rng(0)
    for outputs, metric in ((1, "roc_auc"), (1, "average_precision"), (3, "top_k_accuracy")):
        labels = np.arange(60) % max(outputs, 2)
        fit = baselines.CrossEntropyFit(
            np.ones((outputs, 1)), np.ones(outputs), 1.0, rng.standard_normal((60, outputs))
        )
        assert baselines.tuned_intercepts(fit, labels, metric).tolist() == [1.0] * outputs


def test_an_untuned_threshold_that_is_best_stays():
    scores, positive = np.array([-3.0, -1.0, 2.0, 5.0]), np.array([False, False, True, True])
    assert baselines.best_threshold(scores, positive, "f1") == 0.0


def test_log_loss_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, size=50)
    scores = rng.normal(size=(50, 3))
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert baselines.log_loss(scores, labels) == pytest.approx(metrics.log_loss(labels, probabilities))
    binary = labels % 2
    positive = 1 / (1 + np.exp(-scores[:, 0]))
    assert baselines.log_loss(scores[:, :1], binary) == pytest.approx(metrics.log_loss(binary, positive))


def test_the_fit_is_logistic_regression_with_the_chosen_c():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(200, 3))
    labels = (features[:, 0] + rng.normal(size=200) > 0.5).astype(np.int64)
    fit = baselines.fit_cross_entropy(features, labels, seed=0)
    assert fit.regularisation in baselines.REGULARISATIONS
    reference = LogisticRegression(C=fit.regularisation, max_iter=500).fit(features, labels)
    assert fit.weights == pytest.approx(reference.coef_)
    assert fit.intercepts == pytest.approx(reference.intercept_)
    assert fit.held_out_scores.shape == (200, 1)


def test_held_out_scores_come_from_fits_that_had_not_seen_the_row():
    """On pure noise with as many features as rows, in-sample scores would separate the classes; held-out ones can't."""
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(120, 100)), rng.permutation(np.repeat([0, 1], 60))
    fit = baselines.fit_cross_entropy(features, labels, seed=0)
    in_sample = features @ fit.weights[0] + fit.intercepts[0]
    assert metrics.roc_auc_score(labels, in_sample) > 0.85
    assert 0.3 < metrics.roc_auc_score(labels, fit.held_out_scores[:, 0]) < 0.7


def test_the_prior_sweep_finds_the_planted_weight():
    """Scores that carry twice the log prior too much are best corrected by tau = 2."""
    rng = np.random.default_rng(3)
    labels = rng.choice(3, size=3000, p=[0.8, 0.15, 0.05])
    log_prior = np.log(np.bincount(labels) / labels.size)
    clean = rng.normal(size=(3000, 3)) + 2.0 * np.eye(3)[labels]
    fit = baselines.CrossEntropyFit(np.zeros((3, 1)), np.zeros(3), 1.0, clean + 2.0 * log_prior)
    intercepts = baselines.tuned_intercepts(fit, labels.astype(np.int64), "f1_macro")
    tau = -(intercepts / log_prior)
    assert tau == pytest.approx(np.full(3, tau[0]))
    assert 1.0 <= tau[0] <= 2.0  # with shared noise the best macro F1 keeps a part of the prior
    value = baselines.metric_value(labels, (fit.held_out_scores + intercepts).argmax(axis=1), "f1_macro")
    untuned = baselines.metric_value(labels, fit.held_out_scores.argmax(axis=1), "f1_macro")
    assert value > untuned + 0.05
