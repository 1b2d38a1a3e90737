"""Losses and policies as fields: the objective's own numbers, products against differences and torch, mini-batches."""

import copy
import pickle

import numpy as np
import pytest

import zoopt
from zoopt import flows
from zoopt.objectives import LossObjective, MetricObjective, PolicyObjective

RNG = np.random.default_rng(4)
X = RNG.standard_normal((150, 5))
CLASSES = (X @ RNG.standard_normal((5, 4)) + RNG.standard_normal((150, 4))).argmax(axis=1)
WEIGHTS = RNG.uniform(0.5, 2.0, 150)
TARGETS = {
    "cross-entropy": CLASSES,
    "two classes": (CLASSES > 1).astype(int),
    "squared-error": RNG.standard_normal((150, 3)),
}
MODELS = [("linear", (), "relu")] + [
    ("mlp", hidden, activation) for hidden in ((7,), (6, 5)) for activation in ("relu", "tanh", "gelu")
]


def loss_of(kind, model, **more):
    name, hidden, activation = model
    loss = "squared-error" if kind == "squared-error" else "cross-entropy"
    given = {"loss": loss, "model": name, "hidden": hidden, "activation": activation, "sample_weight": WEIGHTS}
    return LossObjective(X, TARGETS[kind], **given, **more)


def start(field, seed=0):
    return np.random.default_rng(seed).normal(size=field.dim)


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("model", MODELS)
def test_a_loss_is_a_field(kind, model):
    loss = loss_of(kind, model)
    field, x = flows.field(loss), start(loss)
    assert isinstance(field, flows.Field)
    assert field.conservative
    value, gradient = loss.value_and_gradient(x)
    assert field.value(x) == value == loss(x)
    assert (field.gradient(x) == gradient).all()
    assert field.value_and_gradient(x)[1].tolist() == gradient.tolist()
    assert (field.values(np.stack([x, 2 * x])) == loss(np.stack([x, 2 * x]))).all()
    assert field.exact_hvp
    if model[2] != "relu":  # a kink within the step of the check is no fault
        field.check(x)


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("model", MODELS)
def test_products_are_differences_of_gradients(kind, model):
    field = flows.field(loss_of(kind, model))
    x, v = start(field), start(field, 1)
    h = 1e-6 if model[2] == "relu" else 1e-4

    def slope(step):
        return (field.gradient(x + step * v) - field.gradient(x - step * v)) / (2 * step)

    found = (4 * slope(h) - slope(2 * h)) / 3
    np.testing.assert_allclose(field.hessian_vector(x, v), found, atol=3e-8 * np.abs(found).max())


def test_products_are_linear_and_symmetric():
    for model in MODELS:
        field = flows.field(loss_of("cross-entropy", model))
        H = field.hessian(start(field))
        np.testing.assert_allclose(H, H.T, atol=1e-14 * np.abs(H).max())
        v = start(field, 2)
        np.testing.assert_allclose(field.hessian_vector(start(field), v), H @ v, atol=1e-12 * np.abs(H @ v).max())


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("model", MODELS)
def test_products_in_float32_are_those_of_float64(kind, model):
    exact, single = (flows.field(loss_of(kind, model, dtype=dtype)) for dtype in (np.float64, np.float32))
    x, v = (0.5 * start(exact, seed).astype(np.float32).astype(np.float64) for seed in (0, 1))
    expected = exact.hessian_vector(x, v)
    np.testing.assert_allclose(single.hessian_vector(x, v), expected, atol=2e-5 * np.abs(expected).max())
    if model[2] != "relu":
        single.check(x)
        third = exact.third(x, v)
        np.testing.assert_allclose(single.third(x, v), third, atol=1e-2 * np.abs(third).max())


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("hidden", [(), (7,), (6, 5)])
def test_products_are_those_of_torch(hidden, activation):
    torch = pytest.importorskip("torch")
    kinds = {"relu": torch.relu, "tanh": torch.tanh, "gelu": torch.nn.functional.gelu}
    loss = loss_of("cross-entropy", ("mlp" if hidden else "linear", hidden, activation))
    field = flows.field(loss)
    x, v = start(field), start(field, 1)

    def theirs(parameter):
        scores, begin = torch.tensor(X), 0
        for units, inputs in loss.layout.sizes:
            rows = parameter[begin : begin + units * (inputs + 1)].reshape(units, inputs + 1)
            scores = scores if begin == 0 else kinds[activation](scores)
            scores = scores @ rows[:, :inputs].T + rows[:, inputs]
            begin += rows.numel()
        each = torch.nn.functional.cross_entropy(scores, torch.tensor(CLASSES), reduction="none")
        return (each * torch.tensor(WEIGHTS)).sum() / WEIGHTS.sum()

    expected = torch.autograd.functional.hvp(theirs, torch.tensor(x), torch.tensor(v))[1].numpy()
    np.testing.assert_allclose(field.hessian_vector(x, v), expected, atol=2e-13 * np.abs(expected).max())


def test_threads_and_the_samples_beside_them_change_no_bit():
    rng = np.random.default_rng(2)
    wide, labels = rng.standard_normal((3000, 30)), rng.integers(0, 3, 3000)
    one, five = (
        flows.field(LossObjective(wide, labels, model="mlp", hidden=(12, 9), activation="gelu", threads=threads))
        for threads in (1, 5)
    )
    x, v = start(one), start(one, 1)
    assert (one.hessian_vector(x, v) == five.hessian_vector(x, v)).all()
    assert (one.gradient(x) == five.gradient(x)).all()


def test_what_cannot_be_used_is_nan_and_ends_a_flow():
    field = flows.field(loss_of("cross-entropy", MODELS[1]))
    x = np.full(field.dim, 1e200)
    assert np.isnan(field.value(x))
    assert np.isnan(field.gradient(x)).all()
    assert np.isnan(field.hessian_vector(x, x)).all()


@pytest.mark.parametrize("model", [MODELS[0], MODELS[2]])
def test_a_step_has_the_mini_batch_of_its_generation(model):
    loss = loss_of("cross-entropy", model, batch_size=40, seed=3)
    field, x = flows.field(loss), start(loss)
    v = start(loss, 1)
    whole = flows.field(loss_of("cross-entropy", model))
    assert field.value(x) == whole.value(x)
    for step in (0, 1, 3, 4, 17):
        field.select(step)
        chosen = loss.batch(step)
        value, gradient = loss.value_and_gradient(x, samples=chosen)
        assert field.value(x) == value == loss(x, generation=step)
        assert (field.gradient(x) == gradient).all()
        assert (loss.value_and_gradient(x, generation=step)[1] == gradient).all()
        part = LossObjective(
            X[chosen],
            CLASSES[chosen],
            classes=np.arange(4),
            model=model[0],
            hidden=model[1],
            activation=model[2],
            sample_weight=WEIGHTS[chosen],
        )
        np.testing.assert_allclose(gradient, part.value_and_gradient(x)[1], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(field.hessian_vector(x, v), flows.field(part).hessian_vector(x, v), atol=1e-12)
    field.select(None)
    assert (field.gradient(x) == whole.gradient(x)).all()


def test_descent_by_mini_batches_is_that_of_the_optimiser():
    loss = loss_of("cross-entropy", ("mlp", (6,), "tanh"), batch_size=32, seed=1)
    x0 = loss.layout.initial(seed=3)
    options = {"learning_rate": 0.05}
    run = flows.descend(flows.field(loss), x0, steps=40, **options)
    result = zoopt.minimize(loss, x0, method="gd", budget=41, options=options)
    plain = x0
    for step in range(40):
        plain = plain - 0.05 * loss.value_and_gradient(plain, samples=loss.batch(step))[1]
    np.testing.assert_allclose(run.x[-1], plain, rtol=1e-12)
    assert (run.x[-1] == result.mean).all()
    assert run.value[-1] == result.fun == loss(result.mean, generation=2**64 - 1)


@pytest.mark.parametrize("reward", ["accuracy", "f1_macro"])
def test_a_policy_is_a_field_negated(reward):
    policy = PolicyObjective(X, CLASSES, reward=reward, seed=2)
    field, x = flows.field(policy), start(policy)
    for step in (0, 5):
        field.select(step)
        value, gradient = policy.value_and_gradient(x, generation=step)
        assert field.value(x) == -value
        assert (field.gradient(x) == -gradient).all()
    if reward == "accuracy":
        field.check(x)


def test_products_of_a_policy_are_differences_as_far_apart_as_its_precision_asks_for():
    exact, single = (flows.field(PolicyObjective(X, CLASSES, dtype=dtype)) for dtype in (np.float64, np.float32))
    x, v = start(exact), start(exact, 1)
    assert not exact.exact_hvp
    expected = exact.hessian_vector(x, v)
    np.testing.assert_allclose(single.hessian_vector(x, v), expected, atol=1e-3 * np.abs(expected).max())
    single.check(x)


def test_a_policy_that_is_rewarded_by_a_function_is_called_by_python():
    policy = PolicyObjective(X, CLASSES, reward=lambda y, chosen: float((y == chosen).mean()), samples=3, seed=2)
    field, x = flows.field(policy), start(policy)
    for step in (0, 5):
        field.select(step)
        assert (field.gradient(x) == -policy.value_and_gradient(x, generation=step)[1]).all()


def hits(truth, chosen):
    return float((truth == chosen).mean())


@pytest.mark.parametrize("reward", ["accuracy", "f1_macro", hits])
def test_a_trajectory_by_mini_batches_has_the_values_of_all_samples(reward):
    drawn = {"samples": 2} if callable(reward) else {}
    policy = PolicyObjective(X, CLASSES, reward=reward, batch_size=60, seed=2, **drawn)
    run = flows.descend(flows.L2(0.1)(flows.field(policy)), start(policy), learning_rate=0.1, steps=3)
    expected = [0.05 * x @ x - policy(x, generation=2**64 - 1) for x in run.x]
    np.testing.assert_allclose(run.value, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["loss", "policy", "python", "smoothed"])
def test_fields_of_objectives_can_be_copied_and_pickled(name):
    field = {
        "loss": lambda: flows.field(loss_of("cross-entropy", MODELS[2], batch_size=50)),
        "policy": lambda: flows.field(PolicyObjective(X, CLASSES)),
        "python": lambda: flows.field(PolicyObjective(X, CLASSES, reward=hits, samples=3)),
        "smoothed": lambda: flows.Smoothing(0.1)(MetricObjective(X, CLASSES, metric="f1_macro")),
    }[name]()
    x = start(field)
    for again in (copy.deepcopy(field), pickle.loads(pickle.dumps(field))):
        assert again.gradient(x).tolist() == field.gradient(x).tolist()
        assert repr(again) == repr(field)
