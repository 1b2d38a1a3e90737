"""Metrics as values, metrics and models of one's own, verdicts, and what every kind of metric promises."""

from __future__ import annotations

import pickle
from typing import Any

import numba
import numpy as np
import pytest
import sklearn.metrics as sk

import zoopt
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, MissingDependency, ObjectiveError, UnknownName
from zoopt.objectives import Metric, MetricObjective, metric, metric_options, metrics

RNG = np.random.default_rng(2)
X = RNG.standard_normal((301, 4))
TWO = RNG.integers(0, 2, 301)
FOUR = RNG.integers(0, 4, 301)
LABELS = RNG.integers(0, 2, (301, 3))
AMOUNT = RNG.standard_normal(301)
WEIGHTS = RNG.random(301)
KINDS = [
    ("fbeta", TWO),
    ("matthews_corrcoef", FOUR),
    ("log_loss", FOUR),
    ("top_k_accuracy", FOUR),
    ("roc_auc", TWO),
    ("roc_auc", FOUR),
    ("average_precision", LABELS),
    ("f1_macro", LABELS),
    ("f1_samples", LABELS),
    ("r2", AMOUNT),
]


def linear(theta: Any, X: Any) -> Any:
    return X @ theta[:-1] + theta[-1]


def test_a_metric_is_a_value() -> None:
    f2 = metric("fbeta", beta=2.0, average="macro")
    assert repr(f2) == "metric('fbeta', beta=2.0, average='macro')"
    assert (f2.name, f2.sense, f2.compiled, f2.task) == ("fbeta", "max", True, "classification")
    assert f2.options == {"beta": 2.0, "average": "macro"}
    assert "recall beta times as important" in f2.summary
    assert f2 == metric("fbeta", average="macro", beta=2.0) != metric("fbeta", beta=2.0)
    assert metric("f1_macro") == metric("fbeta", average="macro") == metric("f1", average="macro")
    assert metric("log_loss") != metric("neg_log_loss")
    assert metric("neg_log_loss").summary.startswith("minus the mean")
    assert len({metric("f1"), metric("fbeta"), metric("recall")}) == 2
    assert f2 != "fbeta"
    for one in [*metrics().values(), f2, metric("zero_one_loss", costs=[[0, 1], [2, 0]]), metric("neg_max_error")]:
        again = pickle.loads(pickle.dumps(one))
        assert again == one
        assert repr(again) == repr(one)
    f2.options["beta"] = 7.0
    assert f2.options["beta"] == 2.0


def test_senses_follow_scikit_learns_words() -> None:
    known = metrics()
    assert {name for name, one in known.items() if one.sense == "min"} == {
        "brier_score",
        "log_loss",
        "mean_absolute_error",
        "mean_pinball_loss",
        "mean_squared_error",
        "root_mean_squared_error",
        "zero_one_loss",
    }
    assert list(known) == sorted(known)
    assert all(isinstance(one, Metric) and one.summary for one in known.values())
    scoring = set(sk.get_scorer_names())
    words = {name for name, one in known.items() if one.sense == "max"}
    assert len(words & scoring) >= 36
    objective = MetricObjective(X, AMOUNT, metric="mean_squared_error")
    assert objective.sense == "min"
    assert zoopt.minimize(objective, np.zeros(5), seed=1, budget=200).fun < objective(np.zeros(5))


def test_options_are_described() -> None:
    beta, average = metric_options("f1_macro")
    assert (beta.name, beta.kind, beta.default, beta.low) == ("beta", "real", 1.0, 0.0)
    assert (average.kind, average.default) == ("choice", "binary")
    assert average.choices == ("binary", "macro", "micro", "weighted", "samples")
    assert metric_options("top_k_accuracy")[0].default == 2
    assert metric_options("accuracy") == ()


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("f1_makro", {}, UnknownName, "did you mean 'f1_macro'"),
        ("mean_absolut_error", {}, UnknownName, "did you mean 'mean_absolute_error'"),
        (["f1"], {}, UnknownName, "no metric named"),
        ("fbeta", {"beta": -1.0}, InvalidOption, r"beta of metric 'fbeta' must lie in \[0, 1e\+06\], got -1"),
        ("fbeta", {"beta": "2"}, InvalidOption, "beta of metric 'fbeta' must be a number"),
        ("fbeta", {"beta": float("nan")}, InvalidOption, "got NaN"),
        ("fbeta", {"averag": "macro"}, InvalidOption, "no option 'averag'; did you mean 'average'"),
        ("fbeta", {"average": "mean"}, InvalidOption, "must be one of 'binary', 'macro'"),
        ("accuracy", {"beta": 1.0}, InvalidOption, "there are: none"),
        ("top_k_accuracy", {"k": 0}, InvalidOption, r"must lie in \[1, 1000\]"),
        ("top_k_accuracy", {"k": 1.5}, InvalidOption, "must be an integer"),
        ("zero_one_loss", {"costs": [[0, 1]]}, InvalidOption, "a row and a column for each class"),
        ("zero_one_loss", {"costs": [[0, np.inf], [1, 0]]}, InvalidOption, "must be finite"),
        ("neg_max_error", {"beta": 1.0}, InvalidOption, "its own"),
    ],
)
def test_bad_metrics(name: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        metric(name, **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sense": "up"}, "sense must be one of 'max', 'min'"),
        ({"of": "labels"}, "of must be one of 'predictions'"),
        ({"task": "ranking"}, "task must be one of"),
        ({"of": "probabilities", "task": "regression"}, "no probabilities of a quantity"),
    ],
)
def test_bad_functions(options: Any, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        metric(sk.accuracy_score, **options)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("name", "y"), KINDS)
def test_no_bit_depends_on_threads_or_neighbours(name: str, y: Any, dtype: Any, weighted: bool) -> None:
    many, truth = np.tile(X, (12, 1)), np.concatenate([y] * 12)  # several blocks of samples
    many = many + 1e-3 * np.random.default_rng(0).standard_normal(many.shape)
    weights = np.tile(WEIGHTS, 12) if weighted else None
    objective = MetricObjective(many, truth, metric=name, dtype=dtype, sample_weight=weights)
    thetas = np.random.default_rng(1).standard_normal((23, objective.dim or 0))
    whole = objective(thetas)
    assert [objective(theta) for theta in thetas[::5]] == whole[::5].tolist()
    assert objective(thetas[7:9]).tolist() == whole[7:9].tolist()
    for threads in (2, 5):
        threaded = MetricObjective(many, truth, metric=name, dtype=dtype, sample_weight=weights, threads=threads)
        assert threaded(thetas).tolist() == whole.tolist()


@pytest.mark.parametrize(("name", "y"), KINDS)
def test_candidates_in_many_chunks(name: str, y: Any) -> None:
    # More scores than are kept at once.
    many, truth = np.tile(X, (40, 1)), np.concatenate([y] * 40)
    objective = MetricObjective(many, truth, metric=name)
    few = np.random.default_rng(1).standard_normal((5, objective.dim or 0))
    assert objective(np.tile(few, (90, 1))).tolist() == objective(few).tolist() * 90


@pytest.mark.parametrize(("name", "y"), KINDS)
def test_a_candidate_without_finite_scores_is_nan(name: str, y: Any) -> None:
    objective = MetricObjective(X, y, metric=name, dtype=np.float32)
    thetas = np.ones((4, objective.dim or 0))
    thetas[1, 0], thetas[2, -1], thetas[3, 1] = np.nan, np.inf, 1e38
    assert np.isnan(objective(thetas)).tolist() == [False, True, True, True]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("name", "y"), KINDS)
def test_a_model_of_ones_own_with_scores_that_are_not_finite(name: str, y: Any, bad: float) -> None:
    outputs = 3 if y is LABELS else 4 if y is FOUR else 1

    def model(theta: Any, X: Any) -> Any:
        scores = np.outer(X[:, 0], np.arange(1.0, outputs + 1)) + theta[0]
        scores[5] = theta[1]
        return scores

    objective = MetricObjective(X, y, model=model, metric=name)
    assert np.isnan(objective([[0.0, 0.0], [0.0, bad]])).tolist() == [False, True]


@pytest.mark.parametrize(("name", "y"), [("roc_auc", TWO), ("f1", TWO), ("mean_squared_error", AMOUNT)])
def test_a_model_of_ones_own_is_the_same_as_the_compiled_one(name: str, y: Any) -> None:
    own = MetricObjective(X, y, model=linear, metric=name, sample_weight=WEIGHTS)
    ours = MetricObjective(X, y, metric=name, sample_weight=WEIGHTS)
    thetas = np.random.default_rng(3).standard_normal((6, 5))
    np.testing.assert_allclose(own(thetas), ours(thetas), rtol=1e-12)
    assert own.dim is None
    assert own.sense == ours.sense
    assert own(thetas[0]) == own(thetas)[0]
    assert np.array_equal(own.predict(thetas[0], X[:9]), own.predict(thetas[0])[:9])
    other = own.with_data(X[:90], y[:90], sample_weight=WEIGHTS[:90])
    np.testing.assert_allclose(other(thetas), ours.with_data(X[:90], y[:90], sample_weight=WEIGHTS[:90])(thetas))
    assert "model='linear'" in repr(own)
    result = zoopt.minimize(own, np.zeros(5), method="snes", seed=1, budget=300)
    assert result.fun == own(result.x)


def test_a_model_of_ones_own_takes_samples_of_any_shape() -> None:
    images = RNG.standard_normal((40, 3, 2))
    objective = MetricObjective(images, TWO[:40], model=lambda theta, X: X.reshape(len(X), 6) @ theta, metric="f1")
    assert repr(objective).startswith("MetricObjective(40 samples, 2 classes, model='<lambda>'")
    assert 0 <= objective(np.ones(6)) <= 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (lambda theta, X: X, r"scores of shape \(301,\) or \(301, 1\), got \(301, 4\)"),
        (lambda theta, X: 1.0, r"got \(\)"),
        (lambda theta, X: ["a"] * len(X), "the scores of the model must hold real numbers"),
    ],
)
def test_a_model_that_returns_something_else(model: Any, words: str) -> None:
    objective = MetricObjective(X, TWO, model=model, metric="f1")
    with pytest.raises((InvalidInput, InvalidType), match=words):
        objective(np.zeros(5))
    with pytest.raises(ObjectiveError, match=words) as caught:
        zoopt.minimize(objective, np.zeros(5), seed=1, budget=40)
    assert caught.value.candidate == 0


@numba.njit
def share_of_hits(y: Any, predicted: Any) -> float:
    hits = 0
    for i in range(y.size):
        hits += y[i] == predicted[i]
    return hits / y.size


def test_functions_as_metrics() -> None:
    thetas = np.random.default_rng(3).standard_normal((4, 5))
    accuracy = MetricObjective(X, TWO)(thetas)
    for function in (sk.accuracy_score, share_of_hits, metric(share_of_hits)):
        objective = MetricObjective(X, TWO, metric=function)
        assert objective.sense == "max"
        assert objective(thetas).tolist() == accuracy.tolist()
    with pytest.raises(InvalidInput, match="'share_of_hits' takes no sample_weight"):
        MetricObjective(X, TWO, metric=share_of_hits, sample_weight=WEIGHTS)
    names = np.array(["no", "yes"])[TWO]
    assert MetricObjective(X, names, metric=sk.accuracy_score)(thetas).tolist() == accuracy.tolist()
    loss = metric(sk.log_loss, sense="min", of="probabilities")
    for pos_label in ("no", "yes"):
        objective = MetricObjective(X, names, metric=loss, pos_label=pos_label, sample_weight=WEIGHTS)
        ours = MetricObjective(X, names, metric="log_loss", pos_label=pos_label, sample_weight=WEIGHTS)
        assert objective.sense == "min"
        np.testing.assert_allclose(objective(thetas), ours(thetas))
    area = metric(sk.roc_auc_score, of="scores")
    np.testing.assert_allclose(
        MetricObjective(X, TWO, metric=area)(thetas), MetricObjective(X, TWO, metric="roc_auc")(thetas)
    )
    errors = metric(sk.median_absolute_error, sense="min", task="regression")
    objective = MetricObjective(X, AMOUNT, metric=errors, batch_size=50)
    chosen = objective.batch(2)
    expected = sk.median_absolute_error(AMOUNT[chosen], objective.predict(thetas[0])[chosen])
    assert objective(thetas[0], generation=2) == expected
    assert repr(errors) == "metric(median_absolute_error, sense='min', of='predictions', task='regression')"
    assert "metric=metric(median" in repr(objective)


@pytest.mark.parametrize(
    ("name", "y"),
    [
        ("adjusted_rand_score", FOUR),
        ("d2_log_loss_score", FOUR),
        ("positive_likelihood_ratio", TWO),
        ("neg_max_error", AMOUNT),
        ("neg_median_absolute_error", AMOUNT),
        ("explained_variance", AMOUNT),
    ],
)
def test_other_scorers_of_scikit_learn(name: str, y: Any) -> None:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    without = name in ("neg_max_error", "adjusted_rand_score", "positive_likelihood_ratio")
    if without:
        with pytest.raises(InvalidInput, match=f"metric '{name}' takes no sample_weight"):
            MetricObjective(X, y, metric=name, sample_weight=WEIGHTS)
    weights = None if without else WEIGHTS
    objective = MetricObjective(X, y, metric=name, sample_weight=weights)
    fitted = LinearRegression().fit(X, y) if y is AMOUNT else LogisticRegression().fit(X, y)
    theta = np.column_stack([np.atleast_2d(fitted.coef_), np.atleast_1d(fitted.intercept_)]).ravel()
    more = {} if weights is None else {"sample_weight": weights}
    assert objective(theta) == pytest.approx(sk.get_scorer(name)(fitted, X, y, **more), rel=1e-9)
    assert objective.sense == "max"
    assert not metric(name).compiled


def test_scikit_learn_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoopt.objectives._scorers.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="'neg_max_error' is none of the compiled ones, and scikit-learn"):
        metric("neg_max_error")


def test_the_verdict_of_a_bound() -> None:
    scores = np.array([[0.1], [0.4], [0.35], [0.8]])
    for pos_label, sign in ((1, 1.0), (0, -1.0)):
        recall = MetricObjective(
            scores, [0, 0, 1, 1], metric=metric("recall_at_precision", precision=0.7), pos_label=pos_label
        )
        point = recall.operating_point([sign, 0.0])
        assert point.feasible
        assert (point.precision, point.recall) == (1.0, 0.5)
        assert recall([sign, 0.0]) == 0.5
        chosen = recall.scores([sign, 0.0]) >= point.threshold
        assert chosen.sum() == 1
    precision = MetricObjective(scores, [0, 0, 1, 1], metric=metric("precision_at_recall", recall=1.0))
    assert precision.operating_point([1.0, 0.0]) == (True, 0.35, 2 / 3, 1.0)
    hopeless = recall.operating_point([1.0, 0.0])
    assert not hopeless.feasible
    assert np.isnan(hopeless[1:]).all()
    assert recall([1.0, 0.0]) == 0.0
    with pytest.raises(InvalidInput, match="'f1' has no bound; use one of precision_at_recall"):
        MetricObjective(scores, [0, 0, 1, 1], metric="f1").operating_point([1.0, 0.0])


def test_probabilities() -> None:
    for y, shape in ((TWO, (301, 2)), (FOUR, (301, 4))):
        objective = MetricObjective(X, y)
        chances = objective.probabilities(np.ones(objective.dim or 0))
        assert chances.shape == shape
        np.testing.assert_allclose(chances.sum(axis=1), 1.0, rtol=1e-14)
    named = MetricObjective(X, np.array(["a", "b"])[TWO], pos_label="a")
    theta = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(named.probabilities(theta)[:, 0], 1 / (1 + np.exp(-X[:, 0])), rtol=1e-14)
    assert MetricObjective(X, LABELS, metric="f1_macro").probabilities(np.ones(15), X[:2]).shape == (2, 3)
    with pytest.raises(InvalidInput, match="no probabilities; use predict"):
        MetricObjective(X, AMOUNT, metric="r2").probabilities(np.ones(5))


def test_unused_parameters_are_named() -> None:
    features = np.column_stack([X[:, 0], np.zeros(301), X[:, 1]])
    assert MetricObjective(features, TWO).unused(np.zeros(4)).tolist() == [1]
    assert MetricObjective(features, FOUR).unused(np.zeros(16)).tolist() == [1, 5, 9, 13]
    assert MetricObjective(X, TWO).unused(np.zeros(5)).tolist() == []
    blind = MetricObjective(X, TWO, model=lambda theta, X: X[:, 0])
    assert blind.unused(np.zeros(3)).tolist() == [0, 1, 2]
    gated = MetricObjective(X, TWO, model=lambda theta, X: X[:, 0] * max(theta[0], 0.0) * theta[1])
    assert gated.unused([-1.0, 1.0], scale=2.0).tolist() == []
    with pytest.raises(InvalidInput, match="scale must be finite and above 0"):
        blind.unused(np.zeros(3), scale=0.0)


@pytest.mark.parametrize(("name", "y"), KINDS)
def test_copies_and_other_data_keep_everything(name: str, y: Any) -> None:
    chosen = metric(name)
    objective = MetricObjective(X, y, metric=chosen, dtype=np.float32, sample_weight=WEIGHTS, threads=2)
    thetas = np.random.default_rng(5).standard_normal((3, objective.dim or 0))
    copied = pickle.loads(pickle.dumps(objective))
    assert copied(thetas).tolist() == objective(thetas).tolist()
    assert copied.sample_weight.tolist() == WEIGHTS.tolist()
    assert repr(copied) == repr(objective)
    other = objective.with_data(X, y, sample_weight=WEIGHTS)
    assert other(thetas).tolist() == objective(thetas).tolist()
    assert other.threads == 2
    assert objective.with_data(X, y).sample_weight is None
