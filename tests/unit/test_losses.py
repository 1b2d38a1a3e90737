"""Layouts, starts and losses of compiled models: what they take, what they give back, and what they refuse."""

import pickle

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType, UnknownName
from zoopt.objectives import Layout, LossObjective, MetricObjective
from zoopt.objectives._models import layout_of

X = np.random.default_rng(0).standard_normal((60, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def test_theta_is_layer_after_layer_and_unit_after_unit():
    layout = Layout(2, 1, hidden=(3,))
    (weights, intercepts), (last, final) = layout.layers(np.arange(13.0))
    assert weights.tolist() == [[0, 1], [3, 4], [6, 7]]
    assert intercepts.tolist() == [2, 5, 8]
    assert last.tolist() == [[9, 10, 11]]
    assert final.tolist() == [12]
    assert layout.theta(layout.layers(np.arange(13.0))).tolist() == list(range(13))
    assert layout.dim == layout.core.dim == 13
    assert Layout(5, 3).dim == 18


def test_layers_are_views_of_theta():
    layout = Layout(2, 2)
    theta = np.zeros(6)
    layout.layers(theta)[0][0][1, 0] = 7.0
    assert theta.tolist() == [0, 0, 0, 7, 0, 0]


@pytest.mark.parametrize(("kind", "variance"), [("glorot", 2 / 500), ("he", 2 / 400)])
def test_starts_have_the_variance_of_their_reference(kind, variance):
    """40 000 weights: four standard errors of the variance are 2.6 % (uniform) and 2.9 % (normal)."""
    layout = Layout(400, 3, hidden=(100,))
    for shape in ("uniform", "normal"):
        (weights, intercepts), (last, _) = layout.layers(layout.initial(f"{kind}-{shape}", seed=5))
        assert weights.var() == pytest.approx(variance, rel=0.03)
        assert abs(weights.mean()) < 4 * np.sqrt(variance / weights.size)
        assert not intercepts.any()
        assert last.any()
        if shape == "uniform":
            assert np.abs(weights).max() <= np.sqrt(3 * variance)
            assert np.abs(weights).max() > 0.999 * np.sqrt(3 * variance)


def test_starts_follow_the_seed_and_nothing_else():
    layout = Layout(4, 2, hidden=(6, 5))
    assert (layout.initial(seed=3) == layout.initial(seed=3)).all()
    assert (layout.initial(seed=3) != layout.initial(seed=4)).any()
    assert not layout.initial("zeros").any()
    wide = Layout(4, 9, hidden=(6, 7))
    assert (layout.layers(layout.initial(seed=3))[0][0] != layout.layers(layout.initial(seed=4))[0][0]).all()
    he = [of.layers(of.initial("he-normal", seed=3))[0][0] for of in (layout, wide)]
    assert (he[0] == he[1]).all()  # the first layer does not depend on those above it
    assert (he[0].ravel()[:3] != zoopt.noise(3, 0, 0, 3) * np.sqrt(0.5)).all()  # the search's own noise is another


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Layout(0, 1), InvalidInput, "features"),
        (lambda: Layout(2, 1, hidden=(3, 0)), InvalidInput, r"hidden\[1\]"),
        (lambda: Layout(2, 1, hidden="32"), InvalidType, "hidden"),
        (lambda: Layout(2, 1, hidden=2.5), InvalidType, "hidden"),
        (lambda: Layout(2**24, 1, hidden=2**24), InvalidInput, "fewer hidden units"),
        (lambda: Layout(2, 1, 3, "relo"), UnknownName, "relu"),
        (lambda: Layout(2, 1).initial("he"), UnknownName, "he-normal"),
        (lambda: Layout(2, 1).initial(seed=-1), InvalidInput, "seed"),
        (lambda: Layout(2, 1).layers([1.0, 2.0]), InvalidInput, r"\(3,\)"),
        (lambda: Layout(2, 1).theta([]), InvalidInput, "1 layers"),
        (lambda: Layout(2, 1).theta([([[1.0]], [0.0])]), InvalidInput, "weights of layer 0"),
        (lambda: layout_of("forest", features=1, outputs=1), UnknownName, "linear, mlp"),
        (lambda: layout_of("linear", features=1, outputs=1, hidden=3), InvalidInput, "model='mlp'"),
        (lambda: layout_of("mlp", features=1, outputs=1), InvalidInput, r"hidden=\(32,\)"),
    ],
)
def test_layouts_refuse_what_is_none(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"loss": "hinge"}, UnknownName, "cross-entropy"),
        ({"dtype": np.int32}, InvalidInput, "dtype"),
        ({"sample_weight": np.ones(3)}, InvalidInput, r"\(60,\)"),
        ({"sample_weight": np.full(60, -1.0)}, InvalidInput, "at least 0"),
        ({"sample_weight": np.zeros(60)}, InvalidInput, "all weights are 0"),
        ({"class_weight": {2: 1.0}}, InvalidInput, "none of the classes"),
        ({"class_weight": {1: np.nan}}, InvalidInput, "finite"),
        ({"class_weight": "even"}, InvalidType, "balanced"),
        ({"loss": "squared-error", "class_weight": "balanced"}, InvalidInput, "losses of labels"),
        ({"loss": "squared-error", "logit_adjustment": 1.0}, InvalidInput, "losses of labels"),
        ({"loss": "f1"}, UnknownName, "dice"),
        ({"focusing": -0.5}, InvalidInput, "focusing must be finite and at least 0, got -0.5"),
        ({"focusing": np.inf}, InvalidInput, "focusing must be finite"),
        ({"focusing": "2"}, InvalidType, "focusing must be a number"),
        ({"logit_adjustment": np.nan}, InvalidInput, "logit_adjustment must be a number, got NaN"),
        ({"logit_adjustment": 1.0, "classes": [0, 1, 2]}, InvalidInput, "no sample of 2"),
        ({"logit_adjustment": 1.0, "sample_weight": Y}, InvalidInput, "no sample of 0 has a weight above 0"),
        ({"threads": 0}, InvalidInput, "threads"),
    ],
)
def test_losses_refuse_what_does_not_fit(options, error, words):
    with pytest.raises(error, match=words):
        LossObjective(X, Y, **options)


@pytest.mark.parametrize(
    ("samples", "error", "words"),
    [
        ([60], InvalidInput, r"\[0, 59\]"),
        ([-1], InvalidInput, r"\[0, 59\]"),
        ([], InvalidType, "vector"),
        (np.array([], dtype=int), InvalidInput, "one at least"),
        ([0.5], InvalidType, "vector"),
        ([0, 1], InvalidInput, "weight 0"),
    ],
)
def test_chosen_samples_must_exist(samples, error, words):
    weights = np.ones(60)
    weights[:2] = 0
    with pytest.raises(error, match=words):
        LossObjective(X, Y, sample_weight=weights).value_and_gradient(np.zeros(4), samples=samples)


def test_candidates_and_wanted_scores_are_checked():
    loss = LossObjective(X, Y)
    for bad in (np.zeros(3), np.zeros((1, 4))):
        with pytest.raises(InvalidInput, match="shape"):
            loss.value_and_gradient(bad)
    with pytest.raises(InvalidInput, match="2 features"):
        loss.scores(np.zeros(4), X[:, :2])
    with pytest.raises(InvalidInput, match="59 labels"):
        LossObjective(X, Y[1:])
    for y in (np.full(60, np.nan), np.full((60, 2), 1e39)):
        with pytest.raises(InvalidInput, match="finite"):
            LossObjective(X, y, loss="squared-error", dtype=np.float32)
    with pytest.raises(InvalidInput, match="outputs"):
        LossObjective(X, np.zeros((59, 2)), loss="squared-error")


def test_candidates_without_finite_scores_have_no_loss():
    loss = LossObjective(X, Y, model="mlp", hidden=4, dtype=np.float32)
    thetas = np.ones((3, loss.dim))
    thetas[0, 2], thetas[1, 5] = np.nan, 1e38
    values = loss(thetas)
    assert np.isnan(values).tolist() == [True, True, False]
    value, gradient = loss.value_and_gradient(thetas[0])
    assert np.isnan(value)
    assert np.isnan(gradient).all()


def test_chosen_samples_are_the_loss_on_those_samples():
    rng = np.random.default_rng(3)
    for loss, y in (("cross-entropy", Y), ("squared-error", rng.standard_normal((60, 2)))):
        weights = rng.uniform(0.5, 1, 60)
        whole = LossObjective(X, y, loss=loss, model="mlp", hidden=5, activation="tanh", sample_weight=weights)
        theta = rng.standard_normal(whole.dim)
        chosen = rng.integers(0, 60, 200)
        part = LossObjective(
            X[chosen], y[chosen], loss=loss, model="mlp", hidden=5, activation="tanh", sample_weight=weights[chosen]
        )
        value, gradient = whole.value_and_gradient(theta, samples=chosen)
        expected = part.value_and_gradient(theta)
        assert value == pytest.approx(expected[0], rel=1e-14)
        np.testing.assert_allclose(gradient, expected[1], rtol=1e-13, atol=1e-16)


def test_class_weights_are_sample_weights_by_class():
    names = np.where(Y == 1, "yes", "no")
    theta = np.random.default_rng(4).standard_normal(4)
    by_class = LossObjective(X, names, class_weight={"yes": 3.0})
    by_sample = LossObjective(X, names, sample_weight=np.where(Y == 1, 3.0, 1.0))
    assert by_class(theta) == by_sample(theta)
    balanced = LossObjective(X, names, class_weight="balanced")
    counts = np.bincount(Y)
    assert balanced(theta) == LossObjective(X, names, sample_weight=30 / counts[Y])(theta)


def test_a_first_order_run_trains_a_network():
    """A line has no better accuracy than about one half on a product of two signs."""
    loss = LossObjective(X, Y, model="mlp", hidden=16, activation="tanh")
    options = {"learning_rate": 0.05}
    result = zoopt.minimize(loss, loss.layout.initial(seed=1), method="adam", budget=500, options=options)
    assert result.fun < 0.05
    assert (loss.predict(result.x) == Y).mean() > 0.98
    assert result.fun == loss(result.x)


def test_losses_and_layouts_survive_pickling():
    loss = LossObjective(X, Y, model="mlp", hidden=(4, 3), activation="gelu", class_weight="balanced", threads=2)
    again = pickle.loads(pickle.dumps(loss))
    theta = loss.layout.initial(seed=9)
    assert again(theta) == loss(theta)
    assert again.layout == loss.layout
    assert repr(again) == repr(loss) == "LossObjective(60 samples, cross-entropy, 3 x 4 x 3 x 1, dtype=float64)"
    assert (pickle.loads(pickle.dumps(loss.layout)).initial(seed=9) == theta).all()


def test_the_metric_of_a_network_is_that_of_its_predictions():
    rng = np.random.default_rng(6)
    for classes in (2, 4):
        samples = rng.standard_normal((500, 3))
        labels = rng.integers(0, classes, 500)
        metric = MetricObjective(samples, labels, model="mlp", hidden=(8, 6), activation="gelu", dtype=np.float32)
        loss = LossObjective(samples, labels, model="mlp", hidden=(8, 6), activation="gelu", dtype=np.float32)
        thetas = rng.standard_normal((20, metric.dim))
        expected = [(loss.predict(theta) == labels).mean() for theta in thetas]
        assert metric.layout == loss.layout
        assert metric(thetas).tolist() == expected
        assert (metric.scores(thetas[0]) == loss.scores(thetas[0])).all()
        assert pickle.loads(pickle.dumps(metric))(thetas).tolist() == expected
        assert metric.with_data(samples[:50], labels[:50])(thetas[0]) == (loss.predict(thetas[0]) == labels)[:50].mean()
