"""Modified flows: how much nearer they are to descents than the flow is, and where that ends."""

from itertools import permutations

import numpy as np
import pytest

import zoopt
from zoopt import flows

NET = flows.deep_linear((2, 2, 2), [[1.5, -0.3], [0.2, 0.7]])
NET_START = np.array([0.9, -0.4, 0.3, 1.1, 0.5, 0.8, -0.2, 0.6])
LOSSES = {
    "product": (flows.product(0.6), np.array([1.3, -0.9])),
    "net": (NET, NET_START),
    "differences": (flows.field(NET.value, NET.gradient, 8), NET_START),
}
TIGHT = {"method": "dop853", "rtol": 3e-13, "atol": 1e-15}


def followed(flow, x0, T):
    return flows.gradient_flow(flow, x0, T, **TIGHT).x[-1]


def slope(rates, errors):
    return np.polyfit(np.log(rates), np.log(errors), 1)[0]


def distances(field, x0, order, rates, T=None, **options):
    """Return how far a descent is from its modified flow at T, or after one step."""
    found = []
    for h in rates:
        flow = flows.modified_flow(field, h, order, **options)
        steps = 1 if T is None else round(T / h)
        end = flows.descend(field, x0, learning_rate=h, steps=steps, **options).x[-1]
        found.append(np.linalg.norm(end - followed(flow, flow.start(x0), steps * h)))
    return found


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", ["product", "net"])
def test_gradient_descent_leaves_its_flows_by_the_power_of_their_order(name, order):
    rates = 1 / np.array([320, 640, 1280])
    assert slope(rates, distances(*LOSSES[name], order, rates, T=1.0)) == pytest.approx(order + 1, abs=0.05)
    rates = np.array([0.008, 0.004, 0.002])
    assert slope(rates, distances(*LOSSES[name], order, rates)) == pytest.approx(order + 2, abs=0.05)


def test_products_by_differences_serve_as_well():
    rates = 1 / np.array([80, 160, 320])
    assert slope(rates, distances(*LOSSES["differences"], 1, rates, T=1.0)) == pytest.approx(2, abs=0.05)
    assert slope(rates, distances(*LOSSES["differences"], 2, rates, T=1.0)) == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("momentum", [0.5, 0.8])
@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_momentum_leaves_its_flows_by_the_power_of_their_order(method, momentum, order):
    rates = 1 / np.array([1280, 2560, 5120])
    for name in ("product", "net"):
        found = distances(*LOSSES[name], order, rates, T=0.5, method=method, momentum=momentum)
        assert slope(rates, found) == pytest.approx(order + 1, abs=0.05)


def test_momentum_of_zero_is_gradient_descent():
    field, x0 = LOSSES["net"]
    for method in ("momentum", "nesterov"):
        flow = flows.modified_flow(field, 0.1, method=method, momentum=0.0)
        np.testing.assert_allclose(flow.gradient(x0), flows.modified_flow(field, 0.1).gradient(x0), rtol=1e-14)
        assert flow.start(x0).tolist() == x0.tolist()


@pytest.mark.parametrize("order", [0, 1])
def test_adam_leaves_its_flows_by_the_power_of_their_order(order):
    """Where lags are short, and epsilon is of the size of gradients, so that nothing jumps where they change sign."""
    options = {"method": "adam", "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.4}
    rates = 1 / np.array([640, 1280, 2560])
    for name in ("product", "net"):
        assert slope(rates, distances(*LOSSES[name], order, rates, T=1.0, **options)) == pytest.approx(
            order + 1, abs=0.05
        )


def test_adam_without_an_epsilon_stands_still_where_a_slope_is_zero():
    """As its steps do; along the other coordinates it goes by signs."""
    field = flows.quadratic([[2.0, 1.0], [1.0, 2.0]])
    for order in (0, 1):
        flow = flows.modified_flow(field, 1e-9, order, method="adam", epsilon=0.0)
        np.testing.assert_allclose(flow.gradient([1.0, -2.0]), [0.0, -1.0], atol=1e-5)
    assert not flow.conservative
    assert flow.value([1.0, -2.0]) == field.value([1.0, -2.0])


def parts_of(count, dim=2):
    """Return losses of single samples, which disagree about the minimum."""
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(count, dim)), rng.normal(size=(count, 1))
    return [flows.deep_linear((dim, 2, 1), X=X[k : k + 1], Y=Y[k : k + 1]) for k in range(count)]


PARTS = parts_of(4)
PARTS_START = np.array([0.5, -0.3, 0.2, 0.8, -0.6, 0.4])


def mean_over_orders(parts, x0, h):
    ends = [
        flows.descend(flows.cyclic([parts[k] for k in order]), x0, learning_rate=h, steps=len(parts)).x[-1]
        for order in permutations(range(len(parts)))
    ]
    return np.mean(ends, axis=0)


def epoch_errors(flow_of, rates):
    return [
        np.linalg.norm(mean_over_orders(PARTS, PARTS_START, h) - followed(flow_of(h), PARTS_START, len(PARTS) * h))
        for h in rates
    ]


def test_the_mean_of_sgd_over_shuffles_errs_by_the_third_power_and_with_the_penalty_of_the_mean_by_the_second():
    rates = np.array([0.004, 0.002, 0.001])
    shuffled = flows.shuffled(PARTS, seed=0)
    assert slope(rates, epoch_errors(lambda h: flows.modified_flow(shuffled, h), rates)) == pytest.approx(3, abs=0.05)
    wrong = slope(rates, epoch_errors(lambda h: flows.modified_flow(shuffled.whole, h), rates))
    assert wrong == pytest.approx(2, abs=0.05)
    none = slope(rates, epoch_errors(lambda h: flows.modified_flow(shuffled, h, 0), rates))
    assert none == pytest.approx(2, abs=0.05)


def test_the_penalty_of_shuffles_is_the_mean_square_of_the_gradients_of_parts():
    h = 0.1
    flow = flows.modified_flow(flows.shuffled(PARTS, seed=0), h)
    squares = [part.gradient(PARTS_START) @ part.gradient(PARTS_START) for part in PARTS]
    values = [part.value(PARTS_START) for part in PARTS]
    assert flow.value(PARTS_START) == pytest.approx(np.mean(values) + h / 4 * np.mean(squares), rel=1e-13)
    flow.check(PARTS_START)
    assert flow.conservative


def test_one_order_of_parts_has_a_flow_of_its_own():
    """Of one order an epoch errs by the third power, and the whole way by the second."""
    cyclic = flows.cyclic(PARTS)
    assert not flows.modified_flow(cyclic, 0.1).conservative
    rates = np.array([0.004, 0.002, 0.001])

    def errors(flow_of, epochs):
        found = []
        for h in rates:
            steps = len(PARTS) * epochs(h)
            end = flows.descend(cyclic, PARTS_START, learning_rate=h, steps=steps).x[-1]
            found.append(np.linalg.norm(end - followed(flow_of(h), PARTS_START, steps * h)))
        return found

    own = lambda h: flows.modified_flow(cyclic, h)  # noqa: E731
    assert slope(rates, errors(own, lambda h: 1)) == pytest.approx(3, abs=0.05)
    assert slope(rates, errors(own, lambda h: round(0.2 / h))) == pytest.approx(2, abs=0.05)
    mean = lambda h: flows.modified_flow(flows.shuffled(PARTS, seed=0), h)  # noqa: E731
    assert slope(rates, errors(mean, lambda h: 1)) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(("h", "sharpness"), [(0.001, 4.5563), (0.025, 4.1824), (0.05, 3.6048), (0.08, 2.3478)])
def test_longer_steps_end_in_flatter_minima(h, sharpness):
    """On (y - ab)^2 / 2 from (2.8, 3.5) with y = .6, where the flow ends at a^2 + b^2 = 4.5704 and the least is 1.2."""
    run = flows.descend(flows.product(0.6), [2.8, 3.5], learning_rate=h, steps=round(60 / h), save_every=1)
    a, b = run.x.T
    assert a[-1] * b[-1] == pytest.approx(0.6, abs=1e-12)
    assert round(a[-1] ** 2 + b[-1] ** 2, 4) == sharpness
    gap = a**2 - b**2
    kept = gap[:-1] * (1 - h**2 * (0.6 - a[:-1] * b[:-1]) ** 2)
    np.testing.assert_allclose(gap[1:], kept, rtol=1e-12, atol=1e-13)


def test_a_penalty_takes_short_steps_where_long_ones_go():
    """Explicit (h/4)|g|^2 with steps that are short against h."""
    field, x0, h = flows.product(0.6), [2.8, 3.5], 0.01
    flow, penalised, descent = (
        flows.gradient_flow(field, x0, 20.0, **TIGHT),
        flows.descend(flows.modified_flow(field, h), x0, learning_rate=h / 100, steps=200_000),
        flows.descend(field, x0, learning_rate=h, steps=2000),
    )
    apart = [np.linalg.norm(run.x[-1] - descent.x[-1]) for run in (flow, penalised)]
    assert apart[1] < apart[0] / 5


def test_the_first_order_is_the_gradient_of_the_penalised_loss():
    for name, (field, x0) in LOSSES.items():
        flow = flows.modified_flow(field, 0.1)
        value, gradient = field.value_and_gradient(x0)
        assert flow.value(x0) == pytest.approx(value + 0.025 * gradient @ gradient, rel=1e-13)
        flow.check(x0)
        assert flow.conservative
        assert flows.modified_flow(field, 0.1, 2).conservative is False, name


def test_the_first_order_is_a_gradient_penalty():
    for field, x0 in LOSSES.values():
        penalised = flows.GradientPenalty(0.025)(field)
        np.testing.assert_allclose(flows.modified_flow(field, 0.1).gradient(x0), penalised.gradient(x0), rtol=1e-13)


def test_no_loss_has_the_second_order_as_its_gradient():
    """The antisymmetric part of its Jacobian is that of h^2/6 [H, T.g]: J - J^T of -dx/dt."""
    field, x0, h = flows.product([0.6, -1.0]), np.array([1.3, -0.9, 0.4, 1.1]), 1.0
    J = flows.modified_flow(field, h, 2).hessian(x0)
    H, g = field.hessian(x0), field.gradient(x0)
    e = np.eye(4)
    T = np.stack([(field.third(x0, g + v) - field.third(x0, g - v)) / 4 for v in e], axis=1)
    np.testing.assert_allclose(T, T.T, atol=1e-12)
    expected = h**2 / 6 * (H @ T - T @ H)
    assert np.abs(expected).max() > 0.05
    np.testing.assert_allclose(J - J.T, expected, atol=1e-8)


@pytest.mark.parametrize("order", [1, 2])
def test_on_quadratics_the_orders_are_the_terms_of_the_logarithm(order):
    rng = np.random.default_rng(1)
    A = rng.normal(size=(4, 4))
    H, x = A @ A.T / 4, rng.normal(size=4)
    h = 0.05
    series = H + h / 2 * H @ H + (h**2 / 3 * H @ H @ H if order == 2 else 0.0)
    flow = flows.modified_flow(flows.quadratic(H), h, order)
    np.testing.assert_allclose(flow.gradient(x), series @ x, rtol=1e-13)


def test_a_cell_is_a_method_too():
    field, x0 = LOSSES["product"]
    by_cell = flows.modified_flow(field, 0.1, method=zoopt.algorithm("momentum"), momentum=0.5)
    by_name = flows.modified_flow(field, 0.1, method="momentum", momentum=0.5)
    assert by_cell.gradient(x0).tolist() == by_name.gradient(x0).tolist()
