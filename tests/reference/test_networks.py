"""Compiled models: activations against exact ones, scores and gradients against numpy, finite differences and torch."""

import numpy as np
import pytest
from scipy import special
from sklearn.metrics import mean_squared_error

from zoopt import _core
from zoopt.objectives import Layout, LossObjective

DTYPES = [np.float32, np.float64]
ACTIVATIONS = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh, "gelu": lambda z: z * special.ndtr(z)}
SLOPES = {
    "relu": lambda z: (z > 0) * 1.0,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "gelu": lambda z: special.ndtr(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
}
HIDDEN = [(), (7,), (33,), (12, 5)]


def one_unit(activation, z, dtype):
    """What one hidden unit makes of its sums: a network with weight 1 everywhere."""
    unit = Layout(1, 1, 1, activation)
    single = dtype == np.float32
    return _core.network_scores(unit.core, z.reshape(-1, 1), np.array([1.0, 0.0, 1.0, 0.0]), single, 1)[:, 0]


def sums(dtype):
    rng = np.random.default_rng(1)
    wide = np.concatenate([np.linspace(-40, 40, 200_001), np.logspace(-30, 1, 5000), rng.standard_normal(50_000)])
    return np.concatenate([wide, -wide, [0.0]]).astype(dtype).astype(np.float64)


@pytest.mark.parametrize("dtype", DTYPES)
def test_tanh_is_within_three_units_in_the_last_place(dtype):
    z = sums(dtype)
    exact = np.tanh(z.astype(np.longdouble))
    unit = np.abs(np.spacing(exact.astype(dtype))).astype(np.longdouble)
    assert (np.abs(one_unit("tanh", z, dtype) - exact) / unit).max() < 3


@pytest.mark.parametrize("dtype", DTYPES)
def test_gelu_is_within_two_epsilons_of_its_argument(dtype):
    z = sums(dtype)
    error = np.abs(one_unit("gelu", z, dtype) - z * special.ndtr(z))
    assert (error <= 2 * np.finfo(dtype).eps * np.abs(z)).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_of_activations(activation, dtype):
    """The derivative by the intercept of a hidden unit, one sample at a time."""
    unit = Layout(1, 1, 1, activation)
    for z in [-30.0, -4.0, -1.5, -0.3, -1e-3, 1e-3, 0.2, 0.9, 2.5, 6.0, 25.0]:
        loss = LossObjective(
            [[z]], [0.0], loss="squared-error", model="mlp", hidden=1, activation=activation, dtype=dtype
        )
        _, gradient = loss.value_and_gradient(unit.theta([([[1.0]], [0.0]), ([[1.0]], [3.0])]))
        at = float(dtype(z))
        expected = 2 * (ACTIVATIONS[activation](at) + 3) * SLOPES[activation](at)
        np.testing.assert_allclose(gradient[1], expected, rtol=0, atol=40 * np.finfo(dtype).eps * (1 + abs(z)))


def problem(features, classes, samples=1150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((samples, features))
    y = (X @ rng.standard_normal((features, classes)) + rng.standard_normal((samples, classes))).argmax(axis=1)
    return X, y, rng


def numpy_scores(layout, theta, X):
    *hidden, last = layout.layers(theta)
    for weights, intercepts in hidden:
        X = ACTIVATIONS[layout.activation](X @ weights.T + intercepts)
    return X @ last[0].T + last[1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_scores_and_losses_are_those_of_numpy(hidden, activation, dtype):
    model = "mlp" if hidden else "linear"
    eps = float(np.finfo(dtype).eps)
    for classes in (2, 5):
        X, y, rng = problem(9, classes)
        X = X.astype(dtype).astype(np.float64)
        loss = LossObjective(X, y, model=model, hidden=hidden, activation=activation, dtype=dtype)
        thetas = rng.standard_normal((5, loss.dim)).astype(dtype).astype(np.float64)
        values = loss(thetas)
        for theta, value in zip(thetas, values, strict=True):
            scores = numpy_scores(loss.layout, theta, X)
            np.testing.assert_allclose(
                loss.scores(theta).reshape(scores.shape), scores, rtol=0, atol=100 * eps * np.abs(scores).max()
            )
            both = scores if classes > 2 else np.column_stack([np.zeros(len(X)), scores])
            expected = -special.log_softmax(both, axis=1)[np.arange(len(y)), y].mean()
            assert value == pytest.approx(expected, rel=200 * eps)
            assert (loss.predict(theta) == both.argmax(axis=1)).mean() > 0.999


@pytest.mark.parametrize("loss", ["cross-entropy", "squared-error"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_are_finite_differences(hidden, activation, loss):
    for outputs in (1, 4):
        X, y, rng = problem(6, max(2, outputs), samples=300)
        targets = y if loss == "cross-entropy" else rng.standard_normal((300, outputs))
        objective = LossObjective(
            X,
            targets,
            loss=loss,
            model="mlp" if hidden else "linear",
            hidden=hidden,
            activation=activation,
            sample_weight=rng.uniform(0, 2, 300),
        )
        theta = rng.standard_normal(objective.dim)
        value, gradient = objective.value_and_gradient(theta)
        assert value == objective(theta)
        steps = 1e-5 * np.eye(objective.dim)
        differences = (objective(theta + steps) - objective(theta - steps)) / 2e-5
        # A kink of ReLU within the step costs far more than rounding, and is rare.
        close = np.abs(gradient - differences) < 1e-8 * (1 + np.abs(gradient).max())
        assert close.all() if activation != "relu" else close.mean() > 0.9


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_are_those_of_torch(hidden, activation, dtype):
    torch = pytest.importorskip("torch")
    kinds = {"relu": torch.relu, "tanh": torch.tanh, "gelu": torch.nn.functional.gelu}
    X, y, rng = problem(9, 5)
    for loss in ("cross-entropy", "squared-error"):
        targets = y if loss == "cross-entropy" else rng.standard_normal((len(X), 5))
        weights = rng.uniform(0.5, 2, len(X))
        ours = LossObjective(
            X,
            targets,
            loss=loss,
            model="mlp" if hidden else "linear",
            hidden=hidden,
            activation=activation,
            sample_weight=weights,
            dtype=dtype,
        )
        theta = ours.layout.initial("he-normal", seed=3)
        value, gradient = ours.value_and_gradient(theta)

        parameter = torch.tensor(theta, requires_grad=True)
        layers, begin = [], 0
        for units, inputs in ours.layout.sizes:
            rows = parameter[begin : begin + units * (inputs + 1)].reshape(units, inputs + 1)
            layers.append((rows[:, :inputs], rows[:, inputs]))
            begin += rows.numel()
        scores = torch.tensor(X)
        for number, (matrix, intercepts) in enumerate(layers):
            scores = scores @ matrix.T + intercepts
            if number + 1 < len(layers):
                scores = kinds[activation](scores)
        if loss == "cross-entropy":
            each = torch.nn.functional.cross_entropy(scores, torch.tensor(y), reduction="none")
        else:
            each = ((scores - torch.tensor(targets)) ** 2).mean(dim=1)
        theirs = (each * torch.tensor(weights)).sum() / weights.sum()
        theirs.backward()
        accuracy = 2e-13 if dtype == np.float64 else 2e-5
        assert value == pytest.approx(theirs.item(), rel=accuracy)
        expected = parameter.grad.numpy()
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=accuracy * np.abs(expected).max())


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_gradients_have_the_same_bits_however_they_are_asked_for(dtype):
    X, y, rng = problem(40, 4, samples=2500)
    kinds = [("linear", (), "relu")] + [("mlp", (20, 9), activation) for activation in ACTIVATIONS]
    for model, hidden, activation in kinds:
        alone, spread = (
            LossObjective(X, y, model=model, hidden=hidden, activation=activation, dtype=dtype, threads=threads)
            for threads in (1, 5)
        )
        thetas = rng.standard_normal((40, alone.dim))
        values = alone(thetas)
        assert (values == spread(thetas)).all()
        assert (values == [alone(theta) for theta in thetas]).all()
        assert (values[7:20] == spread(thetas[7:20])).all()
        value, gradient = alone.value_and_gradient(thetas[0])
        again, spread_gradient = spread.value_and_gradient(thetas[0])
        assert value == again == values[0]
        assert (gradient == spread_gradient).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_scores_of_a_sample_do_not_depend_on_the_samples_beside_it(dtype):
    X, _, rng = problem(30, 2, samples=700)
    for activation in ACTIVATIONS:
        layout = Layout(30, 3, (17,), activation)
        theta = rng.standard_normal(layout.dim)
        single = dtype == np.float32
        whole = _core.network_scores(layout.core, X, theta, single, 1)
        for first, last in ((0, 1), (1, 50), (333, 700)):
            assert (_core.network_scores(layout.core, X[first:last], theta, single, 1) == whole[first:last]).all()


def test_small_and_large_logits_lose_nothing():
    """log(1 + exp(-s)) where s is large is exp(-s), and nothing overflows where it is negative."""
    for size in (20.0, 40.0, 300.0):
        right = LossObjective([[1.0], [-1.0]], [1, 0])([size, 0.0])
        assert right == pytest.approx(np.log1p(np.exp(-size)), rel=1e-14, abs=0)
        wrong = LossObjective([[1.0], [-1.0]], [0, 1])([size, 0.0])
        assert wrong == pytest.approx(np.logaddexp(0, size), rel=1e-14)


def test_the_squared_error_is_that_of_scikit_learn():
    X, _, rng = problem(4, 2)
    weights = rng.uniform(0, 1, len(X))
    for outputs in (1, 3):
        y = rng.standard_normal((len(X), outputs))
        loss = LossObjective(X, y[:, 0] if outputs == 1 else y, loss="squared-error", sample_weight=weights)
        theta = rng.standard_normal(loss.dim)
        expected = mean_squared_error(y, loss.scores(theta).reshape(len(X), outputs), sample_weight=weights)
        assert loss(theta) == pytest.approx(expected, rel=1e-13)
