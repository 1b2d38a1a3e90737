"""Transformations of fields against their formulas, differences, and what they are said to do along flows."""

import copy
import pickle

import numpy as np
import pytest
from made_up_fields import plain_bowl, plain_bowl_gradient

from zoopt import flows, objectives
from zoopt.flows import L2, Flooding, GradientPenalty, Smoothing, WeightScaleInvariant

RNG = np.random.default_rng(11)
VALLEY = flows.rosenbrock(4)
NET = flows.deep_linear((3, 2, 4), RNG.normal(size=(4, 3)))
X = RNG.normal(size=(60, 3))
LOSS = objectives.LossObjective(X, (X[:, 0] > X[:, 1]).astype(int), model="mlp", hidden=4, activation="tanh")
LAYERS = [slice(0, 3), [4, 3]]
FIELDS = {
    "l2": L2(0.7)(VALLEY),
    "l2 of a net": L2(0.7)(NET),
    "flooded above": Flooding(0.0)(VALLEY),
    "flooded below": Flooding(1e6)(VALLEY),
    "penalised": GradientPenalty(0.02)(VALLEY),
    "penalised net": GradientPenalty(0.3)(NET),
    "penalised bowl": GradientPenalty(0.3)(flows.quadratic(np.diag([1.0, 2.0]) + 0.3)),
    "python": GradientPenalty(0.3)(flows.field(plain_bowl, plain_bowl_gradient, 4)),
    "norms": WeightScaleInvariant(0.6, layers=LAYERS)(flows.quadratic(np.linspace(1.0, 2.0, 6))),
    "directions": WeightScaleInvariant(0.0, 0.6, layers=LAYERS)(flows.quadratic(np.linspace(1.0, 2.0, 6))),
    "weissi of a net": WeightScaleInvariant(0.6, 0.3)(NET),
    "weissi of a loss": WeightScaleInvariant(0.6, 0.3)(LOSS),
    "all": Flooding(0.4)(L2(0.1)(WeightScaleInvariant(0.6, 0.3)(GradientPenalty(0.05)(NET)))),
}


def start(field, seed=0):
    return np.random.default_rng(seed).normal(size=field.dim)


@pytest.mark.parametrize("name", FIELDS)
def test_gradients_and_products_are_those_of_the_value(name):
    FIELDS[name].check(start(FIELDS[name], 5))


@pytest.mark.parametrize("name", FIELDS)
def test_value_and_gradient_are_each(name):
    field = FIELDS[name]
    x = start(field)
    value, gradient = field.value_and_gradient(x)
    assert value == pytest.approx(field.value(x), rel=1e-13)
    np.testing.assert_allclose(gradient, field.gradient(x), rtol=1e-13)
    np.testing.assert_allclose(field.values(np.stack([x, 2 * x])), [field.value(x), field.value(2 * x)], rtol=1e-13)


@pytest.mark.parametrize("name", FIELDS)
def test_products_and_third_derivatives_are_differences(name):
    field = FIELDS[name]
    x, v = start(field), 0.3 * start(field, 1)
    h = 1e-4
    scale = max(1.0, np.abs(field.gradient(x)).max())

    def slope(function):
        near, far = ((function(x + s * v) - function(x - s * v)) / (2 * s) for s in (h, 2 * h))
        return (4 * near - far) / 3

    tolerance = 1e-5 if name == "python" else 1e-8
    np.testing.assert_allclose(field.hessian_vector(x, v), slope(field.gradient), atol=tolerance * scale)
    if name != "python":
        third = slope(lambda at: field.hessian_vector(at, v))
        np.testing.assert_allclose(field.third(x, v), third, atol=3e-5 * max(scale, np.abs(third).max()))


def test_which_products_are_closed_forms():
    exact = {name for name, field in FIELDS.items() if field.exact_hvp}
    assert exact == {
        *("l2", "l2 of a net", "flooded above", "flooded below", "penalised", "penalised bowl"),
        *("norms", "directions", "weissi of a net", "weissi of a loss"),
    }
    assert not Smoothing(0.1)(VALLEY).exact_hvp


def test_the_formulas():
    x, y = start(VALLEY), start(NET)
    value, gradient = VALLEY.value_and_gradient(x)
    assert L2(0.7)(VALLEY).value(x) == pytest.approx(value + 0.35 * x @ x, rel=1e-14)
    assert Flooding(value + 2.0)(VALLEY).value(x) == pytest.approx(value + 4.0, rel=1e-12)
    assert (Flooding(value + 2.0)(VALLEY).gradient(x) == -gradient).all()
    assert (Flooding(value - 2.0)(VALLEY).gradient(x) == gradient).all()
    assert (Flooding(value)(VALLEY).gradient(x) == 0.0).all()
    assert GradientPenalty(0.02)(VALLEY).value(x) == pytest.approx(value + 0.02 * gradient @ gradient, rel=1e-14)
    expected = gradient + 0.04 * VALLEY.hessian(x) @ gradient
    np.testing.assert_allclose(GradientPenalty(0.02)(VALLEY).gradient(x), expected, rtol=1e-12)
    W1, W2 = y[:6], y[6:]
    norms = [np.linalg.norm(W) for W in (W1, W2)]
    penalty = 0.6 * np.log(norms).sum() + 0.3 * (np.abs(W1).sum() / norms[0] + np.abs(W2).sum() / norms[1])
    assert WeightScaleInvariant(0.6, 0.3)(NET).value(y) == pytest.approx(NET.value(y) + penalty, rel=1e-13)


def test_weights_of_a_loss_are_its_layers_without_intercepts():
    field = WeightScaleInvariant(0.6, 0.3)(LOSS)
    theta = start(field)
    penalty = 0.0
    for weights, _ in LOSS.layout.layers(theta):
        norm = np.linalg.norm(weights)
        penalty += 0.6 * np.log(norm) + 0.3 * np.abs(weights).sum() / norm
    assert field.value(theta) == pytest.approx(LOSS(theta) + penalty, rel=1e-13)
    assert L2(0.0)(field).transformation == L2(0.0)
    assert WeightScaleInvariant(0.6, 0.3)(L2(0.0)(LOSS)).value(theta) == pytest.approx(field.value(theta), rel=1e-13)


def test_the_weight_scale_penalty_does_not_see_scales():
    """Of a network the output stays where W_l is multiplied by factors of product 1, and the penalty stays too."""
    net = flows.deep_linear((3, 2, 2, 4), RNG.normal(size=(4, 3)))
    field = WeightScaleInvariant(0.6, 0.3)(net)
    x = start(net)
    factors = np.repeat([4.0, 0.5, 0.5], [6, 4, 8])
    assert field.value(factors * x) == pytest.approx(field.value(x), rel=1e-13)
    assert L2(0.6)(net).value(factors * x) > L2(0.6)(net).value(x) + 0.9


def test_below_the_floor_a_layer_is_let_be():
    zero = flows.quadratic(np.zeros(6))
    field = WeightScaleInvariant(0.6, 0.2, layers=LAYERS, floor=0.5)(zero)
    x = np.array([0.1, -0.2, 0.1, 1.0, 1.0, 1.0])
    norm = np.linalg.norm(x[:3])
    assert norm < 0.5
    only_direction = WeightScaleInvariant(0.0, 0.2, layers=LAYERS)(zero)
    assert (field.gradient(x)[:3] == only_direction.gradient(x)[:3]).all()
    assert (field.hessian_vector(x, x)[:3] == only_direction.hessian_vector(x, x)[:3]).all()
    expected = 0.6 * (np.log(0.5) + np.log(np.sqrt(2.0))) + 0.2 * (0.4 / norm + 2.0 / np.sqrt(2.0))
    assert field.value(x) == pytest.approx(expected, rel=1e-13)
    assert (field.gradient(np.zeros(6)) == 0.0).all()


def test_evaluations_are_those_of_the_inner_field():
    inner = flows.rosenbrock(4)
    field = GradientPenalty(0.1)(inner)
    field.value_and_gradient(np.zeros(4))
    assert inner.counts == (1, 1, 1)
    field.gradient(np.zeros(4))
    assert inner.counts == (1, 2, 2)
    assert field.counts == (1, 2, 0)
    run = flows.gradient_flow(field, np.zeros(4), 0.1)
    assert inner.counts.gradients == 2 + run.nfev


@pytest.mark.parametrize("name", FIELDS)
def test_fields_can_be_copied_and_pickled(name):
    x = start(FIELDS[name])
    for again in (copy.deepcopy(FIELDS[name]), pickle.loads(pickle.dumps(FIELDS[name]))):
        assert again.gradient(x).tolist() == FIELDS[name].gradient(x).tolist()
        assert repr(again) == repr(FIELDS[name])


# Flooding: S4.2 and S4.3 of the mathematics.


def descended_then_ascended(field, x, down, up):
    middle = x - down * field.gradient(x)
    return middle + up * field.gradient(middle)


def ascended_then_descended(field, x, up, down):
    middle = x + up * field.gradient(x)
    return middle - down * field.gradient(middle)


def penalty_step(field, x, coefficient):
    """Half a squared step of coefficient ‖gradient‖², by itself."""
    return x - (GradientPenalty(coefficient)(field).gradient(x) - field.gradient(x))


def slope_of(errors):
    return np.polyfit(np.log(STEPS), np.log(errors), 1)[0]


STEPS = 2.0 ** -np.arange(9.0, 14.0)


def test_down_and_up_again_is_a_step_on_half_the_squared_gradient():
    """The remainder is (eps^3 / 2) T[g, g], with its sign by the order; the mean of both orders errs by eps^4."""
    x = np.array([0.3, -0.4, 0.2, 0.6])
    down, up, mean, rest = [], [], [], []
    for eps in STEPS:
        told = penalty_step(VALLEY, x, eps**2 / 2)
        first, second = descended_then_ascended(VALLEY, x, eps, eps), ascended_then_descended(VALLEY, x, eps, eps)
        down.append(np.linalg.norm(first - told))
        up.append(np.linalg.norm(second - told))
        mean.append(np.linalg.norm((first + second) / 2 - told))
        third = eps**3 / 2 * VALLEY.third(x, VALLEY.gradient(x))
        rest.append(max(np.linalg.norm(first - told - third), np.linalg.norm(second - told + third)))
    assert slope_of(down) == pytest.approx(3, abs=0.05)
    assert slope_of(up) == pytest.approx(3, abs=0.05)
    assert slope_of(mean) == pytest.approx(4, abs=0.05)
    assert slope_of(rest) == pytest.approx(4, abs=0.05)


def test_down_and_up_again_is_exact_on_quadratics():
    bowl = flows.quadratic([[2.0, 0.5], [0.5, 1.0]], centre=[0.3, -1.0])
    x = np.array([1.0, 2.0])
    for step in (descended_then_ascended, ascended_then_descended):
        np.testing.assert_allclose(step(bowl, x, 0.3, 0.3), penalty_step(bowl, x, 0.045), rtol=1e-14)


def test_unequal_steps_descend_by_their_difference_on_a_penalised_loss():
    x = np.array([0.3, -0.4, 0.2, 0.6])
    errors = []
    for eps in STEPS:
        down, up = eps, 0.6 * eps
        penalised = GradientPenalty(down * up / (2 * (down - up)))(VALLEY)
        told = x - (down - up) * penalised.gradient(x)
        errors.append(np.linalg.norm(descended_then_ascended(VALLEY, x, down, up) - told))
    assert slope_of(errors) == pytest.approx(3, abs=0.05)


def test_flooding_slides_to_the_flattest_direction():
    """On half the sum of a x^2 held at b: gradient^2 -> 2 b min(a), at a rate of (eps^2 / 2) a (a - min(a)) a step."""
    a, level, eps = np.array([1.0, 1.5, 3.0]), 0.25, 0.05
    flooded = Flooding(level)(flows.quadratic(a))
    x = np.array([0.4, 0.4, 0.4])
    passed = []
    for step in range(16000):
        x = x - eps * flooded.gradient(x)
        if step % 2000 >= 1998:
            passed.append(x)
    pairs = np.array(passed).reshape(-1, 2, 3)
    ends = np.linalg.norm(a * pairs[-1], axis=1) ** 2
    assert ends.mean() == pytest.approx(2 * level * a.min(), rel=0.03)
    sizes = np.abs(pairs).mean(axis=1)
    ratio = sizes[:, 1] / sizes[:, 0]  # of the second direction to the flattest
    rates = -np.diff(np.log(ratio[1:5])) / 2000
    np.testing.assert_allclose(rates, eps**2 / 2 * 1.5 * 0.5, rtol=0.03)


# Weight scales: S5.4.


def balance(x, split):
    return (x[:, :split] ** 2).sum(axis=1) - (x[:, split:] ** 2).sum(axis=1)


@pytest.mark.parametrize(
    ("transformation", "rate"),
    [(L2(0.0), 0.0), (WeightScaleInvariant(0.05), 0.0), (L2(0.3), 0.6), (WeightScaleInvariant(0.0, 0.05), 0.0)],
)
def test_what_the_flow_keeps_of_the_norms_of_layers(transformation, rate):
    """|W_1|^2 - |W_2|^2 stays, with the logarithms and the directions too, and decays as exp(-2 lambda t) under L2."""
    x0 = start(NET, 2)
    tolerance = {"rtol": 1e-9, "atol": 1e-11}
    run = flows.gradient_flow(transformation(NET), x0, 0.5, t_eval=[0.0, 0.1, 0.25, 0.5], **tolerance)
    kept = balance(run.x, 6)
    np.testing.assert_allclose(kept, kept[0] * np.exp(-rate * run.t), rtol=1e-6)
    assert np.abs(run.x[-1] - x0).max() > 0.1


def test_the_logarithm_shrinks_squared_norms_at_a_constant_rate_until_the_floor():
    layers = [slice(0, 2), slice(2, 5)]
    field = WeightScaleInvariant(0.3, layers=layers, floor=0.2)(flows.quadratic(np.zeros(5)))
    x0 = np.array([0.6, 0.8, 1.0, 2.0, 2.0])
    run = flows.gradient_flow(field, x0, 1.2, t_eval=[0.0, 0.4, 1.2], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose((run.x[:, :2] ** 2).sum(axis=1), 1.0 - 0.6 * run.t, rtol=1e-7)
    np.testing.assert_allclose((run.x[:, 2:] ** 2).sum(axis=1), 9.0 - 0.6 * run.t, rtol=1e-7)
    later = flows.gradient_flow(field, x0, 3.0, method="rk4", step=1e-3)
    assert 0.19 < np.linalg.norm(later.x[-1][:2]) < 0.21


def test_the_gradient_of_directions_is_orthogonal_to_the_weights():
    field = WeightScaleInvariant(0.0, 0.7, layers=LAYERS)(flows.quadratic(np.zeros(6)))
    x = start(field)
    gradient = field.gradient(x)
    assert np.abs(gradient[:5]).min() > 1e-3
    for layer in LAYERS:
        assert abs(gradient[layer] @ x[layer]) < 1e-14
