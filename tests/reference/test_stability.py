"""Closed forms on quadratics: which flow steps follow, and how long they may be."""

import numpy as np
import pytest
from scipy.linalg import expm, logm

from zoopt import flows

RNG = np.random.default_rng(4)
A = RNG.normal(size=(5, 5))
H = (A @ A.T) / 8 + np.diag([0.0, 0.0, 0.3, 0.0, -0.2])
TOP = np.linalg.eigvalsh(H)[-1]
CURVES = ("midpoint", "heun", "bs23", "rk4", "rk38", "dopri5")


def steps(method, curvature, x0, h, count, **options):
    """Return the point after steps of a method on a quadratic."""
    field = flows.quadratic(curvature)
    if method in CURVES:
        return flows.gradient_flow(field, x0, count * h, method=method, step=h).x[-1]
    return flows.descend(field, x0, learning_rate=h, steps=count, method=method, **options).x[-1]


def test_the_flow_of_gradient_descent_is_the_logarithm():
    h = 0.7 / TOP
    moved = flows.flow_hessian(H, h)
    np.testing.assert_allclose(moved, -logm(np.eye(5) - h * H) / h, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(moved), -np.log(1 - h * np.linalg.eigvalsh(H)) / h, atol=1e-12)
    np.testing.assert_allclose(flows.flow_hessian([0.1, 1.0, -2.0], 0.5), -2 * np.log([0.95, 0.5, 2.0]), rtol=1e-14)


@pytest.mark.parametrize("method", ["gd", *CURVES])
def test_the_flow_passes_through_the_steps(method):
    h, x0 = 0.9 / TOP, RNG.normal(size=5)
    there = expm(-10 * h * flows.flow_hessian(H, h, method=method)) @ x0
    np.testing.assert_allclose(steps(method, H, x0, h, 10), there, rtol=0, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.2, 0.6])
@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_with_momentum_descents_come_onto_the_flow(method, momentum):
    """Their other growth has died out after a while; what a step does from then on is what the flow does in h."""
    curvature = np.array([0.02, 0.1, -0.3])
    h = 0.3
    moved = flows.flow_hessian(curvature, h, method=method, momentum=momentum)
    x0 = np.array([1.0, -1.0, 0.5])
    late = [steps(method, curvature, x0, h, n, momentum=momentum) for n in (80, 90)]
    np.testing.assert_allclose(late[1], np.exp(-10 * h * moved) * late[0], rtol=1e-12)


def test_small_rates_keep_their_digits():
    for method in ("gd", "momentum", "nesterov", "rk4"):
        of = flows.stability(method)
        moved = flows.flow_hessian([3.0], 1e-13, method=method)
        assert moved[0] * (1 - of.momentum) == pytest.approx(3.0, rel=1e-9)
        assert flows.flow_hessian([0.0], 0.1, method=method)[0] == 0.0


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov"])
def test_the_modified_flows_are_the_first_terms_of_the_closed_form(method):
    """The closed form less the flow of first order shrinks with the square of the learning rate."""
    options = {} if method == "gd" else {"momentum": 0.6}
    rest = []
    for h in (1e-3, 5e-4):
        flow = flows.modified_flow(flows.quadratic([1.5]), h, method=method, **options)
        rest.append(flows.flow_hessian([1.5], h, method=method, **options)[0] - flow.gradient([1.0])[0])
    assert rest[0] / rest[1] == pytest.approx(4.0, abs=0.06)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_limits_of_momentum_are_where_the_radius_is_one(momentum):
    for method, limit in (
        ("momentum", 2 * (1 + momentum)),
        ("nesterov", 2 * (1 + momentum) / (1 + 2 * momentum)),
    ):
        of = flows.stability(method, momentum=momentum)
        assert of.limit == pytest.approx(limit, rel=1e-15)
        assert of.radius(of.limit) == pytest.approx(1.0, abs=1e-12)
        z = np.linspace(1e-3, of.limit - 1e-3, 97)
        assert of.stable(z).all()
        assert not of.stable(of.limit + np.array([1e-3, 0.1, 5.0])).any()


def test_the_growth_is_that_of_the_companion_matrix():
    mu = 0.8
    for z in (0.01, 0.7, 2.9, -0.4, 0.3 + 0.8j):
        heavy = np.array([[1 + mu - z, -mu], [1, 0]])
        ahead = np.array([[(1 + mu) * (1 - z), -mu * (1 - z)], [1, 0]])
        for method, matrix in (("momentum", heavy), ("nesterov", ahead)):
            found = flows.stability(method, momentum=mu).growth(z)
            expected = np.linalg.eigvals(matrix)
            np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(expected), atol=1e-13)
            assert flows.stability(method, momentum=mu).radius(z) == pytest.approx(np.abs(expected).max(), rel=1e-13)


def test_the_principal_growth_comes_first():
    for method in ("momentum", "nesterov"):
        of = flows.stability(method, momentum=0.5)
        z = np.linspace(-2.0, 0.9 * of.flow_limit, 50)
        growth = of.growth(z)
        assert (growth.imag == 0).all()
        assert (growth[:, 0].real > growth[:, 1].real).all()
        assert of.growth(0.0).tolist() == [1.0, 0.5]


@pytest.mark.parametrize("method", ["gd", "momentum", "nesterov", *CURVES])
def test_descents_die_out_below_the_limit_and_grow_above_it(method):
    """Steps of the core on either side of the limit, by 1 % of it."""
    of = flows.stability(method)
    below, above = (np.abs(steps(method, [1.0], [1.0], share * of.limit, 4000)[0]) for share in (0.99, 1.01))
    assert below < 1e-8
    assert above > 1e8 or above > 1e3 * below


@pytest.mark.parametrize("method", CURVES)
def test_the_polynomial_is_what_a_step_of_the_core_does(method):
    """On a diagonal, and on a field that turns, whose eigenvalues are imaginary."""
    z = np.array([-1.0, 0.3, 1.7, 4.0])
    end = steps(method, z, np.ones(4), 1.0, 1)
    np.testing.assert_allclose(end, flows.stability(method).growth(z)[:, 0].real, rtol=1e-13)
    for turn in (0.4, 1.9, 3.3):
        circle = flows.field(lambda x: 0.0, lambda x, turn=turn: turn * np.array([-x[1], x[0]]), 2)
        x, y = flows.gradient_flow(circle, [1.0, 0.0], 1.0, method=method, step=1.0).x[-1]
        assert x + 1j * y == pytest.approx(complex(flows.stability(method).growth(1j * turn)[0]), abs=1e-13)


def test_known_limits_of_runge_kutta_methods():
    """The ends of the real interval, and for rk4 that of the imaginary one, sqrt 8."""
    known = {"gd": 2.0, "heun": 2.0, "midpoint": 2.0, "bs23": 2.51274532662, "rk4": 2.78529356340, "rk38": 2.7852935634}
    for method, limit in known.items():
        assert flows.stability(method).limit == pytest.approx(limit, abs=1e-10)
    rk4 = flows.stability("rk4")
    assert rk4.radius(1j * np.sqrt(8)) == pytest.approx(1.0, abs=1e-13)
    assert rk4.stable([2.8j, 2.9j]).tolist() == [True, False]
    assert flows.stability("euler") == flows.stability("gd")
    assert flows.stability("rk45") == flows.stability("dopri5")


def test_where_real_flows_end():
    assert flows.stability("gd").flow_limit == pytest.approx(1.0)
    assert flows.stability("momentum", momentum=0.25).flow_limit == 0.25
    assert flows.stability("nesterov", momentum=0.25).flow_limit == pytest.approx(0.36)
    assert flows.stability("bs23").flow_limit == pytest.approx(1.59607163798)
    assert flows.stability("rk4").flow_limit == np.inf
    for method in ("momentum", "nesterov"):
        of = flows.stability(method, momentum=0.25)
        assert of.growth(of.flow_limit * 0.999).imag.tolist() == [0.0, 0.0]
        assert (of.growth(of.flow_limit * 1.001).imag != 0).all()
