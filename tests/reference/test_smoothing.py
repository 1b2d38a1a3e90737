"""Smoothing of fields and objectives: the noise that it takes, the closed form of S1-E9, what has no gradient."""

import numpy as np
import pytest

import zoopt
from zoopt import flows, objectives
from zoopt.flows import Smoothing

VALLEY = flows.rosenbrock(4)


def drawn(probes, dim, step):
    rows = [
        zoopt.noise(probes.seed, step, i, dim, kind=probes.kind).astype(np.float64) for i in range(probes.directions)
    ]
    return np.array(rows)


@pytest.mark.parametrize("kind", ["normal", "rademacher"])
@pytest.mark.parametrize("antithetic", [True, False])
def test_the_estimate_is_made_of_the_noise_of_its_step(kind, antithetic):
    probes = Smoothing(0.2, directions=7, seed=5, kind=kind, antithetic=antithetic)
    field, x = probes(VALLEY), np.array([0.3, -0.4, 0.2, 0.6])
    for step in (0, 3, 2**40):
        field.select(step)
        u = drawn(probes, 4, step)
        ahead, behind = VALLEY.values(x + 0.2 * u), VALLEY.values(x - 0.2 * u)
        if antithetic:
            expected = ((ahead - behind)[:, None] * u).mean(axis=0) / 0.4
            value = (ahead + behind).mean() / 2
        else:
            expected = ((ahead - VALLEY.value(x))[:, None] * u).mean(axis=0) / 0.2
            value = ahead.mean()
        np.testing.assert_allclose(field.gradient(x), expected, rtol=1e-12)
        assert field.value(x) == pytest.approx(value, rel=1e-13)
        both = field.value_and_gradient(x)
        assert both[0] == field.value(x)
        assert both[1].tolist() == field.gradient(x).tolist()


def test_a_smoothed_field_begins_with_its_first_step():
    field, x = Smoothing(0.2, directions=3)(VALLEY), np.array([0.3, -0.4, 0.2, 0.6])
    first = field.gradient(x)
    field.select(0)
    assert (field.gradient(x) == first).all()
    field.select(1)
    assert (field.gradient(x) != first).any()
    field.select(None)
    assert (field.gradient(x) == first).all()


def test_descent_on_a_smoothed_field_is_that_of_zeroth_order():
    x0 = np.array([0.3, -0.4, 0.2, 0.6])
    field = Smoothing(0.05, directions=3, seed=9)(VALLEY)
    run = flows.descend(field, x0, learning_rate=1e-3, steps=25)
    options = {"population": 6, "learning_rate": 1e-3}
    rosenbrock = objectives.function("rosenbrock", 4)
    result = zoopt.minimize(rosenbrock, x0, method="two-point", seed=9, scale=0.05, budget=151, options=options)
    assert result.nit == 25
    np.testing.assert_allclose(run.x[-1], result.mean, rtol=1e-11)


def test_mini_batches_are_smoothed_step_by_step():
    rng = np.random.default_rng(5)
    loss = objectives.LossObjective(rng.standard_normal((30, 2)), rng.integers(0, 2, 30), batch_size=10, seed=1)
    probes = Smoothing(0.2, directions=4, seed=7)
    theta = np.array([0.3, -0.4, 0.2])
    for field in (probes(loss), probes(flows.field(loss))):
        assert not field.conservative
        for step in (0, 4):
            field.select(step)
            u = drawn(probes, 3, step)
            both = np.concatenate([theta + 0.2 * u, theta - 0.2 * u])
            assert field.value(theta) == pytest.approx(loss(both, generation=step).mean(), rel=1e-13)


def test_many_directions_are_looked_at_in_parts():
    probes = Smoothing(0.2, directions=300, seed=1)
    wide = flows.quadratic(np.linspace(0.5, 1.5, 3000))
    x = np.linspace(-1.0, 1.0, 3000)
    u = drawn(probes, 3000, 0)
    expected = (u @ (np.linspace(0.5, 1.5, 3000) * x) @ u) / 300
    np.testing.assert_allclose(probes(wide).gradient(x), expected, rtol=1e-9, atol=1e-9)


def test_the_smoothed_product_is_the_closed_form():
    """Half of (y - a b)^2 becomes half of (y - a b)^2 + eps^2 (a^2 + b^2) + eps^4, within four standard errors."""
    y, eps, count = 1.0, 0.3, 2**19
    field = Smoothing(eps, directions=count)(flows.product(y))
    for a, b in [(0.8, 1.3), (-0.4, 0.5)]:
        each = [Smoothing(eps, directions=count // 16, seed=s)(flows.product(y)) for s in range(1, 17)]
        gradients = np.array([one.gradient([a, b]) for one in each])
        error = gradients.std(axis=0, ddof=1) / 4
        values = np.array([one.value([a, b]) for one in each])
        closed = 0.5 * ((y - a * b) ** 2 + eps**2 * (a**2 + b**2) + eps**4)
        slope = np.array([-b * (y - a * b) + eps**2 * a, -a * (y - a * b) + eps**2 * b])
        assert (error < 2e-3).all()
        assert (np.abs(gradients.mean(axis=0) - slope) < 4 * error).all()
        assert abs(values.mean() - closed) < 4 * values.std(ddof=1) / 4
    flat = np.sqrt(y - eps**2)
    assert flat == pytest.approx(0.953939, abs=5e-7)
    assert np.abs(field.gradient([flat, flat])).max() < 6e-3
    assert np.abs(field.gradient([1.0, 1.0])).max() > 0.08


def test_descent_on_the_smoothed_product_ends_at_its_flat_minimum():
    field = Smoothing(0.3, directions=256, seed=2)(flows.product(1.0))
    x = np.array([1.6, 0.6])
    later = []
    for step in range(6000):
        field.select(step)
        x = x - 0.02 * field.gradient(x)
        if step >= 2000:
            later.append(x)
    np.testing.assert_allclose(np.mean(later, axis=0), np.sqrt(1 - 0.09), atol=0.004)


def test_objectives_without_a_gradient_are_smoothed():
    labels = np.array([0, 1, 1, 0, 1, 1])
    accuracy = objectives.MetricObjective(np.arange(6.0).reshape(-1, 1) - 2.5, labels)
    probes = Smoothing(0.5, directions=20, seed=4)
    field, theta = probes(accuracy), np.array([0.3, -0.1])
    u = drawn(probes, 2, 0)
    ahead, behind = -accuracy(theta + 0.5 * u), -accuracy(theta - 0.5 * u)
    np.testing.assert_allclose(field.gradient(theta), ((ahead - behind)[:, None] * u).mean(axis=0), rtol=1e-12)
    own = objectives.MetricObjective(
        np.arange(6.0).reshape(-1, 1) - 2.5, labels, model=lambda theta, X: X @ theta[:-1] + theta[-1]
    )
    plain = probes(lambda theta: -accuracy(theta), dim=2)
    batched = probes(objectives.batch(lambda rows: -accuracy(rows)), dim=2)
    for other in (plain, batched, probes(own, dim=2)):
        np.testing.assert_allclose(other.gradient(theta), field.gradient(theta), rtol=1e-12)
        assert other.value(theta) == pytest.approx(field.value(theta), rel=1e-13)


def test_products_of_a_smoothed_field_see_steps():
    """On a quadratic differences of its gradients are exact but for the directions; of a step they are not 0."""
    bowl = flows.quadratic([1.0, 3.0])
    probes = Smoothing(0.1, directions=400, seed=3)
    u = drawn(probes, 2, 0)
    v = np.array([0.5, -1.0])
    expected = (u.T @ u / 400) @ (np.array([1.0, 3.0]) * v)
    np.testing.assert_allclose(probes(bowl).hessian_vector([1.0, 1.0], v), expected, rtol=1e-9)
    np.testing.assert_allclose(probes(bowl).third([1.0, 1.0], v), 0.0, atol=1e-8)
    cubic = flows.field(lambda x: x[0] ** 3, lambda x: 3 * x**2, 1)
    u = drawn(probes, 1, 0)
    assert probes(cubic).third([0.4], [2.0])[0] == pytest.approx(24 * (u**2).mean(), rel=1e-8)
    step = probes(lambda x: float(x[0] > 0.0), dim=1)
    assert abs(step.hessian_vector([0.05], [1.0])[0]) > 0.1
    assert (step.hessian_vector([0.05], [0.0]) == 0.0).all()
    assert (step.third([0.05], [0.0]) == 0.0).all()
