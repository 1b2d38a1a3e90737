"""Values, gradients, Hessian-vector products and third derivatives of fields, against differences and each other."""

import copy
import pickle

import numpy as np
import pytest
from made_up_fields import bowl, bowl_gradient, bowl_product, bowl_returned, plain_bowl, plain_bowl_gradient

from zoopt import _core, flows, objectives

RNG = np.random.default_rng(3)
DATA = RNG.normal(size=(30, 3))


def symmetric(dim):
    A = RNG.normal(size=(dim, dim))
    return A + A.T


VALLEY = flows.rosenbrock(4)
FIELDS = {
    "diagonal": flows.quadratic(np.linspace(-1.0, 5.0, 19), np.linspace(0.0, 1.0, 19)),
    "full": flows.quadratic(symmetric(7), RNG.normal(size=7)),
    **{name: flows.function(name, 6) for name in ("ellipsoid", "rastrigin", "rosenbrock", "sphere")},
    "shifted": flows.function("rosenbrock", 5, shift=RNG.normal(size=5)),
    "two": flows.rosenbrock(2),
    "product": flows.product(0.6),
    "products": flows.product([0.6, -1.0, 2.0]),
    "net": flows.deep_linear((3, 2, 4), RNG.normal(size=(4, 3))),
    "deep": flows.deep_linear((2, 3, 3, 1, 2), RNG.normal(size=(2, 2))),
    "regression": flows.deep_linear((3, 2, 1), X=DATA, Y=RNG.normal(size=(30, 1))),
    "numba": flows.field(bowl, bowl_gradient, 4, bowl_product),
    "python": flows.field(plain_bowl, plain_bowl_gradient, 4),
    "differences": flows.field(VALLEY.value, VALLEY.gradient, 4),
}


def start(field, seed=0):
    return np.random.default_rng(seed).normal(size=field.dim)


@pytest.mark.parametrize("name", FIELDS)
def test_the_gradient_is_that_of_the_value(name):
    FIELDS[name].check(start(FIELDS[name]))


@pytest.mark.parametrize("name", FIELDS)
def test_value_and_gradient_are_each(name):
    field = FIELDS[name]
    x = start(field)
    value, gradient = field.value_and_gradient(x)
    assert value == pytest.approx(field.value(x), rel=1e-13)
    assert gradient.tolist() == field.gradient(x).tolist()
    assert field.values(np.stack([x, 2 * x])).tolist() == [field.value(x), field.value(2 * x)]


@pytest.mark.parametrize("name", FIELDS)
def test_products_are_differences_of_gradients(name):
    field = FIELDS[name]
    x, v = start(field), start(field, 1)
    h = 1e-5
    found = (field.gradient(x + h * v) - field.gradient(x - h * v)) / (2 * h)
    scale = max(1.0, np.abs(found).max())
    np.testing.assert_allclose(field.hessian_vector(x, v), found, atol=2e-7 * scale)
    H = field.hessian(x)
    np.testing.assert_allclose(H, H.T, atol=2e-7 * np.abs(H).max())
    np.testing.assert_allclose(H @ v, field.hessian_vector(x, v), atol=2e-7 * scale)


@pytest.mark.parametrize("name", FIELDS)
def test_third_derivatives_are_second_differences(name):
    field = FIELDS[name]
    x, v = start(field), 0.3 * start(field, 1)
    h = 1e-3
    found = (field.hessian_vector(x + h * v, v) - field.hessian_vector(x - h * v, v)) / (2 * h)
    scale = max(1.0, np.abs(found).max(), np.abs(field.gradient(x)).max())
    np.testing.assert_allclose(field.third(x, v), found, atol=1e-5 * scale)


def test_which_products_are_closed_forms():
    exact = {name for name, field in FIELDS.items() if field.exact_hvp}
    assert exact == set(FIELDS) - {"python", "differences"}


@pytest.mark.parametrize("name", ["ellipsoid", "rastrigin", "rosenbrock", "sphere"])
def test_values_are_those_of_the_objective(name):
    x = start(FIELDS[name])
    assert FIELDS[name].value(x) == objectives.function(name, 6)(x)


@pytest.mark.parametrize("dim", [1, 2, 7, 16, 33])
def test_every_test_function_has_a_gradient(dim):
    for name, _, least in _core.test_functions():
        if dim >= least:
            flows.function(name, dim).check(np.linspace(-0.7, 0.9, dim))


def test_the_sine_of_rastrigin_far_from_0():
    x = np.array([0.0, 0.25, -0.25, 0.5, 1e6 + 0.25, -3.75, 1e300])
    told = flows.function("rastrigin", x.size).gradient(x) - 2 * x
    np.testing.assert_allclose(told[:6], 20 * np.pi * np.array([0, 1, -1, 0, 1, 1]), atol=1e-9)


def test_the_loss_of_a_deep_linear_net_is_that_of_its_data():
    X, Y = RNG.normal(size=(50, 3)), RNG.normal(size=(50, 2))
    net = flows.deep_linear((3, 4, 2), X=X, Y=Y)
    x = start(net)
    W1, W2 = x[:12].reshape(4, 3), x[12:].reshape(2, 4)
    assert net.value(x) == pytest.approx(0.5 * np.mean(np.sum((X @ W1.T @ W2.T - Y) ** 2, axis=1)), rel=1e-13)
    few = flows.deep_linear((3, 4, 2), X=X[:2], Y=Y[:2])
    assert few.value(x) == pytest.approx(0.5 * np.mean(np.sum((X[:2] @ W1.T @ W2.T - Y[:2]) ** 2, axis=1)), rel=1e-13)


def test_a_net_of_one_hidden_layer_holds_the_product():
    a, b = RNG.normal(size=(2, 4))
    net = flows.deep_linear((1, 4, 1), [[0.6]])
    assert net.value(np.r_[a, b]) == pytest.approx(0.5 * (0.6 - a @ b) ** 2, rel=1e-13)


@pytest.mark.parametrize("gradient", [bowl_gradient, bowl_returned])
def test_numba_python_and_compiled_say_the_same(gradient):
    x = start(FIELDS["numba"])
    quadratic = flows.quadratic([1.0, 2.0, 3.0, 4.0])
    for field in (flows.field(bowl, gradient, 4), FIELDS["python"]):
        np.testing.assert_allclose(field.gradient(x), quadratic.gradient(x), rtol=1e-15)
        assert field.value(x) == pytest.approx(quadratic.value(x), rel=1e-14)
    assert flows.field(bowl, gradient, 4).compiled


def test_evaluations_are_counted():
    field = flows.rosenbrock(3)
    field.value([0.0, 0.0, 0.0])
    field.value_and_gradient([0.0, 0.0, 0.0])
    field.hessian([0.0, 0.0, 0.0])
    assert field.counts == (2, 1, 3)
    run = flows.gradient_flow(field, [0.0, 0.0, 0.0], 0.1)
    assert field.counts.gradients == 1 + run.nfev


def test_differences_of_gradients_count_as_gradients():
    field = flows.field(bowl, bowl_gradient, 4)
    field.hessian_vector(np.ones(4), np.ones(4))
    field.third(np.ones(4), np.ones(4))
    assert field.counts == (0, 5, 2)
    assert field.hessian_vector(np.ones(4), np.zeros(4)).tolist() == [0.0] * 4


def test_a_field_of_an_objective_that_knows_its_gradient():
    X = RNG.normal(size=(40, 3))
    loss = objectives.LossObjective(X, (X[:, 0] > 0).astype(int))
    field = flows.field(loss)
    x = start(field)
    field.check(x)
    assert field.value(x) == loss.value_and_gradient(x)[0]

    class Reward:
        sense = "max"
        dim = 2

        def value_and_gradient(self, x):
            return -float(x @ x), -2 * x

    assert flows.field(Reward()).value_and_gradient([1.0, 2.0])[0] == 5.0
    assert flows.field(Reward()).gradient([1.0, 2.0]).tolist() == [2.0, 4.0]


@pytest.mark.parametrize("name", ["diagonal", "shifted", "products", "deep", "numba", "python"])
def test_fields_can_be_copied_and_pickled(name):
    x = start(FIELDS[name])
    for again in (copy.deepcopy(FIELDS[name]), pickle.loads(pickle.dumps(FIELDS[name]))):
        assert again.gradient(x).tolist() == FIELDS[name].gradient(x).tolist()
        assert repr(again) == repr(FIELDS[name])


@pytest.fixture
def tiers():
    before = _core.cpu_tier()
    yield _core.cpu_tiers()
    _core.select_cpu_tier(before)


def test_slopes_are_the_same_on_every_tier(tiers):
    found = {}
    for tier in tiers:
        _core.select_cpu_tier(tier)
        found[tier] = [
            (f.gradient(start(f)).tobytes(), f.hessian_vector(start(f), start(f, 1)).tobytes())
            for f in (flows.function(n, 37) for n in ("ellipsoid", "rastrigin", "rosenbrock", "sphere"))
        ]
    assert len({str(one) for one in found.values()}) == 1
