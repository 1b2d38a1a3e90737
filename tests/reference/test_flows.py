"""Integrators of flows: orders, closed forms, the steps of scipy, dense output, events, known ends."""

import numpy as np
import pytest
from made_up_fields import twin, twin_stopped
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq

from zoopt import _core, flows
from zoopt.flows import FlowStatus

NET = flows.deep_linear((2, 2, 2), [[1.5, -0.3], [0.2, 0.7]])
PROBLEMS = {
    "net": (NET, np.array([0.9, -0.4, 0.3, 1.1, 0.5, 0.8, -0.2, 0.6]), 1.0),
    "product": (flows.product(0.6), np.array([1.3, -0.9]), 1.0),
    "products": (flows.product([0.6, -1.0, 2.0]), np.linspace(-1.5, 2.0, 6), 2.0),
    "rastrigin": (flows.function("rastrigin", 3), np.array([0.31, -0.22, 0.1]), 0.02),
    "rosenbrock": (flows.rosenbrock(2), np.array([-1.2, 1.0]), 0.01),
    "quadratic": (flows.quadratic(np.linspace(0.5, 2.0, 37), 1.0), np.linspace(-2.0, 3.0, 37), 3.0),
}
PAIRS = {"bs23": "RK23", "dopri5": "RK45", "dop853": "DOP853"}
ORDERS = {"euler": 1, "midpoint": 2, "heun": 2, "rk4": 4, "rk38": 4, "bs23": 3, "dopri5": 5, "dop853": 8}


@pytest.fixture
def tiers():
    before = _core.cpu_tier()
    yield _core.cpu_tiers()
    _core.select_cpu_tier(before)


def by_scipy(name, method, rtol, atol, x0=None, **options):
    field, start, T = PROBLEMS[name]
    rhs = lambda t, x: -field.gradient(x)  # noqa: E731
    return solve_ivp(rhs, (0, T), start if x0 is None else x0, method=PAIRS[method], rtol=rtol, atol=atol, **options)


def test_every_method_is_tried():
    assert {(name, order) for name, _, order, _ in _core.flow_methods()} == set(ORDERS.items())


def slope(field, x0, T, method, counts):
    """Return the slope of the error at T over the length of the steps, both as logarithms."""
    end = flows.gradient_flow(field, x0, T, method="dop853", rtol=3e-14, atol=1e-16).x[-1]
    errors = [np.linalg.norm(flows.gradient_flow(field, x0, T, method=method, step=T / n).x[-1] - end) for n in counts]
    return -np.polyfit(np.log(counts), np.log(errors), 1)[0]


@pytest.mark.parametrize("method", [method for method, order in ORDERS.items() if order < 5])
@pytest.mark.parametrize("name", ["net", "product"])
def test_methods_have_their_order(method, name):
    assert slope(*PROBLEMS[name], method, (128, 256, 512)) == pytest.approx(ORDERS[method], abs=0.1)


def test_high_methods_have_their_order():
    """With steps that are long enough for errors above rounding, where no term of the error happens to vanish."""
    wave = (flows.function("rastrigin", 2), np.array([0.31, -0.22]), 0.01)
    assert slope(*wave, "dopri5", (16, 32, 64)) == pytest.approx(5, abs=0.1)
    x0 = np.array([-1.23, -0.68, -0.07, -0.94, -0.1, 0.1, 0.04, -0.51])
    valley = (flows.product([-0.51, -1.65, 0.17, 0.11]), x0, 4.0)
    assert slope(*valley, "dop853", (12, 16, 20, 24)) == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("method", PAIRS)
def test_quadratics_are_followed_to_rounding(method):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(5, 5))
    H = A @ A.T / 5 + np.diag([1.0, 0.5, 0.0, -0.3, 2.0])
    x0, centre = rng.normal(size=5), rng.normal(size=5)
    closed = centre + expm(-2.0 * H) @ (x0 - centre)
    length = {"bs23": 2e-5, "dopri5": 5e-3, "dop853": 5e-2}[method]
    run = flows.gradient_flow(flows.quadratic(H, centre), x0, 2.0, method=method, step=length)
    np.testing.assert_allclose(run.x[-1], closed, rtol=0, atol=1e-12)
    if method == "dop853":
        run = flows.gradient_flow(flows.quadratic(H, centre), x0, 2.0, method=method, rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(run.x[-1], closed, rtol=0, atol=1e-12)


def test_the_flow_of_the_product_ends_where_its_invariant_says():
    """From (2.8, 3.5): a^2 - b^2 is kept and a b = .6, so a^2 + b^2 = sqrt((a0^2 - b0^2)^2 + 4 .36) = 4.5704."""
    run = flows.gradient_flow(flows.product(0.6), [2.8, 3.5], 30.0, rtol=1e-12, atol=1e-13)
    a, b = run.x.T
    np.testing.assert_allclose(a**2 - b**2, 2.8**2 - 3.5**2, atol=1e-11)
    assert a[-1] ** 2 + b[-1] ** 2 == pytest.approx(np.hypot(2.8**2 - 3.5**2, 1.2), abs=1e-11)
    assert round(a[-1] ** 2 + b[-1] ** 2, 4) == 4.5704


def test_the_stopped_gradient_of_a_twin_ends_where_its_invariant_says():
    """theta^2 - phi^2 is kept, from (.6, .1) to (1, sqrt .65), at the late rate .65."""
    field = flows.field(twin, twin_stopped, 2)
    run = flows.gradient_flow(field, [0.6, 0.1], 80.0, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(run.x[-1], [1.0, np.sqrt(0.65)], atol=1e-10)
    late = flows.gradient_flow(field, [0.6, 0.1], 30.0, rtol=1e-12, atol=1e-14, t_eval=[20.0, 24.0])
    rate = np.log((1 - late.x[0, 0]) / (1 - late.x[1, 0])) / 4
    assert rate == pytest.approx(0.65, abs=1e-3)


@pytest.mark.parametrize("method", PAIRS)
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize(("rtol", "atol"), [(1e-3, 1e-6), (1e-6, 1e-9), (1e-9, 1e-12)])
def test_steps_are_those_of_scipy(method, name, rtol, atol):
    """To 1e-12, or as near as scipy comes to itself when its start is moved by a unit in the last place."""
    field, x0, T = PROBLEMS[name]
    run = flows.gradient_flow(field, x0, T, method=method, rtol=rtol, atol=atol, save_every=1)
    peer = by_scipy(name, method, rtol, atol)
    moved = [by_scipy(name, method, rtol, atol, x0=np.nextafter(x0, to)).t for to in (np.inf, -np.inf, 0.0)]
    assert run.t.shape == peer.t.shape
    assert run.nfev == peer.nfev
    own = max(np.abs(t - peer.t).max() for t in moved)
    assert np.abs(run.t - peer.t).max() <= max(1e-12, 30 * own)
    np.testing.assert_allclose(run.x[-1], peer.y[:, -1], rtol=0, atol=10 * atol)


@pytest.mark.parametrize("name", ["net", "product", "products", "rastrigin", "rosenbrock"])
def test_steps_of_dopri5_are_those_of_scipy_to_twelve_digits(name):
    run = flows.gradient_flow(*PROBLEMS[name], rtol=1e-3, atol=1e-6, save_every=1)
    np.testing.assert_allclose(run.t, by_scipy(name, "dopri5", 1e-3, 1e-6).t, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", PAIRS)
def test_rejected_steps_and_long_ones_are_those_of_scipy(method):
    """Where the flow bends after a plateau, with a first step and a longest one of the user's, and backwards."""
    field, x0 = flows.product(4.0), np.array([1e-3, 1e-3])
    rhs = lambda t, x: -field.gradient(x)  # noqa: E731
    for options in ({}, {"first_step": 1.5}, {"max_step": 0.3}, {"atol": np.array([1e-4, 1e-8])}):
        run = flows.gradient_flow(field, x0, 4.0, method=method, rtol=1e-3, save_every=1, **{"atol": 1e-6, **options})
        peer = solve_ivp(rhs, (0, 4), x0, method=PAIRS[method], rtol=1e-3, **{"atol": 1e-6, **options})
        np.testing.assert_allclose(run.t, peer.t, rtol=0, atol=1e-8)
        assert run.nfev == peer.nfev
    rejected = [
        flows.gradient_flow(field, x0, 4.0, method=method, rtol=1e-3, first_step=first).rejected
        for first in (1e-3, 3.0)
    ]
    assert rejected[1] > 0
    run = flows.gradient_flow(field, [1.0, 1.5], (1.0, 0.5), method=method, save_every=1)
    peer = solve_ivp(rhs, (1.0, 0.5), [1.0, 1.5], method=PAIRS[method], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(run.t, peer.t, rtol=0, atol=1e-8)
    assert run.value[-1] > run.value[0]


@pytest.mark.parametrize("method", PAIRS)
@pytest.mark.parametrize("name", ["product", "net", "rastrigin"])
def test_dense_output_is_that_of_scipy(method, name):
    field, x0, T = PROBLEMS[name]
    times = np.linspace(0.0, T, 201)
    run = flows.gradient_flow(field, x0, T, method=method, rtol=1e-4, atol=1e-7, dense_output=True)
    peer = by_scipy(name, method, 1e-4, 1e-7, dense_output=True)
    np.testing.assert_allclose(run.sol(times), peer.sol(times).T, rtol=0, atol=1e-11)
    at = flows.gradient_flow(field, x0, T, method=method, rtol=1e-4, atol=1e-7, t_eval=times)
    np.testing.assert_allclose(at.x, run.sol(times), rtol=0, atol=1e-14)
    assert at.t.tolist() == times.tolist()
    assert run.sol(times[3]).shape == x0.shape


@pytest.mark.parametrize("method", ["rk4", "heun"])
def test_between_fixed_steps_the_order_is_kept(method):
    """The cubic through both ends errs as the third or fourth power of the step."""
    field, x0, T = PROBLEMS["product"]
    times = np.linspace(0.0, T, 57)
    true = flows.gradient_flow(field, x0, T, method="dop853", rtol=1e-13, atol=1e-15, dense_output=True).sol(times)
    errors = [
        np.abs(flows.gradient_flow(field, x0, T, method=method, step=T / n, t_eval=times).x - true).max()
        for n in (256, 512)
    ]
    assert np.log2(errors[0] / errors[1]) > ORDERS[method] - 0.2


@pytest.mark.parametrize("options", [{}, {"method": "rk4", "step": 0.01}, {"method": "radau"}, {"method": "dop853"}])
def test_events_are_found_where_they_are(options):
    """On half x^2 from 1: the value is half e^-2t, the norm of the gradient e^-t."""
    field = flows.quadratic([1.0])
    tight = {"rtol": 1e-10, "atol": 1e-12} | options
    run = flows.gradient_flow(field, [1.0], 5.0, events=flows.value_below(0.05), **tight)
    assert run.status is FlowStatus.EVENT
    assert run.t[-1] == pytest.approx(0.5 * np.log(10.0), abs=1e-8)
    assert run.t_events[0].tolist() == [run.t[-1]]
    assert run.value[-1] == pytest.approx(0.05, abs=1e-8)
    run = flows.gradient_flow(field, [1.0], 5.0, events=flows.gradient_below(0.05), **tight)
    assert run.t[-1] == pytest.approx(np.log(20.0), abs=1e-7)
    assert run.x_events[0].shape == (1, 1)


def test_events_are_those_of_scipy():
    """Of a flow that circles: up, down, either way, and the second zero as the end."""

    def gradient(x):
        return np.array([-x[1], x[0]])

    def up(t, x):
        return x[0]

    def down(t, x):
        return x[0] + 0.1 * t

    def either(t, x):
        return x[1] - 0.2

    up.direction, down.direction = 1, -1
    circle = flows.field(lambda x: 0.0, gradient, 2)
    for last in (0, 2):
        either.terminal = last
        run = flows.gradient_flow(circle, [1.0, 0.0], 20.0, events=[up, down, either])
        peer = solve_ivp(
            lambda t, x: -gradient(x), (0, 20), [1.0, 0.0], rtol=1e-6, atol=1e-9, events=[up, down, either]
        )
        assert [len(t) for t in run.t_events] == [len(t) for t in peer.t_events]
        for mine, theirs in zip(run.t_events, peer.t_events, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)
        assert run.status == peer.status
        assert run.t[-1] == pytest.approx(peer.t[-1], abs=1e-9)


def test_the_zero_of_an_event_lies_on_the_interpolant():
    field, x0, T = PROBLEMS["product"]
    run = flows.gradient_flow(field, x0, T, rtol=1e-3, atol=1e-5, events=lambda t, x: x[0] - 1.0, dense_output=True)
    found = brentq(lambda t: run.sol(t)[0] - 1.0, 0.0, T, xtol=1e-15, rtol=1e-15)
    assert run.t_events[0][0] == pytest.approx(found, abs=1e-14)


@pytest.mark.parametrize("method", ["radau", "bdf", "lsoda"])
def test_stiff_methods_follow_what_is_stiff(method):
    field = flows.quadratic([1.0, 1e6])
    run = flows.gradient_flow(field, [1.0, 1.0], 1.0, method=method, rtol=1e-8, atol=1e-10, dense_output=True)
    np.testing.assert_allclose(run.x[-1], [np.exp(-1.0), 0.0], atol=1e-6)
    assert run.nfev < 5000
    assert field.counts.products > 0
    np.testing.assert_allclose(run.sol([0.5])[0], [np.exp(-0.5), 0.0], atol=1e-6)


@pytest.mark.parametrize("dim", [1, 10, 24, 25, 40, 512])
def test_steps_are_the_same_on_every_tier_and_however_they_are_made(dim, tiers):
    """In bursts or each looked at; in few dimensions or many; all bits."""
    field = flows.quadratic(np.linspace(0.5, 3.0, dim), np.linspace(-1.0, 1.0, dim))
    x0 = np.linspace(-2.0, 2.0, dim)
    for options in ({"method": "rk4", "step": 0.01}, {"method": "midpoint", "step": 0.01}, {}, {"method": "dop853"}):
        ends = set()
        for tier in tiers:
            _core.select_cpu_tier(tier)
            for more in ({}, {"save_every": 1}, {"callback": lambda t, x: None}, {"save_every": 7}):
                run = flows.gradient_flow(field, x0, 1.0, **options, **more)
                assert run.t[-1] == 1.0
                ends.add(run.x[-1].tobytes())
        assert len(ends) == 1, options


def test_fixed_steps_are_those_of_the_formula():
    field, x0, _ = PROBLEMS["product"]
    x = x0.copy()
    for _ in range(10):
        x = x - 0.05 * field.gradient(x)
    run = flows.gradient_flow(field, x0, 0.5, method="euler", step=0.05)
    np.testing.assert_allclose(run.x[-1], x, rtol=1e-15)
    np.testing.assert_allclose(run.t, 0.05 * np.arange(11), rtol=1e-15)
    assert (run.nit, run.nfev) == (10, 10)
    short = flows.gradient_flow(field, x0, 0.52, method="euler", step=0.05)
    assert short.nit == 11
    np.testing.assert_allclose(short.x[-1], x - 0.02 * field.gradient(x), rtol=1e-14)
