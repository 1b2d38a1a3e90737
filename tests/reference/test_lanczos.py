"""Lanczos against the eigenvalues of numpy, and the trace against its own."""

import numpy as np
import pytest

from zoopt import flows

RNG = np.random.default_rng(3)


def symmetric(dim):
    A = RNG.normal(size=(dim, dim))
    return (A + A.T) / 2


@pytest.mark.parametrize("dim", [1, 2, 7, 40, 120])
@pytest.mark.parametrize("rtol", [1e-2, 1e-6, 1e-11])
def test_both_ends_are_eigenvalues(dim, rtol):
    H = symmetric(dim)
    true = np.linalg.eigvalsh(H)
    found = flows.curvatures(flows.quadratic(H), np.zeros(dim), rtol=rtol)
    size = np.abs(true).max()
    # Not only as near as asked: no farther than what it says of itself, but for rounding.
    assert abs(found.smallest - true[0]) <= 1.01 * found.error + 1e-13 * size
    assert abs(found.largest - true[-1]) <= 1.01 * found.error + 1e-13 * size
    assert found.error <= rtol * size
    assert found.products <= (60 if dim == 120 else dim)


@pytest.mark.parametrize("curvature", [[2.5] * 30, [0.0] * 5, [-3.0, -1.0, -2.0], [1.0] * 10 + [4.0] * 10])
def test_spectra_that_end_early(curvature):
    found = flows.curvatures(flows.quadratic(curvature), np.ones(len(curvature)))
    assert (found.smallest, found.largest) == pytest.approx((min(curvature), max(curvature)), abs=1e-12)
    assert found.products == len(set(curvature))
    assert found.error == 0


def test_the_largest_is_the_largest_and_not_the_largest_in_size():
    H = np.diag(np.append(np.linspace(-50.0, 1.0, 60), 2.0))
    assert flows.sharpness(flows.quadratic(H), np.zeros(61), rtol=1e-8) == pytest.approx(2.0, abs=1e-6)


def test_the_largest_takes_fewer_products_than_both():
    spectrum = np.append(np.linspace(0.0, 1.0, 300), 5.0)
    field = flows.quadratic(spectrum)
    flows.sharpness(field, np.zeros(301))
    alone = field.counts.products
    assert alone < 15
    assert flows.curvatures(field, np.zeros(301)).products > 2 * alone


@pytest.mark.parametrize("dim", [2, 20])
def test_differences_of_gradients_serve_too(dim):
    closed = flows.rosenbrock(dim)
    own = flows.field(closed.value, closed.gradient, dim)
    x = np.linspace(-1.0, 1.0, dim)
    true = np.linalg.eigvalsh(closed.hessian(x))
    assert not own.exact_hvp
    found = flows.curvatures(own, x, rtol=1e-5)
    assert found.largest == pytest.approx(true[-1], rel=1e-5)
    assert found.smallest == pytest.approx(true[0], abs=1e-5 * true[-1])


def test_products_are_limited_and_the_error_says_so():
    spectrum = np.linspace(0.0, 1.0, 400)
    found = flows.curvatures(flows.quadratic(spectrum), np.zeros(400), rtol=1e-9, most=5)
    assert found.products == 5
    assert found.error > 1e-3
    assert found.largest < 1.0


def test_the_trace_is_exact_where_it_can_be_and_else_an_estimate():
    H = symmetric(50)
    field = flows.quadratic(H)
    assert flows.curvature_trace(field, np.zeros(50)) == pytest.approx(np.trace(H), abs=1e-12)
    deviation = np.sqrt(2 * (np.sum(H**2) - np.sum(np.diag(H) ** 2)) / 20)
    errors = [flows.curvature_trace(field, np.zeros(50), probes=20, seed=s) - np.trace(H) for s in range(200)]
    assert np.mean(errors) == pytest.approx(0.0, abs=4 * deviation / np.sqrt(200))
    assert np.std(errors) == pytest.approx(deviation, rel=0.2)
