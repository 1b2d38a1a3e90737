"""Moments of descents along estimated gradients: closed forms, diffusions, limits of the rate and the radius."""

from itertools import permutations, product

import numpy as np
import pytest

from zoopt import flows
from zoopt.flows import GradientEstimate, StochasticDescent

RNG = np.random.default_rng(5)
D = 5
ROOT = RNG.normal(size=(D, D))
H = ROOT @ ROOT.T / D + 0.2 * np.eye(D)
G = RNG.normal(size=D)
GG, T, S = G @ G, np.trace(H), np.sum(H * H)
ALIKE = ("isotropic", "sphere", "orthogonal")


@pytest.mark.parametrize("q", [1, 3])
@pytest.mark.parametrize(
    ("distribution", "variance"),
    [
        ("isotropic", (D + 1) * GG),
        ("rademacher", (D - 1) * GG),
        ("sphere", (D - 1) * GG),
        ("coordinate", (D - 1) * GG),
    ],
)
def test_variances_of_central_differences(distribution, variance, q):
    assert GradientEstimate(distribution, q).variance(G, H) == pytest.approx(variance / q, rel=1e-13)


@pytest.mark.parametrize("q", [1, 2, 4, D])
def test_orthogonal_directions(q):
    """(d/q - 1) |g|^2, and E cos^2 = q/d: the estimate along g is that share of its own square."""
    estimate = GradientEstimate("orthogonal", q)
    assert estimate.variance(G) == pytest.approx((D / q - 1) * GG, abs=1e-12)
    one = GradientEstimate("sphere").scatter(np.outer(G, G), H)
    if q == 1:
        np.testing.assert_allclose(estimate.scatter(np.outer(G, G), H), one, rtol=1e-12, atol=1e-12)


def test_variances_of_one_sided_differences():
    eps = 0.3
    forward = GradientEstimate("isotropic", 1, "forward", eps)
    assert forward.variance(G, H) == pytest.approx((D + 1) * GG + eps**2 / 4 * (D + 4) * (T**2 + 2 * S), rel=1e-13)
    for q in (2, 7):
        others = GradientEstimate("isotropic", q, "leave-one-out", eps)
        assert others.variance(G) == pytest.approx((D + 1) * GG / (q - 1), rel=1e-13)
    # With ever more directions the mean of the others becomes f(x) + eps^2 tr(H) / 2.
    many = GradientEstimate("isotropic", 10**6, "leave-one-out", eps)
    wanted = (D + 1) * GG + eps**2 / 4 * 2 * (D + 4) * S
    assert 10**6 * many.variance(G, H) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("distribution", ["isotropic", "rademacher", "sphere"])
@pytest.mark.parametrize("difference", ["forward", "leave-one-out"])
def test_curved_scatter_is_that_of_a_large_sample(distribution, difference):
    """Of 4 10^5 averages of three, in every entry of the covariance, which would show a wrong factor of any term."""
    eps, q, draws = 0.7, 3, 400_000
    rng = np.random.default_rng(8)
    u = rng.normal(size=(draws, q, D))
    if distribution == "rademacher":
        u = np.sign(u)
    if distribution == "sphere":
        u *= np.sqrt(D) / np.linalg.norm(u, axis=2, keepdims=True)
    slopes = u @ G + eps / 2 * np.einsum("nqi,ij,nqj->nq", u, H, u)
    if difference == "leave-one-out":
        slopes = slopes - (slopes.sum(axis=1, keepdims=True) - slopes) / (q - 1)
    estimates = (slopes[:, :, None] * u).mean(axis=1)
    exact = GradientEstimate(distribution, q, difference, eps).scatter(np.outer(G, G), H)
    np.testing.assert_allclose(np.cov(estimates.T), exact, rtol=0, atol=0.015 * np.abs(exact).max())


@pytest.mark.parametrize(
    ("distribution", "difference"),
    [
        *((distribution, "central") for distribution in (*ALIKE, "rademacher", "coordinate")),
        *((distribution, "leave-one-out") for distribution in ("isotropic", "sphere", "rademacher")),
    ],
)
def test_the_spread_is_that_of_the_scatter(distribution, difference):
    estimate = GradientEstimate(distribution, 3, difference)
    alike, along = estimate.spread(D)
    whole = estimate.scatter(np.outer(G, G), np.zeros((D, D))) + np.outer(G, G)
    spread = alike * GG * np.eye(D) + along * np.outer(G, G)
    np.testing.assert_allclose(np.diag(spread), np.diag(whole), rtol=1e-12)
    if distribution in ALIKE:
        np.testing.assert_allclose(spread, whole, rtol=1e-12, atol=1e-13)


def test_the_step_of_a_sphere_is_as_known():
    """E f falls by 1 - q/(q + d + 1) an iteration at the best rate, which is half the longest stable one."""
    for d, q in ((3, 1), (8, 4), (20, 30)):
        limits = flows.rate_limits([2.0] * d, GradientEstimate("isotropic", q))
        assert limits.best == pytest.approx(q / (q + d + 1) / 2.0, rel=1e-13)
        assert limits.stable == limits.unstable == pytest.approx(2 * limits.best, rel=1e-12)
        process = StochasticDescent([2.0] * d, GradientEstimate("isotropic", q), learning_rate=limits.best)
        assert process.growth == pytest.approx(1 - q / (q + d + 1), rel=1e-10)
        start = np.arange(1.0, d + 1)
        mean, covariance = process.at(start, 7)
        np.testing.assert_allclose(mean, (1 - 2 * limits.best) ** 7 * start, rtol=1e-12)
        expected = (1 - q / (q + d + 1)) ** 7 * (start @ start)
        assert np.trace(covariance) + mean @ mean == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("distribution", ["isotropic", "sphere", "orthogonal"])
@pytest.mark.parametrize("q", [1, 3])
def test_the_limit_of_the_rate_is_where_mean_squares_stay(distribution, q):
    estimate = GradientEstimate(distribution, q)
    limits = flows.rate_limits(np.linalg.eigvalsh(H), estimate)
    assert StochasticDescent(H, estimate, learning_rate=limits.stable).growth == pytest.approx(1.0, abs=1e-9)
    assert StochasticDescent(H, estimate, learning_rate=0.99 * limits.stable).growth < 1
    assert limits.best < limits.stable < limits.gradient
    at = flows.rate_limits_at(flows.quadratic(H), np.ones(D), estimate)
    assert at.stable == pytest.approx(limits.stable, rel=1e-9)
    assert at.effective_dim == pytest.approx(T / np.linalg.eigvalsh(H)[-1])


@pytest.mark.parametrize("distribution", ["rademacher", "coordinate"])
def test_the_limit_of_signs_and_coordinates_on_a_diagonal(distribution):
    estimate = GradientEstimate(distribution, 2)
    spectrum = np.array([0.5, 1.0, 4.0])
    limits = flows.rate_limits(spectrum, estimate)
    assert StochasticDescent(spectrum, estimate, learning_rate=limits.stable).growth == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("distribution", ["isotropic", "rademacher", "sphere", "coordinate", "orthogonal"])
def test_without_the_spectrum_the_limit_lies_between_two(distribution):
    """The trace is estimated with as many probes as there are coordinates less one, and given its own error."""
    estimate = GradientEstimate(distribution, 2)
    spectrum = np.array([0.05, 0.1, 0.4, 1.0, 3.0])
    turned, _ = np.linalg.qr(RNG.normal(size=(D, D)))
    for curvature in (np.diag(spectrum), turned @ np.diag(spectrum) @ turned.T):
        found = flows.rate_limits_at(flows.quadratic(curvature), np.zeros(D), estimate, probes=4)
        trace = found.effective_dim * found.sharpness
        sure = 1.0 if np.count_nonzero(curvature) == D else min(1.0, trace / spectrum.sum())
        assert found.stable <= found.unstable * (1 + 1e-12)
        assert StochasticDescent(curvature, estimate, learning_rate=0.98 * sure * found.stable).growth < 1
        if np.count_nonzero(curvature) == D:
            assert trace == pytest.approx(spectrum.sum())
            assert StochasticDescent(curvature, estimate, learning_rate=1.02 * found.unstable).growth > 1


def test_additive_noise_keeps_points_apart():
    C = np.diag([0.5, 1.0, 2.0, 0.1, 0.3]) + 0.05
    h = 0.3
    process = StochasticDescent(H, flows.AdditiveNoise(C), learning_rate=h, centre=2.0)
    values, vectors = np.linalg.eigh(H)
    turned = vectors.T @ C @ vectors
    exact = h * turned / (np.add.outer(values, values) - h * np.outer(values, values))
    np.testing.assert_allclose(process.stationary(), vectors @ exact @ vectors.T, rtol=1e-11, atol=1e-13)
    limit = h * turned / np.add.outer(values, values)
    np.testing.assert_allclose(process.diffusion_stationary(), vectors @ limit @ vectors.T, rtol=1e-11, atol=1e-13)
    late = process.at(np.zeros(D), 2000)
    np.testing.assert_allclose(late.covariance, process.stationary(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(late.mean, 2.0, atol=1e-9)


def test_one_sided_differences_come_to_rest_where_curvature_scatters_them():
    """In one dimension: P = h^2 V / (1 - (1-h)^2 - 2 h^2 / q), V = (eps^2 / 4) 15 / q, for curvature 1."""
    h, q, eps = 0.1, 2, 0.4
    process = StochasticDescent([1.0], GradientEstimate("isotropic", q, "forward", eps), learning_rate=h)
    exact = h**2 * eps**2 / 4 * 15 / q / (1 - (1 - h) ** 2 - h**2 * 2 / q)
    assert process.stationary()[0, 0] == pytest.approx(exact, rel=1e-12)
    central = StochasticDescent([1.0], GradientEstimate("isotropic", q), learning_rate=h)
    assert central.stationary()[0, 0] == 0


def enumerated(parts, slopes, batches, x0, h, steps):
    """Return mean and covariance over every sequence of batches."""
    points = np.array([x0])
    for _ in range(steps):
        points = np.array(
            [x - h * np.mean([parts[i] @ x + slopes[i] for i in batch], axis=0) for x in points for batch in batches]
        )
    return points.mean(axis=0), np.cov(points.T, bias=True)


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_mini_batches_are_those_of_every_sequence(replace, batch_size):
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(4, 2)), rng.normal(size=4)
    noise = flows.MiniBatchNoise.least_squares(X, y, batch_size=batch_size, replace=replace)
    process = StochasticDescent(noise.curvature, noise, learning_rate=0.2, centre=noise.centre)
    np.testing.assert_allclose(noise.centre, np.linalg.lstsq(X, y, rcond=None)[0], rtol=1e-12)
    batches = list(product(range(4), repeat=batch_size) if replace else permutations(range(4), batch_size))
    parts, slopes = np.asarray(noise.curvatures), np.asarray(noise.slopes)
    mean, covariance = enumerated(parts, slopes, batches, [1.0, -2.0], 0.2, 3)
    found = process.at([1.0, -2.0], 3)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-11, atol=1e-14)


def test_the_whole_batch_without_replacement_has_no_noise():
    X, y = RNG.normal(size=(6, 2)), RNG.normal(size=6)
    noise = flows.MiniBatchNoise.least_squares(X, y, batch_size=6, replace=False)
    process = StochasticDescent(noise.curvature, noise, learning_rate=0.2, centre=noise.centre)
    np.testing.assert_allclose(process.at([1.0, 1.0], 5).covariance, 0.0, atol=1e-14)


NOISES = {
    "directions": GradientEstimate("isotropic", 6, "forward", 0.5),
    "additive": flows.AdditiveNoise(np.diag(np.linspace(0.5, 1.5, D))),
    "batches": None,
}


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("order", [1, 2])
def test_the_diffusion_comes_near_with_its_order(name, order):
    """The second moments at t = 1 from a point away: the error falls as the first or second power of the rate."""
    curvature, centre, noise = H, 0.3, NOISES[name]
    if noise is None:
        rng = np.random.default_rng(4)
        noise = flows.MiniBatchNoise.least_squares(rng.normal(size=(7, D)), rng.normal(size=7), batch_size=2)
        curvature, centre = noise.curvature, noise.centre
    errors = []
    for n in (200, 400):
        process = StochasticDescent(curvature, noise, learning_rate=1.0 / n, centre=centre)
        exact, limit = process.at(G, n), process.diffusion(G, 1.0, order=order)
        seconds = [m.covariance + np.outer(m.mean, m.mean) for m in (exact, limit)]
        errors.append([np.abs(seconds[0] - seconds[1]).max(), np.abs(exact.mean - limit.mean).max()])
    slopes = np.log2(np.array(errors[0]) / errors[1])
    np.testing.assert_allclose(slopes, order, atol=0.05)


def test_the_stationary_diffusion_is_where_the_diffusion_goes():
    for order in (1, 2):
        process = StochasticDescent(H, GradientEstimate("isotropic", 8, "forward", 0.5), learning_rate=0.05)
        late = process.diffusion(G, 400.0, order=order)
        np.testing.assert_allclose(late.covariance, process.diffusion_stationary(order=order), rtol=1e-8, atol=1e-12)


def test_radius_limits_are_where_the_errors_have_the_share():
    """The smoothed rastrigin is known: E cos(2 pi (x + eps u)) = exp(-2 pi^2 eps^2) cos(2 pi x)."""
    x = np.array([0.1, 0.2, 0.3])
    field = flows.function("rastrigin", 3)
    limits = flows.radius_limits(field, x, share=0.01)
    g = field.gradient(x)
    smoothed = 2 * x + 20 * np.pi * np.exp(-2 * np.pi**2 * limits.bias**2) * np.sin(2 * np.pi * x)
    assert np.linalg.norm(smoothed - g) == pytest.approx(0.01 * np.linalg.norm(g), rel=0.01)
    noisy = flows.radius_limits(field, x, share=0.1, noise=1e-3)
    assert noisy.least == pytest.approx(1e-3 / np.sqrt(2) / (0.1 * np.linalg.norm(g)))
    bowl = flows.radius_limits(flows.quadratic(H), G)
    slope = H @ G
    assert bowl.bias == np.inf
    at_limit = GradientEstimate("isotropic", 1, "forward", bowl.scatter).variance(slope, H)
    assert at_limit == pytest.approx(2 * (D + 1) * (slope @ slope), rel=1e-12)


def test_radius_limits_of_many_coordinates_are_estimates():
    field = flows.function("rastrigin", 40)
    x = np.full(40, 0.1)
    exact, estimated = flows.radius_limits(field, x), flows.radius_limits(field, x, probes=39)
    assert estimated.scatter == pytest.approx(exact.scatter, rel=0.2)
    assert estimated.least == exact.least


@pytest.mark.parametrize(
    ("method", "options", "expected"),
    [
        ("two-point", {"population": 8}, GradientEstimate("isotropic", 4, "central", 0.2)),
        ("spsa", {}, GradientEstimate("rademacher", 1, "central", 0.2)),
        ("zo-sgd", {}, GradientEstimate("isotropic", 1, "forward", 0.2)),
        ("reinforce", {}, GradientEstimate("isotropic", 16, "leave-one-out", 0.2)),
        ("zo-scd", {"population": 6}, GradientEstimate("coordinate", 3, "central", 0.2)),
        ("orthogonal-es", {"population": 10}, GradientEstimate("orthogonal", 5, "central", 0.2)),
    ],
)
def test_estimates_of_algorithms(method, options, expected):
    assert GradientEstimate.of(method, 10, scale=0.2, options=options) == expected


def test_evaluations_of_an_estimate():
    kinds = [GradientEstimate("isotropic", 3, difference) for difference in ("central", "forward", "leave-one-out")]
    assert [kind.evaluations() for kind in kinds] == [6, 4, 3]
